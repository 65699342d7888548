# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the cases are written with: results, the bridge, and guests. Runs in dom0; fd 3 is the channel to the driver.

guests=/var/lib/boot-test
dom0_address=192.0.2.1

stage() { printf 'stage %s\n' "$*" >&3; }
note() { printf '# %s\n' "$*" >&3; }

# result STATUS NAME: one result of this boot. A name is said once.
result() {
	printf '%s\n' "$2" >>/run/boot-test/results
	if [ "$1" -eq 0 ]; then printf 'ok %s\n' "$2" >&3; else printf 'not ok %s\n' "$2" >&3; fi
}

# check NAME COMMAND...: the command's status is the result; what it printed is shown when it failed.
check() {
	local name=$1 status=0 output
	shift
	output=$("$@" 2>&1) || status=$?
	[ "$status" -eq 0 ] || [ -z "$output" ] || printf '%s\n' "$output" | tail -n 20 | sed 's/^/# /' >&3
	result "$status" "$name"
}

# equal NAME GOT WANT
equal() {
	local status=0
	[ "$2" = "$3" ] || { status=1; note "got '${2//$'\n'/ }', want '$3'"; }
	result "$status" "$1"
}

# until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.5
	done
}

no_failed_units() { local list; list=$(systemctl list-units --failed --plain --no-legend); printf '%s\n' "$list"; [ -z "$list" ]; }

# processes REGEX: the programs that run and whose whole name matches.
processes() {
	local file name
	for file in /proc/[0-9]*/comm; do
		read -r name <"$file" 2>/dev/null || continue
		if [[ $name =~ ^($1)$ ]]; then printf '%s\n' "$name"; fi
	done
}
store_program() { processes 'o?xenstored'; }

bridge_up() {
	ip link add xenbr0 type bridge
	ip address add "$dom0_address/24" dev xenbr0
	ip link set xenbr0 up
}

# Guests run on the machine's last CPU, and the cases pin dom0 to the others: under QEMU's emulation of SVM a CPU that
# runs PVH and HVM guests can lose a timer interrupt, and a dom0 that shares it may wait for ever.
last_cpu() { echo $(($(xl info nr_cpus) - 1)); }

# guest_define TYPE NAME ADDRESS: the disk and configuration of a PV or PVH guest with the image's kernel, a disk on a loop
# device, and an interface on the bridge.
guest_define() {
	local type=$1 name=$2 address=$3 loop
	mkdir -p "$guests"
	truncate -s 1M "$guests/$name.disk"
	od -An -tx1 -N8 /dev/urandom | tr -d ' ' >"$guests/$name.token"
	dd if="$guests/$name.token" of="$guests/$name.disk" conv=notrunc status=none
	modprobe loop
	loop=$(losetup --find --show "$guests/$name.disk")
	cat >"$guests/$name.cfg" <<-CFG
		name = "$name"
		type = "$type"
		kernel = "/usr/lib/boot-test/vmlinuz"
		ramdisk = "/usr/lib/boot-test/guest.img"
		extra = "console=hvc0 panic=1 mitigations=off cryptomgr.notests guest.address=$address guest.peer=$dom0_address"
		memory = 192
		vcpus = 1
		cpus = "$(last_cpu)"
		disk = [ "phy:$loop,xvda,w" ]
		vif = [ "bridge=xenbr0" ]
		on_crash = "destroy"
	CFG
}
guest_create() {
	guest_define "$@"
	xl create "$guests/$2.cfg"
}

# The report that a guest wrote to its disk, when it begins with the token that dom0 wrote there.
guest_report() {
	local report
	report=$(dd if="$guests/$1.disk" bs=512 skip=8 count=4 status=none | tr -d '\0')
	case $report in "token $(cat "$guests/$1.token")"*end) printf '%s\n' "$report" ;; *) return 1 ;; esac
}
guest_says() { guest_report "$1" | grep -xE "$2" >/dev/null; }
guest_runs() { xl domid "$1"; }
guest_gone() { ! xl domid "$1"; }

guest_trouble() {
	xl list
	tail -n 12 "/var/log/xen/console/guest-$1.log" 2>/dev/null
	tail -n 12 "/var/log/xen/xl-$1.log" 2>/dev/null
	return 1
}

# guest_up_checks NAME ADDRESS SECONDS: three results: it reads and writes its disk, pings dom0, and is pinged.
guest_up_checks() {
	local name=$1 address=$2
	check "$name guest reads and writes its disk" guest_wait "$name" "$3"
	check "$name guest pings dom0" guest_says "$name" 'ping ok'
	check "dom0 pings $name guest" ping -c 2 -W 5 -i 0.5 "$address"
}
reported_or_gone() { guest_report "$1" || guest_gone "$1"; }
guest_wait() {
	until_true "$2" reported_or_gone "$1" || true
	guest_report "$1" || guest_trouble "$1"
}
guest_down_check() {
	xl shutdown "$1" || true
	check "$1 guest shuts down when asked" until_true "$2" guest_gone "$1"
	guest_gone "$1" >/dev/null 2>&1 || xl destroy "$1" || true
}

# hvm_create NAME TEXT: a fully virtualised guest whose boot sector writes TEXT to its serial port, and halts.
hvm_create() {
	local name=$1
	mkdir -p "$guests"
	{
		# xor ax,ax; mov ds,ax; mov si,0x7c16; mov dx,0x3f8; cld; 1: lodsb; or al,al; jz 2f; out dx,al; jmp 1b; 2: hlt; jmp 2b
		printf '\x31\xc0\x8e\xd8\xbe\x16\x7c\xba\xf8\x03\xfc\xac\x08\xc0\x74\x03\xee\xeb\xf8\xf4\xeb\xfd'
		printf '%s\n\0' "$2"
	} >"$guests/$name.disk"
	truncate -s 1M "$guests/$name.disk"
	printf '\x55\xaa' | dd of="$guests/$name.disk" bs=1 seek=510 conv=notrunc status=none
	cat >"$guests/$name.cfg" <<-CFG
		name = "$name"
		type = "hvm"
		memory = 64
		vcpus = 1
		cpus = "$(last_cpu)"
		disk = [ "format=raw,vdev=hda,access=rw,target=$guests/$name.disk" ]
		boot = "c"
		serial = "file:$guests/$name.serial"
		vnc = 0
		nographic = 1
		on_crash = "destroy"
	CFG
	xl create "$guests/$name.cfg"
}
hvm_said() { grep -F "$2" "$guests/$1.serial"; }
hvm_wait() {
	until_true "$3" hvm_said "$1" "$2" && return
	xl dmesg | tail -n 12
	tail -n 8 "/var/log/xen/qemu-dm-$1.log" 2>/dev/null
	guest_trouble "$1"
}
xl_can() { xl info virt_caps | grep -w "$1" || xl info xen_caps | grep "$1-"; }

# ---- guests of xen-create-image: a case has DATA=guest-roots and SCRATCH=12G for them ----

guest_key=/root/key
disk_of() { lsblk --noheadings --nodeps --raw --output NAME,SIZE,TYPE | awk -v size="$1" '$2 == size { print "/dev/" $1 }'; }

# guests_prepare: the bridge with both addresses, a key, the roots, and the volume group vg0 with a thin pool.
guests_prepare() {
	local device
	bridge_up
	ip address add 2001:db8::1/64 dev xenbr0 nodad
	mkdir -p /srv/roots "$guests"
	mount -o ro LABEL=ROOTS /srv/roots
	ssh-keygen -q -t ed25519 -N '' -f "$guest_key"
	device=$(disk_of 12G)
	pvcreate --quiet "$device"
	vgcreate --quiet vg0 "$device"
	lvcreate --quiet --type thin-pool --size 6G --name pool vg0
}

# guest_make NAME SUITE LAST-OF-ADDRESS OPTION...: a guest on the volume group. An emulated CPU's clock is none that Xen trusts,
# so that it would have each look at it trap; all CPUs here have the same.
guest_make() {
	local name=$1 suite=$2 last=$3
	shift 3
	xen-create-image --hostname "$name" --dist "$suite" --install-method tar --install-source "/srv/roots/$suite.tar.zst" \
		--lvm vg0 --size 1500M --swap 64M --memory 320M --cpus "$(last_cpu)" \
		--ip "192.0.2.$last/24" --ip "2001:db8::$last/64" --gateway 192.0.2.1 --bridge xenbr0 --ssh-key "$guest_key.pub" "$@" &&
		echo "tsc_mode = 'native'" >>"/etc/xen/$name.cfg"
}
# Likewise with the disk that the case hvm tells of.
hvm_make() {
	guest_make "$@" --type hvm && echo "hdtype = 'ahci'" >>"/etc/xen/$1.cfg"
}
guest_login() {
	ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/root/known -o ConnectTimeout=10 -i "$guest_key" "root@$1" "${@:2}"
}
guest_all_well() { local units; units=$(guest_login "$1" systemctl list-units --failed --plain --no-legend) && printf '%s\n' "$units" && [ -z "$units" ]; }
guest_logged_in() { until_true "$1" guest_login "$2" true || { guest_trouble "$3"; false; }; }

# guest_login_checks NAME LAST-OF-ADDRESS: four results: it answers at both addresses, and is who it should be.
guest_login_checks() {
	local name=$1 last=$2
	check "$name: a login with the key, IPv4" guest_logged_in 1500 "192.0.2.$last" "$name"
	check "$name: a login with the key, IPv6" guest_logged_in 60 "2001:db8::$last" "$name"
	equal "$name: its name" "$(guest_login "192.0.2.$last" hostname)" "$name"
	check "$name: nothing failed in it" guest_all_well "192.0.2.$last"
	guest_login "192.0.2.$last" "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; findmnt -no UUID /" >>"$guests/identities" || true
}
# guest_up_and_down NAME LAST-OF-ADDRESS: two more: it starts, and shuts down.
guest_up_and_down() {
	stage "$1 starts"
	check "$1: it starts" xl create --quiet "/etc/xen/$1.cfg"
	guest_login_checks "$@"
	guest_down_check "$1" 400
}
fails() { ! "$@"; }

# The version that was built: as the driver was told, or as the hypervisor's file is named.
built_version() {
	local file
	[ ! -s /srv/boot-test/xen-version ] || { cat /srv/boot-test/xen-version; return; }
	for file in /boot/xen-[0-9]*.gz; do
		case $file in *dbg* | *debug*) continue ;; esac
		file=${file#/boot/xen-}
		printf '%s\n' "${file%.gz}"
	done | sort -V | tail -n 1
}

# A file that is named after the branch alone (4.20-amd64, as Debian's own is) tells no more than that.
xl_names_version() {
	local want
	want=$(built_version)
	echo "got '$1', want '$want'"
	case $want in
	*-amd64) [[ $1 == "${want%-amd64}".* ]] ;;
	*) [ "$1" = "$want" ] ;;
	esac
}

store_works() { xenstore-write /boot-test written && [ "$(xenstore-read /boot-test)" = written ] && xenstore-rm /boot-test; }

# ---- boots on trial ----

status_has() { local status; status=$(xenhost boot status) || return; echo "$status"; grep -qF -- "$1" <<<"$status"; }
boot_list_has() { xenhost boot list | grep -E -- "$1"; }
lacks() { ! grep -F -- "$1" "$2"; }
quiet() { local output; if output=$("$@" 2>&1) && [ -z "$output" ]; then return 0; fi; printf "%s\n" "$output"; return 1; }

# default_value KEY: of the entry that `xenhost boot list` takes for GRUB's default.
default_value() {
	xenhost boot list --json | awk -v key="\"$1\":" '
		{ value = $0; sub(/^ *"[^"]*": "?/, "", value); sub(/"?,?$/, "", value) }
		$1 == "\"default\":" { path = value }
		$1 == "\"path\":" { is_default = value == path }
		$1 == key && is_default { print value }'
}
words() { tr -s ' ' '\n' | sed '/^$/d; /^placeholder$/d'; }
# default_runs: what GRUB started, by what its parts say they were given, is that entry.
default_runs() {
	diff <(default_value hypervisor-args | words) <(xl info xen_commandline | words) &&
		diff <(default_value kernel-args | words) <(words </proc/cmdline)
}

# This boot is healthy, so there is something to come back to.
trial_ready() { trial_event healthy 300; }
# trial_event EVENT SECONDS: waits until it is told of this boot; asking xenhost for that would be slow.
trial_event() { until_true "$2" grep -E "$(cat /proc/sys/kernel/random/boot_id).*\"event\":\"$1\"" /var/lib/xenhost/boot/log; }
trial_apply() { logged xenhost apply; }
applied() { grep -xF -- "$1" /run/boot-test/apply || { cat /run/boot-test/apply; return 1; }; }
deadman_was_armed() { [ -e /run/xenhost/deadman ] || status_has 'trial    promoted'; }

# story_is EVENT...: the last events.
story_is() {
	local story
	story=$(xenhost boot status | sed -n 's/^[0-9-]*T[0-9:]*Z  \([a-z]*\) .*/\1/p' | tail -n "$#" | paste -s -d ' ')
	printf '%s\n' "$story"
	[ "$story" = "$*" ]
}

# try_next WHAT COMMAND...: two results: from Linux without Xen the next boot is one of Xen on trial.
try_next() {
	stage "next: $1"
	check "$1 is on trial" logged "${@:2}"
	check "and it is told: $1" applied "trial: 'GNU/Linux, with Xen hypervisor' is tried at the next boot; until it is healthy, 'GNU/Linux' is the default"
}
logged() { "$@" >/run/boot-test/apply 2>&1 || { cat /run/boot-test/apply; return 1; }; }

# came_back WHAT: six results: that trial did not come up.
came_back() {
	equal "after $1 Linux runs" "$(cat /sys/hypervisor/type 2>/dev/null || echo none)" none
	check "after $1 nothing is on trial" lacks xenhost.trial /proc/cmdline
	check "after $1 the trial is known to have failed" trial_event failed 300
	check "after $1 the status says why" status_has 'it was started and did not come up: the hypervisor or the kernel could not be loaded, panicked or hung'
	check "after $1 what runs stays the default" boot_list_has '  default  *linux  .* xenhost-good$'
	check "after $1 it is not tried again by itself" quiet xenhost boot try --if-changed
}
