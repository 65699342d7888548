# Builds that an upgrade kept are last, behind debug builds.
xen xen-4.20.2+7.gz
xen xen-4.20.3+127.gz
xen xen-4.20.3+127-dbg.gz
xen xen-4.20.3+127-0.deb12u1+xenhost1.gz
xen .xen-4.20.3+200=1.gz
mkdir -p "$root/var/lib/xen"
printf '/boot/xen-4.20.2+7.gz\n/boot/xen-4.20.3+127-0.deb12u1+xenhost1.gz\n/boot/gone\nxen-4.20.3+127.gz\n' \
	>"$root/var/lib/xen/kept-hypervisors"
kernel 6.1.0
