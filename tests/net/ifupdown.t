#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What xenhost wrote is read by ifupdown.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cases.sh"

write_static() {
	root_file etc/network/interfaces <<-END
	auto lo eth0
	iface lo inet loopback
	iface eth0 inet static
	    address 192.0.2.10/24
	    gateway 192.0.2.1
	    up ip route add 198.51.100.0/24 via 192.0.2.7 dev eth0
	iface eth0 inet6 static
	    address 2001:db8::10/64
	    gateway 2001:db8::1
	END
}
write_dhcp() {
	root_file etc/network/interfaces <<-END
	source /etc/network/interfaces.d/*

	auto lo
	iface lo inet loopback

	auto eth0
	iface eth0 inet dhcp
	END
}
start_stack() { inside timeout 60 ifup -a; }

run_cases
