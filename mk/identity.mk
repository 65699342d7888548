# SPDX-License-Identifier: GPL-2.0-or-later
# What was written into a guest's root, read by that root's own programs.

.PHONY: check-identity
check-identity: WERROR := 1
check-identity: $(B)/tests/write-identity ## have a Debian root's programs read its identity (root)
	@tests/guests/make-root
	@WRITE_IDENTITY=$(abspath $(B)/tests/write-identity) prove --timer --exec bash tests/guests/*.t

$(B)/tests/write-identity: $(B)/obj/tests/guests/write-identity.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)
