# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-list-images: what is told of the guests that are configured.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

list() { guests xen-list-images --root "$scratch/root" "$@"; }

# By xen-tools' template.
xen_tools_guest() { # NAME
  root_file "etc/xen/$1.cfg" <<EOT
memory      = '256'
root        = '/dev/xvda2 ro'
disk        = [
                  'file:$scratch/$1.img,xvda2,w',
              ]
name        = '$1'
dhcp        = 'dhcp'
vif         = [ 'mac=00:16:3E:01:02:03,bridge=xenbr0' ]
on_poweroff = 'destroy'
EOT
}

no_guests() {
  list
  status_is 0
  stdout_is ""
  stderr_is ""
}

defect_7_dhcp_and_mac_are_shown() {
  xen_tools_guest web
  truncate -s 3M "$scratch/web.img"
  list
  status_is 0
  stdout_is "Name: web
Memory: 256 MB
DHCP, MAC: 00:16:3E:01:02:03
Config: /etc/xen/web.cfg
State: unknown
Storage: 3.0 MiB, 0.0 KiB allocated"
}

saved_ones_are_told() {
  xen_tools_guest web
  root_file var/lib/xen/save/web <<< memory
  list
  stdout_has 'State: saved'
  list --json
  grep -q '"state": "saved"' "$scratch/stdout" || fail "no state"
}

# Where xen-create-image puts them there: without an extension, whatever the directory is.
files_of_a_suse_are_found_wherever_they_are() {
  root_file etc/os-release <<< 'ID="opensuse-leap"'
  root_file srv/cfg/db <<< 'name = "db"'
  root_file etc/xen/vm/web <<< 'name = "web"'
  list --output /srv/cfg
  stdout_has 'Name: db'
  list
  stdout_has 'Name: web'
}

addresses_of_each_interface() {
  root_file etc/xen/db.cfg <<'EOT'
name = "db"; type = 'pvh'
vif = [ 'ip=192.0.2.1 2001:db8::1 ,mac=00:16:3e:00:00:01', 'mac=00:16:3e:00:00:02' ]
EOT
  list
  stdout_has 'IP: 192.0.2.1 2001:db8::1, MAC: 00:16:3e:00:00:01'
  stdout_has 'MAC: 00:16:3e:00:00:02'
}

guests_are_apart_by_a_blank_line() {
  xen_tools_guest a
  xen_tools_guest b
  list
  status_is 0
  [ "$(grep -cx '' "$scratch/stdout")" = 1 ] || fail "not one blank line"
  stdout_has 'Storage: 0.0 KiB, 0.0 KiB allocated, 1 not there'
}

configurations_of_suse() {
  root_file etc/xen/vm/mail <<< "name = 'mail'"
  list
  stdout_has 'Config: /etc/xen/vm/mail'
}

another_directory_and_extension() {
  root_file srv/web.xl <<< "name = 'web'"
  root_file srv/db.cfg <<< "name = 'db'"
  list --output /srv --extension=.xl
  stdout_has 'Name: web'
  [ "$(grep -c ^Name "$scratch/stdout")" = 1 ] || fail "not one guest"
  list --output /srv --extension
  [ "$(grep -c ^Name "$scratch/stdout")" = 2 ] || fail "not two guests"
}

# As the test of xen-tools does it: three lines for each, both spellings of dhcp.
the_test_of_xen_tools() {
  for dhcp in 'dhcp  = "dhcp"' "vif  = [ 'ip=1.2.3.4.' ]"; do
    printf '%s\n' "kernel  = '/boot/vmlinuz-2.6.16-2-xen-686'" 'memory  =  1234' \
      "name    = 'foo.my.flat'" "root    = '/dev/sda1 ro'" \
      "disk    = [ 'phy:skx-vg/foo.my.flat-disk,sda1,w', 'phy:skx-vg/foo.my.flat-swap,sda2,w' ]" \
      "$dhcp" > "$scratch/foo.cfg"
    guests xen-list-images --test="$scratch"
    status_is 0
    [ "$(grep -ciE 'memory: 1234|name: foo.my.flat$|dhcp|ip: 1\.2\.3\.4\.' "$scratch/stdout")" = 3 ] ||
      fail "not three lines"
    stdout_has "Config: $scratch/foo.cfg"
  done
}

what_cannot_be_read_is_told_at_the_end() {
  xen_tools_guest web
  root_file etc/xen/bad.cfg <<< "disk = ["
  root_file etc/xen/none.cfg <<< "memory = 1"
  list
  status_is 1
  stderr_is "xen-list-images: /etc/xen/bad.cfg:2: this is no list
xen-list-images: /etc/xen/none.cfg: it has no name"
  stdout_has 'Name: web'
}

names_do_not_reach_the_terminal_as_they_are() {
  printf 'name = "a\\b\\n\\rName: b"\n' | root_file etc/xen/a.cfg
  list
  stdout_has 'Name: a???Name: b'
}

json() {
  xen_tools_guest web
  truncate -s 3M "$scratch/web.img"
  root_file etc/xen/bad.cfg <<< "disk = ["
  list --json
  status_is 1
  python3 - "$scratch/stdout" <<'EOT' || fail "the JSON is wrong"
import json, sys
bad, web = json.load(open(sys.argv[1]))
assert bad["fault"] == "/etc/xen/bad.cfg:2: this is no list" and bad["name"] == "bad"
assert web["fault"] is None and web["state"] == "unknown" and web["domain"] is None
assert web["memory"] == 256 and web["type"] == "pv" and web["is-dhcp"]
assert web["disks"][0]["size"] == 3 << 20 and web["disks"][0]["allocated"] == 0
assert web["interfaces"] == [{"mac": "00:16:3E:01:02:03", "bridge": "xenbr0",
                              "vifname": None, "addresses": []}]
EOT
}

defect_14_an_unknown_option_is_usage() {
  list --extention
  status_is 2
  stderr_is "xen-list-images: unknown option '--extention'; did you mean '--extension'?"
}

run_tests \
  no_guests \
  defect_7_dhcp_and_mac_are_shown \
  addresses_of_each_interface \
  files_of_a_suse_are_found_wherever_they_are \
  guests_are_apart_by_a_blank_line \
  configurations_of_suse \
  another_directory_and_extension \
  the_test_of_xen_tools \
  what_cannot_be_read_is_told_at_the_end \
  saved_ones_are_told \
  names_do_not_reach_the_terminal_as_they_are \
  json \
  defect_14_an_unknown_option_is_usage
