/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost plan: shows what apply would change. */
#include <stdio.h>

#include "cmd/host.h"

/* A plan begins with what is there; apply undoes what is half done before it plans. */
static void warn_of_unfinished(const struct fs *fs, struct plan *plan)
{
	_cleanup_free_ unsigned int *ids = NULL;
	_cleanup_err_ struct err ignored = {0};
	size_t count = 0;

	if (journal_list(fs, &ids, &count, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *text = mem_textf(
			"transaction %u is not finished: apply undoes it first", ids[i]);
		enum journal_state state;

		if (journal_read_state(fs, ids[i], &state, &ignored) == 0 &&
		    (state == JOURNAL_OPEN || state == JOURNAL_UNDOING))
			str_list_add(&plan->warnings, text);
	}
}

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
	warn_of_unfinished(&host.fs, &plan);
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
