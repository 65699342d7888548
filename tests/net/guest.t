#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest's network, as its identity has it, starts on each stack; the interface is found by
# its MAC.
. "$(dirname "$0")/lib.sh"
: "${WRITE_IDENTITY:?the program that writes an identity}"

# The root has all stacks: only those that are named stay.
only() {
	local keep=" $* "
	[[ $keep = *' netplan '* ]] || rm -f "$root/usr/sbin/netplan"
	[[ $keep = *' ifupdown '* ]] || rm -f "$root"/{usr/,}sbin/{ifup,ifdown}
	[[ $keep = *' manager '* ]] || rm -f "$root/usr/sbin/NetworkManager"
}

# The machine-id is empty: systemd makes one at boot, which nobody else does here.
write_identity() {
	"$WRITE_IDENTITY" "$root" "$1" "$mac" && [ ! -s "$root/etc/machine-id" ] || return
	rm -f "$root/etc/machine-id"
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
}

# What udev does with a .link file: the interface whose MAC matches gets its name.
rename_as_udev() {
	local link
	for link in "$root"/etc/systemd/network/*.link; do
		grep -qx "MACAddress=$mac" "$link" || return
		inside ip link set eth0 name "$(sed -n 's/^Name=//p' "$link")"
	done
}

start_ifupdown() { rename_as_udev && inside timeout 60 ifup -a; }
# Only a real NIC's MAC, as also a guest's is, is its permanent one.
start_netplan() {
	inside netplan generate &&
	inside sed -i s/^PermanentMACAddress=/MACAddress=/ /run/systemd/network/10-netplan-nic0.network &&
	start_networkd
}
start_manager() {
	ln -s /lib/systemd/system/NetworkManager.service \
		"$root/etc/systemd/system/multi-user.target.wants/NetworkManager.service"
	root_file etc/NetworkManager/conf.d/test.conf <<-END
	[main]
	plugins=keyfile
	[device]
	match-device=interface-name:eth0
	managed=1
	END
	inside mkdir -p /run/dbus /run/NetworkManager &&
	inside dbus-daemon --system --fork --nopidfile || return
	beside mount -o remount,bind,ro "$root/sys" || return
	inside NetworkManager --no-daemon </dev/null >"$work/nm.log" 2>&1 &
}

# stack NAME INTERFACE START
stack() {
	fresh_root
	only "$1"
	ok "$1, static: the identity is written" write_identity static
	power_on
	ok "$1, static: it starts" "$3"
	ok "$1, static: the first IPv4 address" has "address $2 192.0.2.10/24"
	ok "$1, static: the second IPv4 address" has "address $2 192.0.2.12/24"
	ok "$1, static: the IPv6 address" has "address $2 2001:db8::10/64"
	ok "$1, static: the IPv4 gateway" has "route default via 192.0.2.1 on $2"
	ok "$1, static: the IPv6 gateway" has "route default via 2001:db8::1 on $2"
	ok "$1, static: what is behind the IPv4 gateway" reaches 203.0.113.1
	ok "$1, static: what is behind the IPv6 gateway" reaches 2001:db8:ffff::1
	fresh_root
	only "$1"
	ok "$1, dhcp: the identity is written" write_identity dhcp
	power_on
	ok "$1, dhcp: it starts" "$3"
	ok "$1, dhcp: the lease" has "address $2 192.0.2.50/24"
	ok "$1, dhcp: the gateway" has "route default via 192.0.2.1 on $2"
	ok "$1, dhcp: what is behind the gateway" reaches 203.0.113.1
}

serve_dhcp
stack netplan eth0 start_netplan
stack ifupdown enX0 start_ifupdown
stack manager eth0 start_manager
stack networkd eth0 start_networkd
finish
