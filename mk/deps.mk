# SPDX-License-Identifier: GPL-2.0-or-later
# What the build and the tests need on a Debian machine.

deps_build := build-essential fakeroot debhelper ccache dpkg-dev xz-utils
deps_other := mmdebstrap apt-utils gnupg debian-archive-keyring
deps_rpm := rpm rpmlint createrepo-c zypper
deps_test := bc busybox-static time libcmocka-dev perl pkg-config clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 cppcheck codespell mandoc shellcheck lintian \
	diffoscope-minimal qemu-system-x86 ovmf fdisk gdisk dosfstools mtools cpio e2fsprogs util-linux python3-debian \
	patchelf kmod lvm2 thin-provisioning-tools xfsprogs btrfs-progs \
	bzip2 lz4 lzop zstd
# What xen-tools' own programs need, which run beside ours (debootstrap: in tests/bench/guests).
deps_oracle := libtext-template-perl libconfig-inifiles-perl libdata-validate-domain-perl libdata-validate-ip-perl \
	libdata-validate-uri-perl libfile-slurp-perl libfile-which-perl libsort-versions-perl libterm-ui-perl openssh-client debootstrap

# What the packages are compiled with, for mk/package-cache: their build dependencies, by Debian's own reader of that field. Nothing
# where no builds are kept: an openSUSE has no such reader.
build_tools = $(if $(PACKAGE_CACHE),--tools "$(deps_build) rpm $(shell perl -MDpkg::Control::Info -MDpkg::Deps -e '\
	my $$field = Dpkg::Control::Info->new("debian/control")->get_source()->{"Build-Depends"}; \
	print map { " $$_" } map { $$_->output() =~ /^[a-z0-9.+-]+/g } deps_parse($$field, build_dep => 1)->get_deps()')")

.PHONY: deps
deps: build/stamp/deps ## install what build and tests need (root)

# Once for a state of this list and of debian/control.
build/stamp/deps: mk/deps.mk debian/control
	@[ "$$(id -u)" = 0 ] || { echo 'xenhost: install dependencies: root is needed' >&2; exit 1; }
	@mkdir -p build/stamp build/log
	@echo 'deps: install what build and tests need, log in build/log/deps.log'
	@export DEBIAN_FRONTEND=noninteractive; { apt-get update && \
		apt-get install -y --no-install-recommends $(deps_build) $(deps_other) $(deps_rpm) $(deps_test) $(deps_oracle) && \
		apt-get build-dep -y --no-install-recommends ./ ; } >build/log/deps.log 2>&1 || \
		{ tail -n 5 build/log/deps.log >&2; echo 'xenhost: install dependencies: apt-get failed, see build/log/deps.log' >&2; exit 1; }
	@touch $@
