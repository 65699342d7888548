# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The same command lines for xen-tools and for ours: what the configurations mean is equal.
#
# Not compared: what ours adds (type), what is Perl's (comments), and root=, which no guest
# with a boot loader reads. MAC addresses are compared in xen-tools' own way of making them.
set -u
export LC_ALL=C
: "${GUESTS:?the directory with the programs for guests}" "${XEN_TOOLS:?the package, unpacked}"
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What a configuration says, a line each: the language is a part of Python's.
meaning() {
  python3 -c '
import sys
said = {}
exec(sys.stdin.read(), {"__builtins__": {}}, said)
for key in sorted(said.keys() - {"type", "root"}):
    if key == "vif":
        for vif in said[key]:
            parts = sorted(part.strip() for part in vif.split(","))
            print(key, *(part.lower() if part.startswith("mac=") else part for part in parts))
    else:
        print(key, said[key])'
}

# The prepared dom0 of ours: the same storage and files as xen-tools finds.
mkdir -p "$scratch/root"/{dev,srv/xen,etc/xen-tools/partitions.d,usr/lib/grub-xen}
truncate -s 3G "$scratch/root/dev/sdb1"
truncate -s 1G "$scratch/root/dev/sdb2"
cp "$here/../guests/server.partitions" "$scratch/root/etc/xen-tools/partitions.d/server"
grep -v '^\(dist\|kernel\|initrd\|reiserfs_options\) *=' "$XEN_TOOLS/etc/xen-tools/xen-tools.conf" \
  > "$scratch/root/etc/xen-tools/xen-tools.conf"

mapfile -t lines < <(grep -v '^#\|^$' "$here/lines")
echo "1..${#lines[@]}"
count=0
for line in "${lines[@]}"; do
  count=$((count + 1)) result=ok
  mac=(--mac=xen-tools)
  [[ $line != *--mac=* ]] || mac=()
  read -ra words <<< "--hostname=web --genpass=0 --dist=bookworm --pygrub $line"
  "$here/xen-tools" "$XEN_TOOLS" "${words[@]}" > "$scratch/theirs" 2> "$scratch/error" || result='not ok'
  "$GUESTS/xen-create-image" --root "$scratch/root" "${words[@]}" "${mac[@]}" --type=pv --dry-run \
    > "$scratch/plan" 2>> "$scratch/error" || result='not ok'
  sed '1,/^file /d' "$scratch/plan" | meaning > "$scratch/ours"
  diff <(meaning < "$scratch/theirs") "$scratch/ours" >> "$scratch/error" || result='not ok'
  [ -s "$scratch/ours" ] || result='not ok'
  [ "$result" = ok ] || sed 's/^/#   /' "$scratch/error"
  echo "$result $count - $line"
done
