# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # variables of the tests
# Vocabulary of the network tests: a machine with one NIC, a neighbour on its wire, and TAP.
#
# The test runs in a network, mount and process namespace of its own, which is the
# neighbour's; the machine has another. They end with the first process in them, however
# that ends, and with them all processes, interfaces and mounts.
#
#   machine: lo, eth0 ($mac); root: $root, a layer over build/chroot/net-bookworm
#   neighbour: 192.0.2.1, 192.0.2.7, 2001:db8::1 on the wire; behind it 203.0.113.1 and
#   2001:db8:ffff::1 (by its default routes) and 198.51.100.1 (by 192.0.2.7)
if [ -z "${NET_TEST_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || {
		echo 'Bail out! the network tests need root for their namespaces'
		exit 1
	}
	# A stack that hangs does not stop the others' tests.
	NET_TEST_INSIDE=yes exec timeout --foreground -s KILL 400 unshare --net --mount --pid --fork --kill-child --mount-proc \
		--propagation private bash "$0" "$@"
fi
set -uo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
: "${XENHOST:?the program to test}"
trap 'exit 130' INT TERM

lower=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/chroot/net-bookworm
mac=00:16:3e:11:22:33
patience=60 # seconds for what comes about by itself

# What the test writes is in a file system that nobody else sees.
work=/mnt
mount -t tmpfs tmpfs "$work" || exit 1
root=$work/root

# shellcheck source=../tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"

# Runs a command until it succeeds or patience is at its end; its last words are shown.
until_ok() {
	local end=$((SECONDS + patience))
	until "$@" >"$work/words" 2>&1; do
		[ "$SECONDS" -lt "$end" ] || { cat "$work/words"; return 1; }
		sleep 0.1
	done
}

# ---- the machine

# A new root; files are put in by the test.
fresh_root() {
	power_off
	! mountpoint -q "$root" || umount "$root"
	rm -rf "$work/upper" "$work/overlay"
	mkdir -p "$root" "$work/upper" "$work/overlay"
	mount -t overlay overlay "$root" \
		-o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/overlay" || exit 1
	rm -f "$root"/etc/systemd/system/multi-user.target.wants/{NetworkManager,networking}.service
	rm -f "$root/etc/network/interfaces"
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	mkdir -p "$root/etc/xen"
	cat >"$root/etc/xen/xl.conf" </dev/null
}

# root_file PATH: standard input becomes a file of the machine.
root_file() {
	[ -d "$root/${1%/*}" ] || mkdir -p "$root/${1%/*}"
	cat >"$root/$1"
}

# What the machine's first process does: mounts, then takes in orphans until it is killed.
# shellcheck disable=SC2016  # its own variables
machine_init='
	read -r pid _ </proc/self/stat
	mount -t proc proc "$1/proc" &&
	mount -t sysfs sysfs "$1/sys" &&
	mount -t tmpfs tmpfs "$1/run" &&
	mount -t tmpfs -o mode=755 tmpfs "$1/dev" || exit
	for node in null zero full random urandom; do
		: >"$1/dev/$node" && mount --bind "/dev/$node" "$1/dev/$node" || exit
	done
	ln -s /proc/self/fd "$1/dev/fd"
	mkdir -p "$1/run/lock" "$1/run/network"
	ip link set lo up
	echo "$pid" >"$2"
	read -r _ <>"$3"
'

# A machine with this root, from its firmware to where its network stack begins.
power_on() {
	power_off
	rm -f "$work/pid" "$work/end"
	mkfifo "$work/pid" "$work/end"
	unshare --net --mount --pid --uts --fork --kill-child --propagation private \
		bash -c "$machine_init" bash "$root" "$work/pid" "$work/end" &
	unshare_pid=$!
	read -r machine <"$work/pid"
	ip link add wire type veth peer name eth0 address "$mac" netns "$machine" || exit 1
	ip addr add 192.0.2.1/24 dev wire
	ip addr add 192.0.2.7/24 dev wire
	ip addr add 2001:db8::1/64 dev wire nodad
	ip link set wire up
}

machine='' unshare_pid=''
power_off() {
	[ -n "$machine" ] || return 0
	kill -KILL "$machine"
	wait "$unshare_pid" 2>/dev/null
	machine=''
	# The kernel takes down a namespace after its last process.
	until_ok no_wire || { echo 'Bail out! the wire of the last machine stays'; exit 1; }
}
no_wire() { ! ip link show wire; }

# A command of the test, in the machine's namespaces.
beside() { nsenter -t "$machine" -n -m -p -u "$@"; }
# A command of the machine.
inside() {
	beside chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"
}

host() { "$XENHOST" --root "$root" --config "$work/host.conf" "$@"; }

# As the machine runs. Its NIC has nothing below it, so xenhost is told of it.
xenhost_apply() {
	host facts --json >"$work/facts" || return
	# shellcheck disable=SC2016  # of jq
	inside jq --arg mac "$mac" '.nics = [{name: "eth0", mac: $mac, driver: "veth",
		pci: null, wireless: false, default_route: true}]' \
		<"$work/facts" >"$work/facts.json" || return
	host --facts "$work/facts.json" apply
}
# As nothing of the machine is known, in an installer.
xenhost_apply_offline() { host apply; }
xenhost_rollback() { host rollback; }
description() { cat >"$work/host.conf"; }

# ---- the neighbour

ip link set lo up
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
for address in 203.0.113.1/32 198.51.100.1/32 2001:db8:ffff::1/128; do
	ip addr add "$address" dev lo
done

# Leases: 192.0.2.50 for the MAC of eth0, others for others.
serve_dhcp() {
	chroot "$lower" dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --user=root \
		--leasefile-ro --dhcp-authoritative --no-ping --pid-file --interface=wire --bind-dynamic \
		--dhcp-range=192.0.2.100,192.0.2.150 --dhcp-host="$mac,192.0.2.50" \
		--dhcp-option=option:router,192.0.2.1 2>"$work/dnsmasq.log" &
}

# ---- what the machine's kernel says

# Lines: "bridge NAME MAC stp=N delay=CENTISECONDS", "port NAME of BRIDGE",
# "address NAME ADDRESS/LENGTH" ("tentative" where IPv6 still asks for others that have it,
# "link-local" for those), "route TO via GATEWAY on NAME".
# shellcheck disable=SC2016  # of jq
links='.[] |
	(select(.linkinfo.info_kind == "bridge") |
	 "bridge \(.ifname) \(.address) stp=\(.linkinfo.info_data.stp_state)"
	 + " delay=\(.linkinfo.info_data.forward_delay)"),
	(select(.master) | "port \(.ifname) of \(.master)"),
	(.ifname as $name | .addr_info[]? | select(.scope != "host") |
	 (if .scope == "link" then "link-local" elif .tentative then "tentative" else "address" end) + " \($name) \(.local)/\(.prefixlen)")'
routes='.[] | select(.gateway) | "route \(.dst) via \(.gateway) on \(.dev)"'
state() {
	inside ip -j -d addr | inside jq -r "$links" &&
	inside ip -j route | inside jq -r "$routes" &&
	inside ip -j -6 route | inside jq -r "$routes"
}
state_has() {
	state >"$work/state" || return
	printf '%s\n' "$@" | grep -qxF -f - "$work/state" || { cat "$work/state"; return 1; }
}

# has LINE...: the state has one of them, or will soon.
has() { until_ok state_has "$@"; }

# lacks WORDS: no line of the state begins so. Asked where all that is to come is there.
lacks() {
	state >"$work/state" || return
	! grep -E -- "^$1( |\$)" "$work/state"
}

reaches() { until_ok inside ping -q -n -c 1 -W 1 "$1"; }

# ---- what more than one stack starts

# It waits for udev where /sys is writable, as there is none in a container.
start_networkd() {
	beside mount -o remount,bind,ro "$root/sys" || return
	inside /lib/systemd/systemd-networkd </dev/null >"$work/networkd.log" 2>&1 &
}
