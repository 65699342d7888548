# A hypervisor for arm64 is a program for UEFI that GRUB loads by xen_hypervisor.
equal='bookworm trixie'
pe aa64 >"$root/boot/xen-4.20-arm64"
kernel 6.1.0-arm64
