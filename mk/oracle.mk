# SPDX-License-Identifier: GPL-2.0-or-later
# Ours and xen-tools on the same command lines.

BUILD ?= build

.PHONY: check-oracle
check-oracle: WERROR := 1
check-oracle: $(B)/xen-create-image $(BUILD)/oracle/theirs ## make the guests that xen-tools makes, and compare (root, network once)
	@GUESTS=$(abspath $(B)) XEN_TOOLS=$(abspath $(BUILD)/oracle/xen-tools) ROOTS=$(abspath $(BUILD)/oracle/roots) \
		THEIRS=$(abspath $(BUILD)/oracle/theirs) $(PROVE) --timer --exec bash tests/oracle/*.t

# What does not change with ours: it is made once for a state of these.
oracle_inputs := $(addprefix tests/oracle/,theirs dom0 fakes facts lines role other.conf small.partitions debian.sources make-root) \
	tests/guests/server.partitions tests/guests/make-root tests/make-root
$(BUILD)/oracle/theirs: $(oracle_inputs) $(BUILD)/oracle/xen-tools/version | $(BUILD)/oracle/roots
	@XEN_TOOLS=$(abspath $(BUILD)/oracle/xen-tools) ROOTS=$(abspath $(BUILD)/oracle/roots) \
		mk/package-cache --day $@ $(oracle_inputs) $(BUILD)/oracle/xen-tools/version $(BUILD)/oracle/roots/*.json -- tests/oracle/theirs $@

# Debian's package, unpacked, not installed.
xen_tools_new := $(BUILD)/oracle/new
$(BUILD)/oracle/xen-tools/version:
	@rm -rf $(@D) $(xen_tools_new) && mkdir -p $(xen_tools_new) && chmod 755 $(xen_tools_new)
	@cd $(xen_tools_new) && apt-get -q download -o APT::Sandbox::User=root xen-tools >/dev/null
	@cd $(xen_tools_new) && dpkg-deb -x xen-tools_*.deb tree && sha256sum xen-tools_*.deb >tree/version
	@mv $(xen_tools_new)/tree $(@D) && rm -r $(xen_tools_new)

$(BUILD)/oracle/roots: tests/oracle/make-root tests/guests/make-root tests/make-root
	@tests/oracle/make-root $@
