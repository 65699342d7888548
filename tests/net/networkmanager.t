#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What xenhost wrote is read by NetworkManager.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cases.sh"

# write_common: the connection from standard input, and that a virtual interface is managed.
write_common() {
	ln -s /lib/systemd/system/NetworkManager.service \
		"$root/etc/systemd/system/multi-user.target.wants/NetworkManager.service"
	root_file etc/NetworkManager/conf.d/test.conf <<-END
	[main]
	plugins=keyfile
	[device]
	match-device=interface-name:eth0
	managed=1
	END
	root_file etc/NetworkManager/system-connections/lan.nmconnection
	chmod 600 "$root/etc/NetworkManager/system-connections/lan.nmconnection"
}
write_static() {
	write_common <<-END
	[connection]
	id=lan
	uuid=7d2b9fe3-2b35-4f0e-b9b6-0d1b0a7a2a02
	type=ethernet
	interface-name=eth0

	[ipv4]
	address1=192.0.2.10/24,192.0.2.1
	route1=198.51.100.0/24,192.0.2.7
	method=manual

	[ipv6]
	address1=2001:db8::10/64,2001:db8::1
	method=manual
	END
}
write_dhcp() {
	write_common <<-END
	[connection]
	id=lan
	uuid=7d2b9fe3-2b35-4f0e-b9b6-0d1b0a7a2a02
	type=ethernet
	interface-name=eth0

	[ipv4]
	method=auto

	[ipv6]
	method=link-local
	END
}
start_stack() {
	inside mkdir -p /run/dbus /run/NetworkManager &&
	inside dbus-daemon --system --fork --nopidfile || return
	beside mount -o remount,bind,ro "$root/sys" || return
	inside NetworkManager --no-daemon </dev/null >"$work/nm.log" 2>&1 &
}

# Without spanning tree it does not set one, and the kernel does not wait.
# shellcheck disable=SC2034  # of cases.sh
delay=1500
run_cases
