# SPDX-License-Identifier: GPL-2.0-or-later
# The disk of an image while it is made: a loop device, what is mounted from it, and /dev for a chroot. For bash; the
# script has die(), $out and the directory $work, and mounts the root file system at $work/root.
# shellcheck shell=bash
# shellcheck disable=SC2154  # the script's

loop=''

# disk_namespace ARGUMENT...: the script again, in a private namespace for its mounts: they go away with it, however it ends.
disk_namespace() {
	[ "$(id -u)" -eq 0 ] || die "must run as root (loop devices, chroot)"
	[ -n "${BOOT_IMAGE_NAMESPACE:-}" ] || BOOT_IMAGE_NAMESPACE=1 exec unshare --mount --propagation private -- "$0" "$@"
}

disk_cleanup() {
	trap '' INT TERM HUP
	umount -R "$work/root" 2>/dev/null || umount -R -l "$work/root" 2>/dev/null || true
	if [ -n "$loop" ]; then
		partx --delete "$loop" 2>/dev/null || true
		losetup --detach "$loop" || true
	fi
	rm -rf --one-file-system "$work"
}
disk_cleanup_at_exit() {
	trap disk_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

disk_attach() { # FILE
	loop=$(losetup --find --show "$1")
	partx --add "$loop"
}

# disk_devices ROOT: the image's disk and nothing of the machine's.
disk_devices() {
	local root=$1 node uuid
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount -t tmpfs -o mode=755 dev "$root/dev"
	for node in null zero full random urandom tty; do
		cp -a "/dev/$node" "$root/dev/"
	done
	cp -a "$loop" "${loop}"p[0-9] "$root/dev/"
	mkdir -p "$root/dev/disk/by-uuid" "$root/dev/shm" "$root/dev/pts"
	uuid=$(blkid -o value -s UUID "${loop}p1")
	ln -s "../../${loop##*/}p1" "$root/dev/disk/by-uuid/$uuid"
	ln -s /proc/self/fd "$root/dev/fd"
}

# The new image is whole, and takes its name.
disk_finish() {
	umount -R "$work/root"
	e2fsck -fp "${loop}p1" >"$work/fsck.log" || [ $? -le 1 ] || { cat "$work/fsck.log" >&2; die "the root file system is damaged"; }
	partx --delete "$loop"
	losetup --detach "$loop"
	loop=''
	mv -f "$work/image" "$out"
}
