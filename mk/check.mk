# SPDX-License-Identifier: GPL-2.0-or-later
# The tests: `check` runs all tiers and sums up; each tier is a target of its own.

.PHONY: check check-deb lint lint-shell
# golden and cli are run by san.
# What tiers of several groups use is there before they begin, and all tiers that make packages are in one group: no two make
# it at once. The boots are last, and alone: an emulated machine that waits for a processor looks like one that hangs.
check: build/stamp/deps ## run all tests (root)
	@$(MAKE) --no-print-directory --jobs=$(JOBS) WERROR=1 xenhost man source $(B)/tests/write-identity
	@tests/check "deb rpm images" "san fuzz" grub build lvm oracle templates fault lint net unit identity then boot

check-deb: build/stamp/packages-$(SUITE) repo ## install, upgrade, remove and purge the packages in chroots (root)
	@SUITE=$(SUITE) $(PROVE) --timer $(call longest-first,deb,lifecycle packages)

lint: lint-c lint-shell ## warnings, formatting, static analysis

# Every tracked script, by its first line.
shell_files = $(shell grep -lE '^\#!/bin/(ba)?sh|^\# shellcheck shell=' -r .ci grub.d hypervisor tools debian rpm mk provisioning/deadman tests --exclude-dir=corpus --exclude-dir=identity --exclude='*.c')
lint-shell:
	shellcheck -x -P SCRIPTDIR $(shell_files)

.PHONY: check-reproducible
check-reproducible: build/stamp/packages-$(SUITE) ## build the packages twice and compare (ten minutes)
	@prove -v tests/deb/reproducible :: $(SUITE)
