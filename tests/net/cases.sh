# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # variables of lib.sh
# The cases of the network tests, for each stack.
#
# A test defines write_static, write_dhcp (the stack's own files, without xenhost) and
# start_stack (as at boot). A stack that cannot take the port's MAC address at boot has it in
# described_mac, "mac = $mac"; one that leaves the kernel its forward delay has that in delay.

described_mac='' delay=0

boot() { power_on && start_stack; }

# is_static NAME: NAME has what write_static gives eth0.
is_static() {
	ok "$1 has its IPv4 address" has "address $2 192.0.2.10/24"
	ok "$1 has its IPv6 address" has "address $2 2001:db8::10/64"
	ok "$1 has the IPv4 default route" has "route default via 192.0.2.1 on $2"
	ok "$1 has the IPv6 default route" has "route default via 2001:db8::1 on $2"
	ok "$1 has the route" has "route 198.51.100.0/24 via 192.0.2.7 on $2"
	ok "$1 reaches what is behind the IPv4 gateway" reaches 203.0.113.1
	ok "$1 reaches what is behind the IPv6 gateway" reaches 2001:db8:ffff::1
	ok "$1 reaches what is behind the route" reaches 198.51.100.1
}

# is_bridge: xenbr0 is there with eth0 in it, which has nothing of its own.
is_bridge() {
	ok "$1: the port is the NIC" has 'port eth0 of xenbr0'
	ok "$1: the bridge has the NIC's MAC, no spanning tree, a forward delay of $delay" \
		has "bridge xenbr0 $mac stp=0 delay=$delay"
	ok "$1: the port has no address" lacks '(address|tentative|link-local) eth0'
	ok "$1: no route is the port's" lacks 'route .* on eth0'
}

is_as_before() {
	ok "$1: no bridge is left" lacks bridge
}

static_is_inherited() {
	fresh_root
	write_static
	description <<-END
	[bridge "xenbr0"]
	ports = eth0
	[bridge "xenbr1"]
	address = 198.18.0.1/24 2001:db8:1::1/64
	END
	ok 'static: the stack starts on its own files' boot
	is_static 'static: eth0' eth0
	ok 'static: xenhost applies' xenhost_apply
	ok 'static: the stack starts with the bridge' boot
	is_static 'static: xenbr0' xenbr0
	is_bridge static
	ok 'static: a bridge without ports has its IPv4 address' has 'address xenbr1 198.18.0.1/24'
	# Without carrier there is nobody yet to ask.
	ok 'static: a bridge without ports has its IPv6 address' \
		has 'address xenbr1 2001:db8:1::1/64' 'tentative xenbr1 2001:db8:1::1/64'
	ok 'static: xenhost rolls back' xenhost_rollback
	ok 'static: the stack starts after the rollback' boot
	is_static 'static, rolled back: eth0' eth0
	is_as_before 'static, rolled back'
}

dhcp_is_inherited() {
	fresh_root
	write_dhcp
	description <<-END
	[bridge "xenbr0"]
	ports = eth0
	END
	ok 'dhcp: the stack starts on its own files' boot
	ok 'dhcp: eth0 has the lease' has 'address eth0 192.0.2.50/24'
	ok 'dhcp: xenhost applies' xenhost_apply
	ok 'dhcp: the stack starts with the bridge' boot
	ok 'dhcp: xenbr0 has the lease of the NIC' has 'address xenbr0 192.0.2.50/24'
	ok 'dhcp: xenbr0 has the default route' has 'route default via 192.0.2.1 on xenbr0'
	ok 'dhcp: xenbr0 reaches what is behind the gateway' reaches 203.0.113.1
	is_bridge dhcp
	ok 'dhcp: xenhost rolls back' xenhost_rollback
	ok 'dhcp: the stack starts after the rollback' boot
	ok 'dhcp, rolled back: eth0 has the lease' has 'address eth0 192.0.2.50/24'
	is_as_before 'dhcp, rolled back'
}

# Applied where nothing of the machine is known, as in an installer: the MAC is not.
described_offline() {
	fresh_root
	write_dhcp
	description <<-END
	[bridge "xenbr0"]
	ports = eth0
	address = 192.0.2.20/24 192.0.2.21/24 2001:db8::20/64
	gateway = 192.0.2.1 2001:db8::1
	$described_mac
	END
	ok 'described: xenhost applies to a root that does not run' xenhost_apply_offline
	ok 'described: the stack starts with the bridge' boot
	ok 'described: xenbr0 has the IPv4 address' has 'address xenbr0 192.0.2.20/24'
	ok 'described: xenbr0 has the second IPv4 address' has 'address xenbr0 192.0.2.21/24'
	ok 'described: xenbr0 has the IPv6 address' has 'address xenbr0 2001:db8::20/64'
	ok 'described: xenbr0 has the IPv4 default route' has 'route default via 192.0.2.1 on xenbr0'
	ok 'described: xenbr0 has the IPv6 default route' has 'route default via 2001:db8::1 on xenbr0'
	ok 'described: xenbr0 reaches what is behind the IPv4 gateway' reaches 203.0.113.1
	ok 'described: xenbr0 reaches what is behind the IPv6 gateway' reaches 2001:db8:ffff::1
	is_bridge described
	ok 'described: xenbr0 has no lease' lacks 'address xenbr0 192.0.2.50/24'
}

run_cases() {
	serve_dhcp
	static_is_inherited
	dhcp_is_inherited
	described_offline
	power_off
	finish
}
