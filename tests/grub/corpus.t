#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# corpus.t [CASE...]: the menu of each tree of /boot in cases/, made by grub-mkconfig.
#
# CASE.sh makes the tree with the words of lib.sh; CASE.menu is what the menu then has and
# CASE.notes what the generator said, CASE.esp what is on the EFI system partition, if anything. Where the case sets equal, entries do
# in that GRUB just what those of its own script do, in the same order. Entries of Linux are made by
# GRUB's script for it, which is not run: they are in the other tests. UPDATE=1 writes what came out.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
set +e

same() { diff "$1" - <"$2"; }

is_golden() {
	local file
	entries >"$root/menu"
	notes | sed 's/^xenhost: boot: menu: //' >"$root/notes"
	on_esp >"$root/esp"
	for file in menu notes esp; do
		if [ -n "${UPDATE:-}" ]; then
			rm -f "$here/cases/$name.$file"
			[ ! -s "$root/$file" ] || cp "$root/$file" "$here/cases/$name.$file"
		fi
		if [ -e "$here/cases/$name.$file" ]; then
			diff "$here/cases/$name.$file" "$root/$file" || return
		else
			[ ! -s "$root/$file" ] || { cat "$root/$file"; return 1; }
		fi
	done
}

ids_are_unique() { [ -z "$(ids | uniq -d | tee /dev/stderr)" ]; }

is_equal() { diff <(echo "$stock") <(echo "$ours"); }

cases=("$@")
[ $# -gt 0 ] || for file in "$here"/cases/*.sh; do
	file=${file##*/}
	cases+=("${file%.sh}")
done
for name in "${cases[@]}"; do
	equal=
	machine
	without_linux
	# shellcheck disable=SC1090
	. "$here/cases/$name.sh"
	for suite in bookworm trixie; do
		ok "$name: grub-mkconfig of $suite takes it" menu "$suite" ours
		ok "$name: the menu in $suite" is_golden
		ok "$name: each id is there once in $suite" ids_are_unique
		case " $equal " in
		*" $suite "*)
			ours=$(effects)
			menu "$suite" stock
			stock=$(effects)
			ok "$name: equal in effect to the script of $suite" is_equal
			;;
		esac
	done
done
finish
