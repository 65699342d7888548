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
TEXT
  printf '\037\213\010\001' | root_file boot/xen-4.20-amd64.gz
  run --root "$scratch/root" facts
  status_is 0
  stdout_has "system          Debian GNU/Linux 12 (bookworm)"
  stdout_has "family          debian"
  stdout_has "loader          grub2"
  stdout_has "kernel          boot/vmlinuz-6.1.0-37-amd64, dom0: yes, loop: module"
  stdout_has "hypervisor      boot/xen-4.20-amd64.gz, gzip"
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
    "virtualisation": null
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
  "pci": []
}'
}

a_hostile_name_is_still_json() {
  root_file "$(printf 'boot/vmlinuz-\377"\nx')" < /dev/null
  run --root "$scratch/root" --json facts
  status_is 0
  grep -qF $'"version": "\xef\xbf\xbd\\"\\nx",' "$scratch/stdout" || fail "the name is not escaped"
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
  json_has_every_fact \
  a_hostile_name_is_still_json \
  an_absent_root_is_named \
  recorded_facts_are_taken_instead_of_the_root \
  wrong_recorded_facts_are_refused_by_each_command \
  absent_recorded_facts_are_named \
  the_running_system_can_be_read
