# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Hosts that resist: full disks, read-only and immutable files, programs that fail, signals,
# other runs, descriptions that are no file. Needs root, for chroot, mount and chattr.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
: "${FAKE:?the program that stands in for update-grub}"

root=

# A Debian root with a program for each command, and a description.
make_root() {
  root=$scratch/root
  mkdir -p "$root"/{etc/{default/grub.d,xen,initramfs-tools},boot/grub,usr/sbin,sbin,var/lib} || exit 1
  echo 'ID=debian' > "$root/etc/os-release"
  echo '12.1' > "$root/etc/debian_version"
  echo 'GRUB_TIMEOUT=5' > "$root/etc/default/grub"
  : > "$root/boot/grub/grub.cfg"
  : > "$root/etc/xen/xl.conf"
  : > "$root/boot/vmlinuz-6.1.0"
  printf 'CONFIG_XEN_DOM0=y\nCONFIG_BLK_DEV_LOOP=m\n' > "$root/boot/config-6.1.0"
  cp "$FAKE" "$root/usr/sbin/update-grub" && cp "$FAKE" "$root/usr/sbin/update-initramfs"
  printf '[loop]\nmax = 128\n' > "$root/etc/xen/host.conf"
  # What update-grub makes is there before: a rollback makes it again.
  chroot "$root" /usr/sbin/update-grub
}

# Everything but xenhost's own state and what the test put there.
tree() {
  (cd "$root" && find . -path ./var/lib/xenhost -prune -o ! -name 'wait-*' ! -name 'fail-*' \
    ! -name 'signal-*' ! -name proc -printf '%y %m %p %l\n' | sort &&
    find . -path ./var/lib/xenhost -prune -o -type f ! -name 'fail-*' ! -name 'signal-*' -print0 |
    sort -z | xargs -0 sha256sum)
}

begin() { make_root; tree > "$scratch/old"; }
is_old() { tree > "$scratch/new"; diff "$scratch/old" "$scratch/new" > "$scratch/diff" || { fail "the tree changed:"; sed 's/^/#   /' "$scratch/diff"; }; }
is_new() { grep -q max_loop=128 "$root/etc/modprobe.d/xenhost.conf" || fail "nothing was done"; }
stderr_ends() { [[ "$(cat "$scratch/stderr")" == *"$1" ]] || { fail "stderr does not end in '$1':"; sed 's/^/#   /' "$scratch/stderr"; }; }
host() { run --root "$root" "$@"; }

commands_run_in_the_root() {
  begin
  host apply
  status_is 0
  stdout_has 'run update-grub'
  grep -q 'max_loop=128' "$root/boot/update-grub" || fail "update-grub did not see the files"
  host rollback
  status_is 0
  is_old
}

a_relative_root_is_the_same() {
  begin
  (cd "$scratch" && "$XENHOST" --root root apply) > "$scratch/stdout" 2> "$scratch/stderr" || fail "apply"
  grep -q 'max_loop=128' "$root/boot/update-grub" || fail "update-grub did not see the files"
}

a_root_named_like_an_option_is_the_same() {
  begin
  mv "$root" "$scratch/-x"
  (cd "$scratch" && "$XENHOST" --root=-x apply) > "$scratch/stdout" 2> "$scratch/stderr" || fail "apply"
  grep -q 'max_loop=128' "$scratch/-x/boot/update-grub" || fail "update-grub did not see the files"
}

a_command_that_fails_undoes_the_transaction() {
  begin
  touch "$root/etc/fail-update-grub"
  host apply
  status_is 1
  stderr_is "xenhost: apply: 'update-grub': 'chroot': exit status 7: told to fail; the files are as before, but it fails with them too; the next run tries it again"
  is_old
  host history
  grep -q '^1  .*  undoing ' "$scratch/stdout" || fail "the transaction counts as undone"
  host apply
  status_is 1
  stderr_is "xenhost: apply: transaction 1: the files are as before, but 'update-grub': 'chroot': exit status 7: told to fail; try again, or with --no-commands"
  is_old
  rm "$root/etc/fail-update-grub"
  host apply
  status_is 0
  head -n 2 "$scratch/stdout" > "$scratch/head"
  is "$scratch/head" 'undo the interrupted transaction 1
run update-grub'
  is_new
}

a_command_that_fails_once_is_run_again() {
  begin
  echo once > "$root/etc/fail-update-grub"
  host apply
  status_is 1
  stderr_ends "told to fail; nothing was changed"
  is_old
  host history
  grep -q '^1  .*  undone ' "$scratch/stdout" || fail "the transaction is not undone"
}

a_command_that_fails_while_undoing_is_tried_again() {
  begin
  host apply
  touch "$root/etc/fail-update-grub"
  host rollback
  status_is 1
  stderr_is "xenhost: rollback: transaction 1: the files are as before, but 'update-grub': 'chroot': exit status 7: told to fail; try again, or with --no-commands"
  host rollback
  status_is 1
  rm "$root/etc/fail-update-grub"
  host rollback
  status_is 0
  stdout_is 'undo the interrupted transaction 1
run update-grub'
  is_old
}

# A menu of GRUB's where Xen has this id, and xenhost's script, as far as it matters here.
make_menu() { # ID
  local name
  for name in etc/grub.d/20_xenhost usr/sbin/xenhost; do
    mkdir -p "$root/${name%/*}" && printf '#!/bin/sh\n' > "$root/$name" && chmod +x "$root/$name" || exit 1
  done
  printf '\037\213\b\0' > "$root/boot/xen-4.20.3.gz"
  printf 'menuentry Linux --id linux {\n  linux /vmlinuz\n}\nmenuentry Xen --id %s {\n  multiboot2 /xen.gz\n}\n' "$1" \
    > "$root/etc/menu"
  chroot "$root" /usr/sbin/update-grub
  tree > "$scratch/old"
}

a_menu_that_starts_what_was_asked_for() {
  begin
  make_menu xen
  host apply
  status_is 0
  grep -q '^GRUB_DEFAULT="xen"' "$root/boot/grub/grub.cfg" || fail "the menu is not of the new files"
  host boot list
  stdout_has '1  default  xen    Xen    xen'
  host rollback
  is_old
}

a_menu_that_starts_something_else_undoes_the_transaction() {
  begin
  make_menu other
  host apply
  status_is 1
  stderr_is "xenhost: apply: GRUB's default 'xen' names nothing: it would start 'Linux', Linux without Xen; nothing was changed"
  is_old
}

a_menu_that_cannot_be_read_undoes_the_transaction() {
  begin
  make_menu xen
  echo 'if true; then' >> "$root/etc/menu"
  chroot "$root" /usr/sbin/update-grub
  tree > "$scratch/old"
  host apply
  status_is 1
  [[ "$(cat "$scratch/stderr")" == "xenhost: apply: boot/grub/grub.cfg:"*": a command is missing; nothing was changed" ]] ||
    fail "$(cat "$scratch/stderr")"
  is_old
}

a_default_that_is_kept_has_to_stay() {
  begin
  make_menu xen
  echo 'GRUB_DEFAULT=xen' >> "$root/etc/default/grub"
  chroot "$root" /usr/sbin/update-grub
  # The next menu is another one, whatever the reason.
  sed -i 's/xen {/xen-new {/' "$root/etc/menu"
  printf '[boot]\ndefault = keep\n[xen]\nargs = loglvl=all\n' > "$root/etc/xen/host.conf"
  host apply
  status_is 1
  stderr_is "xenhost: apply: GRUB would start 'linux' and started 'xen' before; nothing was changed"
  [ ! -e "$root/etc/default/grub.d/xenhost.cfg" ] || fail "the settings are still there"
}

a_menu_that_is_only_named_is_not_looked_at() {
  begin
  make_menu other
  host apply --no-commands
  status_is 0
}

no_commands_is_the_way_out() {
  begin
  host apply
  touch "$root/etc/fail-update-grub"
  host rollback
  host rollback --no-commands
  status_is 0
  stdout_is 'undo the interrupted transaction 1
pending: update-grub'
}

a_signal_during_a_command_undoes_and_kills() {
  begin
  echo 2 > "$root/etc/signal-update-grub"
  host apply
  status_is 130
  is_old
  host history
  grep -q '^1  .*  undone ' "$scratch/stdout" || fail "the transaction is not undone"
}

a_signal_that_is_ignored_is_ignored() {
  begin
  echo 1 > "$root/etc/signal-update-grub"
  (trap '' HUP; exec "$XENHOST" --root "$root" apply) > "$scratch/stdout" 2> "$scratch/stderr"
  status=$?
  status_is 0
  is_new
}

a_closed_pipe_does_not_stop_it() {
  begin
  "$XENHOST" --root "$root" apply 2> "$scratch/stderr" | :
  status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || [ "$status" = 141 ] || fail "exit status is $status"
  is_new
}

the_second_of_two_runs_is_refused() {
  begin
  mkfifo "$root/etc/wait-update-grub"
  "$XENHOST" --root "$root" apply > "$scratch/first" 2>&1 < /dev/null &
  local first=$!
  exec 9> "$root/etc/wait-update-grub" # opened when the first run's program reads
  host apply
  status_is 1
  stderr_is 'xenhost: apply: journal: another xenhost is at work'
  host rollback
  status_is 1
  stderr_is 'xenhost: rollback: journal: another xenhost is at work'
  exec 9>&-
  wait "$first" || fail "the first run failed"
  is_new
}

a_full_disk_changes_nothing() {
  root=$scratch/root
  mount -t tmpfs -o size=2m none "$root" || exit 1
  begin
  head -c 2m /dev/zero > "$root/filler" 2>&-
  tree > "$scratch/old"
  host apply
  status_is 1
  stderr_ends ': No space left on device'
  is_old
  rm "$root/filler"
  host apply
  status_is 0
  is_new
  umount "$root"
}

a_read_only_root_is_told() {
  begin
  mount --bind "$root" "$root" && mount -o remount,ro,bind "$root" || exit 1
  host apply
  status_is 1
  stderr_is "xenhost: apply: journal: make directory 'var/lib/xenhost': Read-only file system"
  umount "$root"
  is_old
}

a_read_only_root_that_is_right_is_no_failure() {
  begin
  host apply
  mount --bind "$root" "$root" && mount -o remount,ro,bind "$root" || exit 1
  host apply
  status_is 0
  stdout_is ''
  umount "$root"
}

an_immutable_file_is_told_and_the_rest_undone() {
  begin
  printf '# Written by xenhost from /etc/xen/host.conf; edit that and run: xenhost apply\n' \
    > "$root/etc/default/grub.d/xenhost.cfg"
  tree > "$scratch/old"
  chattr +i "$root/etc/default/grub.d/xenhost.cfg" || exit 1
  host apply
  status_is 1
  stderr_is "xenhost: apply: grub: write 'etc/default/grub.d/xenhost.cfg': Operation not permitted; nothing was changed"
  chattr -i "$root/etc/default/grub.d/xenhost.cfg"
  is_old
}

the_environment_is_not_trusted() {
  begin
  mkdir "$scratch/bin"
  for name in chroot update-grub sh; do
    printf '#!/bin/sh\ntouch %s/trapped\n' "$scratch" > "$scratch/bin/$name" && chmod +x "$scratch/bin/$name"
  done
  env -i PATH="$scratch/bin" HOME=/nowhere TMPDIR=/nowhere LC_ALL=xx LANG=xx IFS=x BASH_ENV="$scratch/bin/sh" \
    "$XENHOST" --root "$root" apply > "$scratch/stdout" 2> "$scratch/stderr" || fail "apply"
  [ ! -e "$scratch/trapped" ] || fail "a program of PATH was run"
  is_new
}

no_environment_at_all_will_do() {
  begin
  env -i "$XENHOST" --root "$root" apply > "$scratch/stdout" 2> "$scratch/stderr" || fail "apply"
  is_new
}

the_umask_does_not_matter() {
  begin
  (umask 0777; exec "$XENHOST" --root "$root" apply) > "$scratch/stdout" 2> "$scratch/stderr" || fail "apply"
  [ "$(stat -c %a "$root/etc/modprobe.d" "$root/etc/modprobe.d/xenhost.conf" | paste -sd ' ')" = '755 644' ] ||
    fail "modes are $(stat -c %a "$root/etc/modprobe.d" "$root/etc/modprobe.d/xenhost.conf" | paste -sd ' ')"
}

a_description_that_is_a_directory_is_told() {
  begin
  rm "$root/etc/xen/host.conf" && mkdir "$root/etc/xen/host.conf"
  host apply
  status_is 1
  stderr_is "xenhost: apply: read 'etc/xen/host.conf': not a regular file"
}

a_description_that_is_a_fifo_is_not_waited_for() {
  begin
  rm "$root/etc/xen/host.conf" && mkfifo "$root/etc/xen/host.conf"
  host apply
  status_is 1
  stderr_is "xenhost: apply: read 'etc/xen/host.conf': not a regular file"
}

a_description_that_is_a_link_out_of_the_root_is_not_read() {
  begin
  printf '[loop]\nmax = 7\n' > "$scratch/outside"
  ln -sf "$scratch/outside" "$root/etc/xen/host.conf"
  host apply
  status_is 1
  stderr_is "xenhost: apply: 'etc/xen/host.conf' is a link to nothing"
  is_link=$(readlink "$root/etc/xen/host.conf")
  [ "$is_link" = "$scratch/outside" ] || fail "the link changed"
}

a_value_of_a_mebibyte_is_refused_like_a_short_one() {
  begin
  { printf '[xen]\nargs = '; head -c 1000000 /dev/zero | tr '\0' x; echo; } > "$root/etc/xen/host.conf"
  host apply
  status_is 2
}

a_description_above_a_mebibyte_is_refused() {
  begin
  { printf '# '; head -c 1048577 /dev/zero | tr '\0' x; echo; } > "$root/etc/xen/host.conf"
  host apply
  status_is 1
  stderr_is "xenhost: apply: read 'etc/xen/host.conf': larger than 1048576 bytes"
}

a_target_that_is_a_directory_is_told_before_anything_is_done() {
  begin
  mkdir -p "$root/etc/modprobe.d/xenhost.conf"
  tree > "$scratch/old"
  host apply
  status_is 1
  stderr_is "xenhost: apply: modprobe: read 'etc/modprobe.d/xenhost.conf': not a regular file"
  is_old
}

a_target_below_a_link_out_of_the_root_stays_in_the_root() {
  begin
  mkdir "$scratch/outside" "$root/outside"
  ln -s /outside "$root/etc/modprobe.d"
  host apply
  status_is 0
  [ -z "$(ls "$scratch/outside")" ] || fail "something was written outside"
  [ -f "$root/outside/xenhost.conf" ] || fail "it is not where the link leads inside"
}

[ "$(id -u)" = 0 ] || { echo "Bail out! root is needed"; exit 1; }
# Mounts of the tests go away with them.
[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare --mount "$BASH" "$0"

run_tests \
  commands_run_in_the_root \
  a_relative_root_is_the_same \
  a_root_named_like_an_option_is_the_same \
  a_command_that_fails_undoes_the_transaction \
  a_command_that_fails_once_is_run_again \
  a_command_that_fails_while_undoing_is_tried_again \
  a_menu_that_starts_what_was_asked_for \
  a_menu_that_starts_something_else_undoes_the_transaction \
  a_menu_that_cannot_be_read_undoes_the_transaction \
  a_default_that_is_kept_has_to_stay \
  a_menu_that_is_only_named_is_not_looked_at \
  no_commands_is_the_way_out \
  a_signal_during_a_command_undoes_and_kills \
  a_signal_that_is_ignored_is_ignored \
  a_closed_pipe_does_not_stop_it \
  the_second_of_two_runs_is_refused \
  a_full_disk_changes_nothing \
  a_read_only_root_is_told \
  a_read_only_root_that_is_right_is_no_failure \
  an_immutable_file_is_told_and_the_rest_undone \
  the_environment_is_not_trusted \
  no_environment_at_all_will_do \
  the_umask_does_not_matter \
  a_description_that_is_a_directory_is_told \
  a_description_that_is_a_fifo_is_not_waited_for \
  a_description_that_is_a_link_out_of_the_root_is_not_read \
  a_value_of_a_mebibyte_is_refused_like_a_short_one \
  a_description_above_a_mebibyte_is_refused \
  a_target_that_is_a_directory_is_told_before_anything_is_done \
  a_target_below_a_link_out_of_the_root_stays_in_the_root
