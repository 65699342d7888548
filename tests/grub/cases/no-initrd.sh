# A kernel whose initial ramdisk failed to be made cannot find its root.
xen xen-4.20.gz
kernel 6.1.0
kernel 6.2.0 no-initrd
kernel 6.3.0 no-initrd builtin
