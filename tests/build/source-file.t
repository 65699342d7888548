#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/source get, from a tarball and from a tree that the user names.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

takes_xz_as_it_is() {
	export XZ_OPT=-0
	xen_tarball "$d/xen-4.20.0.tar.xz" 20 .0
	XEN_SOURCE=$d/xen-4.20.0.tar.xz get
	succeeds
	cmp "$d/xen-4.20.0.tar.xz" "$b/source/xen.tar.xz"
}
t 'a .tar.xz is taken byte by byte' takes_xz_as_it_is

version_mk() {
	xen_tarball "$d/xen-4.20.3.tar.xz" 20 .3
	XEN_SOURCE=$d/xen-4.20.3.tar.xz get
	is "$(<"$b/source/version.mk")" "XEN_UPSTREAM=4.20.3
XEN_BRANCH=4.20
XEN_FULLVERSION=4.20.3
XEN_EXTRAVERSION=.3
XEN_CHANGESET=
XEN_DEBIAN=
XEN_DATE=1700000000
XEN_SHA256=$(sha256sum <"$d/xen-4.20.3.tar.xz" | cut -d' ' -f1)
XEN_ORIGIN=xen-4.20.3.tar.xz"
}
t 'version.mk says what the tarball is' version_mk

gz() {
	xen_tarball "$d/xen.tar.gz" 20 .0
	XEN_SOURCE=$d/xen.tar.gz get
	succeeds
	whole
	cmp <(zcat "$d/xen.tar.gz") <(xz -dc "$b/source/xen.tar.xz")
}
t 'a .tar.gz is compressed anew, its content unchanged' gz

reproducible() {
	local first
	xen_tree "$d/tree" 20 .0
	XEN_SOURCE=$d/tree get
	succeeds
	first=$(value SHA256)
	rm -rf "$b"
	cp -a "$d/tree" "$d/copy"
	chmod -R go-rx "$d/copy"
	mv "$d/tree" "$d/away"
	mv "$d/copy" "$d/tree"
	XEN_SOURCE=$d/tree get
	is "$(value SHA256)" "$first"
}
t 'the same tree makes the same tarball' reproducible

no_git() {
	xen_tree "$d/tree" 20 .0
	mkdir "$d/tree/.git"
	echo x >"$d/tree/.git/x"
	ln -s ./xen/Makefile "$d/tree/link"
	XEN_SOURCE=$d/tree get
	is "$(xz -dc "$b/source/xen.tar.xz" | tar -t | grep -c '\.git')" 0
	like "$(xz -dc "$b/source/xen.tar.xz" | tar -tv)" 'xen-4.20.0/link -> ./xen/Makefile'
}
t 'a tree is packed without .git, its links as they are' no_git

pre() {
	xen_tarball "$d/x.tar.xz" 20 .5-pre
	XEN_SOURCE=$d/x.tar.xz get
	is "$(value UPSTREAM) $(value EXTRAVERSION)" '4.20.5~pre .5~pre'
}
t '4.20.5-pre is 4.20.5~pre, which sorts before 4.20.5' pre

debian_name() {
	xen_tarball "$d/xen_4.20.4+63-g7abfd2bce2.orig.tar.xz" 20 .5-pre
	XEN_SOURCE=$d/xen_4.20.4+63-g7abfd2bce2.orig.tar.xz get
	is "$(value UPSTREAM) $(value FULLVERSION) $(value EXTRAVERSION) $(value CHANGESET)" \
		'4.20.4+63-g7abfd2bce2 4.20.4+63 .4+63 g7abfd2bce2'
}
t "the version of a tarball that has Debian's name is that of the name" debian_name

odd_name() {
	xen_tarball "$d/a \$b;c.tar.xz" 20 .0
	XEN_SOURCE="$d/a \$b;c.tar.xz" get
	succeeds
	is "$(value ORIGIN)" 'a__b_c.tar.xz'
}
t 'a name with blanks and signs is one harmless word in version.mk' odd_name

for_sh_and_make() {
	xen_tarball "$d/x.tar.xz" 20 .5-pre
	XEN_SOURCE=$d/x.tar.xz get
	is "$(sh -c '. "$1"; echo "$XEN_FULLVERSION"' - "$b/source/version.mk")" '4.20.5~pre'
	printf 'include %s\nall:\n\t@echo $(XEN_FULLVERSION)\n' "$b/source/version.mk" >"$d/m"
	is "$(make -s -f "$d/m")" '4.20.5~pre'
}
t 'version.mk is read by sh and by make' for_sh_and_make

epoch() {
	xen_tarball "$d/x.tar.xz" 20 .0
	export SOURCE_DATE_EPOCH=1234567890
	XEN_SOURCE=$d/x.tar.xz get
	is "$(value DATE)" 1234567890
	export SOURCE_DATE_EPOCH=soon
	XEN_SOURCE=$d/x.tar.xz get
	fails 2 "SOURCE_DATE_EPOCH: 'soon'"
}
t 'SOURCE_DATE_EPOCH is the date' epoch

missing() {
	XEN_SOURCE=$d/none.tar.xz get
	fails 1 'none.tar.xz: No such file'
	nothing_kept
}
t 'a missing XEN_SOURCE' missing

device() {
	XEN_SOURCE=/dev/null get
	fails 1 '/dev/null: neither'
	nothing_kept
}
t 'a XEN_SOURCE that is no file' device

truncated() {
	local kind
	for kind in xz gz; do
		xen_tarball "$d/x.tar.$kind" 20 .0
		truncate -s 15000 "$d/x.tar.$kind"
		XEN_SOURCE=$d/x.tar.$kind get
		fails 1 "x.tar.$kind: truncated"
		nothing_kept
	done
}
t 'a truncated tarball' truncated

empty() {
	: >"$d/x.tar.xz"
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: '
	nothing_kept
}
t 'an empty tarball' empty

wrong_sum() {
	xen_tarball "$d/x.tar.xz" 20 .0
	XEN_SHA256=$(printf '%064d' 1) XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: its sha256 is [0-9a-f]{64}, not XEN_SHA256'
	nothing_kept
}
t 'a wrong checksum' wrong_sum

right_sum() {
	xen_tarball "$d/x.tar.xz" 20 .0
	XEN_SHA256=$(sha256sum <"$d/x.tar.xz" | cut -d' ' -f1) XEN_SOURCE=$d/x.tar.xz get
	succeeds
	whole
}
t 'the right checksum' right_sum

no_sum() {
	xen_tarball "$d/x.tar.xz" 20 .0
	XEN_SHA256=abc XEN_SOURCE=$d/x.tar.xz get
	fails 2 "XEN_SHA256: 'abc' is no sha256 sum"
	xen_tree "$d/tree" 20 .0
	XEN_SHA256=$(printf '%064d' 1) XEN_SOURCE=$d/tree get
	fails 2 'XEN_SHA256: .* is a directory'
	nothing_kept
}
t 'what is no checksum, and a checksum of a directory' no_sum

other_branch() {
	xen_tarball "$d/x.tar.xz" 19 .4
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: Xen 4.19.4 is not of branch 4.20'
	xen_tree "$d/tree" 200 .1
	XEN_SOURCE=$d/tree get
	fails 1 'tree: Xen 4.200.1 is not of branch 4.20'
	nothing_kept
}
t 'another branch' other_branch

name_of_branch() {
	xen_tarball "$d/xen_4.20.1.orig.tar.xz" 19 .4
	XEN_SOURCE=$d/xen_4.20.1.orig.tar.xz get
	fails 1 '4.19.4 is not of branch'
}
t 'another branch under a name of ours' name_of_branch

not_xen() {
	mkdir -p "$d/a/b"
	tar -C "$d" -cJf "$d/x.tar.xz" a
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: not a Xen source: no xen/Makefile'
	XEN_SOURCE=$d/a get
	fails 1 'a: not a Xen source: no xen/Makefile'
	nothing_kept
}
t 'what is not Xen' not_xen

two_tops() {
	xen_tree "$d/one" 20 .0
	xen_tree "$d/two" 20 .0
	tar -C "$d" -cJf "$d/x.tar.xz" one two
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: not one directory at its top'
	nothing_kept
}
t 'a tarball of two directories' two_tops

outside() {
	xen_tree "$d/a/one" 20 .0
	: >"$d/evil"
	tar -C "$d/a" -P -cJf "$d/x.tar.xz" one ../evil
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'x.tar.xz: a name in it leads outside'
	nothing_kept
}
t 'a tarball that reaches out of its directory' outside

too_long() {
	xen_tarball "$d/x.tar.xz" 20 .1234567890abcde
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 "'.1234567890abcde' has more than the 15 characters"
	nothing_kept
}
t "an extra version that Xen's field does not hold" too_long

again() {
	local before tool
	xen_tarball "$d/x.tar.xz" 20 .0
	export XEN_SOURCE=$d/x.tar.xz
	get
	before=$(stat -c '%n %y %i' "$b"/source/*)
	mkdir bin
	for tool in tar xz apt-get; do
		printf '%s\n' '#!/bin/sh' "echo $tool >>'$d/unpacking'" "exec /usr/bin/$tool \"\$@\"" >"bin/$tool"
		chmod 755 "bin/$tool"
	done
	PATH=$d/bin:$PATH get
	succeeds
	is "$out" ''
	is "$(stat -c '%n %y %i' "$b"/source/*)" "$before"
	[[ ! -e unpacking ]] || fail "it was slow: $(<unpacking)"
	rm "$b/source/request"
	PATH=$d/bin:$PATH get
	is "$(sort -u unpacking | tr '\n' ' ')" 'tar xz '
}
t 'a second run changes nothing, says nothing and unpacks nothing' again

changed() {
	xen_tarball "$d/x.tar.xz" 20 .0
	xen_tree "$d/tree" 20 .1
	XEN_SOURCE=$d/x.tar.xz get
	XEN_SOURCE=$d/tree get
	is "$(value UPSTREAM)" 4.20.1
	xen_tree "$d/tree" 20 .2
	XEN_SOURCE=$d/tree get
	is "$(value UPSTREAM)" 4.20.2
	xen_tarball "$d/x.tar.xz" 20 .3
	XEN_SOURCE=$d/x.tar.xz get
	is "$(value UPSTREAM)" 4.20.3
}
t 'another XEN_SOURCE, or another content of it, is taken' changed

sum_added() {
	xen_tarball "$d/x.tar.xz" 20 .0
	XEN_SOURCE=$d/x.tar.xz get
	XEN_SHA256=$(printf '%064d' 1) XEN_SOURCE=$d/x.tar.xz get
	fails 1 'not XEN_SHA256'
}
t 'a checksum that is given later is checked' sum_added

damaged() {
	xen_tarball "$d/x.tar.xz" 20 .0
	export XEN_SOURCE=$d/x.tar.xz
	get
	truncate -s 1000 "$b/source/xen.tar.xz"
	get
	succeeds
	whole
	rm "$b/source/xen.tar.xz"
	get
	succeeds
	whole
}
t 'what was made and damaged since is made again' damaged

failure_keeps() {
	xen_tarball "$d/x.tar.xz" 20 .0
	XEN_SOURCE=$d/x.tar.xz get
	xen_tarball "$d/y.tar.xz" 19 .0
	XEN_SOURCE=$d/y.tar.xz get
	whole
	XEN_SOURCE=$d/x.tar.xz get
	succeeds
	is "$out" ''
}
t 'a failure leaves what an earlier run made whole' failure_keeps

full_disk() {
	local size full=0
	xen_tarball "$d/x.tar.gz" 20 .0
	for size in 4k 8k 12k 16k 24k 28k 32k 36k 64k; do
		small_disk "$b" "$size" || exit 1
		XEN_SOURCE=$d/x.tar.gz get
		if ((status)); then
			fails 1 'No space left on device'
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
# A user who may write nothing
not_yours() {
	xen_tarball "$d/x.tar.xz" 20 .0
	mkdir "$b"
	cd /
	XEN_SOURCE=$d/x.tar.xz run setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$source_cmd" get --build "$b"
	fails 1 "$b"
	nothing_kept
}
if ((UID == 0)); then
	t 'a full disk' full_disk
	t 'a build directory of another user' not_yours
else
	skip 'a full disk' 'needs root'
	skip 'a build directory of another user' 'needs root'
fi

locked() {
	xen_tarball "$d/x.tar.xz" 20 .0
	mkdir "$b"
	exec 9>"$b/.source.lock"
	flock 9
	XEN_SOURCE=$d/x.tar.xz get
	fails 1 'build: another run is at work there'
}
t 'two runs at a time' locked

usage() {
	run "$source_cmd"
	is "$status" 2
	run "$source_cmd" get elsewhere
	fails 2 "get: 'elsewhere'"
	run "$source_cmd" --help
	succeeds
	like "$out" '^Usage: '
}
t 'usage' usage

through_make() {
	xen_tarball "$d/x.tar.xz" 20 .0
	cd "$top" || exit 1
	run make -s -f mk/source.mk BUILD="$b" XEN_SOURCE="$d/x.tar.xz" source
	succeeds
	whole
	run make -s -f mk/source.mk BUILD="$b" XEN_SOURCE="$d/none" source
	is "$status" 2
	like "$err" '^xenhost: source: .*none: No such file'
}
t 'make source, and its failure' through_make

done_testing
