# Two files of one version: two ids.
# GRUB's own script for Linux uses an id twice.
without_linux
xen xen-4.20.gz
xen xen-4.20
kernel 6.1.0
bzimage 1f8b0800 >"$root/boot/kernel-6.1.0"
