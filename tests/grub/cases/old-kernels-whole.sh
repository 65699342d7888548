# Likewise, with a configuration and an initial ramdisk of its own.
equal='bookworm trixie'
xen xen-4.20.gz
kernel 6.1.0
kernel 6.2.0
kernel 6.2.0.old
