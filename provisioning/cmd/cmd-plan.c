/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost plan: shows what apply would change. */
#include <stdio.h>

#include "cmd/host.h"

static int run(const struct call *call, struct err *err)
{
	_cleanup_host_ struct host host = HOST_CLOSED;
	_cleanup_plan_ struct plan plan = {0};
	_cleanup_str_ struct str text = {0};
	int rc = host_open(call, &host, err);

	if (rc == EXIT_DONE)
		rc = host_plan(&host, &plan, err);
	if (rc != EXIT_DONE)
		return rc;
	if (call->is_json) {
		_cleanup_json_ json_t *json = plan_to_json(&plan);

		json_render(json, &text);
	} else {
		host_warn(&plan.warnings);
		plan_render(&plan, &host.fs, &text);
	}
	(void)fputs(str_text(&text), stdout);
	return plan_is_empty(&plan) ? EXIT_DONE : EXIT_DIFFERENCES;
}

const struct command command_plan = {
	.name = "plan",
	.summary = "show what apply would change",
	.run = run,
};
