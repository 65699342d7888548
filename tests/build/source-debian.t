#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/source get, from Debian archives made here and read through apt.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

for tool in apt-get apt-ftparchive gpg; do
	if ! command -v "$tool" >/dev/null; then
		echo "Bail out! needs $tool"
		exit 1
	fi
done
key_make "$tmp"
# A copy, which knows of no source by itself.
mkdir -p "$tmp/tree/hypervisor/patches" "$tmp/tree/mk"
cp "$top/hypervisor/source" "$top/hypervisor/debian.sh" "$tmp/tree/hypervisor/"
cp "$top/mk/words.sh" "$tmp/tree/mk/"
source_cmd=$tmp/tree/hypervisor/source
: >"$tmp/tree/hypervisor/known"

# The archive of most tests: the machine's release has Xen 4.17, trixie 4.20.
a=$tmp/debian
archive_package "$a" bookworm 4.17.5+72-g01140da4e8-1
archive_package "$a" trixie 4.20.3+127-gc42374a105-0+deb13u1
archive_package "$a" trixie-updates 4.20.4+63-g7abfd2bce2-0+deb13u1
archive_package "$a" sid 4.20.5+1-g0123456789-1
d=$tmp
for suite in bookworm trixie trixie-updates sid; do
	archive_release "$a" "$suite"
done
bookworm="deb [signed-by=$tmp/archive.gpg] file:$a bookworm main"

newest() {
	machine "$bookworm"
	get
	succeeds
	whole
	is "$(sed '/SHA256/d' "$b/source/version.mk")" 'XEN_UPSTREAM=4.20.4+63-g7abfd2bce2
XEN_BRANCH=4.20
XEN_FULLVERSION=4.20.4+63
XEN_EXTRAVERSION=.4+63
XEN_CHANGESET=g7abfd2bce2
XEN_DEBIAN=4.20.4+63-g7abfd2bce2-0+deb13u1
XEN_DATE=1782961445
XEN_ORIGIN=trixie-updates'
	cmp "$b/source/xen.tar.xz" "$a/pool/xen_4.20.4+63-g7abfd2bce2.orig.tar.xz"
}
t "the newest of branch 4.20 in the machine's suites and trixie's, never sid's" newest

on_sid() {
	machine "deb [signed-by=$tmp/archive.gpg] file:$a sid main"
	get
	succeeds
	is "$(value ORIGIN)" trixie-updates
}
t "a machine of sid takes trixie's" on_sid

only_that() {
	machine "$bookworm"
	get
	is "$(grep -c fetching <<<"$out")" 1
	is "$(cd "$b" && find . | sort | tr '\n' ' ')" \
		'. ./.source.lock ./source ./source/request ./source/version.mk ./source/xen.tar.xz '
}
t 'nothing else is fetched, nothing else is kept' only_that

again() {
	machine "$bookworm"
	get
	echo 'deb http://127.0.0.1:1/debian bookworm main' >"$d/etc/machine.list"
	get
	succeeds
	is "$out$err" ''
}
t 'a second run needs no network' again

# copy: an archive of this test's own, in $d/debian
copy() {
	cp -al "$a" "$d/debian"
	machine "deb [signed-by=$tmp/archive.gpg] file:$d/debian bookworm main"
}

gone() {
	copy
	rm "$d/debian/pool/xen_4.20.4+63-g7abfd2bce2.orig.tar.xz"
	get
	succeeds
	like "$(tail -n1 "$d/err")" '^xenhost: source: xen 4.20.4\+63-g7abfd2bce2-0\+deb13u1 in trixie-updates: .*xen_4.20.4'
	is "$(value DEBIAN) $(value ORIGIN)" '4.20.3+127-gc42374a105-0+deb13u1 trixie'
	whole
}
t 'a version whose file is gone is named, and the next taken' gone

altered() {
	copy
	cp --remove-destination "$d/debian/pool/xen_4.20.3+127-gc42374a105.orig.tar.xz" \
		"$d/debian/pool/xen_4.20.4+63-g7abfd2bce2.orig.tar.xz"
	get
	succeeds
	like "$err" 'xen 4.20.4\+63.*in trixie-updates: .*(Hash|File has unexpected size)'
	is "$(value ORIGIN)" trixie
}
t 'a file that is not the one of the index is named, and the next taken' altered

all_gone() {
	copy
	rm "$d"/debian/pool/*.orig.tar.xz
	get
	is "$status" 1
	like "$(tail -n1 "$d/err")" '^xenhost: source: apt: no source package of branch 4.20 could be had \(listed: 4.20.4'
	nothing_kept
}
t 'no file of any version' all_gone

no_dsc() {
	copy
	rm "$d"/debian/pool/*.dsc "$d"/debian/pool/*.debian.tar.xz
	get
	succeeds
	is "$(value ORIGIN) $(value DATE)" 'trixie-updates 1700000000'
}
t "a mirror that lost Debian's own part still serves" no_dsc

two_places() {
	copy
	rm -r "$d/debian/dists" "$d/debian/pool"
	archive_package "$d/debian" trixie 4.20.4+63-g7abfd2bce2-0+deb13u1
	mv "$d/debian/pool" "$d/debian/moved"
	archive_package "$d/debian" bookworm 4.20.4+63-g7abfd2bce2-0+deb13u1
	mv "$d/debian/moved" "$d/debian/pool2"
	sed -i 's/^Directory: pool/&2/' "$d/debian/dists/trixie/main/source/Sources"
	archive_release "$d/debian" bookworm
	archive_release "$d/debian" trixie
	rm "$d/debian"/pool/*
	get
	succeeds
	is "$(value ORIGIN)" trixie
	whole
}
t 'the same version of another suite is tried' two_places

other_branches() {
	copy
	rm -r "$d/debian/dists/trixie" "$d/debian/dists/trixie-updates"
	get
	is "$status" 1
	like "$(tail -n1 "$d/err")" 'no source package of branch 4.20 could be had \(listed: 4.17.5'
	is "$(grep -c fetching <<<"$out")" 0
	nothing_kept
}
t 'no version of branch 4.20' other_branches

forged() {
	copy
	# The index says more than what was signed.
	rm -r "$d/debian/dists/trixie-updates"
	cp -r "$d/debian/dists/trixie" "$d/x"
	rm -r "$d/debian/dists/trixie"
	sed -i 's/^Label:.*//; s/^Suite: .*/Suite: forged/' "$d/x/InRelease"
	mv "$d/x" "$d/debian/dists/trixie"
	get
	is "$status" 1
	like "$err" '^xenhost: source: apt: .*trixie.*(not signed|signature|BADSIG|invalid)'
	nothing_kept
}
t 'a suite whose signature is not good is not read' forged

other_key() {
	copy
	mkdir "$d/other"
	key_make "$d/other"
	gpgconf --kill all
	machine "deb [signed-by=$d/other/archive.gpg] file:$d/debian bookworm main"
	get
	fails 1 'apt: no index with xen in it could be read: .*(signature|NO_PUBKEY|not signed)'
	nothing_kept
}
t 'a suite that another key has signed is not read' other_key

trusted() {
	local suite
	copy
	for suite in bookworm trixie trixie-updates; do
		sed -i -e '1,/^$/d' -e '/^-----BEGIN PGP SIG/,$d' "$d/debian/dists/$suite/InRelease"
		mv "$d/debian/dists/$suite/InRelease" "$d/debian/dists/$suite/Release"
	done
	machine "deb [trusted=yes] file:$d/debian bookworm main"
	echo 'Acquire::AllowInsecureRepositories "1";
APT::Get::AllowUnauthenticated "1";' >>"$d/apt.conf"
	get
	is "$status" 1
	like "$err" 'not signed|does not have a Release'
	nothing_kept
}
t 'trusted=yes and its kin in the configuration make nothing trusted' trusted

no_network() {
	machine 'deb http://127.0.0.1:1/debian bookworm main'
	get
	fails 1 'apt: no index with xen in it could be read: .*127.0.0.1:1[ /:].*onnect'
	nothing_kept
}
t 'no network' no_network

no_repository() {
	machine '# none'
	get
	fails 1 'apt: the machine has no repository of a Debian release; set XEN_SOURCE='
	nothing_kept
}
t 'a machine without repositories of Debian' no_repository

deb822() {
	machine '# none'
	# A key in the field itself, as deb822 allows.
	{
		printf 'Types: deb\nURIs: file:/nowhere\nSuites: other\nComponents: main\n\n'
		printf 'Types: deb deb-src\nURIs: file:%s\nSuites: bookworm\n' "$a"
		printf 'Components: main\nSigned-By:\n'
		gpg --armor --export | sed 's/^$/./; s/^/ /'
	} >"$d/parts/debian.sources"
	get
	succeeds
	is "$(value ORIGIN)" trixie-updates
}
t 'the key of a deb822 stanza is taken along' deb822

security_derived() {
	copy
	mv "$d/debian/dists/trixie-updates" "$d/x"
	archive_package "$d/debian-security" trixie-security 4.20.4+99-gaaaaaaaaaa-0+deb13u1
	archive_release "$d/debian-security" trixie-security
	get
	succeeds
	is "$(value ORIGIN) $(value FULLVERSION)" 'trixie-security 4.20.4+99'
}
t "trixie's security suite is looked for beside the archive" security_derived

security_listed() {
	copy
	archive_package "$d/sec" bookworm-security 4.17.6-1
	archive_package "$d/sec" trixie-security 4.20.4+99-gaaaaaaaaaa-0+deb13u1
	archive_release "$d/sec" bookworm-security
	archive_release "$d/sec" trixie-security
	echo "deb [signed-by=$tmp/archive.gpg] file:$d/sec bookworm-security main" \
		>>"$d/etc/machine.list"
	get
	succeeds
	is "$(value ORIGIN)" trixie-security
	is "$err" ''
}
t "trixie's security suite is looked for where the machine's is" security_listed

pinned() {
	local old=xen_4.20.3+127-gc42374a105.orig.tar.xz
	machine "$bookworm"
	XEN_SHA256=$(sha256sum <"$a/pool/$old" | cut -d' ' -f1) get
	succeeds
	is "$(value ORIGIN)" trixie
	XEN_SHA256=$(printf '%064d' 1) get
	is "$status" 1
	like "$err" 'the sha256 of xen_4.20.4.* is not XEN_SHA256'
}
t 'XEN_SHA256 chooses among the versions' pinned

# knows VERSION: the source under test knows that version, which is in the pool of this test's archive and in no index.
knows() {
	local pool=$d/debian/pool/main/x/xen orig=xen_${1%-*}.orig.tar.xz debian=xen_$1.debian.tar.xz
	copy
	rm -r "$d/debian/dists/trixie"
	rm "$d"/debian/pool/xen_4.20.4*.orig.tar.xz
	mkdir -p "$pool"
	cp "$a/pool/$orig" "$a/pool/$debian" "$pool/"
	cp -r "$tmp/tree" "$d/tree"
	source_cmd=$d/tree/hypervisor/source
	printf '%s\n' '# A comment.' '4.17.5+72-g01140da4e8-1 00 00' \
		"$1 $(sha256sum <"$pool/$orig" | cut -d' ' -f1) $(sha256sum <"$pool/$debian" | cut -d' ' -f1)" \
		>"$d/tree/hypervisor/known"
}

known() {
	knows 4.20.3+127-gc42374a105-0+deb13u1
	get
	succeeds
	like "$err" 'xen 4.20.4\+63.* in trixie-updates: '
	is "$(value DEBIAN) $(value ORIGIN) $(value DATE)" '4.20.3+127-gc42374a105-0+deb13u1 pool 1782961445'
	whole
}
t 'a known version is taken from the pool when none of the indexes is there' known

known_last() {
	knows 4.20.3+127-gc42374a105-0+deb13u1
	cp "$a"/pool/xen_4.20.4*.orig.tar.xz "$d/debian/pool/"
	get
	succeeds
	is "$(value ORIGIN)" trixie-updates
}
t 'what an index lists goes before what is known' known_last

known_other() {
	knows 4.20.3+127-gc42374a105-0+deb13u1
	cp --remove-destination "$a/pool/xen_4.17.5+72-g01140da4e8.orig.tar.xz" \
		"$d/debian/pool/main/x/xen/xen_4.20.3+127-gc42374a105.orig.tar.xz"
	get
	is "$status" 1
	like "$err" 'xen 4.20.3\+127.* in the pool: .*(Hash|sha256)'
	nothing_kept
}
t 'a file of the pool that is not the known one is refused' known_other

known_part() {
	knows 4.20.3+127-gc42374a105-0+deb13u1
	rm "$d"/debian/pool/main/x/xen/*.debian.tar.xz
	get
	succeeds
	is "$(value ORIGIN) $(value DATE)" 'pool 1700000000'
}
t "a pool that lost Debian's own part still serves" known_part

known_list() {
	local version sum debian_sum rest count=0
	while read -r version sum debian_sum rest; do
		like "$version" '^4\.20[.+~-].*-[^-]+$'
		like "$sum $debian_sum $rest" '^[0-9a-f]{64} [0-9a-f]{64} $'
		count=$((count + 1))
	done < <(sed 's/#.*//; /^ *$/d' "$top/hypervisor/known")
	((count > 0)) || fail 'nothing is known'
}
t 'what is known has a version of the branch and two sums' known_list

hooks() {
	machine "$bookworm"
	echo "APT::Update::Pre-Invoke { \"touch $d/hook\"; };
APT::Update::Post-Invoke { \"touch $d/hook\"; };
APT::Update::Post-Invoke-Success { \"touch $d/hook\"; };" >>"$d/apt.conf"
	get
	succeeds
	[[ ! -e $d/hook ]] || fail 'a hook of the machine ran'
}
t "no hook of the machine's apt is run" hooks

untouched() {
	local before
	machine "$bookworm"
	before=$(find "$d/etc" "$d/state" "$d/parts" /etc/apt /var/lib/apt -printf '%p %T@\n')
	get
	succeeds
	is "$(find "$d/etc" "$d/state" "$d/parts" /etc/apt /var/lib/apt -printf '%p %T@\n')" \
		"$before"
}
t "the machine's own apt is left as it was" untouched

blanks() {
	machine "$bookworm"
	b="$d/a build"
	get
	succeeds
	whole
}
t 'a build directory with a blank in its name' blanks

full_disk() {
	local size full=0
	machine "$bookworm"
	for size in 8k 24k 40k 52k 64k 72k 80k 1m; do
		small_disk "$b" "$size"
		get
		if ((status)); then
			like "$(tail -n1 "$d/err")" '^xenhost: source: .*No space left on device$'
			nothing_kept
			full=$((full + 1))
		else
			whole
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

done_testing
