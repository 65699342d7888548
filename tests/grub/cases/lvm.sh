# / is on LVM, /boot is not.
equal='bookworm trixie'
has root_device=/dev/mapper/vg0-root root_abstraction=lvm boot_device=/dev/sda1 \
	boot_uuid=5678-ef boot_path=
mkdir "$root/dev/mapper"
: >"$root/dev/mapper/vg0-root"
xen xen-4.20.gz
kernel 6.1.0
