# SPDX-License-Identifier: GPL-2.0-or-later
# How the hypervisor is compiled and laid out. Run on a patched Xen tree by debian/rules and
# by the spec:
#
#   make -f hypervisor/build.mk XEN=DIR OUT=DIR VERSION_MK=FILE configure
#   make -f hypervisor/build.mk XEN=DIR OUT=DIR VERSION_MK=FILE build
#   make -f hypervisor/build.mk XEN=DIR OUT=DIR VERSION_MK=FILE DESTDIR=DIR install
#
# XEN      the tree, as unpacked; only `configure` reads it, and copies it for each flavour:
#          compiled in place all paths are relative, so they do not get into the image
# OUT      where the two flavours are compiled: OUT/release, OUT/debug
# VERSION_MK  version.mk as `make source` writes it
# EFIDIR   the family's directory of images for UEFI

here := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
override XEN := $(abspath $(XEN))
override OUT := $(abspath $(OUT))
include $(VERSION_MK)
include $(here)/answers.mk
EFIDIR ?= /usr/lib/xen-$(XEN_BRANCH)/boot

flavours := release debug
config-release := $(here)/release.config
config-debug := $(here)/release.config $(here)/debug.config
# What a file of the flavour is called: the full version, and -dbg behind it.
name-release := xen-$(XEN_FULLVERSION)
name-debug := xen-$(XEN_FULLVERSION)-dbg

# Who, where and when are fixed: the same source gives the same bytes. SOURCE_DATE_EPOCH
# gives the date.
xen = $(MAKE) -C $(OUT)/$*/xen XEN_TARGET_ARCH=x86_64 $(xen_answers) \
	XEN_EXTRAVERSION=$(XEN_EXTRAVERSION) \
	XEN_WHOAMI=xenhost XEN_DOMAIN=build XEN_BUILD_HOST=build \
	EXTRA_CFLAGS_XEN_CORE=-fdebug-prefix-map=$(OUT)/$*=.

# Ours alone: the names given on the command line mean other things to Xen's makefiles.
MAKEOVERRIDES :=
unexport XEN OUT VERSION_MK EFIDIR

.PHONY: configure build install $(flavours:%=build-%) $(flavours:%=install-%)
configure: $(flavours:%=$(OUT)/%/xen/.config)
build: $(flavours:%=build-%)
install: $(flavours:%=install-%)
	install -D -m 644 $(OUT)/release/xen/xen.efi.stripped $(DESTDIR)$(EFIDIR)/$(name-release).efi
	install -D -m 644 $(OUT)/debug/xen/xen.efi.stripped $(DESTDIR)$(EFIDIR)/$(name-debug).efi

# A choice that Kconfig drops (a renamed symbol, an unmet dependency) stops the build.
$(OUT)/%/xen/.config: $(here)/release.config $(here)/debug.config
	rm -rf $(OUT)/$*
	mkdir -p $(OUT)
	cp -a $(XEN) $(OUT)/$*
	echo $(XEN_CHANGESET) > $(OUT)/$*/.scmversion
	cat $(config-$*) > $(OUT)/$*/fragment
	+$(xen) KCONFIG_ALLCONFIG=$(OUT)/$*/fragment alldefconfig
	sh $(here)/check-config $@ $(config-$*)

$(flavours:%=build-%): build-%: $(OUT)/%/xen/.config
	+$(xen) build
	strip -p -o $(OUT)/$*/xen/xen.efi.stripped $(OUT)/$*/xen/xen.efi

# GRUB's script takes every /boot/xen* but *.config for a hypervisor: the .efi files, which
# it cannot boot, live with the branch instead.
$(flavours:%=install-%): install-%:
	install -D -m 644 $(OUT)/$*/xen/xen.gz $(DESTDIR)/boot/$(name-$*).gz
	install -m 644 $(OUT)/$*/xen/.config $(DESTDIR)/boot/$(name-$*).config
	install -D -m 644 $(OUT)/$*/xen/xen-syms $(DESTDIR)/usr/lib/debug/$(name-$*)/xen-syms
	install -m 644 $(OUT)/$*/xen/xen-syms.map $(DESTDIR)/usr/lib/debug/$(name-$*)/xen-syms.map
