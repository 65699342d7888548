# SPDX-License-Identifier: GPL-2.0-or-later
# How the toolstack is configured, compiled and laid out. Run on a patched Xen tree by
# debian/rules and by the spec:
#
#   make -f tools/build.mk XEN=DIR VERSION_MK=FILE LIBDIR=DIR CFLAGS_TOOLS=... LDFLAGS_TOOLS=... build
#   make -f tools/build.mk XEN=DIR VERSION_MK=FILE LIBDIR=DIR DESTDIR=DIR install
#
# XEN       the tree (compiled in place: the toolstack's build knows no other way)
# VERSION_MK  version.mk as `make source` writes it
# LIBDIR    the family's library directory, e.g. /usr/lib/x86_64-linux-gnu
# SYSCONF   the family's directory of service settings: default, sysconfig
# UNITDIR   the family's directory of systemd units
# QEMU, SEABIOS, OVMF   the family's device model and firmware

here := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
override XEN := $(abspath $(XEN))
include $(VERSION_MK)
include $(here)/../hypervisor/answers.mk

SYSCONF ?= default
UNITDIR ?= /usr/lib/systemd/system
QEMU ?= /usr/libexec/xen-qemu-system-i386
SEABIOS ?= /usr/share/seabios/bios-256k.bin
OVMF ?= /usr/share/ovmf/OVMF.fd
# What belongs to a branch lives here, so that two branches can be installed together.
BRANCHDIR := /usr/lib/xen-$(XEN_BRANCH)

# Nothing may be downloaded; Python and its modules are the distribution's; who, where and
# when are fixed so that the same source gives the same bytes.
export WGET := /bin/false
export GIT := /bin/false
export PYTHON := /usr/bin/python3
export BUILD_PATH_PREFIX_MAP := .=$(XEN)
xen = $(MAKE) -C $(XEN) XEN_TARGET_ARCH=x86_64 $(xen_answers) debug=n CONFIG_TESTS=n \
	XEN_EXTRAVERSION=$(XEN_EXTRAVERSION) \
	XEN_WHOAMI=xenhost XEN_DOMAIN=build XEN_BUILD_HOST=build \
	EXTRA_CFLAGS_XEN_CORE=-fdebug-prefix-map=$(XEN)=. \
	EXTRA_CFLAGS_XEN_TOOLS='$(CFLAGS_TOOLS) -fdebug-prefix-map=$(XEN)=.' \
	PREPEND_LDFLAGS_XEN_TOOLS='$(LDFLAGS_TOOLS)' \
	PYTHON_PREFIX_ARG=--home=$(BRANCHDIR) FSDIR=$(BRANCHDIR)/lib/xenfsimage

# Ours alone: the names given on the command line mean other things to Xen's makefiles.
MAKEOVERRIDES :=
# Upstream takes the output of `make xenversion` as it is.
MAKEFLAGS += --no-print-directory
unexport XEN VERSION_MK LIBDIR SYSCONF UNITDIR QEMU SEABIOS OVMF CFLAGS_TOOLS LDFLAGS_TOOLS

.PHONY: build docs install install-docs
build: $(XEN)/config/Tools.mk
	+$(xen) build-tools

# One at a time: these rules of upstream's make their directories behind each other's back.
docs: $(XEN)/config/Tools.mk
	$(xen) -j1 -C docs VERSION=$(XEN_FULLVERSION) man-pages html

# Off: stub domains, ROM BIOS and QEMU's old fork (the distribution's QEMU, SeaBIOS and OVMF
# serve), the Go bindings.
$(XEN)/config/Tools.mk:
	cd $(XEN) && ./configure --prefix=/usr --libdir=$(LIBDIR) --libexecdir=/usr/lib \
		--with-libexec-leaf-dir=xen-$(XEN_BRANCH) --sysconfdir=/etc --localstatedir=/var \
		--with-rundir=/run --mandir=/usr/share/man --docdir=/usr/share/doc/xen \
		--with-sysconfig-leaf-dir=$(SYSCONF) --with-initddir=/etc/init.d \
		--with-system-qemu=$(QEMU) --with-system-seabios=$(SEABIOS) --with-system-ovmf=$(OVMF) \
		--with-xenstored=xenstored --enable-systemd --enable-ocamltools \
		--disable-stubdom --disable-rombios --disable-golang

install:
	$(xen) -j1 DESTDIR=$(abspath $(DESTDIR)) install-tools
	sh $(here)/layout $(abspath $(DESTDIR)) $(XEN_BRANCH) $(LIBDIR) $(UNITDIR) $(QEMU)

install-docs:
	$(xen) -j1 DESTDIR=$(abspath $(DESTDIR)) -C docs VERSION=$(XEN_FULLVERSION) install-man-pages
	install -d $(DESTDIR)/usr/share/doc/xen
	cp -R $(XEN)/docs/html $(DESTDIR)/usr/share/doc/xen/
	find $(DESTDIR)/usr/share/doc/xen -name .deps -delete
