#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What xenhost wrote is read by netplan, and what that writes by systemd-networkd.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cases.sh"

write_static() {
	root_file etc/netplan/50-lan.yaml <<-END
	network:
	  version: 2
	  ethernets:
	    eth0:
	      addresses:
	        - 192.0.2.10/24
	        - "2001:db8::10/64"
	      routes:
	        - to: default
	          via: 192.0.2.1
	        - to: default
	          via: 2001:db8::1
	        - to: 198.51.100.0/24
	          via: 192.0.2.7
	END
}
write_dhcp() {
	root_file etc/netplan/50-lan.yaml <<-END
	network:
	  version: 2
	  ethernets:
	    lan:
	      match:
	        name: eth0
	      dhcp4: true
	      dhcp-identifier: mac
	END
}
start_stack() { inside netplan generate && start_networkd; }

# shellcheck disable=SC2154  # of lib.sh
described_mac="mac = $mac"
run_cases
