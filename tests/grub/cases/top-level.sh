# GRUB_TOP_LEVEL_XEN and GRUB_TOP_LEVEL are of GRUB 2.12.
equal=trixie
defaults GRUB_TOP_LEVEL_XEN=/boot/xen-4.17.gz GRUB_TOP_LEVEL=/boot/vmlinuz-6.1.0
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
kernel 6.2.0
