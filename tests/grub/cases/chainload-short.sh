# There is not the room for all of it: nothing is copied, and multiboot starts Xen.
defaults XENHOST_CHAINLOAD=yes
esp 300k
xen xen-4.20.gz
pe 8664 >"$root/boot/xen-4.20.efi"
kernel 6.1.0
truncate -s 200k "$root/boot/initrd.img-6.1.0"
