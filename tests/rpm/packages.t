#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the RPM packages hold and say, without installing them.
. "$(dirname "$0")/lib.sh"

# The files of all packages but their symbols, in the .debs' places; directories are not compared.
deb_files() {
	local deb
	for deb in "$packages"/*.deb; do
		[[ $deb == *-dbgsym_* ]] || dpkg-deb --fsys-tarfile "$deb" | tar -tf -
	done | sed 's,^\.,,' | grep -v '/$' | sort -u
}
rpm_files() {
	local rpm
	for rpm in "$rpms"/*.rpm; do
		[[ $rpm == *.src.rpm ]] || rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$rpm"
	done | sed -n 's/^[^d][^ ]* //p' | sort -u
}
# Where a file of the .debs is in the RPM packages. Debian compresses documents;
# modules of Python have the name of their release's interpreter.
to_rpm() {
	sed -E "
		s,^/lib/systemd/,/usr/lib/systemd/,
		s,^/usr/lib/x86_64-linux-gnu/,/usr/lib64/,
		s,^/etc/default/(xencommons|xendomains)$,/etc/sysconfig/\1,
		s,^/usr/lib/xen-4.20/boot/(xen-[^/]*\.efi)$,/usr/share/efi/x86_64/\1,
		s,^/usr/share/doc/xen/,/usr/share/doc/packages/xen/,
		s,^/usr/share/doc/xenhost/README.Debian.gz$,/usr/share/doc/packages/xenhost/README.SUSE,
		s,^/usr/share/doc/xen-utils-common/README.Debian.gz$,/usr/share/doc/packages/xen-tools/README.SUSE,
		s,^/usr/share/doc/xenhost/examples/,/usr/share/doc/packages/xenhost/,
		s,^/usr/share/doc/xenhost-guests/examples/,/etc/xen/examples/,
		s,^(/usr/share/doc/packages/xen/html/.*\.txt)\.gz$,\1,
		s,\.cpython-3[0-9]*-x86_64-linux-gnu\.so$,.cpython-3.so,"
}

# Files of the .debs that the RPM packages have not, each with its reason.
only_in_debs() {
	sed -E '/^#/d; s/^([^ ]+) .*/\1/' <<-'END'
	# What Debian's policy wants of each package; RPM has them as tags and as %license.
	/usr/share/doc/[^/]*/changelog.Debian.gz
	/usr/share/doc/[^/]*/copyright
	/usr/share/lintian/overrides/.*
	# dh_python3's; the RPM packages have the compiled modules as files.
	/usr/share/python3/runtime.d/.*
	# SUSE's grub2-mkconfig reads /etc/default/grub alone; xenhost writes there what host.conf asks.
	/etc/default/grub.d/xen.cfg
	# Hooks of Debian's kernels and of initramfs-tools. On SUSE the initial RAM file system is
	# dracut's, and a new kernel is seen by a trigger of the package xenhost.
	/etc/kernel/postinst.d/zzz-xenhost
	/etc/initramfs/post-update.d/xenhost
	/usr/share/initramfs-tools/.*
	END
}
# Files of the RPM packages that the .debs have not.
only_in_rpms() {
	sed -E '/^#/d; s/^([^ ]+) .*/\1/' <<-'END'
	/usr/share/licenses/.*
	# dpkg's scripts compile them (dh_python3); RPM's packages have them.
	.*/__pycache__/.*\.pyc
	# dh_python3 takes it away.
	.*\.egg-info/SOURCES\.txt
	# Where %post, which adds the settings that are new, has them from.
	/usr/share/fillup-templates/sysconfig\.(xencommons|xendomains)
	# debhelper enables units by a script; here that is said by files.
	/usr/lib/systemd/system-preset/80-.*\.preset
	# SUSE has a package for this; on Debian wait-disks = yes in host.conf makes the unit.
	/usr/lib/systemd/system/xendomains-wait-disks\.service
	# What stands for Debian's diversion of GRUB's script.
	/var/lib/xenhost/linux_xen-disabled
	END
}
files_are_equal() {
	deb_files | grep -vxEf <(only_in_debs) | to_rpm | sort -u >"$work/deb-files"
	rpm_files | grep -vxEf <(only_in_rpms) | to_rpm | sort -u >"$work/rpm-files"
	[ "$(wc -l <"$work/deb-files")" -gt 400 ] && diff "$work/deb-files" "$work/rpm-files"
}
# A row that fits nothing is no reason any more.
reasons_are_used() {
	local row unused=0
	while read -r row; do
		grep -qxE "$row" <(deb_files) || { echo "no .deb has $row"; unused=1; }
	done < <(only_in_debs)
	while read -r row; do
		grep -qxE "$row" <(rpm_files) || { echo "no RPM package has $row"; unused=1; }
	done < <(only_in_rpms)
	[ $unused = 0 ]
}

provides() { rpm -qp --provides "$rpms/$1"-[0-9]*[!c].rpm; }
requires() { rpm -qp --requires "$rpms/$1"-[0-9]*[!c].rpm; }
says() { # provides|requires PACKAGE LINE
	grep -qxF "$3" <("$1" "$2") || { "$1" "$2"; return 1; }
}
package_names() {
	diff - <(rpm -qp --qf '%{NAME}\n' "$rpms"/*.rpm | sort -u) <<-'END'
	patterns-xenhost-xen_server
	xen
	xen-devel
	xen-doc-html
	xen-libs
	xen-tools
	xen-tools-domU
	xen-tools-xendomains-wait-disk
	xenhost
	xenhost-guests
	END
}
# rpmbuild takes % in a script for its own.
scripts_are_ours() {
	grep -vE '^# (SPDX|shellcheck)' hypervisor/kept.sh >"$work/kept"
	diff "$work/kept" <(rpm -qp --qf '%{POSTTRANS}\n' "$rpms"/xen-[0-9]*.x86_64.rpm | head -n "$(wc -l <"$work/kept")") &&
		rpm -qp --qf '%{PREIN}\n' "$rpms"/xen-[0-9]*.x86_64.rpm | grep -F 'rpm -q --qf '"'%{VERSION} %{RELEASE}"
}
# What is loaded from the branch's directory alone is nothing that others may depend on.
no_private_provides() { ! provides xen-tools | grep -E 'fsimage|xc\.|xs\.'; }
rpmlint_is_silent() {
	rpmlint --rpmlintrc rpm/xen-rpmlintrc "$rpms"/*.rpm >"$work/rpmlint" 2>&1 || { cat "$work/rpmlint"; return 1; }
	cat "$work/rpmlint"
	grep -qE ' 0 errors, 0 warnings' "$work/rpmlint"
}
digests_are_right() { rpm -K --nosignature "$rpms"/*.rpm; }
repo_is_signed() {
	mkdir -m 700 "$work/gnupg"
	gpg --homedir "$work/gnupg" --batch --import "$rpm_repo/repodata/repomd.xml.key" &&
		gpg --homedir "$work/gnupg" --batch --verify "$rpm_repo/repodata/repomd.xml.asc" "$rpm_repo/repodata/repomd.xml"
}

ok "the packages have openSUSE's names" package_names
ok "each file of the .debs is there, or there is a reason" files_are_equal
ok "no reason is without a file" reasons_are_used
ok "the hypervisor says for which toolstack it is" says provides xen 'xen-hypervisor-abi = 4.20'
ok "the toolstack wants a hypervisor of its branch" says requires xen-tools 'xen-hypervisor-abi = 4.20'
ok "the libraries are those of the toolstack" says requires xen-tools "xen-libs(x86-64) = $(rpm -qp --qf '%{VERSION}-%{RELEASE}' "$rpms"/xen-libs-*.rpm)"
ok "a new hypervisor wants a restart" says provides xen 'installhint(reboot-needed)'
ok "the pattern" says provides patterns-xenhost-xen_server 'pattern() = xen_server'
ok "what is the toolstack's own is offered to nobody" no_private_provides
ok "the scripts are what they were written as" scripts_are_ours
ok "rpm finds the packages whole" digests_are_right
ok "the repository is signed by the key beside it" repo_is_signed
ok "rpmlint finds no error and no warning" rpmlint_is_silent
finish
