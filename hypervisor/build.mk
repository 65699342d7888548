# SPDX-License-Identifier: GPL-2.0-or-later
# How the hypervisor is compiled and laid out. Run on a patched Xen tree by debian/rules and
# by the spec:
#
#   make -f hypervisor/build.mk XEN=DIR OUT=DIR VERSION=FILE build
#   make -f hypervisor/build.mk XEN=DIR OUT=DIR VERSION=FILE DESTDIR=DIR install
#
# XEN      the tree (compiled out of place, never written to)
# OUT      where the two flavours are compiled: OUT/release, OUT/debug
# VERSION  version.mk as `make source` writes it

here := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
override XEN := $(abspath $(XEN))
override OUT := $(abspath $(OUT))
include $(VERSION)

flavours := release debug
config-release := $(here)/release.config
config-debug := $(here)/release.config $(here)/debug.config
# What a file of the flavour is called: the full version, and -dbg behind it.
name-release := xen-$(XEN_FULLVERSION)
name-debug := xen-$(XEN_FULLVERSION)-dbg

# Who, where and when are fixed, and paths are relative to the tree: the same source gives
# the same bytes. SOURCE_DATE_EPOCH gives the date.
xen = $(MAKE) -C $(XEN)/xen O=$(OUT)/$* XEN_TARGET_ARCH=x86_64 \
	XEN_EXTRAVERSION=$(XEN_EXTRAVERSION) XEN_CHANGESET=$(XEN_CHANGESET) \
	XEN_WHOAMI=xenhost XEN_DOMAIN=build XEN_BUILD_HOST=build \
	EXTRA_CFLAGS_XEN_CORE='-ffile-prefix-map=$(XEN)=. -ffile-prefix-map=$(OUT)=. -fdebug-prefix-map=$(XEN)=. -fdebug-prefix-map=$(OUT)=.'

.PHONY: build install $(flavours:%=build-%) $(flavours:%=install-%)
build: $(flavours:%=build-%)
install: $(flavours:%=install-%)
	install -D -m 644 $(OUT)/release/xen.efi.stripped $(DESTDIR)/usr/lib/xen-$(XEN_BRANCH)/boot/$(name-release).efi
	install -D -m 644 $(OUT)/debug/xen.efi.stripped $(DESTDIR)/usr/lib/xen-$(XEN_BRANCH)/boot/$(name-debug).efi

# A choice that Kconfig drops (a renamed symbol, an unmet dependency) stops the build.
$(flavours:%=build-%): build-%: $(OUT)/%/.config
	$(xen) build
	strip -p -o $(OUT)/$*/xen.efi.stripped $(OUT)/$*/xen.efi

$(OUT)/%/.config: $(here)/release.config $(here)/debug.config
	mkdir -p $(@D)
	cat $(config-$*) > $(@D)/fragment
	$(xen) KCONFIG_ALLCONFIG=$(@D)/fragment alldefconfig
	sh $(here)/check-config $@ $(config-$*)

# GRUB's script takes every /boot/xen* but *.config for a hypervisor: the .efi files, which
# it cannot boot, live with the branch instead.
$(flavours:%=install-%): install-%:
	install -D -m 644 $(OUT)/$*/xen.gz $(DESTDIR)/boot/$(name-$*).gz
	install -m 644 $(OUT)/$*/.config $(DESTDIR)/boot/$(name-$*).config
	install -D -m 644 $(OUT)/$*/xen-syms $(DESTDIR)/usr/lib/debug/$(name-$*)/xen-syms
	install -m 644 $(OUT)/$*/xen-syms.map $(DESTDIR)/usr/lib/debug/$(name-$*)/xen-syms.map
