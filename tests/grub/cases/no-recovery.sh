# GRUB_DISABLE_RECOVERY.
equal='bookworm trixie'
defaults GRUB_DISABLE_RECOVERY=true
xen xen-4.20.gz
kernel 6.1.0
