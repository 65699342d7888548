# Nothing of others is written over, whatever its name.
defaults XENHOST_CHAINLOAD=yes
esp
xen xen-4.20.gz
pe 8664 >"$root/boot/xen-4.20.efi"
kernel 6.1.0
mkdir -p "$root/boot/efi/EFI/xenhost"
printf 'mine' >"$root/boot/efi/EFI/xenhost/vmlinuz-6.1.0"
