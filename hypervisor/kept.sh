# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154  # package is the script's
# The builds of the hypervisor that an upgrade replaces are kept: functions for the scripts of
# the packages, of which this text becomes a part. A script says what is its own:
#
#   owned PATH   whether a package has the file
#   $package     who speaks
#
# Until the new build is there a replaced one is staged as /boot/.xen-VERSION=REVISION.gz: to
# everybody a file that is none of theirs.

list=/var/lib/xen/kept-hypervisors
kept_without_xenhost=2

# Without hard links, which vfat has not, it is a copy. What an upgrade that was stopped has
# staged already is that build: what replaced it may have its name by now.
stage() {
	[ -e "$2" ] || ln "$1" "$2" 2>/dev/null || {
		cp -p "$1" "$2.new" && mv "$2.new" "$2"
	}
}

# kept_stage PATH REVISION: before the package's /boot/xen-VERSION.gz is replaced
kept_stage() {
	version=${1#/boot/xen-}
	version=${version%.gz}
	staged=xen-$version=$2
	# Room for the copy, for the new build, and as much again to spare.
	if [ "$(df --output=avail -B1 /boot | tail -n 1)" -lt "$(($(stat -c %s "$1") * 3))" ]; then
		echo "$package: /boot is too full to keep $1" >&2
		return 0
	fi
	if ! stage "$1" "/boot/.$staged.gz"; then
		rm -f "/boot/.$staged.gz" "/boot/.$staged.gz.new"
		echo "$package: cannot keep $1" >&2
		return 0
	fi
	for part in "/boot/xen-$version.config /boot/.$staged.config" \
		"/boot/flask/xenpolicy-$version /boot/flask/.xenpolicy-${staged#xen-}"; do
		if [ -e "${part% *}" ]; then
			stage "${part% *}" "${part#* }" || rm -f "${part#* }"
		fi
	done
}

move() { # FROM TO
	[ ! -e "$1" ] || mv -f "$1" "$2"
}

# /boot/.xen-VERSION=REVISION.gz -> /boot/xen-VERSION.gz, which no package owns now; if the
# new build has that name, the revision tells them apart.
settle() {
	name=${1#/boot/.xen-}
	name=${name%.gz}
	version=${name%=*}
	if [ -e "/boot/xen-$version.gz" ]; then
		if cmp -s "$1" "/boot/xen-$version.gz"; then
			rm -f "/boot/.xen-$name.gz" "/boot/.xen-$name.config" "/boot/flask/.xenpolicy-$name"
			return 0
		fi
		version=$version-${name##*=}
	fi
	move "/boot/.xen-$name.config" "/boot/xen-$version.config"
	move "/boot/flask/.xenpolicy-$name" "/boot/flask/xenpolicy-$version"
	mv -f "$1" "/boot/xen-$version.gz"
	mkdir -p "${list%/*}"
	echo "/boot/xen-$version.gz" >>"$list"
}

is_running() {
	[ -r /sys/hypervisor/version/major ] || return 1
	case $(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)$(cat /sys/hypervisor/version/extra) in
	"${1%%-*}"*) return 0 ;;
	esac
	return 1
}

# Newest first. A revision was given to the older one of two builds of a version.
versions() {
	sed -n 's,^/boot/xen-\([^/ ]*\)\.gz$,\1,p' "$list" | sort -u | while read -r version; do
		echo "$(echo "$version" | tr - '~') $version"
	done | sort -rV | cut -d ' ' -f 2
}

# As xenhost boot prune does, which knows the description and the last good boot.
prune() {
	count=0
	versions | while read -r version; do
		path=/boot/xen-$version.gz
		[ -f "$path" ] || continue
		count=$((count + 1))
		if [ "$count" -le "$kept_without_xenhost" ] || is_running "$version"; then
			echo "$path"
		else
			rm -f "$path" "/boot/xen-$version.config" "/boot/flask/xenpolicy-$version"
		fi
	done >"$list.new"
	mv "$list.new" "$list"
	[ -s "$list" ] || rm "$list"
}

# kept_settle: what was staged gets its name back
kept_settle() {
	for staged in /boot/.xen-*=*.gz; do
		[ ! -e "$staged" ] || settle "$staged"
	done
}

# kept_prune: older builds go
kept_prune() {
	[ -e "$list" ] || return 0
	# An upgrade back to a build that was kept: it is the package's now.
	while read -r path; do
		owned "$path" || echo "$path"
	done <"$list" >"$list.new"
	mv "$list.new" "$list"
	if command -v xenhost >/dev/null; then
		# Too many are better than none.
		xenhost boot prune --no-commands || true
	else
		prune
	fi
}

# kept_unstage: an upgrade that is not to be
kept_unstage() {
	rm -f /boot/.xen-*=* /boot/flask/.xenpolicy-*=*
}

# kept_forget BRANCH: all that were kept of the branch go; without one, all
kept_forget() {
	[ -e "$list" ] || return 0
	while read -r path; do
		case $path in
		/boot/xen-*/*) continue ;;
		/boot/xen-"${1:-}"[.-]*.gz) ;;
		/boot/xen-*.gz)
			# Another branch's.
			if [ -n "${1:-}" ]; then
				echo "$path"
				continue
			fi
			;;
		*) continue ;;
		esac
		version=${path#/boot/xen-}
		version=${version%.gz}
		if ! owned "$path"; then
			rm -f "$path" "/boot/xen-$version.config" "/boot/flask/xenpolicy-$version"
		fi
	done <"$list" >"$list.new"
	mv "$list.new" "$list"
	if [ ! -s "$list" ]; then
		rm "$list"
		rmdir --ignore-fail-on-non-empty "${list%/*}"
	fi
	if [ -d /boot/flask ]; then
		rmdir --ignore-fail-on-non-empty /boot/flask
	fi
}
