#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Roots of SUSE: zypper and rpm of this machine, and a signed repository of made-up packages.
set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export GNUPGHOME=$work/gnupg
mirror=$work/mirror
releases=("$mirror/distribution/leap/15.6/repo/oss" "$mirror"/update/leap/15.6/{oss,sle,backports})

# A system of one program, with the names of all that is asked for. Its rpmdb is one in name; its script
# tells what it finds.
make_package() {
	cat >"$work/system.spec" <<-'EOF2'
		Name: patterns-base-minimal_base
		Version: 1
		Release: 1
		Summary: A system
		License: GPL-2.0-or-later
		AutoReqProv: no
		Provides: dracut grub2 openssh zypper kernel-default
		%description
		A system of one program.
		%install
		mkdir -p %{buildroot}/bin
		cp /bin/busybox %{buildroot}/bin/busybox
		for name in sh cat ls test; do ln -s busybox %{buildroot}/bin/$name; done
		printf '#!/bin/sh\n[ "$1" = --importdb ] && cat > /usr/lib/sysimage/rpm/Packages.db\n' > %{buildroot}/bin/rpmdb
		chmod 755 %{buildroot}/bin/rpmdb
		%files
		/bin/*
		%posttrans
		echo x > /dev/null && test -c /dev/null && test -e /proc/self/stat && ls /dev /proc/1 > /found
	EOF2
	rpmbuild --quiet --define "_topdir $work/rpm" --define '_build_id_links none' --define 'debug_package %{nil}' \
		-bb "$work/system.spec" && mkdir -p "${releases[@]}" && cp "$work"/rpm/RPMS/*/*.rpm "${releases[0]}"
}

sign() { # RELEASE
	createrepo_c --quiet "$1" && rm -f "$1/repodata/repomd.xml.asc" &&
		gpg --batch --quiet --detach-sign --armor "$1/repodata/repomd.xml"
}

make_mirror() {
	mkdir -m 700 "$GNUPGHOME" && gpg --batch --quiet --passphrase '' --quick-gen-key suse@example.org rsa2048 sign &&
		gpg --export --armor >"$root/suse.asc" || return
	for release in "${releases[@]}"; do
		sign "$release" || return
	done
}

nothing_is_left_but_it() { [ "$(ls "$work/ext4/templates")" = "${volume##*/}" ]; }
leap=(build --dist leap-15.6 --mirror "file:$mirror" --keyring /suse.asc --fs ext4 --dir "$work/ext4")
build() {
	templates "${leap[@]}" --json >"$work/leap.json" || { cat "$log"/template-*.log; return 1; }
	volume=$(sed -n 's/^  "volume": "\(.*\)",/\1/p' "$work/leap.json")
}
has_repositories() {
	grep -qx "baseurl=file:${releases[0]}" etc/zypp/repos.d/repo-oss.repo &&
		grep -qx "baseurl=file:${releases[1]}" etc/zypp/repos.d/repo-update.repo && [ "$(find etc/zypp/repos.d -type f | wc -l)" = 4 ] && ! grep -r 'gpgcheck=0' etc/zypp
}
# The headers begin with the magic of rpm's file format (rpm's docs/manual/format.md).
has_a_database() {
	local here=usr/lib/sysimage/rpm
	[ -z "$(find "$here" -name '*sqlite*')" ] && [ ! -e .rpmdb ] && [ ! -e run/xenhost ] &&
		[ "$(head -c 3 "$here/Packages.db" | od -An -tx1 | tr -d ' ')" = 8eade8 ] &&
		grep -q patterns-base-minimal_base "$here/Packages.db" && grep -q gpg-pubkey "$here/Packages.db"
}
is_clean() {
	[ -z "$(find dev proc -mindepth 1)" ] && [ -z "$(find var/cache/zypp var/log -type f)" ] && [ ! -e var/lib/zypp/AnonymousUniqueId ] &&
		[ ! -e etc/resolv.conf ] && [ ! -e usr/sbin/policy-rc.d ]
}

ok 'a package is made' make_package
ok 'a signed mirror is made' make_mirror
ok 'a root is filled by zypper' build
[ -s "${volume:-}" ] || { echo 'Bail out! there is no template'; exit 1; }
ok 'scripts of packages had devices and processes' look_inside "$volume" grep -qx null found
ok 'it updates from where it came from' look_inside "$volume" has_repositories
ok 'its own rpm took the database over, with the keys' look_inside "$volume" has_a_database
ok 'nothing of the building is in it' look_inside "$volume" is_clean

# What nobody signed, or somebody else.
strange() { echo '<!-- -->' >>"${releases[0]}/repodata/repomd.xml"; says "zypper" templates "${leap[@]}" --package more; }
without_keys() { says 'name them with --keyring' templates "${leap[@]}" --package more --keyring ''; }
ok 'a repository that was changed is refused' strange
ok 'nothing is left' nothing_is_left_but_it
ok 'and one without keys' without_keys

finish
