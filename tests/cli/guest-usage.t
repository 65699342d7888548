# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The programs about guests: their command lines, and their completion.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)

the_version_is_the_one_of_the_tree() {
  guests xen-create-image --version
  status_is 0
  stdout_is "xen-create-image $(cat "$top/VERSION")"
}

another_name_is_no_command() {
  ln -s "$GUESTS/xen-create-image" "$scratch/xen-make-guest"
  "$scratch/xen-make-guest" --help > "$scratch/stdout" 2> "$scratch/stderr"
  status=$?
  status_is 2
  stderr_is "xen-make-guest: there is no command of that name"
}

an_option_may_be_negated_and_given_again() {
  guests xen-create-image --root "$scratch/root" --dhcp --no-dhcp --dumpconfig --json
  status_is 0
  json_has '"dhcp": { "value": "no", "from": "--dhcp" }'
  guests xen-create-image --root "$scratch/root" --nodhcp --dhcp --dumpconfig --json
  json_has '"dhcp": { "value": "yes", "from": "--dhcp" }'
}

json_has() {
  case $(tr -s '\n ' ' ' < "$scratch/stdout") in
    *"$1"*) ;;
    *) fail "no $1" ;;
  esac
}

an_option_with_an_argument_is_not_negated() {
  guests xen-create-image --no-size
  status_is 2
  stderr_is "xen-create-image: unknown option '--no-size'; did you mean '--size'?"
}

dumpconfig_tells_where_each_comes_from() {
  root_file etc/xen-tools/xen-tools.conf <<< $'lvm = vg0\nmemory = 1G'
  root_file etc/xen-tools/more.conf <<< $'\nmemory = 2G'
  guests xen-create-image --root "$scratch/root" --config more.conf --size 7G --password hunter2 --dumpconfig
  status_is 0
  stdout_has 'lvm              = vg0 (/etc/xen-tools/xen-tools.conf:1: lvm)'
  stdout_has 'memory           = 2G (/etc/xen-tools/more.conf:2: memory)'
  stdout_has 'size             = 7G (--size)'
  stdout_has 'swap             = 512M (default)'
  stdout_has 'password         = not shown (--password)'
}

an_absent_config_is_named() {
  guests xen-create-image --root "$scratch/root" --config none.conf --dumpconfig
  status_is 1
  stderr_is "xen-create-image: open '/etc/xen-tools/none.conf': No such file or directory"
}

a_password_is_read_from_standard_input() {
  root_file usr/lib/grub-xen/grub-i386-xen_pvh.bin < /dev/null
  root_file etc/os-release <<< 'VERSION_CODENAME=bookworm'
  "$GUESTS/xen-create-image" --root "$scratch/root" --hostname web --lvm vg0 --dhcp --passwd --dry-run --json \
    <<< 'hunter2' > "$scratch/stdout" 2> "$scratch/stderr"
  status=$?
  status_is 0
  json_has '"password": "given"'
  ! grep -q hunter2 "$scratch/stdout" "$scratch/stderr" || fail "the password is shown"
  guests xen-create-image --root "$scratch/root" --hostname web --lvm vg0 --dhcp --passwd --dry-run
  status_is 2
  stderr_is "xen-create-image: web: --passwd: no password was given"
}

# Ctrl-C, when the echo is off: it ends by the signal, and the echo is on again.
an_interrupted_prompt_leaves_the_terminal_as_it_was() {
  python3 - "$GUESTS/xen-create-image" --root "$scratch/root" --hostname web --lvm vg0 --dhcp --passwd --dry-run \
    > "$scratch/stdout" 2>&1 << 'EOF' || fail "$(cat "$scratch/stdout")"
import fcntl, os, pty, signal, sys, termios
master, terminal = pty.openpty()
def has_echo():
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal, number)
    os.execv(sys.argv[1], sys.argv[1:])
while has_echo():
    assert os.waitpid(pid, os.WNOHANG)[0] == 0, "it does not ask"
os.write(master, b"half\x03")
status = os.waitpid(pid, 0)[1]
assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, status
assert has_echo(), "the echo is off"
EOF
}

nfs_writes_its_file_once() {
  mkdir -p "$scratch/root/etc/xen"
  root_file boot/vmlinuz < /dev/null
  for expected in 0 1; do
    guests xen-create-nfs --root "$scratch/root" --hostname diskless --nfs_server 192.0.2.1 --nfs_root /srv/d \
      --dhcp --kernel /boot/vmlinuz
    status_is "$expected"
  done
  stderr_is "xen-create-nfs: diskless: /etc/xen/diskless.cfg is there already; xen-delete-image(8) removes a guest"
  grep -q "^nfs_root    = '/srv/d'$" "$scratch/root/etc/xen/diskless.cfg" || fail "no nfs_root"
}

nfs_shows_its_plan_as_json() {
  mkdir -p "$scratch/root/etc/xen"
  root_file boot/vmlinuz < /dev/null
  guests xen-create-nfs --root "$scratch/root" --hostname web --nfs_server 192.0.2.1 --nfs_root /srv/d --dhcp \
    --kernel /boot/vmlinuz --dry-run --json
  status_is 0
  python3 - "$scratch/stdout" <<'EOT' || fail "it is another: $(cat "$scratch/stdout")"
import json, sys
plan = json.load(open(sys.argv[1]))
guest = plan["guest"]
assert guest["name"] == "web" and guest["nfs"] == {"server": "192.0.2.1", "root": "/srv/d"}, guest
assert guest["storage"] is None and guest["recipe"] is None and guest["volumes"] == [], guest
assert "nfs_root    = '/srv/d'" in plan["config"], plan["config"]
EOT
  [ ! -e "$scratch/root/etc/xen/web.cfg" ] || fail "it is written"
}

# What completion offers for a word.
offered() { # WORD...
  bash -c '. "$1"; shift; PATH=$GUESTS:$PATH; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _xen_guests "$1"
    printf "%s\n" "${COMPREPLY[@]}"' - "$top/etc-templates/xen-guests.bash" "$@" | tr '\n' ' '
}

options_and_values_are_completed() {
  [ "$(offered xen-create-image --host)" = '--hostname --hosts ' ] || fail "--host: $(offered xen-create-image --host)"
  [ "$(offered xen-create-image --type p)" = 'pvh pv ' ] || fail "--type p: $(offered xen-create-image --type p)"
  [ "$(offered xen-create-nfs --nfs)" = '--nfs_server --nfs_root ' ] || fail "--nfs"
}

commands_and_their_options_are_completed() {
  [ "$(offered xen-templates '')" = 'list build refresh prune verify ' ] || fail "commands: $(offered xen-templates '')"
  [ "$(offered xen-templates --root /mnt build --boot)" = '--boot-via ' ] || fail "build: $(offered xen-templates build --boot)"
  [ "$(offered xen-templates prune --d)" = '--days ' ] || fail "prune: $(offered xen-templates prune --d)"
}

completion_knows_each_program() {
  names=$(sed -n '/^GUEST_PROGRAMS := /,/[^\\]$/p' "$top/mk/c.mk" | sed 's/.*:=//; s/\\//')
  [ "$(wc -w <<< "$names")" -gt 5 ] || fail "no programs were found"
  for name in $names; do
    bash -c '. "$1"; complete -p "$2"' - "$top/etc-templates/xen-guests.bash" "$name" > /dev/null 2>&1 ||
      fail "$name is not completed"
  done
}

# A volume group that is not there ends it later.
what_a_killed_command_left_of_the_name_goes_first() {
  root_file etc/xen/web.cfg < /dev/null
  root_file var/lib/xenhost/guests/work/web <<< "begin xenhost-work-1 1
file /etc/xen/web.cfg"
  guests xen-create-image --root "$scratch/root" --hostname web --dhcp --lvm none --dry-run
  [ -e "$scratch/root/etc/xen/web.cfg" ] || fail "a dry run took it away"
  guests xen-create-image --root "$scratch/root" --hostname web --dhcp --lvm none
  [ "$status" != 0 ] || fail "it was made"
  [ ! -e "$scratch/root/etc/xen/web.cfg" ] || fail "it is there: $(cat "$scratch/stderr")"
  [ ! -e "$scratch/root/var/lib/xenhost/guests/work/web" ] || fail "it is noted still"
}

# Also where no volume is made.
nfs_undoes_what_a_killed_command_left() {
  root_file etc/xen/web.cfg < /dev/null
  root_file boot/vmlinuz < /dev/null
  root_file var/lib/xenhost/guests/work/web <<< "begin xenhost-work-1 1
file /etc/xen/web.cfg"
  guests xen-create-nfs --root "$scratch/root" --hostname web --nfs_server 192.0.2.1 --nfs_root /srv/d --dhcp \
    --kernel /boot/vmlinuz
  status_is 0
  grep -q "^nfs_root    = '/srv/d'$" "$scratch/root/etc/xen/web.cfg" || fail "the old file is there still"
  [ ! -e "$scratch/root/var/lib/xenhost/guests/work/web" ] || fail "it is noted still"
}

nfs_takes_no_other_guests_address() {
  root_file etc/xen/mail.cfg <<< "name = 'mail'
vif = ['ip=192.0.2.9']"
  root_file boot/vmlinuz < /dev/null
  guests xen-create-nfs --root "$scratch/root" --hostname web --nfs_server 192.0.2.1 --nfs_root /srv/d --ip 192.0.2.9 \
    --netmask 255.255.255.0 --kernel /boot/vmlinuz
  status_is 1
  stderr_is "xen-create-nfs: web: address 192.0.2.9/24: '/etc/xen/mail.cfg' has it"
  [ ! -e "$scratch/root/etc/xen/web.cfg" ] || fail "it is written"
}

run_tests \
  nfs_takes_no_other_guests_address \
  nfs_undoes_what_a_killed_command_left \
  what_a_killed_command_left_of_the_name_goes_first \
  the_version_is_the_one_of_the_tree \
  another_name_is_no_command \
  an_option_may_be_negated_and_given_again \
  an_option_with_an_argument_is_not_negated \
  dumpconfig_tells_where_each_comes_from \
  an_absent_config_is_named \
  a_password_is_read_from_standard_input \
  an_interrupted_prompt_leaves_the_terminal_as_it_was \
  nfs_writes_its_file_once \
  nfs_shows_its_plan_as_json \
  options_and_values_are_completed \
  commands_and_their_options_are_completed \
  completion_knows_each_program
