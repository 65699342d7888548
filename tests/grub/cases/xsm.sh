# A FLASK policy for one of two hypervisors.
defaults 'GRUB_CMDLINE_XEN_DEFAULT=loglvl=all'
xen xen-4.17.gz
xen xen-4.20.gz
printf 'policy' >"$root/boot/xenpolicy-4.20"
kernel 6.1.0
