/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost check: tells what of the machine is not as it should be, and what mends it. */
#include <stdio.h>

#include "cmd/boot-default.h"
#include "host/check.h"
#include "resources/resources.h"

static const struct option_spec options[] = {
	{"verbose", NULL, "tell the reason of each finding, and what mends it"},
	{NULL, NULL, NULL},
};

/* Those that plan, and what only check looks at; a NULL ends them. */
static const struct resource **all_resources(void)
{
	const struct resource **all;
	size_t count = 0;

	while (resources[count])
		count++;
	all = mem_alloc((count + 2) * sizeof(struct resource *));
	for (size_t i = 0; i < count; i++)
		all[i] = resources[i];
	all[count] = &boot_default_resource;
	return all;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_free_ const struct resource **all = all_resources();
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_host_ struct host host = HOST_CLOSED;
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_str_ struct str text = {0};
	int rc = host_open(call, &host, err);

	if (rc == EXIT_DONE)
		rc = host_plan(&host, &plan, err);
	if (rc == EXIT_DONE)
		rc = check_run(all, &host.desc, &host.facts, &host.fs, &plan, &findings,
			       err);
	if (rc != EXIT_DONE)
		return rc;
	if (call->is_json) {
		_cleanup_json_ json_t *json = findings_to_json(&findings);

		json_render(json, &text);
	} else {
		findings_render(&findings, call_has(call, "verbose"), &text);
	}
	(void)fputs(str_text(&text), stdout);
	return findings_has_problem(&findings) ? EXIT_DIFFERENCES : EXIT_DONE;
}

const struct command command_check = {
	.name = "check",
	.summary = "tell what is not as it should be",
	.options = options,
	.run = run,
};
