# Early initial ramdisks: behind the real one, a module each.
equal=trixie
defaults GRUB_EARLY_INITRD_LINUX_CUSTOM=own.cpio
xen xen-4.20.gz
printf 'microcode' >"$root/boot/intel-ucode.img"
printf 'microcode' >"$root/boot/own.cpio"
kernel 6.1.0
