# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of guests' storage: the real lvm in user-mode Linux, loop devices on this kernel.

.PHONY: check-lvm
check-lvm: WERROR := 1
check-lvm: $(B)/tests/parts $(B)/tests/step.so $(B)/xenhost $(GUEST_PROGRAMS:%=$(B)/%) ## thick and thin volumes, files, kills at each step (root, two minutes)
	@PARTS=$(abspath $(B)/tests/parts) STEP=$(abspath $(B)/tests/step.so) \
		$(PROVE) --timer --exec bash tests/lvm/host-*.t
	@PARTS=$(abspath $(B)/tests/parts) STEP=$(abspath $(B)/tests/step.so) \
		$(PROVE) --timer --exec 'bash tests/lvm/run' tests/lvm/lvm-*.t

$(B)/tests/parts: $(B)/obj/tests/lvm/parts.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)

$(B)/tests/step.so: tests/lvm/step.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP -fPIE,$(XENHOST_CFLAGS)) -fPIC -shared -o $@ $< -ldl
