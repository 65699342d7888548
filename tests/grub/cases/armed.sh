# While a trial is armed, the entry that was good is at the end.
mkdir -p "$root/var/lib/xenhost/boot"
: >"$root/var/lib/xenhost/boot/armed"
cat >"$root/var/lib/xenhost/boot/good.cfg" <<'END'
	menuentry 'Debian GNU/Linux, with Xen 4.17 {it'\''s} good' --class debian --users "" $menuentry_id_option 'xen-4.17-6.1.0-normal-1234-abcd' {
		savedefault
		insmod gzio
		if multiboot2 /boot/xen-4.17.gz placeholder loglvl=all; then
			module2 /boot/vmlinuz-6.1.0 placeholder root=UUID=1234-abcd ro ${xenhost_trial_args}
			module2 --nounzip /boot/initrd.img-6.1.0
		elif [ -n "${xenhost_trial_args}" ]; then
			reboot
		fi
	}
END
xen xen-4.17.gz
xen xen-4.20.gz
kernel 6.1.0
