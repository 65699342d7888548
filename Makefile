# SPDX-License-Identifier: GPL-2.0-or-later
# xenhost: the one entry. `make help` lists every target.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The running release; bookworm or trixie builds in a chroot of that release.
RUNNING := $(shell . /etc/os-release && echo "$$VERSION_CODENAME")
SUITE ?= $(RUNNING)

include $(sort $(wildcard mk/*.mk))

.PHONY: help demo docs clean
docs: man ## make the manual pages
demo: build/stamp/deps ## build everything, boot it in an emulator and run guests (root)
	@$(MAKE) --no-print-directory image boot-demo

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort -u | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

clean: ## remove everything that was built
	rm -rf build
