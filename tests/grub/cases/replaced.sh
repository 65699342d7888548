# Other arguments for dom0's kernel than for Linux without Xen.
equal='bookworm trixie'
defaults 'GRUB_CMDLINE_LINUX=console=ttyS0' GRUB_CMDLINE_LINUX_XEN_REPLACE=console=hvc0 \
	'GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT=quiet splash' GRUB_SAVEDEFAULT=true
xen xen-4.20.gz
kernel 6.1.0
