# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xenhost plan: what it prints, in both forms, and what it refuses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

base=$(dirname "$0")/../golden/base/debian12

make_host() { cp -a "$base/." "$scratch/root"; }
described() { root_file etc/xen/host.conf; }
plan() { run --root "$scratch/root" plan "$@"; }

changes_are_exit_status_3() {
  make_host
  printf '[modules]\nload = one two\n' | described
  plan
  status_is 3
  stderr_is ""
  stdout_has 'create etc/modprobe.d/xenhost.conf (modprobe)'
  stdout_has '    + options loop max_loop=64'
  stdout_has 'run update-grub'
}

what_is_as_described_is_exit_status_0() {
  make_host
  run --root "$scratch/root" apply --no-commands
  plan
  status_is 0
  stdout_is ""
}

an_invalid_description_is_exit_status_2() {
  make_host
  printf '[dom0]\nmemory = 1X\n' | described
  plan
  status_is 2
  stdout_is ""
  stderr_is "xenhost: plan: etc/xen/host.conf:2:10: '1X' is not an amount of memory such as 2048M or 4G, or auto
	memory = 1X
	         ^"
}

a_key_that_is_not_known_names_the_nearest() {
  printf '[dom0]\nmemroy = 1G\n' | described
  plan
  status_is 2
  stderr_is "xenhost: plan: etc/xen/host.conf:2:1: unknown key 'memroy' in [dom0]; did you mean 'memory'?
	memroy = 1G
	^"
}

a_description_that_is_named_but_absent_is_told() {
  run --root "$scratch/root" --config "$scratch/no" plan
  status_is 1
  stderr_is "xenhost: plan: open '$scratch/no': No such file or directory"
}

a_description_that_is_named_is_not_looked_for_below_the_root() {
  make_host
  printf '[loop]\nmax = 9\n' > "$scratch/conf"
  (cd "$scratch" && "$XENHOST" --root root --config conf plan) > "$scratch/stdout"
  stdout_has '    + options loop max_loop=9'
}

json_has_changes_commands_and_warnings() {
  make_host
  printf '[modules]\nload = one\n' | described
  plan --json
  status_is 3
  perl -MJSON::PP -e '
    local $/; my $plan = decode_json(<STDIN>);
    my ($change) = grep { $_->{path} eq "etc/modules-load.d/xenhost.conf" } @{$plan->{changes}};
    print join("|", $change->{resource}, $change->{action}, $change->{old}{kind},
      $change->{new}{kind}, $change->{new}{mode}, $change->{new}{text} =~ /^one$/m), "\n",
      join(",", @{$plan->{commands}}), "\n", scalar @{$plan->{warnings}}, "\n";' \
    < "$scratch/stdout" > "$scratch/found"
  is "$scratch/found" 'modules|create|absent|file|0644|1
grub
0'
}

an_unfinished_transaction_is_warned_of() {
  make_host
  run --root "$scratch/root" apply --no-commands
  echo undoing > "$scratch/root/var/lib/xenhost/journal/1/state"
  plan
  stderr_is "xenhost: warning: transaction 1 is not finished: apply undoes it first"
}

nothing_is_written() {
  make_host
  (cd "$scratch/root" && find . -printf '%p %C@\n' | sort) > "$scratch/old"
  plan
  (cd "$scratch/root" && find . -printf '%p %C@\n' | sort) > "$scratch/new"
  is "$scratch/new" "$(cat "$scratch/old")"
}

run_tests \
  changes_are_exit_status_3 \
  what_is_as_described_is_exit_status_0 \
  an_invalid_description_is_exit_status_2 \
  a_key_that_is_not_known_names_the_nearest \
  a_description_that_is_named_but_absent_is_told \
  a_description_that_is_named_is_not_looked_for_below_the_root \
  json_has_changes_commands_and_warnings \
  an_unfinished_transaction_is_warned_of \
  nothing_is_written
