# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # variables of the tests
# What the tests of this directory share: TAP, tiny Xen sources, a tiny Debian archive.

# A shell that was started in the background ignores SIGINT, and so would all that it starts.
if [[ -z ${SIGINT_IS_DEFAULT:-} ]]; then
	SIGINT_IS_DEFAULT=yes exec env --default-signal=INT bash "$0" "$@"
fi

set -u
export LC_ALL=C
unset XEN_SOURCE XEN_SHA256 SOURCE_DATE_EPOCH REPO_KEY GNUPGHOME MAKEFLAGS
umask 022

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
# The programs under test; a test of what they do with other patches uses a copy.
source_cmd=$top/hypervisor/source
repo_cmd=$top/mk/make-repo

tmp=$(mktemp -d -t xenhost-test.XXXXXX) || exit 1
# apt's methods run as a user of their own.
chmod 755 "$tmp"

# shellcheck disable=SC2317  # the trap's
lib_cleanup() {
	local mount
	while read -r _ mount _; do
		if [[ $mount == "$tmp"/* ]]; then
			umount "$mount"
		fi
	done </proc/mounts
	if [[ -n ${GNUPGHOME:-} && $GNUPGHOME == "$tmp"/* ]]; then
		gpgconf --kill all 2>/dev/null
	fi
	rm -rf -- "$tmp"
}
trap lib_cleanup EXIT

tests=0

# t NAME FUNCTION...: one test, in a subshell, with an empty directory $d and build directory $b
t() {
	local name=$1 out
	shift
	tests=$((tests + 1))
	d=$tmp/$tests
	b=$d/build
	mkdir -p "$d"
	if out=$(cd "$d" && "$@" 2>&1); then
		printf 'ok %d - %s\n' "$tests" "$name"
	else
		printf 'not ok %d - %s\n' "$tests" "$name"
		printf '# %s\n' "${out//$'\n'/$'\n'# }"
	fi
}

# skip NAME REASON
skip() {
	tests=$((tests + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tests" "$1" "$2"
}

done_testing() {
	printf '1..%d\n' "$tests"
}

fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# run COMMAND...: sets status, out and err
run() {
	status=0
	"$@" >"$d/out" 2>"$d/err" </dev/null || status=$?
	out=$(<"$d/out")
	err=$(<"$d/err")
}

# get: hypervisor/source get in $b
get() {
	run "$source_cmd" get --build "$b"
}

is() {
	[[ $1 == "$2" ]] || fail "is '$1', should be '$2'"
}

like() {
	[[ $1 =~ $2 ]] || fail "is '$1', should match '$2'"
}

succeeds() {
	((status == 0)) || fail "exit status $status: $err"
}

# fails STATUS PATTERN: that exit status, and one line of message
fails() {
	((status == $1)) || fail "exit status $status, should be $1: $err"
	like "$err" "$2"
	is "$(wc -l <"$d/err")" 1
	like "$err" '^xenhost: (source|repo): [^:]+: .+'
}

# Nothing is there that a later run could take for whole.
nothing_kept() {
	[[ ! -e $b/source/version.mk && ! -e $b/source.new ]] ||
		fail "left: $(find "$b" | tr '\n' ' ')"
}

# value NAME: a value of version.mk
value() {
	sed -n "s/^XEN_$1=//p" "$b/source/version.mk"
}

# Is version.mk there with all its lines, and the tarball the one that it names?
whole() {
	is "$(wc -l <"$b/source/version.mk")" 9
	is "$(sha256sum <"$b/source/xen.tar.xz")" "$(value SHA256)  -"
	xz -t "$b/source/xen.tar.xz" || fail 'not an xz file'
}

# xen_tree DIR SUBVERSION EXTRAVERSION
xen_tree() {
	mkdir -p "$1/xen" "$1/tools"
	cat >"$1/xen/Makefile" <<-END
	export XEN_VERSION       = 4
	export XEN_SUBVERSION    = $2
	export XEN_EXTRAVERSION ?= $3\$(XEN_VENDORVERSION)
	export XEN_FULLVERSION   = \$(XEN_VERSION).\$(XEN_SUBVERSION)\$(XEN_EXTRAVERSION)
	END
	printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' >"$1/tools/words"
	# What does not compress, so that a truncated tarball lacks something.
	head -c 20000 /dev/urandom >"$1/noise"
	find "$1" -exec touch -h -d @1700000000 {} +
}

# xen_tarball FILE SUBVERSION EXTRAVERSION
xen_tarball() {
	local dir
	dir=$(mktemp -d -p "$tmp")
	xen_tree "$dir/xen-src" "$2" "$3"
	tar -C "$dir" -caf "$1" xen-src
	rm -rf "$dir"
}

# key_make DIR: makes a key; sets GNUPGHOME and writes DIR/archive.gpg
key_make() {
	export GNUPGHOME=$1/gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key archive ed25519 sign \
		never 2>/dev/null
	gpg --batch --quiet --export >"$1/archive.gpg"
}

# ---- a Debian archive in a directory

# archive_package ARCHIVE SUITE VERSION: puts a source package xen in a suite's index
archive_package() {
	local version=$3 pool=$1/pool file dsc orig debian
	local sources=$1/dists/$2/main/source/Sources dir=$1/work

	orig=xen_${version%-*}.orig.tar.xz
	debian=xen_$version.debian.tar.xz
	dsc=xen_$version.dsc
	mkdir -p "$pool" "$dir/debian" "${sources%/*}"
	if [[ ! -e $pool/$orig ]]; then
		xen_tarball "$pool/$orig" "$(cut -d. -f2 <<<"${version%%[-+~]*}")" .9-pre
	fi
	cat >"$dir/debian/changelog" <<-END
	xen ($version) $2; urgency=medium

	  * A change.

	 -- A Name <a@example.org>  Thu, 02 Jul 2026 03:04:05 +0000
	END
	tar -C "$dir" -cJf "$pool/$debian" debian
	echo "dsc of $version" >"$pool/$dsc"
	{
		printf 'Package: xen\nBinary: xen-utils\nVersion: %s\n' "$version"
		printf 'Maintainer: A Name <a@example.org>\nArchitecture: any\n'
		printf 'Format: 3.0 (quilt)\nDirectory: pool\nFiles:\n'
		for file in "$dsc" "$orig" "$debian"; do
			printf ' %s %s %s\n' "$(md5sum <"$pool/$file" | cut -d' ' -f1)" \
				"$(stat -c %s "$pool/$file")" "$file"
		done
		printf 'Checksums-Sha256:\n'
		for file in "$dsc" "$orig" "$debian"; do
			printf ' %s %s %s\n' "$(sha256sum <"$pool/$file" | cut -d' ' -f1)" \
				"$(stat -c %s "$pool/$file")" "$file"
		done
		printf '\n'
	} >>"$sources"
}

# archive_release ARCHIVE SUITE: signs it
archive_release() {
	local dists=$1/dists/$2
	mkdir -p "$dists/main/source"
	: >>"$dists/main/source/Sources"
	apt-ftparchive -o APT::FTPArchive::Release::Origin=Debian \
		-o APT::FTPArchive::Release::Suite="$2" \
		-o APT::FTPArchive::Release::Codename="$2" \
		-o APT::FTPArchive::Release::Components=main release "$dists" >"$d/Release"
	mv "$d/Release" "$dists/Release"
	gpg --batch --quiet --yes --clearsign -o "$dists/InRelease" "$dists/Release"
	rm "$dists/Release"
}

# machine LINE...: makes apt believe that this is the machine's list of repositories
machine() {
	mkdir -p "$d/etc" "$d/state/lists/partial" "$d/parts"
	printf '%s\n' "$@" >"$d/etc/machine.list"
	cat >"$d/apt.conf" <<-END
	Dir::Etc::sourcelist "$d/etc/machine.list";
	Dir::Etc::sourceparts "$d/parts";
	Dir::Etc::trusted "/dev/null";
	Dir::Etc::trustedparts "/dev/null";
	Dir::State "$d/state";
	Acquire::Retries "0";
	END
	export APT_CONFIG=$d/apt.conf
}

# ---- stops and full disks

# stopped_everywhere SIGNAL CHECK COMMAND...: runs COMMAND again and again, and sends SIGNAL to its
# process group at the first call of a program, at the second, and so on, until a run is
# not hit. After each, CHECK must hold; what it leaves is what the next run finds, which so shows that it can.
stopped_everywhere() {
	local signal=$1 check=$2 tool n hits=0
	shift 2
	mkdir -p "$d/bin"
	for tool in tar xz cp mkdir mv ln rm sync sha256sum apt-get gpg sed apt-ftparchive \
		dpkg-deb patch; do
		cat >"$d/bin/$tool" <<-END
		#!/bin/sh
		PATH=\${PATH#*:}
		n=1
		set -C
		until true 2>/dev/null >"$d/calls/\$n"; do
			n=\$((n + 1))
		done
		if [ "\$n" = "\$STOP_AT" ]; then
			kill -s $signal 0
			sleep 1
		fi
		exec $tool "\$@"
		END
		chmod +x "$d/bin/$tool"
	done
	for ((n = 1; n < 200; n++)); do
		rm -rf "$d/calls"
		mkdir "$d/calls"
		status=0
		STOP_AT=$n PATH=$d/bin:$PATH setsid --wait "$@" >"$d/out" 2>"$d/err" || status=$?
		[[ -e $d/calls/$n ]] || break
		((status != 0)) || fail "stopped at call $n, but the status is 0"
		hits=$((hits + 1))
		"$check" "$n" || exit 1
	done
	((hits > 3)) || fail "only $hits calls"
	((status == 0)) || fail "not stopped, but the status is $status: $(<"$d/err")"
}

# small_disk_end DIR: an agent that was told to end may still be at work in it
small_disk_end() {
	local i
	for ((i = 0; i < 600; i++)); do
		umount "$1" 2>/dev/null && return
		sleep 0.1
	done
	fail "$1: cannot be unmounted"
}

# small_disk DIR SIZE: a file system that fills up
small_disk() {
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2" tmpfs "$1"
}
