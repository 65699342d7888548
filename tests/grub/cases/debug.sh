# Debug builds, by the names of SUSE and of this project, are below all releases.
xen xen-4.17.gz
xen xen-4.20.gz
xen xen-4.20-dbg.gz
xen xen-dbg-4.20.gz
kernel 6.1.0
