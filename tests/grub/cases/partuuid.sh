# Without an initial ramdisk the kernel itself looks for its root.
equal='bookworm trixie'
has root_partuuid=99aa-01
defaults GRUB_DISABLE_LINUX_PARTUUID=false
mkdir "$root/dev/disk/by-partuuid"
: >"$root/dev/disk/by-partuuid/99aa-01"
xen xen-4.20.gz
kernel 6.1.0 no-initrd builtin
kernel 6.0.0
