# One by the name of a link.
defaults GRUB_TOP_LEVEL_XEN=/boot/xen.gz
xen xen-4.17.gz
xen xen-4.20.gz
ln -s xen-4.17.gz "$root/boot/xen.gz"
kernel 6.1.0
