# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost facts: what it prints about a root.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

an_empty_root_is_unknown() {
  run --root "$scratch/root" facts
  status_is 0
  stderr_is ""
  stdout_is "system          unknown
family          unknown
architecture    unknown
virtualisation  unknown
iommu           unknown
xen             not running
loader          unknown
firmware        unknown
init            unknown"
}

a_root_tells_system_kernels_and_hypervisors() {
  root_file etc/os-release <<'TEXT'
ID=debian
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
TEXT
  root_file boot/grub/grub.cfg < /dev/null
  root_file boot/vmlinuz-6.1.0-37-amd64 < /dev/null
  root_file boot/config-6.1.0-37-amd64 <<'TEXT'
CONFIG_XEN_DOM0=y
CONFIG_BLK_DEV_LOOP=m
CONFIG_XEN_PCIDEV_BACKEND=y
TEXT
  printf '\037\213\010\001' | root_file boot/xen-4.20-amd64.gz
  run --root "$scratch/root" facts
  status_is 0
  stdout_has "system          Debian GNU/Linux 12 (bookworm)"
  stdout_has "family          debian"
  stdout_has "loader          grub2"
  stdout_has "kernel          boot/vmlinuz-6.1.0-37-amd64, dom0: yes, loop: module, PCI back end: builtin, unknown compression"
  stdout_has "hypervisor      boot/xen-4.20-amd64.gz, gzip"
}

a_root_tells_cores_storage_and_consoles() {
  local cpu device=../../../devices/pci0000:00/0000:00:1c.0/0000:03:00.0
  for cpu in 0:0 1:1 2:0 10:1; do
    mkdir -p "$scratch/root/sys/devices/system/cpu/cpu${cpu%:*}/node0"
    root_file "sys/devices/system/cpu/cpu${cpu%:*}/topology/core_id" <<< "${cpu#*:}"
    root_file "sys/devices/system/cpu/cpu${cpu%:*}/topology/physical_package_id" <<< 0
  done
  root_file sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/vendor <<< 0x8086
  root_file sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/device <<< 0x1533
  root_file sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/class <<< 0x020000
  root_file sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/boot_vga <<< 1
  ln -s ../../../../kernel/iommu_groups/14 "$scratch/root/sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0/iommu_group"
  mkdir -p "$scratch/root/sys/bus/pci/devices" "$scratch/root/sys/class/block"
  ln -s "$device" "$scratch/root/sys/bus/pci/devices/0000:03:00.0"
  ln -s "../../devices/pci0000:00/0000:00:1f.2/ata1/block/sda" "$scratch/root/sys/class/block/sda"
  root_file proc/self/mountinfo <<< '25 1 8:0 / / rw - ext4 /dev/sda rw'
  root_file etc/lvm/backup/vg0 < /dev/null
  root_file sys/class/tty/ttyS0/type <<< 4
  root_file sys/class/tty/ttyS0/port <<< 0x3F8
  root_file sys/class/tty/ttyS0/irq <<< 4
  root_file proc/bus/input/devices <<'TEXT'
N: Name="AT Translated Set 2 keyboard"
S: Sysfs=/devices/platform/i8042/serio0/input/input0
H: Handlers=sysrq kbd event0 leds
B: EV=120013
TEXT
  run --root "$scratch/root" facts
  status_is 0
  stdout_has "cores           socket 0, node 0: 0,2 1,10"
  stdout_has "pci             0000:03:00.0, 8086:1533, class 020000, no driver, behind 0000:00:1c.0, IOMMU group 14, console"
  stdout_has "mount           /, /dev/sda, ext4, PCI: 0000:00:1f.2"
  stdout_has "volume group    vg0, in use: unknown"
  stdout_has "keyboard        AT Translated Set 2 keyboard, PCI: none"
  stdout_has "uart            ttyS0, I/O port 0x3f8, IRQ 4, PCI: none"
}

json_has_every_fact() {
  run --root "$scratch/root" --json facts
  status_is 0
  stdout_is '{
  "os": {
    "family": null,
    "id": null,
    "version": null,
    "name": null
  },
  "architecture": null,
  "memory_bytes": null,
  "cpu": {
    "sockets": null,
    "cores": null,
    "threads": null,
    "numa_nodes": null,
    "virtualisation": null,
    "online": []
  },
  "xen": null,
  "iommu": null,
  "boot": {
    "loader": null,
    "firmware": null,
    "init": null,
    "grub_drop_ins": false,
    "kernels": [],
    "hypervisors": []
  },
  "network_stacks": [],
  "nics": [],
  "pci": [],
  "mounts": [],
  "volume_groups": [],
  "thin_pools": [],
  "keyboards": [],
  "uarts": []
}'
}

a_thin_pool_tells_how_full_it_is() {
  run --root "$scratch/root" --json facts
  sed 's/"thin_pools": \[\]/"thin_pools": [{"volume_group": "vg0", "name": "pool", "profile": null, "size_mib": 9, "data_percent": 81, "metadata_percent": null, "group_free_mib": 0, "monitored": false}]/' \
    "$scratch/stdout" > "$scratch/facts.json"
  run --root "$scratch/root" --facts "$scratch/facts.json" facts
  status_is 0
  stdout_has "thin pool       vg0/pool, data: 81 %, metadata: unknown, monitored: no"
}

a_hostile_name_is_still_json() {
  printf "\177ELF" | root_file "$(printf 'boot/vmlinuz-\377"')"
  run --root "$scratch/root" --json facts
  status_is 0
  grep -qF $'"version": "\xef\xbf\xbd\\"",' "$scratch/stdout" || fail "the name is not escaped"
}

an_absent_root_is_named() {
  run --root "$scratch/absent" facts
  status_is 1
  stderr_is "xenhost: facts: root '$scratch/absent': No such file or directory"
}

recorded_facts_are_taken_instead_of_the_root() {
  root_file etc/os-release <<< ID=debian
  run --root "$scratch/root" --json facts
  cp "$scratch/stdout" "$scratch/facts.json"
  run --facts "$scratch/facts.json" --json facts
  status_is 0
  stdout_is "$(cat "$scratch/facts.json")"
  run --root "$scratch/root" --facts "$scratch/facts.json" facts
  status_is 0
  stdout_has "family          debian"
}

wrong_recorded_facts_are_refused_by_each_command() {
  run --root "$scratch/root" --json facts
  sed 's/"iommu"/"iomu"/' "$scratch/stdout" > "$scratch/facts.json"
  for command in facts plan apply; do
    run --root "$scratch/root" --facts "$scratch/facts.json" "$command"
    status_is 2
    stderr_is "xenhost: $command: $scratch/facts.json: iomu: unknown key; did you mean 'iommu'?"
  done
}

absent_recorded_facts_are_named() {
  run --facts "$scratch/absent" facts
  status_is 1
  stderr_is "xenhost: facts: open '$scratch/absent': No such file or directory"
}

the_running_system_can_be_read() {
  run facts
  status_is 0
  stderr_is ""
}

run_tests \
  an_empty_root_is_unknown \
  a_root_tells_system_kernels_and_hypervisors \
  a_root_tells_cores_storage_and_consoles \
  a_thin_pool_tells_how_full_it_is \
  json_has_every_fact \
  a_hostile_name_is_still_json \
  an_absent_root_is_named \
  recorded_facts_are_taken_instead_of_the_root \
  wrong_recorded_facts_are_refused_by_each_command \
  absent_recorded_facts_are_named \
  the_running_system_can_be_read
