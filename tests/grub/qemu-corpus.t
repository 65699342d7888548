#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# qemu-corpus.t [CASE...]: of each menu of cases/, GRUB starts what `xenhost boot list` names.
#
# With GRUB_DEFAULT=xen, as the description has it; and each entry of two menus by its path.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
set +e

listed() { "$XENHOST" --root "$root" boot list --json 2>/dev/null | "$here/listed"; }

# What starts, in GRUB itself and as it is listed.
is_same() { # SUITE
	mkdir -p "$work/start" && cp "$root"/boot/grub/grub.cfg "$work/start/"
	rm -f "$work/start/grubenv"
	# What is started here has a BIOS.
	[ ! -d "$root/boot/grub/x86_64-efi" ] || mv "$root/boot/grub/x86_64-efi" "$root/boot/grub/i386-pc"
	[ ! -f "$root/boot/grub/grubenv" ] || cp "$root/boot/grub/grubenv" "$work/start/"
	listed >"$work/listed"
	"$here/start" "$grub/$1" "$work/start" | sed 's/ placeholder//' >"$work/started"
	diff "$work/listed" "$work/started"
}

starts_xen_there() { is_same "$1" && grep -q '^xen ' "$work/started"; }

cases=("$@")
[ $# -gt 0 ] || for file in "$here"/cases/*.sh; do
	file=${file##*/}
	cases+=("${file%.sh}")
done

has_xen() { grep -q "id_option 'xen'" "$root/boot/grub/grub.cfg"; }

# GRUB's script for Linux takes six times as long as all else: where Xen starts it is run for each case in one of the releases,
# and for the next case in the other.
with_linux=trixie other=bookworm
for name in "${cases[@]}"; do
	machine
	# shellcheck disable=SC1090
	. "$here/cases/$name.sh"
	defaults GRUB_DEFAULT=xen
	for suite in "$with_linux" "$other"; do
		[ "$suite" = "$with_linux" ] || ! has_xen || without_linux
		menu "$suite" ours
		if has_xen; then
			ok "$suite: $name: xen starts" starts_xen_there "$suite"
		else
			ok "$suite: $name: what is listed starts" is_same "$suite"
		fi
	done
	other=$with_linux with_linux=$suite
done

# The paths of the entries for Xen, as GRUB_DEFAULT and grub-reboot take them.
paths() {
	"$XENHOST" --root "$root" boot list --json | perl -MJSON::PP -0777 -ne '
		for (@{decode_json($_)->{entries}}) { print "$_->{path}\n" if $_->{kind} eq "xen" }'
}

# GRUB's environment block with these lines.
block() {
	{ printf '# GRUB Environment Block\n'; printf '%s\n' "$@"; head -c 1024 /dev/zero | tr '\0' '#'; } |
		head -c 1024 >"$root/boot/grub/grubenv"
}

each_entry() { # SUITE
	local path
	paths >"$work/paths"
	[ -s "$work/paths" ] || return
	while read -r path; do
		block "next_entry=$path"
		is_same "$1" || return
		[ "$(head -n 1 "$work/started")" = "xen $path" ] || { echo "not $path:"; cat "$work/started"; return 1; }
	done <"$work/paths"
}
for name in two-branches xsm; do
	[ $# -eq 0 ] || break
	machine
	# shellcheck disable=SC1090
	. "$here/cases/$name.sh"
	for suite in bookworm trixie; do
		menu "$suite" ours
		ok "$suite: $name: each entry starts by its path" each_entry "$suite"
	done
done

# The menu of a trial: the new entry once, with its arguments, and from then on the good one.
a_trial() { # SUITE
	block next_entry=xen xenhost_trial_entry=xen xenhost_trial_seconds=300 xenhost_fallback=xenhost-good
	is_same "$1" && grep -q '^xen xen$' "$work/started" && grep -q ' panic=10 xenhost.trial=300$' "$work/started" || return
	cp "$work/start/grubenv" "$root/boot/grub/grubenv"
	is_same "$1" && grep -q '^xen xenhost-good$' "$work/started" && ! grep -q xenhost.trial "$work/started"
}
for suite in bookworm trixie; do
	[ $# -eq 0 ] || [ "$*" = armed ] || break
	machine
	# shellcheck disable=SC1091
	. "$here/cases/armed.sh"
	defaults GRUB_DEFAULT=xen
	menu "$suite" ours
	ok "$suite: armed: a trial starts once, and then the good entry" a_trial "$suite"
done
finish
