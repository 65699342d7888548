#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A root that was given, whose programs GRUB is installed by, may be anybody's: dom0 takes no harm from it.
set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tree=$work/tree
echo 'of dom0' >"$work/secret"
# new_root: a root whose grub-mkimage is a script with these lines before it writes the image.
new_root() {
	local name
	rm -rf "$tree" && mkdir -p "$tree"/{bin,dev,etc,proc,tmp,usr/bin,usr/lib/grub/i386-pc,usr/lib/grub/x86_64-efi} &&
		cp "$(command -v busybox)" "$tree/bin/busybox" || return
	for name in sh cat chroot cp dd echo hostname ip ln ls mkdir mknod mount sleep; do ln -s busybox "$tree/bin/$name"; done
	head -c 512 /dev/zero >"$tree/usr/lib/grub/i386-pc/boot.img"
	: >"$tree/usr/lib/grub/x86_64-efi/modinfo.sh"
	# shellcheck disable=SC2016 # the script's
	{
		printf '%s\n' '#!/bin/sh' 'while [ $# -gt 0 ]; do case $1 in -o) out=$2 ;; esac; shift; done'
		cat
		echo '[ -L "$out" ] || { dd if=/dev/zero bs=512 count=60 2>/dev/null; echo "made inside"; } >"$out"'
	} >"$tree/usr/bin/grub-mkimage"
	chmod 755 "$tree/usr/bin/grub-mkimage"
}
build() {
	tar -C "$tree" -cf "$work/root.tar" . && ln -f "$work/root.tar" "$root$work/root.tar" &&
		templates build --type hvm --arch amd64 --dist bookworm --install-method tar --install-source "$work/root.tar" \
			--dir "$work/ext4" >"$work/built"
}
image() { echo "$work/ext4/templates/$(sed -n '1s/ .*//p' "$work/built").img"; }
inside() { # FILE
	local start
	start=$(sfdisk --dump "$(image)" | sed -n 's/.*start= *\([0-9]*\),.*/\1/p' | sort -n | tail -n 1)
	debugfs -R "cat $1" "$(image)?offset=$((start * 512))" 2>/dev/null
}
uefi_image() { mcopy -i "$(image)@@2M" ::/EFI/BOOT/BOOTX64.EFI - | tail -c 12; }
mkdir -p "$root$work"

# It is given a device of dom0's in the archive too; what works is written down.
does_no_harm() {
	new_root <<-'END' || return
		try() { if "$@" >/dev/null 2>&1; then echo "$*" >>/harm; fi; }
		write() { echo "$1" >"$2"; }
		echo begun >/harm
		try mknod /disk b 7 0
		try dd if=/given of=/dev/null bs=512 count=1
		try mount -t tmpfs none /tmp
		try mount -t proc none /tmp
		try write h /proc/sysrq-trigger
		try hostname dom0
		try chroot / /bin/sh -c exit
		[ "$(ls -d /proc/[0-9]* | cat | ( n=0; while read -r x; do n=$((n + 1)); done; echo $n))" -lt 12 ] || echo processes >>/harm
		[ "$(ip -o link | ( n=0; while read -r x; do n=$((n + 1)); done; echo $n))" -le 1 ] || echo network >>/harm
	END
	mknod "$tree/given" b 7 0 && chmod 666 "$tree/given" && build || return
	is_written begun
}
is_written() { echo "written: $(inside /harm)"; [ "$(inside /harm)" = "$1" ]; }
ok 'its programs can do no harm' does_no_harm
ok 'what they made is on the disk' bash -c "[ '$(uefi_image)' = 'made inside' ]"

# As an administrator may have made it: the same directory, for dom0 another one.
leads_elsewhere() {
	new_root </dev/null && mkdir -p "$tree/srv/grub" "$tree/boot" && ln -s /srv/grub "$tree/boot/grub" && build || return
	[ "$(uefi_image)" = 'made inside' ]
}
ok 'where /boot/grub is an absolute link, it leads into the root' leads_elsewhere

# shellcheck disable=SC2317 # called by ok
is_not_taken() {
	new_root <<<"case \$out in *.efi) ln -s $work/secret \$out ;; esac" || return
	if build 2>"$work/err"; then
		echo "built: $(uefi_image)"
		return 1
	fi
	cat "$work/err"
	grep -q 'boot loader: .*core.efi' "$work/err" && nothing_is_left_but 2
}
nothing_is_left_but() { [ "$(find "$work/ext4/templates" -name '*.img' | wc -l)" = "$1" ]; }
ok 'where it names a file of dom0, that is not taken' is_not_taken

# Its programs are children of a child: what ends the command ends them.
ends_with_it() { # SIGNAL
	local pid status i
	new_root <<<'sleep 4324' || return
	tar -C "$tree" -cf "$work/root.tar" . && ln -f "$work/root.tar" "$root$work/root.tar" || return
	env --default-signal=INT,HUP "$GUESTS/xen-templates" --root "$root" build --type hvm --arch amd64 --dist bookworm \
		--install-method tar --install-source "$work/root.tar" --dir "$work/ext4" &
	pid=$!
	until pgrep -fx '.*sleep 4324' >/dev/null; do kill -0 "$pid" || return; done
	kill -"$1" "$pid"
	wait "$pid"
	status=$?
	[ "$status" != 0 ] || { echo 'it goes well'; return 1; }
	# Of a parent that was killed they know a moment later.
	for ((i = 0; i < 600; i++)); do
		pgrep -fx '.*sleep 4324' >/dev/null || losetup --list --noheadings --output BACK-FILE | grep -qF "$work/ext4/" || return 0
		sleep 0.1
	done
	pkill -fx '.*sleep 4324'
	return 1
}
for signal in INT HUP KILL; do
	ok "SIG$signal while they run: they end" ends_with_it "$signal"
done
ok 'what was killed is taken away' templates prune --days 1
ok 'nothing else is left' nothing_is_left_but 2
finish
