# SPDX-License-Identifier: GPL-2.0-or-later
# The network tests: what `xenhost apply` wrote, read by the network stacks themselves.

.PHONY: check-net
check-net: WERROR := 1
check-net: $(B)/xenhost $(B)/tests/write-identity ## start each network stack on what was written, in namespaces (root)
	@tests/net/make-root
	@XENHOST=$(abspath $(B)/xenhost) WRITE_IDENTITY=$(abspath $(B)/tests/write-identity) \
		$(PROVE) --timer --exec bash tests/net/*.t
