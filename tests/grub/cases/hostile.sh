# What would end a command, a title or an entry stands for itself.
# GRUB's own script for Linux makes no menu of this.
without_linux
defaults "GRUB_DISTRIBUTOR=Deb } \"ian\$x" 'GRUB_CMDLINE_XEN=a;b {c} "open #d # e\' \
	'GRUB_CMDLINE_LINUX=dyndbg="file a.c +p" memmap=1G$x x=\$y | reboot' \
	'GRUB_CMDLINE_LINUX_DEFAULT=a & b < c > d $'
xen "xen-4.20 }'; reboot #.gz"
kernel '6.1.0"$(x)'
xen $'xen-4.19\nreboot.gz'
