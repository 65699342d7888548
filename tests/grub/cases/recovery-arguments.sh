# GRUB_CMDLINE_LINUX_RECOVERY is of GRUB 2.12.
equal=trixie
defaults 'GRUB_CMDLINE_LINUX_RECOVERY=systemd.unit=rescue.target' GRUB_RECOVERY_TITLE=rescue
xen xen-4.20.gz
kernel 6.1.0
