# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM packages, and their repository: build/packages/suse, build/repo/suse.

rpm_inputs := $(shell find Makefile VERSION COPYING README.SUSE etc-templates grub.d hypervisor mk/flags.mk mk/c.mk mk/make-rpm mk/words.sh provisioning rpm tools -type f)
rpm_repo := $(BUILD)/repo/suse/repodata/repomd.xml.asc

.PHONY: rpm check-rpm
rpm: build/stamp/packages-suse ## build the RPM packages

# As for the .debs, whose C this finds in the compiler's cache.
build/stamp/packages-suse: build/source/version.mk $(rpm_inputs)
	@mkdir -p build/stamp
	@rm -f $@
	@touch $@.begun
	@mk/package-cache $(build_tools) build/packages/suse $(rpm_inputs) $< -- mk/make-rpm
	@mv $@.begun $@

$(rpm_repo): build/stamp/packages-suse
	@mk/make-repo --build $(BUILD) suse

check-rpm: build/stamp/packages-$(SUITE) $(rpm_repo) ## compare the RPM packages with the .debs; install, upgrade and remove them with zypper (root)
	@SUITE=$(SUITE) $(PROVE) --timer $(call longest-first,rpm,lifecycle)
