# Kernels and initial ramdisks as SUSE names them.
equal='bookworm trixie'
xen xen-4.20.2_02.gz
kernel 6.4.0-150600.23-default no-initrd
printf 'initrd' >"$root/boot/initrd-6.4.0-150600.23-default"
