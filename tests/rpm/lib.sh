# SPDX-License-Identifier: GPL-2.0-or-later
# Vocabulary of the tests of the RPM packages: those of tests/deb, and a root with zypper.
#
# There is no openSUSE here. Debian's zypper and rpm, and in the root Debian's programs and
# libraries, stand in for it: made-up packages tell rpm what the root has (`base`: the
# sonames of its libraries, its packages and interpreters, as they are found in it) and bring a
# GRUB in SUSE's places that only says which scripts it ran (`grub2`). What is tested are our
# packages as they are, none of which is made-up but for earlier builds of the hypervisor.
# tests/boot/suse-image makes the image that is booted with the same words.
# What Debian's builds do not know is not shown: patterns (its libsolv has none; xen_server is
# installed by that capability), and SUSE's macros for units and settings.
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034  # formats of dpkg, scripts of sh; for tests/deb/lib.sh
set -euo pipefail

root_kind=rpm
root_has=bridge-utils,diffutils,e2fsprogs,gawk,iproute2,kmod,libbz2-1.0,libdevmapper1.02.1,libext2fs2,libfdt1,libjansson4
root_has+=,liblzma5,liblzo2-2,libmd0,libncurses6,libnl-3-200,libnl-route-3-200,libsystemd0,libuuid1,libyajl2
root_has+=,libyaml-0-2,libzstd1,mount,perl,pkg-config,python3,rpm,systemd,udev,zlib1g
# shellcheck source=../deb/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../deb/lib.sh"
# shellcheck source=/dev/null
. build/source/version.mk

rpms=build/packages/suse
rpm_repo=build/repo/suse

# rpmb SPEC [OPTION]...: a made-up package, into $root/srv/made
rpmb() {
	local spec=$1
	shift
	mkdir -p "$work/made" "$root/srv/made"
	rpmbuild --quiet --define "_topdir $work/made" --define "_rpmdir $root/srv/made" --define '_build_id_links none' \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm' "$@" -bb "$spec" >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
}

# What the root has, found in the root.
base_provides() {
	local name version file
	while read -r name version; do
		version=${version#*:}
		printf '%s = %s\n' "$name" "${version//-/.}"
	done < <(inside dpkg-query -W -f '${Package} ${Version}\n')
	find "$root/usr/lib" "$root/usr/lib64" \( -name '*.so' -o -name '*.so.*' \) -type f | /usr/lib/rpm/elfdeps --provides
	# glibc's package says this of itself.
	echo 'rtld(GNU_HASH)'
	for file in /bin/sh /bin/bash /usr/bin/sh /usr/bin/bash /usr/bin/env /usr/bin/perl /usr/bin/pkg-config /usr/bin/python3 /sbin/ldconfig; do
		[ ! -e "$root$file" ] || echo "$file"
	done
}
make_base() {
	{
		printf 'Name: base\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\n'
		base_provides | sort -u | sed 's/^/Provides: /'
		printf '%%description\nx\n%%files\n'
	} >"$work/base.spec"
	rpmb "$work/base.spec"
}
make_grub() { # RELEASE
	mkdir -p "$work/grub"
	cat >"$work/grub2.spec" <<-'END'
	Name: grub2
	Version: 2.12
	Release: %{release}
	Summary: x
	License: x
	BuildArch: noarch
	%description
	x
	%install
	mkdir -p %{buildroot}/etc/grub.d %{buildroot}/usr/sbin %{buildroot}/usr/share/grub2 %{buildroot}/boot/grub2
	printf '#!/bin/sh\necho "# stock %{release}"\n' >%{buildroot}/etc/grub.d/20_linux_xen
	printf '#!/bin/sh\necho "# linux"\n' >%{buildroot}/etc/grub.d/10_linux
	cat >%{buildroot}/usr/share/grub2/grub-mkconfig_lib <<'LIB'
	grub_probe=true
	make_system_path_relative_to_its_root() { echo "$1"; }
	prepare_grub_to_access_device() { :; }
	LIB
	cat >%{buildroot}/usr/sbin/grub2-mkconfig <<'MKCONFIG'
	#!/bin/sh
	echo run >>/var/log/grub2-runs
	[ ! -e /etc/grub-fails ] || { echo "grub2-mkconfig: no such disk" >&2; exit 1; }
	for i in /etc/grub.d/*; do [ ! -x "$i" ] || "$i"; done >"$2"
	for i in /boot/xen*.gz; do [ ! -f "$i" ] || echo "# file $i"; done >>"$2"
	MKCONFIG
	chmod 755 %{buildroot}/etc/grub.d/* %{buildroot}/usr/sbin/*
	%files
	%config(noreplace) /etc/grub.d/*
	/usr/sbin/grub2-mkconfig
	/usr/share/grub2
	%dir /boot/grub2
	END
	sed -i 's/^\t//' "$work/grub2.spec"
	rpmb "$work/grub2.spec" --define "release $1"
}
make_kernel() { # VERSION
	cat >"$work/kernel.spec" <<-END
	Name: kernel-default
	Version: $1
	Release: 1
	Summary: x
	License: x
	BuildArch: noarch
	%description
	x
	%install
	mkdir -p %{buildroot}/usr/lib/modules/$1-default
	: >%{buildroot}/usr/lib/modules/$1-default/vmlinuz
	%files
	/usr/lib/modules/$1-default
	END
	rpmb "$work/kernel.spec"
}
# An earlier build: the scripts of the package, and three files.
make_hypervisor() { # FULLVERSION RELEASE
	rpm/scriptlets "$work/made/BUILD/scriptlets" "$1" "$2"
	cat >"$work/xen.spec" <<-END
	Name: xen
	Version: $1
	Release: $2
	Summary: x
	License: x
	Vendor: xenhost
	Provides: xen-hypervisor-abi = 4.20
	%description
	x
	%install
	mkdir -p %{buildroot}/boot/flask
	echo "build $1 $2" >%{buildroot}/boot/xen-$1.gz
	echo "debug $1 $2" >%{buildroot}/boot/xen-$1-dbg.gz
	echo "config $1 $2" >%{buildroot}/boot/xen-$1.config
	echo "policy $1 $2" >%{buildroot}/boot/flask/xenpolicy-$1
	%pre -f scriptlets/xen.pre
	%post -f scriptlets/xen.post
	%posttrans -f scriptlets/xen.posttrans
	%postun -f scriptlets/xen.postun
	%triggerpostun -f scriptlets/xen.triggerpostun -- xen
	%files
	%dir /boot/flask
	/boot/flask/*
	/boot/xen-*
	END
	rpmb "$work/xen.spec"
}

# zypper on the root, as on a machine: its scripts find /proc and /dev there.
zypp() {
	unshare -mn --propagation private sh -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		[ -c "$root/dev/null" ] || {
			mount -t tmpfs tmpfs "$root/dev"
			mknod -m 666 "$root/dev/null" c 1 3
		}
		mount --bind "$root/srv" /srv
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ZYPP_LOCKFILE_ROOT="$root" \
			zypper --root "$root" --non-interactive "$@"
	' sh "$root" "$@" >"$work/zypper" 2>&1
}
zypper_says() { grep -qE "$1" "$work/zypper" || { cat "$work/zypper"; return 1; }; }
no_failure() { ! grep -iE 'fail|error|warning: ' "$work/zypper" | grep -v 'RPM should not be used\|excluded from file conflicts'; }
rpm_q() { inside rpm "$@"; }

# What a root of Debian needs to be one of SUSE to rpm and to our packages.
suse_base() {
	mkdir -p "$root/srv" "$root/etc/rpm" "$root/var/lib/rpm"
	# Where SUSE's macros have it; Debian's keep rpm's database in each user's home.
	echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
	echo /usr/lib64 >"$root/etc/ld.so.conf.d/lib64.conf"
	make_base
	inside rpm --initdb
	inside rpm -U /srv/made/base-1-1.rpm 2>"$work/rpm" || { cat "$work/rpm"; return 1; }
	# As SUSE's packages filesystem, systemd and zypper have them.
	mkdir -p "$root"/etc/{sysconfig,zypp/repos.d} "$root"/usr/share/{doc/packages,fillup-templates,licenses} \
		"$root"/usr/lib/{debug,dracut/modules.d,systemd/system-preset} "$root/usr/share/bash-completion/completions" \
		"$root/usr/lib/modules" "$root/usr/lib64/pkgconfig" \
		"$root/var/adm/update-scripts"
}
# A root where the distribution is there, and nothing of ours.
suse_root() {
	fresh_root || return
	suse_base
	make_grub 1
	mkdir -p "$root/boot"
	inside rpm -U /srv/made/grub2-2.12-1.rpm
	: >"$root/boot/grub2/grub.cfg"
	tree >"$work/tree.before"
}
# Our repository, as a user has it: a copy, and the key that is trusted.
add_rpm_repo() {
	mkdir -p "$root/srv/xenhost"
	cp -R "$rpm_repo/." "$root/srv/xenhost/"
	zypp addrepo --refresh /srv/xenhost/xenhost.repo && zypp --gpg-auto-import-keys refresh
}
# Earlier builds of the hypervisor, which somebody else's repository has.
add_made_repo() {
	rm -f "$root"/srv/made/{base,grub2}-*.rpm
	createrepo_c --quiet "$root/srv/made" && zypp addrepo --no-gpgcheck dir:/srv/made made && zypp refresh made
}

nothing_of_rpm_is_left() {
	tree | diff "$work/tree.before" - | grep '^[<>]' | grep -Ev '^[<>] \./(etc/zypp|root/\.|var/lib/(rpm|zypp)|srv/made)' >"$work/left" || true
	cat "$work/left"
	[ ! -s "$work/left" ]
}
verified() { rpm_q -V "$@"; }
menu_is() { diff <(printf '%s\n' "$@") <(grep '^#' "$root/boot/grub2/grub.cfg" | grep -v ' file '); }
menu_runs() { [ "$(wc -l <"$root/var/log/grub2-runs")" = "$1" ]; }
no_runs() { : >"$root/var/log/grub2-runs"; }
builds_are() { diff <(printf '%s\n' "$@") <(find "$root/boot" -name '*xen*gz' ! -name '*-dbg.gz' -printf '%P\n' | sort); }
has() { [ "$(cat "$root/$1")" = "$2" ]; }
cannot() { ! "$@"; }
