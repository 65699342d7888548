# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The tests of the menu: a made-up machine, on which grub-mkconfig runs with GRUB's own
# script for Xen or with ours, and what the menu then is.
#
#   . "$(dirname "$0")/lib.sh"
#   machine; xen xen-4.20.gz; kernel 6.1.0; menu bookworm stock; entries
#
# grub-mkconfig and the scripts are GRUB's, of 2.06 (bookworm) and 2.12 (trixie); so are
# grub-file and grub-script-check, of 2.06 for both, because those of 2.12 need a newer C
# library. grub-probe and grub-mkrelpath are probe and mkrelpath, which read /machine.
set -uo pipefail
export LC_ALL=C LANG=C
: "${XENHOST:?the program to test}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
grub=$here/../../build/grub

# Mounts of the test are its own, and go away with it.
if [ -z "${GRUB_TEST_UNSHARED:-}" ]; then
	GRUB_TEST_UNSHARED=1 exec unshare --mount --propagation private bash "$0" "$@"
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/xenhost-grub.XXXXXX") || exit
root=
umounts() {
	local mount
	for mount in "$work"/*/usr "$work"/*/dev/null "$work"/*/boot/efi; do
		mountpoint -q "$mount" && umount "$mount"
	done
}
trap 'umounts; rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck source=../tap.sh
. "$here/../tap.sh"

tools=$work/tools
mkdir -p "$tools/sbin" "$tools/bin" "$tools/lib/systemd"
cp "$XENHOST" "$tools/sbin/xenhost"
cp "$here/probe" "$tools/sbin/grub-probe"
cp "$here/mkrelpath" "$tools/bin/grub-mkrelpath"
cp "$grub"/bookworm/usr/bin/grub-{file,script-check,editenv} "$tools/bin/"

# machine: a new one, with nothing in /boot. A Debian on one ext4 file system.
machine() {
	root=$(mktemp -d "$work/machine.XXXXXX")
	mkdir -p "$root"/{boot/grub,etc/default,etc/grub.d,usr,dev/disk/by-uuid,proc,tmp,var}
	ln -s usr/bin "$root/bin"
	ln -s usr/sbin "$root/sbin"
	ln -s usr/lib "$root/lib"
	ln -s usr/lib64 "$root/lib64"
	: >"$root/dev/null"
	mount --bind /dev/null "$root/dev/null"
	cat >"$root/machine" <<-END
		root_device=/dev/sda2 root_fs=ext2 root_uuid=1234-abcd root_partuuid= root_abstraction=
		boot_device=/dev/sda2 boot_fs=ext2 boot_uuid=1234-abcd label=
		boot_path=/boot root_path=
	END
	: >"$root/dev/disk/by-uuid/1234-abcd"
	defaults GRUB_DISTRIBUTOR=Debian 'GRUB_CMDLINE_LINUX=' 'GRUB_CMDLINE_LINUX_DEFAULT=quiet' \
		GRUB_TERMINAL=console
}

# Further lines of /machine and of /etc/default/grub, "NAME=VALUE" each.
has() { printf '%s\n' "$@" >>"$root/machine"; }
defaults() {
	local word
	for word in "$@"; do
		printf "export %s='%s'\n" "${word%%=*}" "${word#*=}" >>"$root/etc/default/grub"
	done
}

# ---- what is in /boot ----

# An ELF file with nothing but a header: of multiboot2, multiboot or none.
elf() {
	perl -e 'my $kind = shift;
		my $mb2 = pack("V4", 0xe85250d6, 0, 16, -(0xe85250d6 + 16) & 0xffffffff);
		my $mb1 = pack("V3", 0x1badb002, 0, -0x1badb002 & 0xffffffff);
		print "\x7fELF", "\0" x 60, $kind eq "multiboot2" ? $mb2 : $kind eq "multiboot" ? $mb1 : "", "\0" x 128;' "$1"
}

# A program for UEFI: x86-64 (0x8664) or arm64 (0xaa64).
pe() { perl -e 'print pack("a60V", "MZ", 64), pack("a4v", "PE\0\0", hex shift), "\0" x 200;' "$1"; }

# esp [SIZE]: an EFI system partition, and GRUB for UEFI. Without a size there is no end of it.
esp() {
	has esp_device=/dev/sda1
	mkdir -p "$root/boot/efi" "$root/boot/grub/x86_64-efi"
	[ $# -eq 0 ] || mount -t tmpfs -o "size=$1" esp "$root/boot/efi" || exit
	mkdir -p "$root/boot/efi/EFI/debian"
	pe 8664 >"$root/boot/efi/EFI/debian/grubx64.efi"
}

# What is on it: sums and paths, and the text of xen.efi's own files.
on_esp() {
	[ -d "$root/boot/efi" ] || return 0
	(cd "$root/boot/efi" && find . -type f -exec cksum {} + | LC_ALL=C sort -k 3 &&
		find . -name '*.cfg' -exec cat {} +)
}

# xen NAME [multiboot2|multiboot|none]: a hypervisor, compressed if the name says so.
xen() {
	case $1 in
	*.gz | *.gz.*) elf "${2:-multiboot2}" | gzip -9n >"$root/boot/$1" ;;
	*) elf "${2:-multiboot2}" >"$root/boot/$1" ;;
	esac
}

# A bzImage whose payload begins with these bytes, in hexadecimal.
bzimage() {
	perl -e 'my $b = "\0" x 1100;
		substr($b, 0, 2) = "MZ"; substr($b, 0x1f1, 1) = "\1";
		substr($b, 0x202, 6) = "HdrS\x0f\x02"; substr($b, 0x1fe, 2) = "\x55\xaa";
		my $m = pack("H*", shift); substr($b, 1024, length $m) = $m;
		print $b;' "$1"
}

# kernel VERSION [WORD...]: with all that belongs to it. Words: no-dom0, no-config,
# no-initrd, builtin, gzip, xz, lz4, zstd, odd (a compression nobody knows), in=DIR.
kernel() {
	local version=$1 magic=1f8b08 dom0=CONFIG_XEN_DOM0=y ext4=m config=yes initrd=yes in=boot word
	shift
	for word in "$@"; do
		case $word in
		no-dom0) dom0='# CONFIG_XEN_DOM0 is not set' ;;
		no-config) config= ;;
		no-initrd) initrd= ;;
		builtin) ext4=y ;;
		gzip) ;;
		xz) magic=fd377a58 ;;
		lz4) magic=02214c18 ;;
		zstd) magic=28b52ffd ;;
		odd) magic=01020304 ;;
		in=*) in=${word#in=} ;;
		esac
	done
	bzimage "$magic" >"$root/$in/vmlinuz-$version"
	[ -z "$config" ] || printf '%s\nCONFIG_EXT4_FS=%s\n' "$dom0" "$ext4" >"$root/$in/config-$version"
	[ -z "$initrd" ] || printf 'initrd' >"$root/$in/initrd.img-$version"
}

# ---- the menu ----

# menu SUITE stock|ours: what update-grub would make; its messages are in $root/messages.
menu() {
	local suite=$1 script
	umount "$root/usr" 2>/dev/null
	mount -t overlay overlay -o "ro,lowerdir=$tools:$grub/$suite/usr:/usr" "$root/usr" || exit
	rm -f "$root"/etc/grub.d/*
	cp "$grub/$suite/etc/grub.d/00_header" "$root/etc/grub.d/"
	[ -e "$root/no-linux" ] || cp "$grub/$suite/etc/grub.d/10_linux" "$root/etc/grub.d/"
	case $2 in
	stock) script=$grub/$suite/etc/grub.d/20_linux_xen ;;
	ours) script=$here/../../grub.d/20_xenhost ;;
	esac
	cp "$script" "$root/etc/grub.d/"
	[ ! -e "$root/in-front" ] || ln -s 20_xenhost "$root/etc/grub.d/08_xenhost"
	chroot "$root" /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg >"$root/messages" 2>&1
}

# GRUB's script for Linux is not run in this machine.
without_linux() { : >"$root/no-linux"; }

# Our script is linked to in front of GRUB's for Linux ([boot] priority = divert).
in_front() { : >"$root/in-front"; }

# What our program said, a line each.
notes() { grep '^xenhost:' "$root/messages"; }

# The entries for Xen as GRUB has them, each in five lines: id path, title, what is loaded.
entries() {
	"$XENHOST" --root "$root" boot list --json 2>/dev/null | perl -MJSON::PP -0777 -ne '
		for my $e (@{decode_json($_)->{entries}}) {
			next unless $e->{kind} eq "xen";
			printf "%s\n  %s\n", $e->{path}, $e->{title};
			printf "    %s\n", join(" ", grep { length } split / +/, $_) for
				"$e->{hypervisor} " . ($e->{"hypervisor-args"} // ""),
				"$e->{kernel} " . ($e->{"kernel-args"} // ""), @{$e->{modules}};
		}'
}

# Likewise only what is loaded: what an entry does, whatever it is called.
effects() { entries | sed -n 's/^    //p; s/^[^ ].*/--/p'; }

ids() { grep -o "menuentry_id_option '[^']*'" "$root/boot/grub/grub.cfg" | sort; }

# The kind of what GRUB starts by itself: xen, linux.
starts() {
	"$XENHOST" --root "$root" boot list --json 2>/dev/null | perl -MJSON::PP -0777 -ne '
		my $m = decode_json($_);
		for (@{$m->{entries}}) { print $_->{kind}, "\n" if $_->{path} eq $m->{starts} }'
}
