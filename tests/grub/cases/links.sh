# What `make install` of Xen leaves: four names of one file.
xen xen-4.20.3.gz
ln -s xen-4.20.3.gz "$root/boot/xen-4.20.gz"
ln -s xen-4.20.3.gz "$root/boot/xen-4.gz"
ln -s xen-4.20.3.gz "$root/boot/xen.gz"
ln "$root/boot/xen-4.20.3.gz" "$root/boot/xen-hard.gz"
kernel 6.1.0
ln -s vmlinuz-6.1.0 "$root/boot/vmlinuz"
ln -s boot/vmlinuz-6.1.0 "$root/vmlinuz"
ln -s nowhere "$root/boot/xen-gone.gz"
