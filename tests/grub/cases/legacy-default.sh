# GRUB_DEFAULT has the id of the entry of GRUB's own script.
defaults GRUB_DEFAULT=xen-gnulinux-simple-1234-abcd
xen xen-4.20.gz
kernel 6.1.0
