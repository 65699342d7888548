# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# xen-resize-image, stopped: what writes the guest's file system ends with it. Needs root, for namespaces.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

# In a place where resize2fs tells that it has begun, and does not end; the channel ends with it.
[ -n "${RESIZE_APART:-}" ] || RESIZE_APART=1 exec unshare --mount --propagation private bash "$0"
program=$(readlink -f "$(command -v resize2fs)")
apart=$(mktemp -d)
trap 'umount "$program" 2>/dev/null; rm -rf "$apart"; cleanup' EXIT
mkfifo "$apart/channel"
printf '#!/bin/sh\nexec 9>"%s"\necho begun >&9\nexec sleep 4323\n' "$apart/channel" > "$apart/resize2fs"
chmod 755 "$apart/resize2fs"
mount --bind "$apart/resize2fs" "$program"

ends_with_it() { # SIGNAL
  local pid channel
  image=$scratch/vm/domains/web/disk.img
  mkdir -p "${image%/*}"
  truncate -s 64M "$image"
  mke2fs -q -t ext4 "$image"
  root_file etc/xen/web.cfg <<< "name = 'web'
disk = [ 'file:$image,xvda2,w' ]"
  timeout 60 cat "$apart/channel" > "$scratch/begun" & channel=$!
  # What a shell starts in the background ignores SIGINT.
  env --default-signal=INT,HUP "$GUESTS/xen-resize-image" --root "$scratch/root" --add 64M web 2> "$scratch/stderr" & pid=$!
  until grep -qs begun "$scratch/begun" || ! kill -0 "$pid" 2> /dev/null || ! kill -0 "$channel" 2> /dev/null; do :; done
  kill -"$1" "$pid" || fail "it ended before: $(cat "$scratch/stderr")"
  wait "$pid" 2> /dev/null
  status=$?
  wait "$channel" || { fail "resize2fs goes on"; pkill -fx 'sleep 4323'; }
}

by_ctrl_c() { ends_with_it INT; status_is 1; stderr_is "xen-resize-image: web: interrupted (Interrupt)"; }
by_a_lost_terminal() { ends_with_it HUP; status_is 1; }
by_sigkill() { ends_with_it KILL; }

run_tests by_ctrl_c by_a_lost_terminal by_sigkill
