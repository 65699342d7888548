#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM packages come, are upgraded, and go without a trace: zypper, and rpm with its scripts.
. "$(dirname "$0")/lib.sh"

all=(xen-libs xen-devel xen-doc-html xen-tools-xendomains-wait-disk xenhost-guests)
ours() { rpm -qp --qf '%{NAME}\n' "$rpms"/*.rpm | sort -u; }
installed() { rpm_q -qa --qf '%{NAME}\n' | grep -v rpm: | sort | comm -12 - <(ours); }
mapfile -t names < <(ours)
gives_way() { [ ! -x "$root/etc/grub.d/20_linux_xen" ]; }
enabled() { [ -L "$root/etc/systemd/system/$1" ]; }
setting() { # NAME VALUE
	local now
	now=$(bash -c '. "$1"; echo "${!2-unset}"' bash "$root/etc/sysconfig/xendomains" "$1")
	echo "$1 is '$now'"
	[ "$now" = "$2" ]
}
finds_libraries() { inside ldd "$1" >"$work/ldd" && ! grep 'not found' "$work/ldd"; }
boot() { builds_are "${@/#/xen-}"; }

suse_root
ok "from nothing: the repository is accepted, by its key" add_rpm_repo
ok "from nothing: it is one that is signed" zypp repos --details
ok "from nothing: zypper sees the key checked" zypper_says 'xenhost .*\(r \) Yes'
no_runs
ok "from nothing: what a host needs installs, by one name" zypp install xen_server
ok "from nothing: no script failed" no_failure
ok "from nothing: the menu was made, once" menu_runs 1
ok "from nothing: with the hypervisors" grep -q "# file /boot/xen-$XEN_FULLVERSION.gz" "$root/boot/grub2/grub.cfg"
ok "from nothing: without GRUB's own script" menu_is '# linux'
ok "from nothing: GRUB's own script gives way" gives_way
ok "from nothing: the other packages install" zypp install "${all[@]}"
ok "from nothing: no script of theirs failed" no_failure
ok "from nothing: all are there" diff <(ours) <(installed)
ok "from nothing: they are as they were packaged" verified "${names[@]}"
ok "from nothing: xenhost runs" inside xenhost --version
ok "from nothing: the commands for guests run" inside xen-list-images
ok "from nothing: xl names its reason outside Xen" sh -c "chroot '$root' xl list 2>&1 | grep -q '^xl: run the toolstack: this machine is not running under Xen'"
ok "from nothing: a branch that is not there names the package" sh -c "XEN_BRANCH=4.1 chroot '$root' xl list 2>&1 | grep -q '(package xen-tools)'"
ok "from nothing: the toolstack finds its libraries" finds_libraries /usr/lib/xen-4.20/bin/xl
ok "from nothing: presets enabled the units" enabled multi-user.target.wants/xenstored.service
ok "from nothing: of each package" enabled multi-user.target.wants/xenhost-boot.service
ok "from nothing: guests' disks are waited for" enabled xendomains.service.wants/xendomains-wait-disks.service
ok "from nothing: the watchdog is an administrator's choice" cannot enabled multi-user.target.wants/xen-watchdog.service
ok "from nothing: the hypervisor does not go from under the toolstack" cannot rpm_q -e --test xen

ok "settings: an administrator changes some" sed -i 's/^XENDOMAINS_SAVE=.*/XENDOMAINS_SAVE="\/srv\/save"/; /^XENDOMAINS_AUTO=/d; s/^XENDOMAINS_RESTORE=/#&/' "$root/etc/sysconfig/xendomains"
ok "settings: the package comes again" zypp install --force xen-tools
ok "settings: what was changed stays" setting XENDOMAINS_SAVE /srv/save
ok "settings: what was taken away by a comment stays away" setting XENDOMAINS_RESTORE unset
ok "settings: what is new is added" setting XENDOMAINS_AUTO /etc/xen/auto
ok "settings: with its comment" grep -q -B 3 '^XENDOMAINS_AUTO=' "$root/etc/sysconfig/xendomains"
ok "settings: each once" sh -c "[ -z \"\$(sed -n 's/^#*\([A-Z_]*\)=.*/\1/p' '$root/etc/sysconfig/xendomains' | sort | uniq -d)\" ]"
ok "settings: they are no change of the package" verified xen-tools

make_grub 2
ok "menu: GRUB is upgraded" rpm_q -U /srv/made/grub2-2.12-2.rpm
ok "menu: its own script gives way again" gives_way
make_kernel 6.4.0
mv "$root/usr/sbin/xenhost" "$root/srv/xenhost.real"
printf '#!/bin/sh\necho "$*" >>/var/log/xenhost-calls\n' >"$root/usr/sbin/xenhost"
chmod 755 "$root/usr/sbin/xenhost"
ok "menu: a kernel comes" rpm_q -U /srv/made/kernel-default-6.4.0-1.rpm
ok "menu: what it changes is tried first" has var/log/xenhost-calls 'boot try --if-changed'
ok "menu: the kernel goes" rpm_q -e kernel-default
mv "$root/srv/xenhost.real" "$root/usr/sbin/xenhost"
no_runs
ok "menu: xenhost goes" zypp remove xenhost xen-tools-xendomains-wait-disk patterns-xenhost-xen_server
ok "menu: GRUB's own script is back" menu_is '# linux' '# stock 2'
ok "menu: made once" menu_runs 1
chmod a-x "$root/etc/grub.d/20_linux_xen"
ok "menu: xenhost comes where somebody had taken GRUB's script out" zypp install xenhost
ok "menu: and goes" zypp remove xenhost
ok "menu: it is still out" gives_way
chmod a+x "$root/etc/grub.d/20_linux_xen"
mapfile -t names < <(installed)
ok "removed: all" zypp remove "${names[@]}"
ok "removed: no script failed" no_failure
ok "removed: none is there" diff <(:) <(installed)
ok "removed: the menu has none" sh -c "! grep -q ' file ' '$root/boot/grub2/grub.cfg'"
ok "removed: the administrator's settings are put aside, not lost" sh -c "grep -q /srv/save '$root/etc/sysconfig/xendomains.rpmsave'"
rm -f "$root/etc/sysconfig/xendomains.rpmsave"
ok "removed: nothing is left" nothing_of_rpm_is_left

suse_root
make_hypervisor 4.20.1+5 1
make_hypervisor 4.20.2+7 1
make_hypervisor 4.20.2+7 2
# What zypper leaves out when it is stopped.
ok "stopped: a build" rpm_q -U "/srv/made/xen-4.20.1+5-1.rpm"
ok "stopped: the next, without the end of the transaction" rpm_q -U --noposttrans "/srv/made/xen-4.20.2+7-1.rpm"
ok "stopped: what the menu names is there" boot 4.20.1+5.gz 4.20.2+7.gz
ok "stopped: both go" rpm_q -e xen
ok "stopped: with what was kept" sh -c "! ls '$root/boot' | grep '^xen'"
ok "upgrade: earlier builds are in a repository" add_made_repo
ok "upgrade: the first" zypp install xen=4.20.1+5-1
ok "upgrade: one is there" boot 4.20.1+5.gz
no_runs
ok "upgrade: a newer version" zypp install xen=4.20.2+7-1
ok "upgrade: the previous build is kept" boot 4.20.1+5.gz 4.20.2+7.gz
ok "upgrade: with its bytes" has boot/xen-4.20.1+5.gz 'build 4.20.1+5 1'
ok "upgrade: and its policy" has boot/flask/xenpolicy-4.20.1+5 'policy 4.20.1+5 1'
ok "upgrade: no package has it" cannot rpm_q -qf /boot/xen-4.20.1+5.gz
ok "upgrade: the menu has both" grep -q '# file /boot/xen-4.20.1+5.gz' "$root/boot/grub2/grub.cfg"
ok "upgrade: it was made once" menu_runs 1
ok "upgrade: the same version anew" zypp update xen
ok "upgrade: the release tells them apart" boot 4.20.1+5.gz 4.20.2+7-1.gz 4.20.2+7.gz
ok "upgrade: each has its bytes" has boot/xen-4.20.2+7-1.gz 'build 4.20.2+7 1'
ok "upgrade: the new one too" has boot/xen-4.20.2+7.gz 'build 4.20.2+7 2'
ok "upgrade: back to one that was kept" zypp install --oldpackage xen=4.20.1+5-1
ok "upgrade: it is the package's, and what it replaced is kept" diff <(printf '/boot/xen-%s.gz\n' 4.20.2+7 4.20.2+7-1) <(sort -r "$root/var/lib/xen/kept-hypervisors")
ok "upgrade: our repository comes" add_rpm_repo
: >"$root/etc/grub-fails"
no_runs
ok "failing menu: an upgrade to ours, where grub2-mkconfig fails" zypp install --from xenhost xen xen-tools
ok "failing menu: zypper shows why" zypper_says 'grub2-mkconfig: no such disk'
ok "failing menu: and that a script failed" zypper_says 'posttrans.*(fail|status 1)'
ok "failing menu: it was tried once" menu_runs 1
ok "failing menu: the package is there" verified xen xen-tools
rm "$root/etc/grub-fails"
ok "upgrade: the newest earlier builds are kept" boot 4.20.2+7-1.gz 4.20.2+7.gz "$XEN_FULLVERSION.gz"
ok "upgrade: the oldest went with all it had" sh -c "! ls -R '$root/boot' | grep 4.20.1"
ok "upgrade: xenhost comes" zypp install xenhost
ok "upgrade: the menu has the builds that are kept" grep -q '# file /boot/xen-4.20.2+7.gz' "$root/boot/grub2/grub.cfg"
ok "upgrade: the same build anew, with xenhost" zypp install --force xen
ok "upgrade: no script failed" no_failure
ok "upgrade: nothing is kept twice" boot 4.20.2+7-1.gz 4.20.2+7.gz "$XEN_FULLVERSION.gz"
ok "removed with what was kept: all" zypp remove xen xen-tools xen-libs xen-tools-domU xenhost
ok "removed with what was kept: nothing is left" nothing_of_rpm_is_left
finish
