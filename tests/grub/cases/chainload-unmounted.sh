# The partition is not mounted.
defaults XENHOST_CHAINLOAD=yes
mkdir -p "$root/boot/efi" "$root/boot/grub/x86_64-efi"
xen xen-4.20.gz
pe 8664 >"$root/boot/xen-4.20.efi"
kernel 6.1.0
