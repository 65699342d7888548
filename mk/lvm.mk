# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of guests' storage: the real lvm in user-mode Linux, loop devices on this kernel.

.PHONY: check-lvm
check-lvm: WERROR := 1
check-lvm: $(B)/tests/parts $(B)/tests/step.so $(BUILD)/uml/linux.uml $(B)/xenhost $(GUEST_PROGRAMS:%=$(B)/%) ## thick and thin volumes, files, kills at each step (root, two minutes)
	@PARTS=$(abspath $(B)/tests/parts) STEP=$(abspath $(B)/tests/step.so) \
		$(PROVE) --timer --exec bash tests/lvm/host-*.t
	@PARTS=$(abspath $(B)/tests/parts) STEP=$(abspath $(B)/tests/step.so) \
		$(PROVE) --timer --exec 'bash tests/lvm/run' $(filter tests/lvm/lvm-%,$(call longest-first,lvm,lvm-kills lvm-volumes))

$(B)/tests/parts: $(B)/obj/tests/lvm/parts.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)

$(B)/tests/step.so: tests/lvm/step.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP -fPIE,$(XENHOST_CFLAGS)) -fPIC -shared -o $@ $< -ldl

# Of Debian 13, whatever the machine's release is: it starts programs in half the time of Debian 12's (6.1). It brings its C library.
$(BUILD)/uml/linux.uml: tests/fetch
	@tests/fetch $(@D) trixie user-mode-linux:amd64 libc6:amd64
	@patchelf --set-interpreter $(abspath $(@D))/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 \
		--set-rpath $(abspath $(@D))/usr/lib/x86_64-linux-gnu --output $@.new $(@D)/usr/bin/linux.uml
	@mv $@.new $@
