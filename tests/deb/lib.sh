# SPDX-License-Identifier: GPL-2.0-or-later
# Vocabulary of the package tests: a throw-away root of $SUITE, apt in it, and TAP.
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034  # formats of dpkg, scripts of sh; variables of the tests
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

: "${SUITE:=bookworm}"
packages=build/packages/$SUITE
repo=build/repo/$SUITE
work=$(mktemp -d "${TMPDIR:-/tmp}/xenhost-deb.XXXXXX")
root=$work/root
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || {
	echo 'Bail out! the package tests need root for their chroots'
	exit 1
}

# shellcheck source=../tap.sh
. tests/tap.sh

# A minimal root of the suite, unpacked for each test; with the packages $root_has, its tarball
# has the name $root_kind.
fresh_root() {
	local base=build/chroot/${root_kind:-minimal}-$SUITE.tar
	# shellcheck disable=SC2086  # words
	tests/make-root "$base" "$SUITE" ${root_has:+${root_has//,/ }} || return
	rm -rf "$root"
	mkdir "$root"
	tar -xf "$base" -C "$root" --exclude='./dev/*'
	cp /etc/resolv.conf /etc/hosts "$root/etc/"
	inside dpkg-query -W -f '${Package}\n' | sort >"$work/packages.before"
	tree >"$work/tree.before"
}

# Run in the root, with the kernel's file systems mounted in a namespace of their own, unless it has a /dev.
inside() {
	unshare -mp --fork --propagation private sh -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		if [ ! -c "$root/dev/null" ]; then
			mount -t tmpfs tmpfs "$root/dev"
			for node in null zero full random urandom tty; do
				: >"$root/dev/$node"
				mount --bind "/dev/$node" "$root/dev/$node"
			done
			ln -s /proc/self/fd "$root/dev/fd"
		fi
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive "$@"
	' sh "$root" "$@"
}

# Our repository, as a user has it: a copy, a keyring and a source.
add_repo() {
	mkdir -p "$root/srv/xenhost"
	cp -R "$repo/." "$root/srv/xenhost/"
	echo "deb [signed-by=/srv/xenhost/xenhost-archive-keyring.gpg] copy:/srv/xenhost $SUITE main" \
		>"$root/etc/apt/sources.list.d/xenhost.list"
	inside apt-get -q update
}

# The archive may have a newer build than ours (then apt takes it, as it should).
candidate_is_newest() {
	local candidate newest
	candidate=$(inside apt-cache policy xen-system-amd64 | sed -n 's/^  Candidate: //p')
	newest=$(inside apt-cache madison xen-system-amd64 | cut -d '|' -f 2 | tr -d ' ' | {
		read -r newest
		while read -r version; do
			! dpkg --compare-versions "$version" gt "$newest" || newest=$version
		done
		echo "$newest"
	})
	echo "candidate $candidate, newest $newest"
	[ "$candidate" = "$newest" ]
}

# The pin of README.Debian, word for word.
pin() {
	sed -n '/^    # .etc.apt.preferences.d.xenhost/,/^$/s/^    //p' README.Debian >"$root/etc/apt/preferences.d/xenhost"
	[ -s "$root/etc/apt/preferences.d/xenhost" ]
}

# dpkg has nothing to complain about, and apt neither.
dpkg_is_happy() {
	[ -z "$(inside dpkg --audit)" ] && inside apt-get -q check
}

# Purge every package that the minimal root did not have.
purge_all() {
	local added
	inside dpkg-query -W -f '${Package}\n' | sort | comm -13 "$work/packages.before" - >"$work/packages.added"
	mapfile -t added <"$work/packages.added"
	# Some releases protect the init system from removal.
	inside apt-get -q -y --allow-remove-essential purge "${added[@]}"
}

# The files of the root, without what apt and dpkg keep for themselves and our own copy.
tree() {
	(cd "$root" && find . \( -path ./proc -o -path ./dev -o -path ./run -o -path ./srv/xenhost -o -path ./var/lib/dpkg -o -path ./var/lib/apt \
		-o -path ./var/cache -o -path ./var/log -o -path ./etc/apt/sources.list.d -o -path ./etc/apt/preferences.d -o -path ./tmp \) -prune -o -print | sort)
}

# But for what dependencies leave of their own: systemd, its users and udev's directory; the XML
# catalogue of polkit.
left_by_dependencies='etc/default/locale|etc/gshadow-|etc/machine-id|etc/mtab|etc/shadow-|etc/vconsole.conf|etc/xml'
left_by_dependencies+='|root/.ssh|usr/lib/udev|var/lib/private'
nothing_is_left() {
	tree | diff "$work/tree.before" - | grep '^[<>]' | grep -Evx "> \./($left_by_dependencies)" >"$work/left" || true
	cat "$work/left"
	[ ! -s "$work/left" ]
}
