# Where no kernel has one, the entry stays: the administrator has nothing better.
equal='bookworm trixie'
xen xen-4.20.gz
kernel 6.1.0 no-initrd
