# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost check: what it prints, what counts, and that it changes nothing.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

sources=$(dirname "$0")/../../provisioning
host=$(dirname "$0")/../golden/base/debian12-host

# A host without findings in $scratch/root.
make_host() { cp -a "$host/." "$scratch/root"; }

check() { run --root "$scratch/root" check "$@"; }

a_host_as_described_has_no_findings() {
  make_host
  check
  status_is 0
  stdout_is ""
  stderr_is ""
}

information_alone_does_not_count() {
  make_host
  printf 'flags : fpu\n' | root_file proc/cpuinfo
  check
  status_is 0
  stdout_is "info     cpu.no-virtualisation  the processor has neither vmx nor svm: no HVM and PVH guests"
}

findings_are_sorted_and_exit_with_3() {
  make_host
  printf 'flags : fpu\n' | root_file proc/cpuinfo
  rm "$scratch"/root/boot/xen-* "$scratch"/root/boot/initrd*
  check
  status_is 3
  stderr_is ""
  stdout_is "error    boot.no-hypervisor     there is no hypervisor in /boot
warning  boot.kernel-no-initrd  boot/vmlinuz-6.1.0-37-amd64 has no initrd
info     cpu.no-virtualisation  the processor has neither vmx nor svm: no HVM and PVH guests"
}

verbose_tells_why_and_what_mends_it() {
  make_host
  rm "$scratch"/root/boot/xen-*
  check --verbose
  status_is 3
  stdout_is "error    boot.no-hypervisor  there is no hypervisor in /boot
    why:  the hypervisor is a package of its own (Debian wiki, line 44)
    mend: install xen-system-amd64, or the package xen"
}

sharing_what_is_written_is_told_with_the_reason() {
  make_host
  printf "name = 'a'\\ndisk = [ '/d,raw,xvda,w!' ]\\n" | root_file etc/xen/a.cfg
  printf "name = 'b'\\ndisk = [ '/d,raw,xvda,w' ]\\n" | root_file etc/xen/b.cfg
  check --verbose
  status_is 3
  stdout_is "warning  guests.disk-unchecked  /d has access w! in /etc/xen/a.cfg, which xl refuses
    why:  a file system that two guests mount read-write is damaged for good: w! leaves out the check for that, and xl refuses it (user manual, line 206)
    mend: w in the only guest that has the disk, or r in all of them; NFS or a cluster file system for what several guests write
warning  guests.disk-shared     /d is for writing in /etc/xen/a.cfg, and for writing in /etc/xen/b.cfg
    why:  a file system that is shared and mounted read-write gets corrupted; guests can share what all of them mount read-only (README.SUSE, line 624)
    mend: r in all guests that have the disk; NFS or a cluster file system for what several guests write"
}

sharing_what_all_read_is_no_finding() {
  make_host
  printf "name = 'a'\\ndisk = [ '/d,raw,xvda,r' ]\\n" | root_file etc/xen/a.cfg
  printf "name = 'b'\\ndisk = [ '/d,raw,xvda,r' ]\\n" | root_file etc/xen/b.cfg
  check
  status_is 0
  stdout_is ""
}

every_text_that_is_cited_has_a_name() {
  grep -rhoE '\.why = "[A-Za-z.-]+\.txt:' "$sources" | sed 's/.*"//' | sort -u > "$scratch/cited"
  [ -s "$scratch/cited" ] || fail "nothing is cited"
  while read -r text; do
    grep -qF "{\"$text\", " "$sources/host/check.c" || fail "$text is shown as it is"
  done < "$scratch/cited"
}

json_has_all_of_a_finding() {
  make_host
  rm "$scratch"/root/boot/xen-*
  check --json
  status_is 3
  stdout_is '{
  "findings": [
    {
      "id": "boot.no-hypervisor",
      "severity": "error",
      "what": "there is no hypervisor in /boot",
      "why": "the hypervisor is a package of its own (Debian wiki, line 44)",
      "setting": "install xen-system-amd64, or the package xen"
    }
  ]
}'
}

json_without_findings_is_an_empty_list() {
  make_host
  check --json
  status_is 0
  stdout_is '{
  "findings": []
}'
}

drift_is_one_finding_for_each_change() {
  make_host
  rm "$scratch/root/etc/modprobe.d/xenhost.conf"
  echo more >> "$scratch/root/etc/modules-load.d/xenhost.conf"
  check
  status_is 3
  stdout_is "warning  plan.drift  etc/modules-load.d/xenhost.conf is not as described (modules)
warning  plan.drift  etc/modprobe.d/xenhost.conf is missing (modprobe)"
}

a_warning_of_the_plan_is_a_finding() {
  make_host
  rm "$scratch/root/etc/xen/xl.conf"
  check
  status_is 3
  stdout_is "warning  plan.warning  there is no /etc/xen/xl.conf: install the toolstack and apply again"
}

an_invalid_description_is_refused() {
  make_host
  printf '[dom0]\nmemry = 1G\n' | root_file etc/xen/host.conf
  check
  status_is 2
  stdout_is ""
}

an_interrupted_transaction_is_found_and_left() {
  make_host
  echo open | root_file var/lib/xenhost/journal/3/state
  echo '{"time": 1, "changes": [], "commands": []}' | root_file var/lib/xenhost/journal/3/plan.json
  check
  status_is 3
  stdout_is "error    journal.interrupted  transaction 3 was interrupted"
  [ "$(cat "$scratch/root/var/lib/xenhost/journal/3/state")" = open ] || fail "the state changed"
}

a_damaged_transaction_is_found() {
  make_host
  echo torn | root_file var/lib/xenhost/journal/3/state
  echo '{"time": 1, "changes": [], "commands": []}' | root_file var/lib/xenhost/journal/3/plan.json
  check
  status_is 3
  stdout_is "error    journal.damaged  transaction 3: 'var/lib/xenhost/journal/3/state' is damaged"
}

a_run_at_work_is_told_and_not_taken_for_interrupted() {
  make_host
  echo open | root_file var/lib/xenhost/journal/3/state
  echo '{"time": 1, "changes": [], "commands": []}' | root_file var/lib/xenhost/journal/3/plan.json
  exec 9< "$scratch/root/var/lib/xenhost"
  flock 9
  check
  exec 9<&-
  status_is 0
  stdout_is "info     journal.busy  another xenhost is at work"
}

a_hostile_name_is_one_printable_line() {
  make_host
  : > "$scratch/root/boot/$(printf 'xen-\033[2J\nx')"
  check
  status_is 3
  stdout_is "warning  boot.stray  boot/xen-?[2J?x is taken for a hypervisor"
}

nothing_is_written() {
  make_host
  rm "$scratch/root/etc/modprobe.d/xenhost.conf"
  (cd "$scratch/root" && find . -printf '%p %y %m %T@\n' | sort) > "$scratch/before"
  check
  (cd "$scratch/root" && find . -printf '%p %y %m %T@\n' | sort) > "$scratch/after"
  cmp -s "$scratch/before" "$scratch/after" || fail "the root changed"
}

the_running_system_can_be_checked() {
  run check
  [ "$status" = 0 ] || [ "$status" = 3 ] || fail "exit status is $status"
  stderr_is ""
}

# ".id = "ID"," and the severity on the next line, against "*ID*, SEVERITY".
the_page_has_the_ids_and_severities_of_the_code() {
  grep -rh -A 1 '^[[:space:]]\.id = "' "$sources" --include=*.c |
    sed -n 's/.*\.id = "\(.*\)",/\1/p; s/.*SEVERITY_\([A-Z]*\),/\L\1/p' | paste -d' ' - - | sort > "$scratch/code"
  sed -n '/^# FINDINGS/,/^# JSON/s/^\*\(.*\)\*, \(.*\)/\1 \2/p' "$sources/man/xenhost-check.8.scd" > "$scratch/page"
  [ "$(wc -l < "$scratch/code")" -gt 30 ] || fail "the ids were not found"
  is "$scratch/page" "$(cat "$scratch/code")"
}

run_tests \
  a_host_as_described_has_no_findings \
  information_alone_does_not_count \
  findings_are_sorted_and_exit_with_3 \
  verbose_tells_why_and_what_mends_it \
  sharing_what_is_written_is_told_with_the_reason \
  sharing_what_all_read_is_no_finding \
  every_text_that_is_cited_has_a_name \
  json_has_all_of_a_finding \
  json_without_findings_is_an_empty_list \
  drift_is_one_finding_for_each_change \
  a_warning_of_the_plan_is_a_finding \
  an_invalid_description_is_refused \
  an_interrupted_transaction_is_found_and_left \
  a_damaged_transaction_is_found \
  a_run_at_work_is_told_and_not_taken_for_interrupted \
  a_hostile_name_is_one_printable_line \
  nothing_is_written \
  the_running_system_can_be_checked \
  the_page_has_the_ids_and_severities_of_the_code
