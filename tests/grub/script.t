#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# script.t: how grub-mkconfig runs our script.
# shellcheck disable=SC2016  # what is in single quotes is Perl or GRUB script
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
set +e

cfg() { cat "$root/boot/grub/grub.cfg"; }
first() { "$XENHOST" --root "$root" boot list --json | perl -MJSON::PP -0777 -ne 'print decode_json($_)->{entries}[0]{kind}, "\n"'; }
is() { local got; got=$("${@:2}"); [ "$got" = "$1" ] || { echo "$got"; false; }; }
preambles() { cfg | grep -cF 'if [ -n "${xenhost_fallback}" ]'; }
xens() { cfg | grep -c "option 'xen' {"; }
# Whether what starts loads this hypervisor.
loads_first() {
	"$XENHOST" --root "$root" boot list --json | perl -MJSON::PP -0777 -ne '
		my $m = decode_json($_);
		for (@{$m->{entries}}) { print "$_->{hypervisor}\n" if $_->{path} eq $m->{starts} }' | grep -q "/$1$"
}

machine
xen xen-4.20.gz
kernel 6.1.0
menu bookworm ours
ok 'by itself it comes behind Linux' is linux first
ok 'and once' is 1 xens

in_front
menu bookworm ours
ok 'by a link in front it comes first' is xen first
ok 'and still once' is 1 xens
ok 'without a trial there is no word of one' is 0 preambles

# A default that was chosen before this package came.
machine
defaults GRUB_DEFAULT=xen-gnulinux-simple-1234-abcd
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
menu bookworm ours
ok "the default by an id of GRUB's own script still starts Xen" is xen starts
defaults 'GRUB_DEFAULT=gnulinux-advanced-1234-abcd>xen-hypervisor-4.17-1234-abcd>xen-gnulinux-6.1.0-advanced-1234-abcd'
menu bookworm ours
ok 'so does one by a path of such ids' is xen starts
ok 'the entry that it meant' loads_first xen-4.17.gz

# A configuration file outlives its package.
mount --bind /dev/null "$root/usr/sbin/xenhost"
again() { chroot "$root" /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg; }
ok 'without the program grub-mkconfig succeeds' again
ok 'and has no entry of ours' is 0 xens
umount "$root/usr/sbin/xenhost"

# What the variables of a trial do, in the words of xenhost-boot(8).
machine
mkdir -p "$root/var/lib/xenhost/boot"
: >"$root/var/lib/xenhost/boot/armed"
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
defaults GRUB_DEFAULT=xen
menu bookworm ours
sed -n "/option 'xen-4.17-6.1.0-normal/,/^\t\t}/p" "$root/boot/grub/grub.cfg" >"$root/var/lib/xenhost/boot/good.cfg"
menu bookworm ours
# grubenv NAME=VALUE...: GRUB's environment block.
grubenv() {
	rm -f "$root/boot/grub/grubenv"
	chroot "$root" /usr/bin/grub-editenv /boot/grub/grubenv create
	[ $# -eq 0 ] || chroot "$root" /usr/bin/grub-editenv /boot/grub/grubenv set "$@"
}
json() { "$XENHOST" --root "$root" boot list --json | perl -MJSON::PP -0777 -ne "$1"; }
begins() { json 'print decode_json($_)->{starts}, "\n"'; }
stands() { json 'print decode_json($_)->{default}, "\n"'; }
arguments() { json 'my $m = decode_json($_); for (@{$m->{entries}}) { print $_->{"kernel-args"}, "\n" if $_->{path} eq $m->{starts} }'; }
ok 'with the good entry comes what starts it' is 1 preambles
trial=(xenhost_fallback=xenhost-good xenhost_trial_seconds=300 xenhost_trial_entry=xen)

grubenv
ok 'without a trial the default starts' is xen begins
ok 'and has no arguments of a trial' is 'root=UUID=1234-abcd ro quiet' arguments
grubenv "${trial[@]}" next_entry=xen
ok 'a trial starts what is tried' is xen begins
ok 'with its arguments' is 'root=UUID=1234-abcd ro quiet panic=10 xenhost.trial=300' arguments
ok 'and the good entry after it' is xenhost-good stands
grubenv "${trial[@]}"
ok 'after a trial the good entry starts' is xenhost-good begins
ok 'and is no trial' is 'root=UUID=1234-abcd ro quiet' arguments
path='xen-advanced-1234-abcd>xen-hypervisor-4.17-1234-abcd>xen-4.17-6.1.0-recovery-1234-abcd'
grubenv "${trial[@]}" "next_entry=$path"
ok 'what an administrator asked for once starts once' is "$path" begins
ok 'and is no trial either' is 'root=UUID=1234-abcd ro single' arguments
path='xen-advanced-1234-abcd>xen-hypervisor-4.20-1234-abcd>xen-4.20-6.1.0-normal-1234-abcd'
grubenv "${trial[@]}" "xenhost_trial_entry=$path" "next_entry=$path"
ok 'a trial of an entry in a submenu has its arguments' is 'root=UUID=1234-abcd ro quiet panic=10 xenhost.trial=300' arguments
finish
