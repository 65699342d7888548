# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of the C: unit, cli, sanitizers, fuzz; and what reads it without running it.

include mk/flags.mk

# As many test files at once as there are CPUs: each has a directory, and where it needs them namespaces, of its own.
JOBS := $(shell nproc)
PROVE ?= prove -j $(JOBS) --failures --comments
# longest-first DIRECTORY,NAME...: its tests, these before the others: what begins last is short then.
longest-first = $(patsubst %,tests/$(1)/%.t,$(2)) $(filter-out $(patsubst %,tests/$(1)/%.t,$(2)),$(sort $(wildcard tests/$(1)/*.t)))
# The layout of code differs between versions of clang-format: 14 decides.
CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14) clang-format)
CLANG_TIDY ?= $(firstword $(shell command -v clang-tidy-14) clang-tidy)
FUZZ_SECONDS ?= 60
C_FILES := $(wildcard provisioning/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/fault/*.c tests/lvm/*.c tests/guests/*.c)
C_HEADERS := $(wildcard provisioning/*/*.h)

# Without two that complain about every call: of memcpy(), and of functions with two numbers.
TIDY_CHECKS := -*,bugprone-*,misc-redundant-expression,performance-*,-bugprone-easily-swappable-parameters
# clang's own analyzer takes as long as all else of lint together, and gcc's has read the same: before a release.
DEEP_CHECKS := -*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling

.PHONY: check-quick check-unit check-golden check-cli check-fault check-san check-leaks check-fuzz fuzz-run replay
.PHONY: lint-c lint-deep lint-compile lint-format lint-analyse lint-headers lint-layers lint-man

check-quick: check-san check-fuzz ## run the fast tests, under the sanitizers (under a minute)

check-unit: WERROR := 1
check-unit: $(UNIT_TESTS) ## test the functions
	@CMOCKA_MESSAGE_OUTPUT=TAP $(PROVE) --exec '' $(UNIT_TESTS)

check-golden: WERROR := 1
check-golden: $(B)/xenhost ## test the plans: each case applied, applied again, rolled back
	@XENHOST=$(abspath $(B)/xenhost) $(PROVE) --exec bash tests/golden/run

check-cli: WERROR := 1
check-cli: $(B)/xenhost $(GUEST_PROGRAMS:%=$(B)/%) man ## test the messages and exit status of the commands
	@XENHOST=$(abspath $(B)/xenhost) GUESTS=$(abspath $(B)) PAGES=$(abspath $(BUILD)/man) $(PROVE) --exec bash tests/cli/*.t

# Without the sanitizers: they do not go with what is preloaded.
check-fault: WERROR := 1
check-fault: $(B)/xenhost $(GUEST_PROGRAMS:%=$(B)/%) $(B)/tests/sweep $(B)/tests/shim.so $(B)/tests/fake ## fail and kill at each write in turn (three minutes)
	@$(PROVE) --timer --exec '' $(abspath $(B)/tests/sweep) :: $(abspath $(B)/xenhost $(B)/tests/shim.so $(B)/tests/fake)
	@XENHOST=$(abspath $(B)/xenhost) GUESTS=$(abspath $(B)) FAKE=$(abspath $(B)/tests/fake) SHIM=$(abspath $(B)/tests/shim.so) \
		$(PROVE) --exec bash tests/fault/*.t

# A search for leaks takes longer than a command: of the functions always, of the commands before a release.
check-leaks:
	@$(MAKE) --no-print-directory V=asan check-golden check-cli

check-san: ## run all three under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory V=asan check-unit
	@ASAN_OPTIONS=detect_leaks=0 $(MAKE) --no-print-directory V=asan check-golden check-cli

check-fuzz: ## replay the fuzz corpus under the sanitizers
	@$(MAKE) --no-print-directory V=asan replay

replay: $(FUZZERS)
	@for f in $(FUZZERS); do \
		printf '%s: ' "$${f##*/}"; \
		"$$f" tests/fuzz/corpus/"$${f##*/fuzz-}"/* > "$$f.tap" || { cat "$$f.tap"; exit 1; }; \
		echo "$$(grep -c '^ok' "$$f.tap") inputs"; \
	done

fuzz-run: ## fuzz each reader for FUZZ_SECONDS (clang)
	@$(MAKE) --no-print-directory V=fuzz fuzzers
	@for f in $(FUZZERS:$(B)/%=$(BUILD)/fuzz/%); do \
		found="$(BUILD)/fuzz/corpus/$${f##*/fuzz-}"; \
		mkdir -p "$$found"; \
		"$$f" -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-artifact_prefix="$(BUILD)/fuzz/" \
			"$$found" tests/fuzz/corpus/"$${f##*/fuzz-}" || exit 1; \
	done

lint-c: lint-layers lint-format lint-man lint-headers lint-compile lint-analyse ## read the C with every tool

# gcc's own analyzer, with warnings as errors, in a variant of its own.
lint-compile:
	@$(MAKE) --no-print-directory V=lint xenhost unit-tests fuzzers

lint-format:
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	@codespell -L memroy,memmory,sise provisioning tests/unit tests/cli mk/flags.mk mk/c.mk mk/check-c.mk

# tidy CHECKS
define tidy
	@printf '%s\n' $(filter %.c,$(filter provisioning/%,$(C_FILES))) | xargs -n 16 -P $(JOBS) sh -c \
		'exec $(CLANG_TIDY) --quiet --warnings-as-errors="*" --checks="$(1)" "$$@" -- \
		-std=c17 -D_GNU_SOURCE -Iprovisioning -DXENHOST_VERSION=\"0\"' tidy
endef

lint-analyse:
	@cppcheck -j $(JOBS) --quiet --error-exitcode=1 --inline-suppr --std=c11 -D_GNU_SOURCE -Iprovisioning \
		--enable=warning,performance,portability provisioning
	$(call tidy,$(TIDY_CHECKS))

lint-deep: ## read the C with clang's analyzer too (six minutes)
	$(call tidy,$(DEEP_CHECKS))

lint-headers:
	@for h in $(C_HEADERS:provisioning/%=%); do \
		echo "#include \"$$h\"" | \
		$(CC) $(filter-out -MMD -MP,$(XENHOST_CFLAGS)) -Werror -fsyntax-only -x c - || exit 1; \
	done

# Includes go one way: base <- host <- resources, boot; base <- guest; nothing uses cmd.
lint-layers:
	@! grep -nE '^#include "(host|resources|boot|guest|cmd)/' provisioning/base/*
	@! grep -nE '^#include "(resources|boot|guest|cmd)/' provisioning/host/*
	@! grep -rnE '^#include "(host|resources|boot|cmd)/' provisioning/guest 2>&-
	@! grep -rnE '^#include "cmd/' provisioning/resources provisioning/boot 2>&-

lint-man: man
	@mandoc -T lint -W error $(PAGES)
