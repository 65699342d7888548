# What is there is replaced where there is only the room for a file more.
defaults XENHOST_CHAINLOAD=yes
esp 1100k
xen xen-4.20.gz
pe 8664 >"$root/boot/xen-4.20.efi"
kernel 6.1.0
kernel 6.12.0
mkdir -p "$root/boot/efi/EFI/xenhost"
printf '%s\n' initrd.img-6.1.0 initrd.img-6.12.0 >"$root/boot/efi/EFI/xenhost/files"
for version in 6.1.0 6.12.0; do
	truncate -s 250k "$root/boot/initrd.img-$version"
	head -c 250k /dev/zero | tr '\0' x >"$root/boot/efi/EFI/xenhost/initrd.img-$version"
done
