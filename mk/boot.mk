# SPDX-License-Identifier: GPL-2.0-or-later
# The boot tests: an image with the packages of our repository, started in QEMU.
#   BOOT_REPO=DIR   the apt repository to install from (default: the one that `make repo` makes); empty: the suite's own Xen
#   CASES="bios ..."  only these cases of tests/boot/cases

BOOT_IMAGE := build/boot/$(SUITE).img
BOOT_REPO ?= build/repo/$(SUITE)
BOOT_IMAGE_PARTS := tests/boot/image tests/boot/guest/init

.PHONY: image check-boot boot-demo

image: $(BOOT_IMAGE) ## make the disk image that the boot tests start

# The index names every package with its checksum: the image is made again when, and only when, it or the script changed.
$(BOOT_IMAGE): $(BOOT_IMAGE_PARTS) $(if $(BOOT_REPO),$(BOOT_REPO)/dists/$(SUITE)/main/binary-amd64/Packages)
	tests/boot/image --suite $(SUITE) --out $@ $(if $(BOOT_REPO),--repo $(BOOT_REPO))

check-boot: $(BOOT_IMAGE) ## boot the packages in an emulator: BIOS, UEFI, debug, stores, guests
	tests/boot/run --stages --image $(BOOT_IMAGE) $(CASES)

boot-demo: $(BOOT_IMAGE) ## boot Xen with two guests and show what runs
	tests/boot/demo --image $(BOOT_IMAGE)
