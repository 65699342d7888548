# What `make install` of Linux moved away: it has the configuration of its former name.
xen xen-4.20.gz
kernel 6.1.0
kernel 6.2.0
bzimage 1f8b08 >"$root/boot/vmlinuz-6.2.0.old"
