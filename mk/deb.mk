# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages of a release: build/packages/SUITE.

# All that goes into a source package.
package_inputs := $(shell find Makefile VERSION COPYING README.Debian debian etc-templates grub.d hypervisor mk/flags.mk mk/c.mk mk/make-packages mk/make-chroot mk/apt-sources provisioning tools -type f)

.PHONY: packages
packages: build/stamp/packages-$(SUITE) ## build the .deb packages (SUITE=bookworm|trixie)

# The stamp has the time at which the build began: what changed meanwhile is built next time.
build/stamp/packages-$(SUITE): build/source/version.mk $(package_inputs)
	@mkdir -p build/stamp
	@rm -f $@
	@touch $@.begun
	@$(if $(filter $(SUITE),$(RUNNING)),mk/package-cache $(build_tools) build/packages/$(SUITE) $(package_inputs) $< --) mk/make-packages $(SUITE)
	@mv $@.begun $@
