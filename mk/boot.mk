# SPDX-License-Identifier: GPL-2.0-or-later
# The boot tests: an image with the packages of our repository, started in QEMU.
#   BOOT_REPO=DIR      the apt repository to install from (default: that of `make repo`); empty: the suite's own Xen
#   CASES="guests ..."   only these cases, of tests/boot/cases or more
#   BOOT_JOBS=N        as many machines at once (default: one for each CPU)

BUILD ?= build
BOOT_REPO ?= $(BUILD)/repo/$(SUITE)
BOOT_JOBS ?= $(JOBS)
boot-image := $(BUILD)/boot/$(SUITE).img
# What `xl info` must name, where it is our own build that is started.
boot-version = $(if $(filter $(BUILD)/repo/$(SUITE),$(BOOT_REPO)),. $(BUILD)/source/version.mk;)

.PHONY: image image-suse check-boot check-boot-more check-boot-driver boot-demo

image: $(boot-image) ## make the disk image that the boot tests start (SUITE=, BOOT_REPO=)

$(boot-image): tests/boot/image tests/boot/disk.sh tests/boot/guest/init $(if $(BOOT_REPO),$(BOOT_REPO)/dists/$(SUITE)/InRelease)
	@tests/boot/image --suite $(SUITE) --out $@ $(if $(BOOT_REPO),--repo $(BOOT_REPO))

# All that the boots read.
.PHONY: check-images
check-images: $(boot-image) $(BUILD)/boot/guest-roots.img $(BUILD)/boot/suse-$(SUITE).img

# For the cases with IMAGE=suse.
boot-suse := $(BUILD)/boot/suse-$(SUITE).img
image-suse: $(boot-suse) ## make the disk image with the RPM packages

$(boot-suse): $(boot-image) tests/boot/suse-image tests/boot/disk.sh tests/rpm/lib.sh $(BUILD)/repo/suse/repodata/repomd.xml.asc
	@SUITE=$(SUITE) tests/boot/suse-image --from $< --out $@

# What the guests of the tests are made of; their own releases, whatever the host's is.
boot-roots := $(BUILD)/boot/guest-roots.img
$(boot-roots): tests/boot/guest-roots
	@mk/package-cache --day $@ $< mk/apt-sources $(wildcard /etc/apt/sources.list /etc/apt/sources.list.d/*) -- tests/boot/guest-roots --out $@ bookworm trixie

# How far the boots are goes past prove, which waits for the results of whoever writes to its standard error.
# The longest first: what begins last is short then.
boot-cases = $(if $(CASES),$(foreach case,$(CASES),$(firstword $(wildcard tests/boot/*/$(case).case) tests/boot/cases/$(case).case)),$(shell awk -F = \
	'/^ENTRY=/ { boots = split($$2, word, " ") } /^TIMEOUT=/ { print $$2, boots, FILENAME; nextfile }' \
	$(sort $(wildcard tests/boot/cases/*.case)) | sort -k 1,1rn -k 2,2rn | cut -d ' ' -f 3))
# run-cases CASE...
define run-cases
	@$(boot-version) BOOT_STAGES_TO=9 prove -v --timer -j $(BOOT_JOBS) --exec \
		"tests/boot/run --stages $${XEN_FULLVERSION:+--xen-version $$XEN_FULLVERSION} --image $(boot-image)" $(1) 9>&2
endef

check-boot: $(boot-image) $(boot-roots) $(if $(CASES),$(if $(filter suse,$(CASES)),$(boot-suse)),$(boot-suse)) ## boot the packages in an emulator: BIOS, UEFI, stores, trials, guests, RPM (CASES=)
	$(call run-cases,$(boot-cases))

check-boot-more: $(boot-image) $(boot-roots) ## boot what check-boot leaves out: hvm and more guests, failing trials, chain-loading, upgrades, debug, UEFI (an hour)
	$(call run-cases,$(sort $(wildcard tests/boot/more/*.case)))

check-boot-driver: $(boot-image) ## the boot tests' driver sees a panic, a timeout and every bad result
	@tests/boot/selftest --image $<

boot-demo: $(boot-image) ## boot Xen with two guests and show what runs
	@tests/boot/demo --image $<
