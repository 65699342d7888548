# The title has no blank in front.
equal='bookworm trixie'
defaults GRUB_DISTRIBUTOR=
xen xen-4.20.gz
kernel 6.1.0
