# No kernel that can be dom0's: no entry, and a word why.
xen xen-4.20.gz
kernel 6.1.0-cloud no-dom0
kernel 6.2.0 no-config
