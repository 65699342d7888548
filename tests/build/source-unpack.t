#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/source unpack: the tree, and our patches on it.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# patches NAME...: a copy of the program whose series is that
patches() {
	mkdir -p hypervisor/patches
	mkdir mk
	cp "$top/mk/words.sh" mk/
	cp "$top/hypervisor/source" "$top/hypervisor/debian.sh" hypervisor/
	source_cmd=$d/hypervisor/source
	printf '# a comment\n\n' >hypervisor/patches/series
	printf '%s  # why\n' "$@" >>hypervisor/patches/series
	# $1 changes the word OLD to NEW in tools/words.
	edit() {
		local before='' after
		case $2 in
		three) before=' two' after=' four' ;;
		five) before=' four' after=' six' ;;
		nine) before=' eight' after=' ten' ;;
		esac
		printf -- '--- a/tools/words\n+++ b/tools/words\n@@ -%d,3 +%d,3 @@\n' "$4" "$4"
		printf '%s\n-%s\n+%s\n%s\n' "$before" "$2" "$3" "$after"
	}
	edit 1 three THREE 2 >hypervisor/patches/three.patch
	edit 2 five FIVE 4 >hypervisor/patches/five.patch
	edit 3 nine NINE 8 >hypervisor/patches/wrong.patch
	printf -- '--- /dev/null\n+++ b/tools/new\n@@ -0,0 +1 @@\n+new\n' \
		>hypervisor/patches/new.patch
	xen_tarball x.tar.xz 20 .0
}

unpack() {
	run "$source_cmd" unpack --tarball x.tar.xz "$@"
}

plain() {
	patches
	unpack tree
	succeeds
	like "$(head -n1 tree/xen/Makefile)" XEN_VERSION
	[[ -f tree/.xenhost-patches ]] || fail 'no state'
}
t 'a tarball is unpacked without its top directory' plain

published() {
	patches
	mkdir -p "$b/source"
	mv x.tar.xz "$b/source/xen.tar.xz"
	run "$source_cmd" unpack --build "$b" tree
	succeeds
	[[ -f tree/xen/Makefile ]] || fail 'no tree'
}
t 'without --tarball it is the one that get has made' published

applied() {
	patches three.patch new.patch five.patch
	unpack tree
	succeeds
	is "$(tr '\n' ' ' <tree/tools/words)" 'one two THREE four FIVE six seven '
	is "$(<tree/tools/new)" new
	is "$(find tree -name '*.orig' -o -name '*.rej' | wc -l)" 0
}
t 'the series is applied' applied

no_patch() {
	patches three.patch
	unpack --no-patch tree
	succeeds
	is "$(sed -n 3p tree/tools/words)" three
}
t '--no-patch' no_patch

does_not_apply() {
	patches three.patch wrong.patch
	unpack tree
	fails 1 'wrong.patch: does not apply: tools/words: Hunk #1 FAILED'
	[[ ! -e tree && ! -e tree.new ]] || fail 'a half tree'
}
t 'a patch that does not apply is named with its file, and no tree is left' does_not_apply

no_such_file() {
	patches three.patch
	sed -i 's,tools/words,tools/none,' hypervisor/patches/three.patch
	unpack tree
	fails 1 'three.patch: does not apply: .*tools/none: can.t find file'
	[[ ! -e tree && ! -e tree.new ]] || fail 'a half tree'
}
t 'a patch on a file that is not there' no_such_file

fuzz() {
	patches three.patch
	sed -i 's/^ two/ 2/' hypervisor/patches/three.patch
	unpack tree
	fails 1 'three.patch: does not apply'
}
t 'a patch is never fuzzed in' fuzz

no_patch_file() {
	patches gone.patch
	unpack tree
	fails 1 'gone.patch: named in series, but not there'
}
t 'a patch that series names and that is not there' no_patch_file

no_series() {
	patches
	rm hypervisor/patches/series
	unpack tree
	fails 1 'series: No such file'
}
t 'no series' no_series

there() {
	patches
	mkdir tree
	echo mine >tree/file
	unpack tree
	fails 1 'tree: is there already'
	is "$(<tree/file)" mine
}
t 'a directory that is there is left alone' there

truncated() {
	patches
	truncate -s 15000 x.tar.xz
	unpack tree
	fails 1 'x.tar.xz: truncated'
	rm x.tar.xz
	unpack tree
	fails 1 'x.tar.xz: No such file'
	[[ ! -e tree && ! -e tree.new ]] || fail 'a half tree'
}
t 'a truncated or missing tarball' truncated

in_place() {
	local before
	patches three.patch
	xen_tree tree 20 .0
	run "$source_cmd" unpack --tree tree
	succeeds
	is "$(sed -n 3p tree/tools/words)" THREE
	before=$(stat -c %z tree/tools/words)
	run "$source_cmd" unpack --tree tree
	succeeds
	is "$(stat -c %z tree/tools/words)" "$before"
	echo five.patch >>hypervisor/patches/series
	run "$source_cmd" unpack --tree tree
	succeeds
	is "$(sed -n 5p tree/tools/words)" FIVE
}
t '--tree patches a tree once, and goes on where series grew' in_place

in_place_other() {
	patches three.patch new.patch
	unpack tree
	echo '# ' >>hypervisor/patches/three.patch
	run "$source_cmd" unpack --tree tree
	fails 1 'tree: patched with another three.patch'
	sed -i '$d' hypervisor/patches/three.patch
	sed -i '/new/d' hypervisor/patches/series
	run "$source_cmd" unpack --tree tree
	fails 1 'tree: has patches that series does not name'
}
t '--tree refuses a tree that was patched otherwise' in_place_other

stop_checked() {
	if [[ -e tree ]]; then
		is "$(tr '\n' ' ' <tree/tools/words)" 'one two THREE four FIVE six seven '
		rm -r tree
	fi
}
stopped() {
	patches three.patch five.patch
	stopped_everywhere "$1" stop_checked "$source_cmd" unpack --tarball x.tar.xz tree
	is "$(tr '\n' ' ' <tree/tools/words)" 'one two THREE four FIVE six seven '
	[[ ! -e tree.new ]] || fail 'left: tree.new'
}
t 'Ctrl-C at any moment leaves a whole tree or none' stopped INT
t 'a kill at any moment leaves a whole tree or none' stopped KILL

our_series() {
	local name
	while read -r name; do
		[[ -f $top/hypervisor/patches/$name ]] || fail "no $name"
	done < <(sed 's/#.*//; /^ *$/d' "$top/hypervisor/patches/series")
	for name in "$top"/hypervisor/patches/*.patch; do
		[[ -e $name ]] || continue
		grep -q "^${name##*/}" "$top/hypervisor/patches/series" || fail "not in series: $name"
		[[ $(head -n1 "$name") == 'Subject: '* ]] || fail "no Subject: $name"
	done
}
t "the repository's own series names its patches, and each says what it is" our_series

usage() {
	run "$source_cmd" unpack
	fails 2 'unpack: into which directory'
	run "$source_cmd" unpack --tree
	fails 2 'tree: needs a value'
	run "$source_cmd" unpack --odd x
	fails 2 'odd: unknown option'
	run "$source_cmd" unpack a b
	fails 2 'b: one directory only'
	run "$source_cmd" unpack --tree a b
	fails 2 'tree: takes no tarball'
}
t 'usage' usage

done_testing
