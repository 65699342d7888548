# The hypervisor for UEFI beside the one for multiboot.
xen xen-4.20-amd64.gz
pe 8664 >"$root/boot/xen-4.20-amd64.efi"
kernel 6.1.0
