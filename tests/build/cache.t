#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mk/package-cache: what is kept of a build, and when it is taken instead of one.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317,SC2329  # functions run through t

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"
export PACKAGE_CACHE

# A build that counts itself.
prepare() {
	PACKAGE_CACHE=$d/cache
	echo one >input
	printf '%s\n' '#!/bin/sh' 'echo run >>runs' '[ ! -e failing ] || exit 1' 'mkdir -p made' 'cat input >made/it' 'chmod 640 made/it' >build-it
	chmod 755 build-it
}
make_it() { run "$top/mk/package-cache" made input -- ./build-it "$@"; }
runs() { is "$(wc -l <runs)" "$1"; }

same() {
	prepare
	make_it
	succeeds
	rm -r made
	make_it
	succeeds
	runs 1
	is "$(stat -c %a made/it) $(<made/it)" '640 one'
}
t 'the second time the same is taken from what was kept' same

other() {
	prepare
	make_it
	echo two >input
	make_it
	is "$(<made/it)" two
	runs 2
	chmod 600 input
	make_it
	runs 3
	make_it another
	runs 4
}
t 'other bytes, another mode and another command are made anew' other

unset_variable() {
	prepare
	unset PACKAGE_CACHE
	make_it
	make_it
	succeeds
	runs 2
	[[ ! -e cache ]] || fail "something is kept"
}
t 'without PACKAGE_CACHE nothing is kept' unset_variable

failing() {
	prepare
	: >failing
	make_it
	is "$status" 1
	is "$(ls "$PACKAGE_CACHE")" ''
	rm failing
	make_it
	succeeds
	runs 2
}
t 'of a build that fails nothing is kept' failing

missing() {
	prepare
	rm input
	make_it
	is "$status" 1
	[[ ! -e runs ]] || fail 'it was built'
}
t 'an input that is not there is told' missing

file() {
	prepare
	printf '%s\n' '#!/bin/sh' 'echo run >>runs' 'cat input >made' >build-it
	make_it
	rm made
	make_it
	succeeds
	runs 1
	is "$(<made)" one
}
t 'a file is kept likewise' file

daily() {
	local day
	prepare
	mkdir bin
	for day in 1 1 2; do
		printf '%s\n' '#!/bin/sh' "echo $day" >bin/date
		chmod 755 bin/date
		PATH=$PWD/bin:$PATH run "$top/mk/package-cache" --day made input -- ./build-it
		succeeds
	done
	runs 2
	is "$(cd "$PACKAGE_CACHE" && printf "%s\n" * | cut -c 1-6)" day-2-
}
t 'with --day a new day makes it anew' daily

# A compiler needs its library, or another one that is not there.
tools() {
	local state
	prepare
	mkdir bin
	printf '%s\n' '#!/bin/sh' '[ "$1" = depends ] || exit 1' \
		'printf "%s\n" compiler "  Depends: library" "  Depends: absent" library absent' >bin/apt-cache
	printf '%s\n' '#!/bin/sh' 'cat installed' >bin/dpkg-query
	chmod 755 bin/*
	for state in '1 1 1' '1 1 2' '1 2 2' '2 2 2'; do
		read -r compiler library other <<<"$state"
		printf '%s\n' "compiler $compiler" "library:amd64 $library" "other $other" >installed
		PATH=$PWD/bin:$PATH run "$top/mk/package-cache" --tools compiler made input -- ./build-it
		succeeds
	done
	runs 3
	rm runs
	PATH=$PWD/bin:$PATH make_it
	echo 'other 3' >>installed
	PATH=$PWD/bin:$PATH make_it
	runs 2
	printf '%s\n' '#!/bin/sh' 'exit 100' >bin/apt-cache
	PATH=$PWD/bin:$PATH run "$top/mk/package-cache" --tools compiler made input -- ./build-it
	is "$status" 1
	runs 2
}
t 'with --tools another version of what they need makes it anew, of something else does not' tools

few() {
	local i
	prepare
	mkdir -p "$PACKAGE_CACHE/ccache"
	touch -d yesterday "$PACKAGE_CACHE/ccache"
	for i in {1..10}; do
		echo "$i" >input
		make_it
	done
	is "$(find "$PACKAGE_CACHE" -mindepth 1 -maxdepth 1 ! -name ccache | wc -l)" 8
	[[ -d $PACKAGE_CACHE/ccache ]] || fail 'the cache of the compiler is gone'
	make_it
	runs 10
}
t 'of many the last are kept, and the cache of the compiler' few

done_testing
