# [xen] flavour = debug.
defaults XENHOST_FLAVOUR=debug
xen xen-4.17-dbg.gz
xen xen-4.20.gz
xen xen-4.20-dbg.gz
kernel 6.1.0
