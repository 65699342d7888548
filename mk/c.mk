# SPDX-License-Identifier: GPL-2.0-or-later
# The C of this project: a library of everything but the commands, programs, unit tests, pages.

include mk/flags.mk

LIB_SOURCES := $(filter-out provisioning/cmd/% provisioning/deadman/%,$(wildcard provisioning/*/*.c))
# Two programs are made of the commands; they share how command lines are read.
GUEST_SOURCES := $(wildcard provisioning/cmd/guest*.c) provisioning/cmd/call.c provisioning/cmd/program.c
CMD_SOURCES := $(filter-out provisioning/cmd/guest%,$(wildcard provisioning/cmd/*.c))
# The first is the program, the others are links to it.
GUEST_PROGRAMS := xen-create-image xen-create-nfs xen-delete-image xen-list-images xen-update-image \
	xen-resize-image xen-resize-guest xen-templates
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test-*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz-*.c))
PAGES := $(patsubst provisioning/man/%.scd,$(BUILD)/man/%,$(wildcard provisioning/man/*.scd))

# One short line for each file; VERBOSE=1 shows the commands.
Q := $(if $(VERBOSE),,@)
say = @$(if $(VERBOSE),:,printf '  %-5s %s\n' $(1) $@)

PREFIX ?= /usr
UNITDIR ?= $(PREFIX)/lib/systemd/system
# SUSE has them in /etc/xen/examples.
EXAMPLESDIR ?= $(PREFIX)/share/doc/xenhost-guests/examples
INSTALL ?= install

HOST_PAGES := $(filter %/xenhost.8 %/xenhost.conf.5,$(PAGES)) $(filter $(BUILD)/man/xenhost-%,$(PAGES))
GUEST_PAGES := $(filter-out $(HOST_PAGES),$(PAGES))

.PHONY: xenhost unit-tests fuzzers man install-xenhost install-guests

xenhost: $(B)/xenhost $(B)/xenhost-deadman $(GUEST_PROGRAMS:%=$(B)/%) ## compile the programs (V=release, asan, cov)

unit-tests: $(UNIT_TESTS)

fuzzers: $(FUZZERS)

man: $(PAGES)

# Into the directories of their sections.
define install_pages
	$(if $(filter %.8,$(1)),$(INSTALL) -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 $(filter %.8,$(1)))
	$(if $(filter %.5,$(1)),$(INSTALL) -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(filter %.5,$(1)))
endef

install-xenhost: $(B)/xenhost $(B)/xenhost-deadman $(HOST_PAGES) ## install programs, GRUB script, units and pages (DESTDIR, PREFIX, UNITDIR)
	$(INSTALL) -D -m 755 $(B)/xenhost $(DESTDIR)$(PREFIX)/sbin/xenhost
	$(INSTALL) -D -m 755 $(B)/xenhost-deadman $(DESTDIR)$(PREFIX)/lib/xenhost/xenhost-deadman
	$(INSTALL) -D -m 755 grub.d/20_xenhost $(DESTDIR)/etc/grub.d/20_xenhost
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(UNITDIR) $(wildcard provisioning/deadman/*.service)
	$(INSTALL) -D -m 755 provisioning/deadman/initramfs-tools/hook \
		$(DESTDIR)$(PREFIX)/share/initramfs-tools/hooks/xenhost
	$(INSTALL) -D -m 755 provisioning/deadman/initramfs-tools/script \
		$(DESTDIR)$(PREFIX)/share/initramfs-tools/scripts/init-top/xenhost
	$(INSTALL) -D -m 755 -t $(DESTDIR)$(PREFIX)/lib/dracut/modules.d/50xenhost \
		$(wildcard provisioning/deadman/dracut/*.sh)
	$(call install_pages,$(HOST_PAGES))

install-guests: $(GUEST_PROGRAMS:%=$(B)/%) $(GUEST_PAGES) ## install the programs for guests and their pages (DESTDIR, PREFIX, EXAMPLESDIR)
	$(INSTALL) -D -m 755 $(B)/xen-create-image $(DESTDIR)$(PREFIX)/sbin/xen-create-image
	for name in $(filter-out xen-create-image,$(GUEST_PROGRAMS)); do \
		ln -sf xen-create-image $(DESTDIR)$(PREFIX)/sbin/$$name || exit 1; done
	$(INSTALL) -D -m 644 etc-templates/xen-tools.conf $(DESTDIR)/etc/xen-tools/xen-tools.conf
	$(INSTALL) -d $(DESTDIR)/etc/xen-tools/partitions.d $(DESTDIR)/etc/xen-tools/role.d
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(EXAMPLESDIR) $(wildcard etc-templates/examples/*)
	$(INSTALL) -D -m 644 etc-templates/xen-guests.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/xen-create-image
	for name in $(filter-out xen-create-image,$(GUEST_PROGRAMS)); do \
		ln -sf xen-create-image $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$name || exit 1; done
	$(call install_pages,$(GUEST_PAGES))

$(B)/xenhost: $(CMD_SOURCES:%.c=$(B)/obj/%.o) $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)

$(B)/xen-create-image: $(GUEST_SOURCES:%.c=$(B)/obj/%.o) $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)

$(filter-out %/xen-create-image,$(GUEST_PROGRAMS:%=$(B)/%)): $(B)/xen-create-image
	$(Q)ln -sf xen-create-image $@

# Into the initial RAM file system: nothing but libc.
$(B)/xenhost-deadman: $(B)/obj/provisioning/deadman/deadman.o
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^

# Made anew, so that it never keeps an object whose source is gone.
$(B)/libxenhost.a: $(LIB_SOURCES:%.c=$(B)/obj/%.o)
	@mkdir -p $(@D)
	$(call say,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/tests/test-%: $(B)/obj/tests/unit/test-%.o $(B)/obj/tests/unit/unit.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS) $(TEST_LIBS)

# Without a fuzz engine a reader is an ordinary program that replays the files it is given.
ifeq ($(V),fuzz)
$(B)/tests/fuzz-%: $(B)/obj/tests/fuzz/fuzz-%.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(XENHOST_LIBS)
else
$(B)/tests/fuzz-%: $(B)/obj/tests/fuzz/fuzz-%.o $(B)/obj/tests/fuzz/replay.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)
endif

# The faults: a driver, what it preloads, and a program for roots without a C library.
$(B)/tests/sweep: $(B)/obj/tests/fault/sweep.o $(B)/libxenhost.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(XENHOST_LDFLAGS) -o $@ $^ $(XENHOST_LIBS)

$(B)/tests/shim.so: tests/fault/shim.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP -fPIE,$(XENHOST_CFLAGS)) -fPIC -shared -o $@ $< -ldl

$(B)/tests/fake: tests/fault/fake.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP -fPIE,$(XENHOST_CFLAGS)) -static -o $@ $<

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(XENHOST_CFLAGS) -c -o $@ $<

$(B)/obj/provisioning/cmd/program.o: XENHOST_CFLAGS += -DXENHOST_VERSION='"$(XENHOST_VERSION)"'
$(B)/obj/provisioning/cmd/program.o: VERSION

$(BUILD)/man/%: provisioning/man/%.scd
	@mkdir -p $(@D)
	$(call say,PAGE)
	$(Q)scdoc < $< > $@.new && mv $@.new $@

# Kept, although only pattern rules name them.
.SECONDARY: $(UNIT_TESTS:$(B)/tests/%=$(B)/obj/tests/unit/%.o) $(B)/obj/tests/unit/unit.o
.SECONDARY: $(FUZZERS:$(B)/tests/%=$(B)/obj/tests/fuzz/%.o) $(B)/obj/tests/fuzz/replay.o

-include $(shell [ -d $(B)/obj ] && find $(B)/obj -name '*.d')
