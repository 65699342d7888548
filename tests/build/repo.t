#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mk/make-repo: the repositories that apt and zypper install from.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

for tool in apt-get apt-ftparchive createrepo_c dpkg-deb gpg rpmbuild; do
	if ! command -v "$tool" >/dev/null; then
		echo "Bail out! needs $tool"
		exit 1
	fi
done

# deb NAME VERSION [DEPENDS]: a package in build/packages/bookworm
deb() {
	mkdir -p "$d/root/DEBIAN" "$d/root/usr/share/doc/$1" "$b/packages/bookworm"
	printf 'Package: %s\nVersion: %s\nSource: xen\nArchitecture: %s\nMaintainer: A <a@example.org>\n' \
		"$1" "$2" "${4:-amd64}" >"$d/root/DEBIAN/control"
	[[ -z ${3:-} ]] || echo "Depends: $3" >>"$d/root/DEBIAN/control"
	printf 'Description: a test\n' >>"$d/root/DEBIAN/control"
	head -c 3000 /dev/urandom >"$d/root/usr/share/doc/$1/noise"
	dpkg-deb --root-owner-group -b "$d/root" "$b/packages/bookworm" >/dev/null
	rm -r "$d/root"
}

repo() {
	run "$repo_cmd" --build "$b" bookworm
}

r() {
	printf '%s' "$b/repo/bookworm"
}

# apt_in COMMAND...: an apt that knows this repository and its key only
apt_in() {
	mkdir -p "$d/apt/lists/partial" "$d/apt/parts" "$d/apt/cache/archives/partial"
	: >"$d/apt/status"
	sed -e "s,file:/srv/xenhost,file:$(r)," \
		-e "s,/etc/apt/keyrings,$(r)," "$(r)/xenhost.sources" >"$d/apt/parts/x.sources"
	apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$d/apt/parts" \
		-o Dir::Etc::trusted=/dev/null -o Dir::Etc::trustedparts=/dev/null \
		-o Dir::State="$d/apt" -o Dir::State::status="$d/apt/status" \
		-o Dir::Cache="$d/apt/cache" -o Debug::NoLocking=1 -o APT::Architecture=amd64 \
		-o APT::Update::Post-Invoke=true "$@"
}

installs() {
	deb xen-hypervisor 1.0
	deb xen-system-amd64 1.0 xen-hypervisor
	deb xenhost-doc 1.0 '' all
	repo
	succeeds
	is "$err" ''
	apt_in update >"$d/log" 2>&1 || fail "$(<"$d/log")"
	is "$(grep -c '^[EW]:' "$d/log")" 0
	(cd "$d" && apt_in -o APT::Sandbox::User=root download xen-system-amd64 xenhost-doc) || fail download
	cmp "$d/xen-system-amd64_1.0_amd64.deb" "$b/packages/bookworm/xen-system-amd64_1.0_amd64.deb"
	like "$(apt_in -s install xen-system-amd64)" 'Inst xen-hypervisor \(1.0 xenhost:bookworm \[amd64\]\)'
}
t 'apt takes the packages from it, by xenhost.sources and its key ring alone' installs

layout() {
	deb xen-utils 1.0
	repo
	is "$(cd "$b/repo" && find . -type f | sort)" './.lock
./bookworm/dists/bookworm/InRelease
./bookworm/dists/bookworm/Release
./bookworm/dists/bookworm/Release.gpg
./bookworm/dists/bookworm/main/binary-amd64/Packages
./bookworm/dists/bookworm/main/binary-amd64/Packages.xz
./bookworm/pool/main/x/xen/xen-utils_1.0_amd64.deb
./bookworm/xenhost-archive-keyring.gpg
./bookworm/xenhost.sources'
	[[ $(r)/pool/main/x/xen/xen-utils_1.0_amd64.deb -ef $b/packages/bookworm/xen-utils_1.0_amd64.deb ]] ||
		fail 'a copy, not a link'
}
t 'its files; the pool is hard links' layout

signatures() {
	deb xen-utils 1.0
	repo
	gpgv --keyring "$(r)/xenhost-archive-keyring.gpg" "$(r)/dists/bookworm/InRelease" || fail InRelease
	gpgv --keyring "$(r)/xenhost-archive-keyring.gpg" "$(r)/dists/bookworm/Release.gpg" \
		"$(r)/dists/bookworm/Release" || fail Release.gpg
	gpg --show-keys --with-colons "$(r)/xenhost-archive-keyring.gpg" | grep -q '^sec' &&
		fail 'the secret key is published'
	is "$(stat -c %a "$b/repo-key.asc")" 600
}
t 'both signatures are good, and the secret key stays' signatures

newest_only() {
	deb xen-utils 1.0~pre
	deb xen-utils 1.10
	deb xen-utils 1.9
	repo
	is "$(find "$(r)/pool" -name '*.deb' -printf '%f\n')" xen-utils_1.10_amd64.deb
	is "$(grep ^Version: "$(r)/dists/bookworm/main/binary-amd64/Packages")" 'Version: 1.10'
}
t 'the newest version of a package only' newest_only

replaced() {
	deb xen-utils 1.0
	repo
	rm "$b/packages/bookworm"/*
	deb xen-tools 2.0
	repo
	succeeds
	is "$(find "$(r)/pool" -name '*.deb' -printf '%f\n')" xen-tools_2.0_amd64.deb
}
t 'a package that is no more leaves it' replaced

younger() {
	local before
	deb xen-utils 1.0
	deb xen-tools 1.0
	touch -d '2001-01-01' "$b/packages/bookworm/xen-utils_1.0_amd64.deb"
	repo
	before=$(date -d "$(sed -n 's/^Date: //p' "$(r)/dists/bookworm/Release")" +%s)
	rm "$b/packages/bookworm/xen-tools_1.0_amd64.deb"
	repo
	is "$(date -d "$(sed -n 's/^Date: //p' "$(r)/dists/bookworm/Release")" +%s)" $((before + 1))
}
t 'what differs from what was published has a later date' younger

same_key() {
	local key
	deb xen-utils 1.0
	repo
	key=$(sha256sum "$b/repo-key.asc" "$(r)/xenhost-archive-keyring.gpg")
	repo
	succeeds
	is "$out" 'repo: bookworm: 1 packages'
	is "$(sha256sum "$b/repo-key.asc" "$(r)/xenhost-archive-keyring.gpg")" "$key"
}
t 'the key is made once' same_key

reproducible() {
	local first
	deb xen-utils 1.0
	deb xen-tools 1.0
	repo
	first=$(cat "$(r)/dists/bookworm/Release" "$(r)/dists/bookworm/main/binary-amd64/"*  | sha256sum)
	sleep 1.1
	repo
	is "$(cat "$(r)/dists/bookworm/Release" "$(r)/dists/bookworm/main/binary-amd64/"* | sha256sum)" "$first"
}
t 'the same packages make the same indexes' reproducible

key_file() {
	deb xen-utils 1.0
	(
		key_make "$d"
		gpg --batch --armor --export-secret-keys >"$d/my key.asc"
		gpgconf --kill all
	)
	REPO_KEY="$d/my key.asc" repo
	succeeds
	cmp <(gpg --show-keys --with-colons "$d/archive.gpg" | grep ^fpr) \
		<(gpg --show-keys --with-colons "$(r)/xenhost-archive-keyring.gpg" | grep ^fpr) || fail key
	[[ ! -e $b/repo-key.asc && -z $(compgen -G "$b/.gnupg*") ]] || fail 'left behind'
}
t 'REPO_KEY=FILE' key_file

key_id() {
	deb xen-utils 1.0
	key_make "$d"
	REPO_KEY=archive repo
	succeeds
	gpgv --keyring "$d/archive.gpg" "$(r)/dists/bookworm/InRelease" || fail InRelease
	gpgconf --kill all
}
t 'REPO_KEY=ID' key_id

key_bad() {
	deb xen-utils 1.0
	export HOME=$d
	REPO_KEY=nobody repo
	fails 1 'nobody: neither a file nor a secret key'
	REPO_KEY=./none.asc repo
	fails 1 'none.asc: No such file'
	echo garbage >"$d/bad.asc"
	REPO_KEY=$d/bad.asc repo
	fails 1 'bad.asc: '
	(
		key_make "$d"
		gpgconf --kill all
	)
	REPO_KEY=$d/archive.gpg repo
	fails 1 'archive.gpg: no secret key in it'
	[[ ! -e $(r) && -z $(compgen -G "$b/.gnupg*") ]] || fail 'left behind'
}
t 'a REPO_KEY that is none' key_bad

key_locked() {
	deb xen-utils 1.0
	(
		export GNUPGHOME=$d/gnupg
		mkdir -m 700 "$GNUPGHOME"
		gpg --batch --quiet --pinentry-mode loopback --passphrase secret \
			--quick-generate-key locked ed25519 sign never
		gpg --batch --pinentry-mode loopback --passphrase secret --armor \
			--export-secret-keys >"$d/locked.asc"
		gpgconf --kill all
	) 2>/dev/null
	REPO_KEY=$d/locked.asc repo
	fails 1 '^xenhost: repo: signing: '
	[[ ! -e $(r) ]] || fail 'left behind'
}
t 'a REPO_KEY that needs a passphrase' key_locked

truncated() {
	deb xen-utils 1.0
	repo
	deb xen-tools 2.0
	truncate -s 2000 "$b/packages/bookworm/xen-tools_2.0_amd64.deb"
	repo
	fails 1 'xen-tools_2.0_amd64.deb: '
	is "$(find "$(r)/pool" -name '*.deb' -printf '%f\n')" xen-utils_1.0_amd64.deb
}
t 'a truncated package; the older repository stays' truncated

nothing() {
	repo
	fails 1 'packages/bookworm: no packages in it'
	mkdir -p "$b/packages/bookworm"
	repo
	fails 1 'packages/bookworm: no packages in it'
	[[ ! -e $(r) ]] || fail 'left behind'
}
t 'no packages' nothing

usage() {
	run "$repo_cmd" --build "$b"
	is "$status" 2
	run "$repo_cmd" --build "$b" ../etc
	is "$status" 2
	run "$repo_cmd" --odd
	fails 2 'odd: unknown option'
}
t 'usage' usage

deep() {
	b=$d/$(printf '%090d' 0)/build
	deb xen-utils 1.0
	repo
	succeeds
	gpgv --keyring "$(r)/xenhost-archive-keyring.gpg" "$(r)/dists/bookworm/InRelease" || fail InRelease
}
t 'a build directory whose path is too long for a socket' deep

blanks() {
	b="$d/a build"
	deb xen-utils 1.0
	repo
	succeeds
	like "$(<"$(r)/dists/bookworm/main/binary-amd64/Packages")" 'Filename: pool/main/x/xen/xen-utils_1.0_amd64.deb'
}
t 'a build directory with a blank in its name' blanks

is_whole() {
	gpgv --keyring "$(r)/xenhost-archive-keyring.gpg" "$(r)/dists/bookworm/InRelease" 2>"$d/gpgv" ||
		fail "$(<"$d/gpgv")"
	(cd "$(r)/dists/bookworm" && sed -n '/^SHA256/,/^SHA512/s/^ \([0-9a-f]*\) *[0-9]* \(.*\)/\1  \2/p' \
		InRelease | sha256sum --status --strict -c) || fail indexes
	(cd "$(r)" && awk '/^Filename:/ { f = $2 } /^SHA256:/ { print $2 "  " f }' \
		dists/bookworm/main/binary-amd64/Packages | sha256sum --status --strict -c) || fail pool
}
nothing_left() {
	[[ -z $(find "$b/repo" -name '.bookworm.*') && -z $(compgen -G "$b/.gnupg*") ]] || fail "$1: left behind"
}
# The next run begins with what this one left, and comes further.
whole_or_none() {
	[[ $signal = KILL ]] || nothing_left "call $1"
	if [[ -e $(r) ]]; then
		is_whole
		rm -rf "$(r)"
	fi
	# With and without a key that is there
	(($1 % 2)) || rm -f "$b/repo-key.asc"
}
stopped() {
	signal=$1
	deb xen-utils 1.0
	deb xen-tools 1.0
	stopped_everywhere "$signal" whole_or_none "$repo_cmd" --build "$b" bookworm
	is_whole
	nothing_left 'the last run'
}
t 'Ctrl-C at any moment' stopped INT
t 'SIGKILL at any moment' stopped KILL

locked() {
	local other waits
	deb xen-utils 1.0
	mkdir -p "$b/repo"
	exec 9>"$b/repo/.lock"
	flock 9
	run "$repo_cmd" --build "$b" bookworm 9>&-
	fails 1 'repo: another run is at work there'
	# What a killed run had started holds the lock until it has ended.
	"$repo_cmd" --build "$b" bookworm 9>&- >"$d/out" 2>&1 &
	other=$!
	waits="-> FLOCK .*:$(stat -c %i "$b/repo/.lock") "
	until grep -q -- "$waits" /proc/locks; do
		kill -0 "$other" 2>/dev/null || fail "did not wait: $(<"$d/out")"
	done
	exec 9>&-
	wait "$other" || fail "$(<"$d/out")"
	is_whole
}
t 'another run at work is told; what ends in a moment is waited for' locked

full_disk() {
	local size full=0 first
	deb xen-utils 1.0
	mv "$b/packages" "$d/packages"
	for size in 16k 24k 32k 40k 52k 64k 72k 84k 512k; do
		small_disk "$b" "$size"
		cp -r "$d/packages" "$b"
		repo
		if ((status)); then
			[[ ! -e $(r) ]] || fail "left at $size"
			like "$(tail -n1 "$d/err")" '^xenhost: repo: .*: .*'
			full=$((full + 1))
		else
			is_whole
		fi
		small_disk_end "$b"
	done
	is "$status" 0
	((full > 3)) || fail "full only $full times"
}
if ((UID == 0)); then
	t 'a full disk' full_disk
else
	skip 'a full disk' 'needs root'
fi

# rpm_package NAME: a package in build/packages/suse
rpm_package() {
	mkdir -p "$b/packages/suse"
	printf 'Name: %s\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%%description\nx\n%%files\n' "$1" >"$d/spec"
	rpmbuild --quiet --define "_topdir $d/rpmbuild" --define "_rpmdir $b/packages/suse" \
		--define '_rpmfilename %%{NAME}.rpm' -bb "$d/spec" 2>"$d/log" || fail "$(<"$d/log")"
}
rpm_md() {
	local s=$b/repo/suse/repodata first

	run "$repo_cmd" --build "$b" suse
	fails 1 'packages/suse: no packages in it; make rpm first'
	rpm_package xen
	: >"$b/packages/suse/xen-1.src.rpm"
	run "$repo_cmd" --build "$b" suse
	succeeds
	is "$out" 'repo: making a key: repo-key.asc
repo: suse: 1 packages'
	like "$(zcat "$s"/*-primary.xml.gz)" '<location href="xen.rpm"/>'
	gpg --dearmor <"$s/repomd.xml.key" >"$d/key"
	gpgv --keyring "$d/key" "$s/repomd.xml.asc" "$s/repomd.xml" || fail repomd.xml
	first=$(sha256sum "$s/repomd.xml")
	run "$repo_cmd" --build "$b" suse
	is "$(sha256sum "$s/repomd.xml")" "$first"
	rpm_package xen-tools
	truncate -s -20 "$b/packages/suse/xen-tools.rpm"
	run "$repo_cmd" --build "$b" suse
	fails 1 'xen-tools.rpm: '
	is "$(sha256sum "$s/repomd.xml")" "$first"
}
t 'for zypper: a signed rpm-md repository, the same for the same packages' rpm_md

through_make() {
	deb xen-utils 1.0
	mkdir -p "$b/stamp"
	: >"$b/stamp/packages-bookworm"
	cd "$top" || exit 1
	run make -s -f mk/repo.mk SUITE=bookworm BUILD="$b" repo
	succeeds
	is_whole
	run make -s -f mk/repo.mk SUITE=bookworm BUILD="$b" repo
	is "$out" ''
}
t 'make repo, and again' through_make

done_testing
