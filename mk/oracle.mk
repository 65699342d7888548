# SPDX-License-Identifier: GPL-2.0-or-later
# Ours and xen-tools on the same command lines.

BUILD ?= build

.PHONY: check-oracle
check-oracle: WERROR := 1
check-oracle: $(B)/xen-create-image $(BUILD)/oracle/xen-tools $(BUILD)/oracle/roots ## make the guests that xen-tools makes, and compare (root, network once)
	@GUESTS=$(abspath $(B)) XEN_TOOLS=$(abspath $(BUILD)/oracle/xen-tools) ROOTS=$(abspath $(BUILD)/oracle/roots) \
		$(PROVE) --timer --exec bash tests/oracle/*.t

# Debian's package, unpacked, not installed.
$(BUILD)/oracle/xen-tools:
	@rm -rf $(@D)/new && mkdir -p $(@D)/new && chmod 755 $(@D)/new
	@cd $(@D)/new && apt-get -q download -o APT::Sandbox::User=root xen-tools >/dev/null
	@dpkg-deb -x $(@D)/new/xen-tools_*.deb $(@D)/new/tree && mv $(@D)/new/tree $@ && rm -r $(@D)/new

$(BUILD)/oracle/roots: tests/oracle/make-root tests/guests/make-root
	@tests/oracle/make-root $@
