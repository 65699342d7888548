/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a configuration: read it, ask for some of it, say what is left. */
#include "base/conf.h"
#include "fuzz.h"

static void ask(struct conf *conf, struct conf_section *section)
{
	const struct conf_entry *entry = conf_take(section, "memory");
	uint64_t number;
	bool is_yes;

	if (!entry)
		return;
	(void)!conf_number(conf, entry, 1, 1 << 20, &number, NULL);
	(void)!conf_yes(conf, entry, &is_yes, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};
	struct conf_section *section = NULL;

	if (conf_parse("fuzz", (const char *)bytes, length, &conf, &err) < 0)
		return 0;
	ask(&conf, conf_plain(&conf, "dom0"));
	while ((section = conf_named(&conf, "bridge", section)))
		ask(&conf, section);
	(void)!conf_check_rest(&conf, &err);
	return 0;
}
