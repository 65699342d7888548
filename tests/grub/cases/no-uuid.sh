# GRUB_DISABLE_UUID: ids and root= by device.
equal='bookworm trixie'
defaults GRUB_DISABLE_UUID=true GRUB_DISABLE_LINUX_UUID=true
xen xen-4.20.gz
kernel 6.1.0
