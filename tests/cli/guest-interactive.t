# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-create-image asks on a terminal for what is not said.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)

release=VERSION_CODENAME=bookworm
make_host() {
  mkdir -p "$scratch"/root/{etc/xen,srv/xen}
  root_file usr/lib/grub-xen/grub-i386-xen_pvh.bin < /dev/null
  root_file usr/lib/grub-xen/grub-x86_64-xen.bin < /dev/null
  root_file etc/os-release <<< "$release"
  root_file srv/dvd.iso < /dev/null
  root_file srv/linux < /dev/null
}

# talk PROMPT=ANSWER... -- OPTION...: what the terminal shows is in stdout.
talk() {
  local words=()
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  make_host
  "$here/on-terminal" "${words[@]}" -- "$GUESTS/xen-create-image" --root "$scratch/root" "${@:2}" \
    > "$scratch/stdout" 2> "$scratch/stderr"
  status=$?
}

# Every question, most of them without an answer.
all=('Name of the guest: =web' 'install from [auto]: =' 'hvm [pvh]: =' 'Memory [512M]: =1G' 'processors [1]: =2'
  'directory for files: =/srv/xen' 'disk [4G]: =' 'swap space [512M]: =' 'or dhcp [dhcp]: =' 'Bridge: ='
  'public keys: =')

nothing_is_made() { [ -z "$(find "$scratch"/root/{etc,srv}/xen -mindepth 1)" ] || fail "it made something"; }

answers_are_a_command_line() {
  talk "${all[@]}" 'guest? [Y/n] =n' --
  status_is 1
  stdout_has "command xen-create-image --root $scratch/root --hostname web --memory 1G --vcpus 2 --dir /srv/xen --dhcp"
  stdout_has 'xen-create-image: nothing was made'
  nothing_is_made
  sed -n '/^guest web/,/^on_crash/p' "$scratch/stdout" > "$scratch/plan"
  [ "$(wc -l < "$scratch/plan")" -gt 20 ] || fail "the plan was not shown"
  guests xen-create-image --root "$scratch/root" --hostname web --memory 1G --vcpus 2 --dir /srv/xen --dhcp --dry-run
  stdout_is "$(cat "$scratch/plan")"
}

# The volume group is not there: that is found when it is made.
a_yes_makes_it() {
  talk 'install from [auto]: =' 'hvm [pvh]: =' 'Memory [512M]: =' 'processors [1]: =' 'Thin pool in it: =' 'disk [4G]: =' \
    'swap space [512M]: =' 'Bridge: =' 'public keys: =' 'guest? [Y/n] =' -- --interactive --hostname web --lvm none --dhcp
  status_is 1
  ! grep -q 'nothing was made' "$scratch/stdout" || fail "it took that for a no"
  tail -n 1 "$scratch/stdout" | grep -q '^xen-create-image: .*none' || fail "it was not begun: $(tail -n 1 "$scratch/stdout")"
}

what_is_no_answer_is_asked_again() {
  talk 'guest: =' 'guest: =a_b' 'guest: =web' '[auto]: =/srv/none' '[auto]: =bookworm' '[pvh]: =xen' '[pvh]: =pv' 'Memory [512M]: =^C' --
  status_is 130
  stdout_has "xen-create-image: 'a_b' is no host name: letters, digits, '-' and '.'"
  stdout_has "xen-create-image: there is no file '/srv/none'"
  stdout_has "xen-create-image: --type: 'xen' is none of: pvh pv hvm"
  nothing_is_made
}

what_is_said_is_not_asked() {
  talk 'directory for files: =vg0' 'Thin pool in it: =pool0' 'or dhcp [dhcp]: =192.0.2.5/24' 'Gateway: =192.0.2.1' 'guest? [Y/n] =n' -- \
    --hostname web --dist bookworm --type pv --memory 1G --vcpus 1 --size 2G --noswap --bridge br0 --ssh-key 'ssh-ed25519 AAAA a b'
  status_is 1
  stdout_has "command xen-create-image --root $scratch/root --hostname web --type pv --memory 1G --vcpus 1 --lvm vg0 \
--lvm_thin pool0 --size 2G --noswap --dist bookworm --ip 192.0.2.5/24 --gateway 192.0.2.1 --bridge br0 --ssh-key 'ssh-ed25519 AAAA a b'"
  [ "$(grep -c ': ' <<< "$(sed '/^command/q' "$scratch/stdout")")" = 4 ] || fail "it asked for more"
}

a_medium_is_installed_from() {
  talk 'guest: =win' '[auto]: =/srv/dvd.iso' 'hvm [hvm]: =' 'Memory [512M]: =' '[1]: =' 'files: =vg0' 'it: =' 'disk [4G]: =' 'Bridge: =' \
    'guest? [Y/n] =n' --
  stdout_has "command xen-create-image --root $scratch/root --hostname win --lvm vg0 --install-from /srv/dvd.iso"
  stdout_has 'guest win: hvm via firmware, 512 MiB, vcpus 1'
}

the_kernel_of_an_installer_is_asked_for() {
  talk 'guest: =web' '[auto]: =/srv/dvd.iso' 'hvm [hvm]: =pv' 'of the installer: =' 'of the installer: =/srv/linux' 'file system: =' \
    'Its arguments: =console=hvc0 a' 'Memory [512M]: =' '[1]: =' 'files: =vg0' 'it: =' 'disk [4G]: =' 'Bridge: =' 'guest? [Y/n] =n' --
  stdout_has "command xen-create-image --root $scratch/root --hostname web --type pv --lvm vg0 --install-from /srv/dvd.iso \
--install-kernel /srv/linux --install-args 'console=hvc0 a'"
}

files_and_the_family_have_answers() {
  root_file etc/xen-tools/xen-tools.conf <<< $'memory = 2G\ndist = trixie\nip = 192.0.2.7/24'
  talk '[trixie]: =' '[pvh]: =' 'Memory [2G]: =' '[1]: =' 'files: =/srv/xen' '[4G]: =' '[512M]: =' 'dhcp [192.0.2.7/24]: =' 'Bridge: =' 'keys: =' \
    'guest? [Y/n] =n' -- --hostname web
  stdout_has 'interface 00:16:3e:4b:5e:57: 192.0.2.7/24'
  rm "$scratch/root/etc/xen-tools/xen-tools.conf"
  release=ID=opensuse-leap
  talk '[auto]: =' '[pvh]: =' '[512M]: =' '[1]: =' 'files [/var/lib/xen/images]: =^C' -- --hostname web --interactive
  release=VERSION_CODENAME=bookworm
  status_is 130
}

a_password_is_not_shown() {
  talk 'root in web: ~hunter2' 'Again: ~hunter2' 'guest? [Y/n] =n' -- --interactive --hostname web --dist bookworm --type pvh --memory 1G \
    --vcpus 1 --dir /srv/xen --size 2G --swap 1G --dhcp --bridge br0 --passwd
  status_is 1
  stdout_has "command xen-create-image --root $scratch/root --hostname web --type pvh --memory 1G --vcpus 1 --dir /srv/xen --size 2G \
--swap 1G --dist bookworm --dhcp --bridge br0 --passwd"
  ! grep -q hunter2 "$scratch/stdout" || fail "it is shown"
}

the_end_of_the_terminal_is_no_answer() {
  talk 'guest: =^D' --
  status_is 2
  stdout_has 'xen-create-image: no answer was given'
}

without_a_terminal_nothing_is_asked() {
  make_host
  guests xen-create-image --root "$scratch/root"
  status_is 2
  stderr_is "xen-create-image: --hostname: the guest needs a name"
  guests xen-create-image --root "$scratch/root" --interactive --hostname web
  status_is 2
  stderr_is "xen-create-image: --interactive: there is no terminal to ask on"
  talk -- --no-interactive
  status_is 2
  stdout_is "xen-create-image: --hostname: the guest needs a name"
}

what_programs_read_has_no_questions() {
  talk -- --json --dry-run
  status_is 2
  stdout_is "xen-create-image: --hostname: the guest needs a name"
  talk -- --json --dry-run --interactive
  status_is 2
  stdout_is "xen-create-image: --interactive: not with --json"
}

a_complete_line_is_not_asked_about() {
  talk -- --hostname web --dir /srv/xen --dhcp --dry-run
  status_is 0
  ! grep -q '^command' "$scratch/stdout" || fail "it asked"
}

run_tests \
  answers_are_a_command_line \
  a_yes_makes_it \
  what_is_no_answer_is_asked_again \
  what_is_said_is_not_asked \
  a_medium_is_installed_from \
  the_kernel_of_an_installer_is_asked_for \
  files_and_the_family_have_answers \
  a_password_is_not_shown \
  the_end_of_the_terminal_is_no_answer \
  without_a_terminal_nothing_is_asked \
  what_programs_read_has_no_questions \
  a_complete_line_is_not_asked_about
