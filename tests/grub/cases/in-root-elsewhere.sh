# A kernel in /, where GRUB does not look: /boot is a file system of its own.
has boot_device=/dev/sda1 boot_uuid=5678-ef boot_path=
xen xen-4.20.gz
kernel 6.1.0
kernel 6.0.0 in=.
