# SPDX-License-Identifier: GPL-2.0-or-later
# The menu tests: grub-mkconfig runs our generator, and GRUB's own script for comparison.

.PHONY: check-grub
check-grub: WERROR := 1
check-grub: $(B)/xenhost $(BUILD)/grub/bookworm $(BUILD)/grub/trixie ## make menus with GRUB's own scripts and with ours, compare, and start them (root, four minutes)
	@XENHOST=$(abspath $(B)/xenhost) $(PROVE) --timer --exec bash $(call longest-first,grub,qemu-corpus corpus defects qemu)

# GRUB 2.06 and 2.12: its scripts and its modules for BIOS machines.
$(BUILD)/grub/bookworm $(BUILD)/grub/trixie: tests/fetch
	@tests/fetch $@ $(@F) grub-common:amd64 grub-pc-bin:amd64
