# The source of Xen: build/source/xen.tar.xz and build/source/version.mk

BUILD ?= build
export XEN_SOURCE XEN_SHA256

.PHONY: source check-build FORCE

source: $(BUILD)/source/version.mk ## get Xen's source (XEN_SOURCE=FILE|DIR, XEN_SHA256=SUM)

# Asked every time: hypervisor/source knows by itself that nothing changed, and then leaves
# the files, and their dates, as they are. version.mk is for recipes to source: a makefile
# that includes it would fetch Xen for every target.
$(BUILD)/source/version.mk: FORCE
	@hypervisor/source get --build $(BUILD)

$(BUILD)/source/xen.tar.xz: $(BUILD)/source/version.mk ;

check-build: ## test how the source is got and the repository is made
	@$(PROVE) --timer $(call longest-first,build,source-stop repo source-debian)

FORCE:
