# GRUB_DEFAULT is a path of ids of GRUB's own script, which there leads to Linux.
defaults 'GRUB_DEFAULT=gnulinux-advanced-1234-abcd>xen-hypervisor-4.17-1234-abcd>xen-gnulinux-6.1.0-advanced-1234-abcd'
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
