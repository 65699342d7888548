#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of a Debian root accept what its identity is.
set -uo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
: "${WRITE_IDENTITY:?the program that writes an identity}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lower=$here/../../build/chroot/guest-bookworm
work=$(mktemp -d) || exit 1
root=$work/root
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck source=../tap.sh
. "$here/../tap.sh"

cp -a "$lower" "$root" || exit 1
rm "$root/usr/sbin/update-grub"
inside() { chroot "$root" env -i PATH="$PATH" HOME=/root LC_ALL=C "$@"; }
password=$("$WRITE_IDENTITY" "$root" static 00:16:3e:11:22:33 2>"$work/words") || {
	sed 's/^/# /' "$work/words"
	echo 'Bail out! the identity cannot be written'
	exit 1
}

accepts_sshd() { inside mkdir -p /run/sshd && inside sshd -t; }
has_host_keys() {
	inside sshd -T >"$work/sshd" || return
	# Not the RSA key, which takes seconds to make.
	[ "$(cd "$root/etc/ssh" && echo ssh_host_*_key)" = 'ssh_host_ecdsa_key ssh_host_ed25519_key' ]
}
key_pair() {
	[ "$(inside ssh-keygen -y -f "/etc/ssh/ssh_host_$1_key" | cut -d' ' -f2)" = \
		"$(cut -d' ' -f2 "$root/etc/ssh/ssh_host_$1_key.pub")" ]
}
interfaces() { [ "$(inside ifquery --list -a | sort | tr '\n' ' ')" = 'enX0 lo ' ]; }
first_address() { inside ifquery enX0 | grep -qx 'address: 192.0.2.10'; }
# Only the volumes themselves are not there.
fstab() {
	inside findmnt --verify >"$work/fstab" 2>&1
	cat "$work/fstab"
	grep -q '^0 parse errors, 3 errors, 0 warnings' "$work/fstab" &&
	[ "$(grep -c 'unreachable on boot required source: UUID=' "$work/fstab")" = 3 ]
}
menu() { inside grub-script-check /boot/grub/grub.cfg; }
defaults() { inside sh -n /etc/default/grub.d/xenhost.cfg; }
# The same, made by the guest itself when a kernel comes; and with one kernel less when one goes.
menu_is_made_anew() {
	cp "$root/boot/grub/grub.cfg" "$work/menu" && rm "$root/boot/grub/grub.cfg" &&
	inside /etc/kernel/postinst.d/zz-xenhost-menu 6.1.0-13-cloud-amd64 &&
	diff "$work/menu" "$root/boot/grub/grub.cfg"
}
# Where a guest is upgraded in dom0 update-grub is not run.
update_grub_makes_it() {
	[ -e "$root/usr/sbin/update-grub" ] || install -m 755 /dev/null "$root/usr/sbin/update-grub"
	mkdir -p "$root/run/systemd" && rm "$root/boot/grub/grub.cfg" &&
	inside /etc/kernel/postinst.d/zz-xenhost-menu 6.1.0-13-cloud-amd64 && [ ! -e "$root/boot/grub/grub.cfg" ] &&
	echo '# GRUB made it.' >"$root/boot/grub/grub.cfg" && echo xenhost >"$root/run/systemd/container" &&
	inside /etc/kernel/postinst.d/zz-xenhost-menu 6.1.0-13-cloud-amd64 && [ "$(wc -l <"$root/boot/grub/grub.cfg")" = 1 ] &&
	head -n 1 "$work/menu" >"$root/boot/grub/grub.cfg" &&
	inside /etc/kernel/postinst.d/zz-xenhost-menu 6.1.0-13-cloud-amd64 &&
	diff "$work/menu" "$root/boot/grub/grub.cfg" && rm "$root/run/systemd/container" "$root/usr/sbin/update-grub"
}
menu_loses_a_kernel() {
	rm "$root"/boot/*-6.1.0-13-cloud-amd64 &&
	inside /etc/kernel/postrm.d/zz-xenhost-menu 6.1.0-13-cloud-amd64 &&
	grep -q 6.1.0-9- "$root/boot/grub/grub.cfg" && ! grep -q 6.1.0-13 "$root/boot/grub/grub.cfg" && menu
}
units() { inside systemd-analyze verify --man=no ssh.service networking.service; }
hostname_is() { [ "$(inside cat /etc/hostname)" = web ]; }
resolves() { [ "$(inside getent hosts web.example.org | tr -s ' ')" = '2001:db8::10 web.example.org web' ]; }

# What the guest's own libcrypt makes of it.
# shellcheck disable=SC2016  # of perl
password_opens() {
	inside perl -e '
		my ($password, $hash) = ($ARGV[0], (getpwnam "root")[1]);
		exit !($hash =~ /^\$y\$/ && crypt($password, $hash) eq $hash);' "$password"
}
wrong_password_does_not() { ! password=${password}x password_opens; }
shadow_is_whole() { inside pwck -rq && inside grpck -r; }

# A first boot that fills in the machine-id: as systemd does it.
machine_id_is_made() {
	inside systemd-machine-id-setup && inside systemd-machine-id-setup --print | grep -qE '^[0-9a-f]{32}$'
}
link_is_read() {
	# The properties of a device that is not there cannot be asked for; the file's syntax can.
	inside systemd-analyze cat-config systemd/network/10-xenhost-0.link | grep -qx 'Name=enX0'
}

ok 'sshd accepts its configuration and keys' accepts_sshd
ok 'there are an ecdsa and an ed25519 host key' has_host_keys
ok 'the ed25519 key and its public part are a pair' key_pair ed25519
ok 'the ecdsa key and its public part are a pair' key_pair ecdsa
ok 'ifupdown starts lo and the interface' interfaces
ok 'ifupdown reads the address' first_address
ok 'findmnt accepts the fstab' fstab
ok 'the mount point is there' test -d "$root/srv/data"
ok 'GRUB accepts the menu' menu
ok 'the guest makes the same menu when a kernel comes' menu_is_made_anew
ok 'where a guest is upgraded in dom0 it does so beside update-grub' update_grub_makes_it
ok 'the menu loses the kernel that goes' menu_loses_a_kernel
ok 'update-grub can read its defaults' defaults
ok 'systemd accepts the units' units
ok 'the host name' hostname_is
ok 'the guest resolves its own name' resolves
ok 'the password opens' password_opens
ok 'another one does not' wrong_password_does_not
ok 'passwd, shadow and group are whole' shadow_is_whole
ok 'systemd makes a machine-id' machine_id_is_made
ok 'systemd finds the file for the interface' link_is_read
finish
