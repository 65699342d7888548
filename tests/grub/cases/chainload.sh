# [boot] chainload: where UEFI has started GRUB, xen.efi is started, with files beside it. One
# kernel is newer than its copy, and one hypervisor has no program for UEFI.
defaults XENHOST_CHAINLOAD=yes 'GRUB_CMDLINE_XEN=loglvl=all' 'GRUB_CMDLINE_XEN_DEFAULT=dom0_mem=1G' \
	GRUB_EARLY_INITRD_LINUX_STOCK='intel-uc.img amd-uc.img'
esp
xen xen-4.20.gz
xen xen-4.19.gz
mkdir -p "$root/boot/efi/EFI/xenhost"
printf '%s\n' vmlinuz-6.1.0 >"$root/boot/efi/EFI/xenhost/files"
printf 'old' >"$root/boot/efi/EFI/xenhost/vmlinuz-6.1.0"
pe 8664 >"$root/boot/xen-4.20.efi"
printf 'cpio' >"$root/boot/intel-uc.img"
: >"$root/boot/xenpolicy-4.20"
kernel 6.1.0
kernel 6.12.0
