/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenhost boot: the boot menu, and boots on trial. */
#include <errno.h>
#include <string.h>

#include "cmd/boot.h"

static const struct boot_command *const commands[] = {
	&boot_command_health,  &boot_command_list,  &boot_command_menu,
	&boot_command_promote, &boot_command_prune, &boot_command_status,
	&boot_command_try,
};

static const struct option_spec options[] = {
	{"no-commands", NULL, "prune: only name the commands that would be run"},
	{"seconds", "SECONDS",
	 "try: until Xen restarts a boot that is not healthy (600)"},
	{"if-changed", NULL, "try: only if the default is new; never fails"},
	{"cancel", NULL, "try: take it back"},
	{"timeout", "SECONDS", "health: give up after this time (120)"},
	{NULL, NULL, NULL},
};

static int unknown(const char *name, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		str_list_add(&names, commands[i]->name);
	nearest = str_nearest(name, &names);
	if (nearest)
		(void)err_say(err, EINVAL, "unknown command '%s'; did you mean '%s'?",
			      name, nearest);
	else
		(void)err_say(err, EINVAL, "unknown command '%s'", name);
	return EXIT_USAGE;
}

/* The options are those of all commands of `boot`. */
static int check_options(const struct call *call, const struct boot_command *command,
			 struct err *err)
{
	for (size_t i = 0; i < call->given_count; i++) {
		const char *name = call->given[i].name;
		bool is_known = true;

		for (const struct option_spec *spec = options; spec->name; spec++)
			is_known = is_known && strcmp(spec->name, name) != 0;
		for (size_t k = 0; command->options && command->options[k]; k++)
			is_known = is_known || strcmp(command->options[k], name) == 0;
		if (!is_known) {
			(void)err_say(err, EINVAL, "%s: it has no option --%s",
				      command->name, name);
			return EXIT_USAGE;
		}
	}
	return EXIT_DONE;
}

static int run(const struct call *call, struct err *err)
{
	const struct boot_command *command = NULL;
	int rc;

	if (call->operand_count == 0) {
		(void)err_say(err, EINVAL,
			      "no command is given; try 'xenhost boot --help'");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, call->operand[0]) == 0)
			command = commands[i];
	if (!command)
		return unknown(call->operand[0], err);
	if (call->operand_count > (command->has_operand ? 2U : 1U)) {
		(void)err_say(err, EINVAL, "%s: unexpected '%s'", command->name,
			      call->operand[call->operand_count - 1]);
		return EXIT_USAGE;
	}
	rc = check_options(call, command, err);
	if (rc != EXIT_DONE)
		return rc;
	rc = command->run(call, err);
	if (err->code)
		(void)err_wrap(err, "%s", command->name);
	return rc;
}

const struct command command_boot = {
	.name = "boot",
	.summary = "show the boot menu, make it, try a boot",
	.operands = "COMMAND [ENTRY]",
	.options = options,
	.run = run,
};
