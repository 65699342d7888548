# A hypervisor alone.
xen xen-4.20.gz
