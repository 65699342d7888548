/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dom0's memory: what it has against what was asked for, and whether it may grow. */
#include <inttypes.h>
#include <string.h>

#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define TARGET_KB "sys/devices/system/xen_memory/xen_memory0/target_kb"
#define SLACK_MIN_MIB 16 /* what Xen and rounding take */
#define SLACK_PERCENT 3
#define AUTO_MIB 1024 /* as dom0.c: 1G+5% */

static const struct advice memory = {
	.id = "dom0.memory",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:112: a host for guests gives dom0 a fixed amount",
	.setting = "[dom0] memory, then apply and reboot; or xl mem-set 0 SIZE",
};

static const struct advice memory_no_max = {
	.id = "dom0.memory-no-max",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:119: without \"max:\" dom0 keeps structures for all "
	       "of the machine's memory and may grow into it",
	.setting = "[dom0] memory, then apply and reboot: the maximum is set with it",
};

/* What was asked for: the amount, or the machine's 1G+5%; 0: unknown. */
static uint64_t asked_mib(struct checker *checker)
{
	const struct desc_number *asked = &checker->desc->dom0.memory;
	_cleanup_free_ char *total = NULL;
	uint64_t mib;

	if (asked->value)
		return asked->value;
	total = check_xl_value(checker_ask(checker, CHECKER_XL_INFO), "total_memory");
	return total && str_to_number(total, UINT32_MAX, &mib) ? AUTO_MIB + mib / 20 : 0;
}

static void check_size(struct checker *checker)
{
	_cleanup_free_ char *target = facts_attribute(checker->fs, TARGET_KB);
	uint64_t low = asked_mib(checker), kib, mib, slack;
	uint64_t high = checker->desc->dom0.max_memory.value;
	bool may_shrink = checker->desc->autoballoon.value != DESC_AUTOBALLOON_OFF;

	if (!low || !target || !str_to_number(target, UINT64_MAX, &kib))
		return;
	mib = kib >> 10;
	high = high ? high : low;
	slack = high * SLACK_PERCENT / 100;
	slack = slack > SLACK_MIN_MIB ? slack : SLACK_MIN_MIB;
	if ((mib + slack < low && !may_shrink) || mib > high + slack)
		check_add(checker, &memory,
			  "dom0 has %" PRIu64 " MiB, asked for are %" PRIu64 " MiB", mib,
			  low);
}

/* A line of grub.cfg that loads the hypervisor, "if" in front or not. */
static bool loads_xen(const char *line, size_t length)
{
	static const char *const words[] = {"multiboot", "multiboot2", "xen_hypervisor"};
	size_t blanks = strspn(line, " \t");

	if (blanks < length && str_starts(line + blanks, "if "))
		blanks += strlen("if ");
	if (blanks >= length)
		return false;
	line += blanks;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t size = strlen(words[i]);

		if (length - blanks > size && strncmp(line, words[i], size) == 0 &&
		    strchr(" \t", line[size]))
			return true;
	}
	return false;
}

static void check_menu(struct checker *checker, const char *path)
{
	_cleanup_str_ struct str text = {0};
	const char *cursor, *line;
	size_t length;

	check_read(checker, path, &text);
	cursor = str_text(&text);
	while (str_next_line(&cursor, &line, &length)) {
		if (!loads_xen(line, length) || !check_lacks_max(line, length))
			continue;
		check_add(checker, &memory_no_max,
			  "%s has entries with a dom0_mem without max:", path);
		return;
	}
}

static void check(struct checker *checker)
{
	_cleanup_free_ char *line = NULL;

	if (checker->has_hardware && checker->facts->xen.is_dom0)
		check_size(checker);
	line = check_xl_value(checker_ask(checker, CHECKER_XL_INFO), "xen_commandline");
	if (line && check_lacks_max(line, strlen(line)))
		check_add(checker, &memory_no_max,
			  "Xen runs with a dom0_mem without max:");
	check_menu(checker, "boot/grub/grub.cfg");
	check_menu(checker, "boot/grub2/grub.cfg");
}

const struct resource resource_dom0_memory = {.name = "dom0-memory", .check = check};
