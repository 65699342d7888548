# An old hypervisor, uncompressed, for the first multiboot.
equal='bookworm trixie'
xen xen-4.4 multiboot
kernel 3.16.0
