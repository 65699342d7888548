# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages of a release: build/packages/SUITE.

# All that goes into a source package, tests and pages excepted.
package_inputs := $(shell find Makefile VERSION debian etc-templates hypervisor mk provisioning tools -type f)

.PHONY: packages
packages: build/stamp/packages-$(SUITE) ## build the .deb packages (SUITE=bookworm|trixie)

# `source` is asked first: it knows by itself whether anything changed.
build/stamp/packages-$(SUITE): build/source/version.mk $(package_inputs)
	@mkdir -p build/stamp
	@mk/make-packages $(SUITE)
	@touch $@
