# A kernel in /.
# GRUB 2.12 sorts by the whole path, and puts every kernel in / first.
equal=bookworm
xen xen-4.20.gz
kernel 6.1.0
kernel 6.0.0 in=.
