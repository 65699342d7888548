# A signed repository of the packages: build/repo/SUITE for apt, build/repo/suse for zypper

BUILD ?= build
export REPO_KEY

.PHONY: repo

repo_dists := $(BUILD)/repo/$(SUITE)/dists/$(SUITE)

repo: $(if $(filter suse,$(FAMILY)),$(BUILD)/repo/suse/repodata/repomd.xml.asc,$(repo_dists)/InRelease) ## make a signed repository of the packages (FAMILY=debian|suse, SUITE=, REPO_KEY=FILE|ID)

$(repo_dists)/InRelease $(repo_dists)/main/binary-amd64/Packages &: $(BUILD)/stamp/packages-$(SUITE)
	@mk/make-repo --build $(BUILD) $(SUITE)
