# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Boots on trial, on a machine that is made up: what the commands say, what GRUB is told, and that nothing
# that stops them leaves a boot without something to come back to. Needs root, for a mount namespace of its own.
if [ -z "${IN_NAMESPACE:-}" ]; then
  IN_NAMESPACE=1 exec unshare --mount --propagation private bash "$0"
fi
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
: "${SHIM:?what is preloaded to fail or kill}"

# ---- the machine

stage=$(mktemp -d)
trap 'cleanup; rm -rf "$stage"' EXIT
release=6.1.0-37-amd64
good_id=xenhost-good

# What stands in for the machine's own directories; the programs are the test's.
mount_machine() {
  local dir
  for dir in etc boot run usr/local var/lib; do
    mount -t tmpfs "$dir" "/$dir" || exit 1
  done
  mkdir -p /etc/{default/grub.d,grub.d,xen,modprobe.d,modules-load.d,systemd/system/multi-user.target.wants} \
    /boot/grub /run/systemd/system /run/xenhost /usr/local/sbin /var/lib/xenhost
  printf 'ID=debian\n' > /etc/os-release
  printf '12.1\n' > /etc/debian_version
  printf 'root:x:0:0::/root:/bin/bash\n' > /etc/passwd
  printf 'GRUB_TIMEOUT=5\nGRUB_DEFAULT=xen\n' > /etc/default/grub
  printf 'autoballoon="off"\n' > /etc/xen/xl.conf
  printf '\037\213\b\0' > /boot/xen-4.20.3.gz
  printf 'x' | tee "/boot/vmlinuz-$release" > "/boot/initrd.img-$release"
  printf 'CONFIG_XEN_DOM0=y\nCONFIG_BLK_DEV_LOOP=m\n' > "/boot/config-$release"
  printf '#!/bin/sh\n' > /etc/grub.d/20_xenhost
  chmod +x /etc/grub.d/20_xenhost
  ln -s /dev/null /etc/systemd/system/multi-user.target.wants/xenhost-boot.service
  write_programs
  printf '%s\n' "$release" > "$stage/osrelease"
  mount --bind "$stage/osrelease" /proc/sys/kernel/osrelease
  printf 'boot-0\n' > "$stage/boot_id"
  mount --bind "$stage/boot_id" /proc/sys/kernel/random/boot_id
  : > "$stage/cmdline"
  mount --bind "$stage/cmdline" /proc/cmdline
}

program() { cat > "/usr/local/sbin/$1" && chmod +x "/usr/local/sbin/$1"; }

# Each writes down how it was called. $stage is in what they are written as.
write_programs() {
  program xl <<SH
#!/bin/sh
echo "xl \$*" >> $stage/calls
[ ! -e $stage/xl-hangs ] || exit 1
case \$1 in
info) echo "xen_commandline        : placeholder \$(cat $stage/xen-args)" ;;
list) printf 'Name ID Mem VCPUs State Time\nDomain-0 0 %s 2 r 1.0\n' "\$(cat $stage/memory)" ;;
esac
SH
  program systemctl <<SH
#!/bin/sh
case \$1 in
list-units) cat $stage/failed-units ;;
*) echo "systemctl \$*" >> $stage/calls ;;
esac
SH
  program ip <<SH
#!/bin/sh
cat $stage/addresses
SH
  program xenhost-deadman <<SH
#!/bin/sh
echo "xenhost-deadman \$*" >> $stage/calls
[ "\$1" != disarm ] || rm -f /run/xenhost/deadman
SH
  program update-initramfs <<< '#!/bin/sh'
  # A menu as GRUB and xenhost's generator make it, with dom0's and Xen's arguments of the configuration.
  program update-grub <<SH
#!/bin/bash
echo update-grub >> $stage/calls
[ ! -e $stage/grub-fails ] || { echo "told to fail" >&2; exit 7; }
for file in /etc/default/grub /etc/default/grub.d/*.cfg; do [ ! -e "\$file" ] || . "\$file"; done
cat $stage/menu.head > /boot/grub/grub.cfg.new
sed "s|@DEFAULT@|\${GRUB_DEFAULT:-0}|" -i /boot/grub/grub.cfg.new
if [ -e /var/lib/xenhost/boot/armed ]; then cat $stage/menu.trial >> /boot/grub/grub.cfg.new; fi
sed "s|@XEN@|\$GRUB_CMDLINE_XEN|; s|@LINUX@|\${GRUB_CMDLINE_LINUX_XEN_REPLACE:-\$GRUB_CMDLINE_LINUX}|" \
  $stage/menu.entries >> /boot/grub/grub.cfg.new
if [ -e /var/lib/xenhost/boot/armed ]; then
  sed '1s/^menuentry .* {\$/menuentry "Old (last good boot)" --id xenhost-good {/; s/ \${xenhost_trial_args}//' \
    /var/lib/xenhost/boot/good.cfg >> /boot/grub/grub.cfg.new
fi
mv /boot/grub/grub.cfg.new /boot/grub/grub.cfg
SH
  cat > "$stage/menu.head" <<'CFG'
load_env
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="@DEFAULT@"
fi
set timeout=5
CFG
  cat > "$stage/menu.trial" <<'CFG'
if [ -n "${xenhost_fallback}" ]; then
	if [ "${boot_once}" = true ]; then
		if [ "${default}" = "${xenhost_trial_entry}" ]; then
			set xenhost_trial_args="panic=10 xenhost.trial=${xenhost_trial_seconds}"
			export xenhost_trial_args
		fi
	else
		set default="${xenhost_fallback}"
	fi
fi
CFG
  cat > "$stage/menu.entries" <<CFG
menuentry Linux --id linux {
	linux /boot/vmlinuz-$release root=/dev/sda1 ro
	initrd /boot/initrd.img-$release
}
menuentry Xen --id xen {
	if multiboot2 /boot/xen-4.20.3.gz placeholder @XEN@; then
		module2 /boot/vmlinuz-$release placeholder root=/dev/sda1 ro @LINUX@ \${xenhost_trial_args}
		module2 /boot/initrd.img-$release
	elif [ -n "\${xenhost_trial_args}" ]; then
		reboot
	fi
}
CFG
}

# A host that was applied and runs healthily, with Xen; $scratch/stdout is the test's own after that.
mount_machine
begin() {
  rm -rf /var/lib/xenhost /etc/xen/host.conf /etc/default/grub.d/* /boot/grub/* /run/xenhost/* "$stage"/{xl-hangs,grub-fails}
  mkdir /var/lib/xenhost
  : > "$stage/failed-units"; : > "$stage/addresses"; : > "$stage/calls"
  printf 'ID=debian\n' > /etc/os-release
  jq_facts '/dev/sda1' ext4
  printf '[boot]\ntrial = no\n' > /etc/xen/host.conf
  host apply > "$stage/first" 2>&1 || { cat "$stage/first"; exit 1; }
  rm /etc/xen/host.conf
  boots
  host boot health --timeout 0 > "$stage/first" 2>&1 || { cat "$stage/first"; exit 1; }
  : > "$stage/calls"
}

# The machine's facts, but of another disk and under Xen.
jq_facts() { # SOURCE TYPE
  "$XENHOST" facts --json | python3 -c '
import json, sys
facts = json.load(sys.stdin)
facts["xen"] = {"version": "4.20.3", "dom0": True}
facts["boot"]["firmware"] = "bios"
facts["boot"]["init"] = "systemd"
facts["boot"]["loader"] = "grub2"
mount = dict.fromkeys(facts["mounts"][0]) if facts["mounts"] else {}
facts["mounts"] = [dict(mount, path="/", source=sys.argv[1], type=sys.argv[2], pci=[])]
print(json.dumps(facts))' "$@" > "$stage/facts.json"
}

host() { "$XENHOST" --facts "$stage/facts.json" "$@"; }
run() { host "$@" > "$scratch/stdout" 2> "$scratch/stderr" < /dev/null; status=$?; }

menu() { host boot list --json 2> /dev/null; }
# What an entry of the menu has under a key of `boot list --json`.
of_entry() { # WHICH KEY
  menu | perl -MJSON::PP -0777 -e '
    my ($which, $key) = @ARGV;
    my $menu = decode_json(<STDIN>);
    for (@{$menu->{entries}}) { print $_->{$key} // "", "\n" if $_->{path} eq ($menu->{$which} // "") }' "$1" "$2"
}
starts() { of_entry starts path; }
stands() { of_entry default path; }

# GRUB starts what it starts: the next boot is that one, with another id.
boots() {
  local path
  path=$(starts)
  printf 'placeholder %s\n' "$(of_entry starts kernel-args)" > "$stage/cmdline"
  of_entry starts hypervisor-args > "$stage/xen-args"
  echo 1024 > "$stage/memory"
  printf 'boot-%d\n' $((++boot_number)) > "$stage/boot_id"
  rm -f /run/xenhost/deadman
  if grep -q xenhost.trial "$stage/cmdline"; then echo 1 > /run/xenhost/deadman; fi
  [ ! -e /boot/grub/grubenv ] || sed -i '/^next_entry=/d' /boot/grub/grubenv
  [ ! -e /boot/grub/grubenv ] || pad_block
  started=$path
}
boot_number=0
started=
pad_block() {
  local text
  text=$(tr -d '#' < /boot/grub/grubenv | tail -n +2)
  { printf '# GRUB Environment Block\n%s\n' "$text"; printf '%01024d' 0 | tr 0 '#'; } | head -c 1024 > "$stage/block"
  cat "$stage/block" > /boot/grub/grubenv
}

describe() { cat > /etc/xen/host.conf; }
variable() { [ ! -e /boot/grub/grubenv ] || sed -n "s/^$1=//p" /boot/grub/grubenv; }
called() { grep -qxF -- "$1" "$stage/calls" || fail "not called: $1"; }
not_called() { ! grep -qF -- "$1" "$stage/calls" || fail "called: $1"; }
story_has() { host boot status | grep -qF -- "$1" || { fail "the status has no '$1'"; host boot status | sed 's/^/#   /'; }; }
path_is() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

trial_line="trial: 'Xen' is tried at the next boot; until it is healthy, 'Xen' is the default"

# ---- what apply and rollback do

what_an_apply_changes_is_tried() {
  begin
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  status_is 0
  stderr_is ""
  stdout_has "$trial_line"
  path_is "what starts" "$(starts)" xen
  path_is "the default" "$(stands)" "$good_id"
  [ "$(variable xenhost_trial_seconds)" = 600 ] || fail "seconds are '$(variable xenhost_trial_seconds)'"
  [[ "$(of_entry starts kernel-args)" = *' panic=10 xenhost.trial=600' ]] || fail "no arguments of a trial"
  story_has "trial    pending"
}

what_does_not_change_the_boot_is_not_tried() {
  begin
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  run rollback
  status_is 0
  path_is "what starts" "$(starts)" xen
  path_is "the default" "$(stands)" xen
  [ ! -e /var/lib/xenhost/boot/armed ] || fail "it is armed"
  ! grep -q "$good_id" /boot/grub/grub.cfg || fail "the menu has the last good boot"
  story_has "trial    none"
}

a_rollback_is_tried_too() {
  begin
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  boots
  host boot health --timeout 0 > "$stage/first" 2>&1
  run rollback
  status_is 0
  stdout_has "$trial_line"
  path_is "the default" "$(stands)" "$good_id"
}

a_failing_apply_leaves_no_trial() {
  begin
  describe <<< $'[boot]\ndefault = linux\n[xen]\nargs = loglvl=all'
  # The first entry is not Linux, and the menu of the failed apply would start it.
  sed -i 1,4d "$stage/menu.entries"
  run apply
  status_is 1
  stderr_is "xenhost: apply: GRUB would start 'Xen', Xen; nothing was changed"
  path_is "the default" "$(stands)" xen
  [ ! -e /var/lib/xenhost/boot/armed ] || fail "it is armed"
  write_programs
}

no_trial_is_no_trial() {
  begin
  describe <<< $'[boot]\ntrial = no\n[xen]\nargs = loglvl=all'
  run apply
  status_is 0
  stderr_is ""
  ! grep -q '^trial' "$scratch/stdout" || fail "it tells of a trial"
  path_is "the default" "$(stands)" xen
}

no_trial_ends_one_that_waits() {
  begin
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  describe <<< $'[boot]\ntrial = no\n[xen]\nargs = loglvl=info'
  run apply
  status_is 0
  path_is "the default" "$(stands)" xen
  [ -z "$(variable next_entry)" ] || fail "next_entry is set"
}

where_none_is_possible_it_is_told() {
  begin
  jq_facts /dev/mapper/vg0-root ext4
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  status_is 0
  stderr_is "xenhost: warning: the next boot is not on trial: GRUB cannot write through LVM, encryption or RAID: '/' is on /dev/mapper/vg0-root"
  path_is "the default" "$(stands)" xen
}

where_none_is_possible_and_the_boot_stays_nothing_is_told() {
  begin
  jq_facts /dev/mapper/vg0-root ext4
  describe <<< $'[boot]\ntimeout = 3'
  run apply
  status_is 0
  stderr_is ""
}

where_one_was_asked_for_it_is_refused() {
  begin
  jq_facts /dev/sda1 btrfs
  describe <<< $'[boot]\ntrial = yes\n[xen]\nargs = loglvl=all'
  run apply
  status_is 1
  stderr_is "xenhost: apply: [boot] trial = yes, but the next boot cannot be on trial: GRUB cannot write to btrfs, which '/' is; nothing was changed"
  ! grep -q loglvl /boot/grub/grub.cfg || fail "the menu is new"
  run rollback 1
  status_is 0
}

noreboot_is_no_trial() {
  begin
  describe <<< $'[xen]\nnoreboot = yes'
  run apply
  status_is 0
  stderr_is "xenhost: warning: the next boot is not on trial: with noreboot, Xen does not restart a machine that failed"
  path_is "the default" "$(stands)" xen
}

# ---- what becomes of a trial

begin_trial() {
  begin
  describe <<< "${1:-$'[xen]\nargs = loglvl=all'}"
  host apply > "$stage/first" 2>&1 || { cat "$stage/first"; exit 1; }
  boots
  : > "$stage/calls"
}

a_healthy_trial_becomes_the_default() {
  begin_trial
  path_is "what started" "$started" xen
  run boot health --timeout 0
  status_is 0
  stdout_is "healthy: 'Xen' is the default"
  called "xenhost-deadman disarm"
  not_called reboot
  path_is "the default" "$(stands)" xen
  story_has "trial    promoted"
  run boot try --if-changed
  stdout_is ""
}

a_trial_that_is_not_healthy_restarts_into_the_last_good_boot() {
  begin_trial
  echo 'xenstored.service loaded failed failed Store' > "$stage/failed-units"
  run boot health --timeout 0
  status_is 0
  stdout_is "not healthy: failed: xenstored.service; restarting into 'Xen'"
  called "xenhost-deadman arm 600"
  called "systemctl reboot"
  path_is "what starts" "$(starts)" "$good_id"
  story_has "         failed: xenstored.service"
}

health_is_waited_for() {
  begin_trial
  touch "$stage/xl-hangs"
  (sleep 1; rm "$stage/xl-hangs") &
  run boot health --timeout 120
  wait
  status_is 0
  stdout_is "healthy: 'Xen' is the default"
}

a_trial_with_the_wrong_memory_is_not_healthy() {
  begin_trial $'[dom0]\nmemory = 2048'
  run boot health --timeout 0
  stdout_is "not healthy: dom0 has 1024 MiB of memory instead of 2048; restarting into 'Xen'"
}

a_trial_without_its_bridge_is_not_healthy() {
  begin_trial
  describe <<< $'[bridge "xenbr7"]\naddress = 192.0.2.1/24'
  run boot health --timeout 0
  stdout_is "not healthy: bridge 'xenbr7' is not up; restarting into 'Xen'"
}

a_description_that_is_wrong_asks_nothing() {
  begin_trial
  describe <<< 'wrong'
  run boot health --timeout 0
  status_is 0
  stdout_is "healthy: 'Xen' is the default"
}

a_trial_that_did_not_come_up_is_known_by_the_next_boot() {
  begin_trial
  boots
  path_is "what started" "$started" "$good_id"
  run boot health --timeout 0
  status_is 0
  story_has "         it was started and did not come up: the hypervisor or the kernel could not be loaded, panicked or hung"
  path_is "what starts" "$(starts)" "$good_id"
  run boot try --if-changed
  status_is 0
  stdout_is ""
}

a_trial_that_grub_did_not_start_is_known() {
  begin_trial
  printf '# GRUB Environment Block\nnext_entry=xen\nxenhost_trial_entry=xen\nxenhost_fallback=xenhost-good\n' > /boot/grub/grubenv
  pad_block
  echo 'placeholder root=/dev/sda1 ro' > "$stage/cmdline"
  run boot health --timeout 0
  story_has "         GRUB did not start it"
  [ -z "$(variable next_entry)" ] || fail "it is still to be started"
}

what_is_changed_while_a_trial_runs_is_another_trial() {
  begin_trial
  touch "$stage/xl-hangs"
  host boot health --timeout 120 > "$scratch/health" 2>&1 &
  until grep -q '^xl' "$stage/calls"; do :; done
  describe <<< $'[xen]\nargs = loglvl=info'
  run apply
  stdout_has "$trial_line"
  rm "$stage/xl-hangs"
  wait
  called "xenhost-deadman disarm"
  not_called reboot
  is "$scratch/health" ""
  story_has "trial    pending"
  path_is "what starts" "$(starts)" xen
  path_is "the default" "$(stands)" "$good_id"
}

another_entry_that_was_chosen_by_hand_is_not_kept() {
  begin_trial
  sed -i 's/ loglvl=all//' "$stage/xen-args"
  run boot health --timeout 0
  status_is 0
  called "xenhost-deadman disarm"
  not_called reboot
  story_has "         another entry was chosen by hand"
  path_is "what starts" "$(starts)" "$good_id"
}

a_trial_that_failed_can_be_tried_again() {
  begin_trial
  boots
  host boot health --timeout 0 > "$stage/first" 2>&1
  run boot try --seconds 90
  status_is 0
  stdout_is "run update-grub
$trial_line"
  path_is "what starts" "$(starts)" xen
  [ "$(variable xenhost_trial_seconds)" = 90 ] || fail "seconds are '$(variable xenhost_trial_seconds)'"
}

# ---- the other commands

a_menu_that_somebody_else_changed_is_tried() {
  begin
  echo 'GRUB_CMDLINE_XEN="loglvl=warning"' > /etc/default/grub.d/zz.cfg
  update-grub
  run boot try --if-changed
  status_is 0
  stdout_is "run update-grub
$trial_line"
  run boot try --if-changed
  stdout_is ""
}

nothing_to_try_is_told() {
  begin
  run boot try
  status_is 0
  stdout_is "run update-grub
there is nothing to try: what last booted healthily is the default
run update-grub"
  run boot try --if-changed
  status_is 0
  stdout_is ""
}

entries_that_there_are_not_and_that_cannot_be_tried() {
  begin
  run boot try none
  status_is 1
  stderr_is "xenhost: boot: try: the menu has no entry 'none'"
  run boot try linux
  status_is 1
  stderr_is "xenhost: boot: try: 'Linux' is not one of xenhost's entries for Xen"
  path_is "the default" "$(stands)" xen
  [ ! -e /var/lib/xenhost/boot/armed ] || fail "it is armed"
}

wrong_usage() {
  begin
  run boot try --seconds 5
  status_is 2
  stderr_is "xenhost: boot: try: --seconds: '5' is not a number from 60 to 86400"
  run boot health --timeout x
  status_is 2
  stderr_is "xenhost: boot: health: --timeout: 'x' is not a number of seconds"
  run boot promote --cancel
  status_is 2
  stderr_is "xenhost: boot: promote: it has no option --cancel"
}

a_trial_can_be_taken_back() {
  begin
  run boot try --cancel
  status_is 1
  stderr_is "xenhost: boot: try: nothing is on trial"
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  run boot try --cancel
  status_is 0
  stdout_is "'Xen' is not tried; 'Xen' is the default"
  path_is "what starts" "$(starts)" "$good_id"
  story_has "trial    cancelled"
}

a_trial_can_be_taken_for_good() {
  begin
  run boot promote
  status_is 1
  stderr_is "xenhost: boot: promote: nothing is on trial"
  describe <<< $'[xen]\nargs = loglvl=all'
  run apply
  run boot promote
  status_is 0
  stdout_is "'Xen' is the default"
  path_is "what starts" "$(starts)" xen
  path_is "the default" "$(stands)" xen
}

another_run_is_waited_for_and_told() {
  begin
  describe <<< $'[xen]\nargs = loglvl=all'
  exec 8< /var/lib/xenhost
  flock 8
  run boot try
  status_is 1
  stderr_is "xenhost: boot: try: journal: another xenhost is at work"
  exec 8<&-
}

the_status_as_json() {
  begin_trial
  run boot status --json
  status_is 0
  python3 - "$scratch/stdout" <<'PY' || fail "the JSON"
import json, sys
status = json.load(open(sys.argv[1]))
assert status["running"] == "Xen" and status["is-trial"] and status["falls-back"], status
assert status["default"] == "Old (last good boot)" and status["next"] is None, status
assert status["trial"]["state"] == "pending" and status["trial"]["entry"] == "xen", status
assert [event["event"] for event in status["log"]] == ["healthy", "trial"], status
PY
}

another_root_has_no_trials() {
  begin
  mkdir -p "$scratch/root/etc/xen"
  for command in try promote health; do
    run --root "$scratch/root" boot "$command"
    status_is 1
    stderr_is "xenhost: boot: $command: this is not the system that runs"
  done
  run --root "$scratch/root" boot status
  status_is 0
}

# ---- stopped anywhere

# Whatever the default is, it starts what it started before.
is_safe() { # AT
  [ "$(of_entry default hypervisor-args)" = "$old_args" ] || fail "$1: the default is '$(stands)', untested"
  [ -z "$(variable next_entry)" ] || [ -n "$(variable xenhost_fallback)" ] || fail "$1: next_entry without a fallback"
}

# The machine as it is, to be put back.
machine_dirs=(etc/default etc/xen etc/modprobe.d etc/modules-load.d boot/grub var/lib run/xenhost)
save_machine() {
  rm -rf "$stage/machine" && mkdir -p "$stage/machine"
  (cd / && cp -a --parents "${machine_dirs[@]}" "$stage/machine")
  cp "$stage/cmdline" "$stage/boot_id" "$stage/xen-args" "$stage/failed-units" "$stage/machine/"
}
restore_machine() {
  local dir file
  for dir in "${machine_dirs[@]}"; do
    find "/$dir" -mindepth 1 -delete
    cp -a "$stage/machine/$dir/." "/$dir/"
  done
  for file in cmdline boot_id xen-args failed-units; do cat "$stage/machine/$file" > "$stage/$file"; done
}

# each_stop HOW COMMAND...: with each write failing (an errno and "+") or killed (0) in turn, until it ends well.
each_stop() {
  local at how
  begin
  "$prepare"
  old_args=$(of_entry default hypervisor-args)
  save_machine
  for how in $1; do
    for ((at = 1; at < 400; at++)); do
      restore_machine
      { LD_PRELOAD=$SHIM FAULT_AT=$at FAULT_HOW=$how FAULT_FD=9 "$XENHOST" --facts "$stage/facts.json" "${@:2}" \
        > "$scratch/stdout" 2> "$scratch/stderr" 9> "$scratch/fault"; } 2> "$stage/killed"
      if [ ! -s "$scratch/fault" ]; then break; fi
      "$after" "$at/$how"
      [ "$failed" = no ] || return
    done
    [ "$at" -gt 5 ] || fail "it made $at writes only"
  done
}

describe_change() { describe <<< $'[xen]\nargs = loglvl=all'; }
# The next run settles it: the change is on trial.
next_apply_tries() {
  is_safe "$1"
  host apply > "$scratch/stdout" 2> "$scratch/stderr" || fail "$1: the next apply: $(cat "$scratch/stderr")"
  if [ "$(starts)" != xen ] || [ "$(stands)" != "$good_id" ]; then
    fail "$1: the next run sets no trial: $(cat "$scratch/stdout")"
  fi
}
an_apply_that_stops_anywhere_leaves_a_boot_to_come_back_to() {
  prepare=describe_change after=next_apply_tries
  each_stop '0 5+' apply
}

run_trial() { describe_change; host apply > "$stage/first" 2>&1; boots; }
health_again() {
  local default
  default=$(stands)
  [ "$default" = xen ] || [ "$default" = "$good_id" ] || fail "$1: the default is '$default'"
  host boot health --timeout 0 > "$scratch/stdout" 2>&1 || fail "$1: the next health: $(cat "$scratch/stdout")"
  [ "$(stands)" = xen ] || fail "$1: the next run does not promote: $(cat "$scratch/stdout")"
  story_has "trial    promoted"
}
a_promotion_that_stops_anywhere_is_gone_on_with() {
  prepare=run_trial after=health_again
  each_stop 0 boot health --timeout 0
}

run_bad_trial() { run_trial; echo 'xenstored.service loaded failed failed x' > "$stage/failed-units"; }
failed_again() {
  path_is "$1: the default" "$(stands)" "$good_id"
  : > "$stage/failed-units"
  boots
  host boot health --timeout 0 > "$scratch/stdout" 2>&1 || fail "$1: the next health: $(cat "$scratch/stdout")"
  story_has "trial    failed"
  path_is "$1: the default" "$(stands)" "$good_id"
}
a_failure_that_stops_anywhere_stays_one() {
  prepare=run_bad_trial after=failed_again
  each_stop 0 boot health --timeout 0
}

run_tests \
  what_an_apply_changes_is_tried \
  what_does_not_change_the_boot_is_not_tried \
  a_rollback_is_tried_too \
  a_failing_apply_leaves_no_trial \
  no_trial_is_no_trial \
  no_trial_ends_one_that_waits \
  where_none_is_possible_it_is_told \
  where_none_is_possible_and_the_boot_stays_nothing_is_told \
  where_one_was_asked_for_it_is_refused \
  noreboot_is_no_trial \
  a_healthy_trial_becomes_the_default \
  a_trial_that_is_not_healthy_restarts_into_the_last_good_boot \
  health_is_waited_for \
  a_trial_with_the_wrong_memory_is_not_healthy \
  a_trial_without_its_bridge_is_not_healthy \
  a_description_that_is_wrong_asks_nothing \
  a_trial_that_did_not_come_up_is_known_by_the_next_boot \
  a_trial_that_grub_did_not_start_is_known \
  what_is_changed_while_a_trial_runs_is_another_trial \
  another_entry_that_was_chosen_by_hand_is_not_kept \
  a_trial_that_failed_can_be_tried_again \
  a_menu_that_somebody_else_changed_is_tried \
  nothing_to_try_is_told \
  entries_that_there_are_not_and_that_cannot_be_tried \
  wrong_usage \
  a_trial_can_be_taken_back \
  a_trial_can_be_taken_for_good \
  another_run_is_waited_for_and_told \
  the_status_as_json \
  another_root_has_no_trials \
  an_apply_that_stops_anywhere_leaves_a_boot_to_come_back_to \
  a_promotion_that_stops_anywhere_is_gone_on_with \
  a_failure_that_stops_anywhere_stays_one
