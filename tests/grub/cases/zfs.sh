# / and /boot are on zfs.
equal='bookworm trixie'
has root_fs=zfs boot_fs=zfs label=rpool boot_path=/ROOT/debian@/boot root_path=/ROOT/debian@
xen xen-4.20.gz
kernel 6.1.0
