# / is a subvolume.
equal='bookworm trixie'
has root_fs=btrfs boot_fs=btrfs boot_path=/@/boot root_path=/@
xen xen-4.20.gz
kernel 6.1.0
