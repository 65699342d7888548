# SPDX-License-Identifier: GPL-2.0-or-later
# How C is compiled: one variant per directory, build/$(V). Included by whoever needs it.
ifndef XENHOST_VERSION

XENHOST_VERSION := $(file < VERSION)
BUILD ?= build
V ?= release
B := $(BUILD)/$(V)

PKG_CONFIG ?= pkg-config
CLANG ?= $(firstword $(shell command -v clang-14) clang)
ifeq ($(origin CC),default)
CC := gcc
endif
# Only clang has libFuzzer.
ifeq ($(V),fuzz)
CC := $(CLANG)
endif

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wwrite-strings -Wpointer-arith -Wswitch-enum \
	-Wimplicit-fallthrough -Wcast-qual -Wdate-time \
	$(if $(findstring clang,$(CC)),,-Wlogical-op)

# _FORTIFY_SOURCE and the sanitizers hide each other's findings, so only some variants have it.
HARDENING := -fstack-protector-strong -fstack-clash-protection -fPIE
SANITIZERS := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
variant-release := $(HARDENING) \
	$(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=2)
link-release := -pie -Wl,-z,relro -Wl,-z,now
variant-asan := $(SANITIZERS)
variant-fuzz := $(SANITIZERS) -fsanitize=fuzzer-no-link
variant-cov := -O0 --coverage
variant-lint := $(HARDENING) -fanalyzer -Werror
ifeq ($(variant-$(V)),)
$(error V=$(V): the variants are release, asan, fuzz, cov and lint)
endif

XENHOST_CFLAGS = -std=c17 -D_GNU_SOURCE -Iprovisioning -Itests/fuzz -Itests/unit -MMD -MP $(WARNINGS) \
	$(if $(WERROR),-Werror) $(CPPFLAGS) $(CFLAGS) $(variant-$(V))
XENHOST_LDFLAGS = $(LDFLAGS) $(variant-$(V)) -Wl,--as-needed $(link-$(V))
XENHOST_LIBS = $(shell $(PKG_CONFIG) --libs blkid devmapper jansson libcrypt libmd yaml-0.1 zlib)
TEST_LIBS = $(shell $(PKG_CONFIG) --libs cmocka)

endif
