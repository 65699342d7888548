# GRUB_DISABLE_SUBMENU: all at the top, and "xen" still first.
defaults GRUB_DISABLE_SUBMENU=y GRUB_DEFAULT=xen
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
