#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What xenhost wrote is read by systemd-networkd.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cases.sh"

write_static() {
	root_file etc/systemd/network/50-lan.network <<-END
	[Match]
	Name=eth0

	[Network]
	Address=192.0.2.10/24
	Gateway=192.0.2.1
	Address=2001:db8::10/64
	Gateway=2001:db8::1

	[Route]
	Destination=198.51.100.0/24
	Gateway=192.0.2.7
	END
}
write_dhcp() {
	root_file etc/systemd/network/50-lan.network <<-END
	[Match]
	Name=eth*

	[Network]
	DHCP=ipv4
	END
}
start_stack() { start_networkd; }

run_cases
