# Recovery entries keep what dom0 is sized by.
defaults 'GRUB_CMDLINE_XEN_DEFAULT=dom0_mem=2G,max:2G loglvl=all dom0_max_vcpus=2 dom0_vcpus_pin' \
	GRUB_CMDLINE_XEN=noreboot
xen xen-4.20.gz
kernel 6.1.0
