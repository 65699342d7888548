# Files that begin with "xen" and are no hypervisors, and backups.
xen xen-4.20.gz
xen xen-4.20.gz.bak
xen xen-4.20.gz.old
xen xen-4.20.gz.dpkg-new
xen xen-syms-4.20
xen xen-headless.gz none
echo 'options=console=vga' >"$root/boot/xen.cfg"
echo 'ffff82d040200000 T start' >"$root/boot/xen-4.20.map"
echo 'CONFIG_X86=y' >"$root/boot/xen-4.20.config"
echo 'a text' | gzip -n >"$root/boot/xen-notes.gz"
printf '\037\213not a gzip' >"$root/boot/xen-broken.gz"
mkdir "$root/boot/xen-directory"
kernel 6.1.0
printf 'no kernel' >"$root/boot/vmlinuz-6.2.0"
cp "$root/boot/config-6.1.0" "$root/boot/config-6.2.0"
