# One that is no path, and one that is nothing.
defaults GRUB_TOP_LEVEL_XEN=xen-4.17.gz GRUB_TOP_LEVEL=/boot/vmlinuz-6.3.0
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
kernel 6.2.0
