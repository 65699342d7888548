# A signed apt repository of the packages: build/repo/SUITE

BUILD ?= build
export REPO_KEY

.PHONY: repo

repo_dists := $(BUILD)/repo/$(SUITE)/dists/$(SUITE)

repo: $(repo_dists)/InRelease ## make a signed apt repository of the packages (SUITE=, REPO_KEY=FILE|ID)

$(repo_dists)/InRelease $(repo_dists)/main/binary-amd64/Packages &: $(BUILD)/stamp/packages-$(SUITE)
	@mk/make-repo --build $(BUILD) $(SUITE)
