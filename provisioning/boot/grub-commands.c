/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's commands that decide the menu; all others do nothing and succeed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

#define FAILED 1
#define SOURCES_MAX 16 /* files that read files */
#define SOURCE_MAX (16 << 20)

static int run_true(struct grub_machine *machine, const struct str_list *words)
{
	(void)machine;
	(void)words;
	return 0;
}

static int run_false(struct grub_machine *machine, const struct str_list *words)
{
	(void)machine;
	(void)words;
	return FAILED;
}

static int run_test(struct grub_machine *machine, const struct str_list *words)
{
	return !grub_test(machine, words);
}

/* ---- variables ---- */

static int run_set(struct grub_machine *machine, const struct str_list *words)
{
	const char *equals = words->count > 1 ? strchr(words->item[1], '=') : NULL;
	_cleanup_free_ char *name = NULL;

	if (words->count < 2)
		return 0;
	if (!equals)
		return FAILED;
	name = mem_text_part(words->item[1], (size_t)(equals - words->item[1]));
	grub_set(machine, name, equals + 1);
	return 0;
}

static int run_unset(struct grub_machine *machine, const struct str_list *words)
{
	if (words->count < 2)
		return FAILED;
	grub_set(machine, words->item[1], NULL);
	return 0;
}

static int run_export(struct grub_machine *machine, const struct str_list *words)
{
	for (size_t i = 1; i < words->count; i++)
		grub_export(machine, words->item[i]);
	return words->count < 2 ? FAILED : 0;
}

/* ---- arguments and loops ---- */

static int run_setparams(struct grub_machine *machine, const struct str_list *words)
{
	if (!machine->scope)
		return FAILED;
	str_list_clear(&machine->scope->list);
	machine->scope->shifted = 0;
	for (size_t i = 1; i < words->count; i++)
		str_list_add(&machine->scope->list, words->item[i]);
	return 0;
}

/* The one number that a command may have, else `otherwise`. */
static bool one_number(const struct str_list *words, unsigned long otherwise,
		       unsigned long *ret_number)
{
	const char *end = "";

	*ret_number = otherwise;
	if (words->count < 2)
		return true;
	return words->count == 2 && grub_number(words->item[1], ret_number, &end) &&
	       *end == '\0';
}

static int run_shift(struct grub_machine *machine, const struct str_list *words)
{
	struct grub_args *scope = machine->scope;
	unsigned long number;

	if (!scope)
		return 0;
	if (!one_number(words, 1, &number) || number > scope->list.count - scope->shifted)
		return FAILED;
	scope->shifted += number;
	return 0;
}

static int run_return(struct grub_machine *machine, const struct str_list *words)
{
	const char *status = grub_get(machine, "?");
	unsigned long number;

	if (!machine->scope ||
	    !one_number(words, status && strcmp(status, "0") != 0, &number))
		return FAILED;
	machine->is_returning = true;
	return number ? FAILED : 0;
}

static int run_break(struct grub_machine *machine, const struct str_list *words)
{
	unsigned long number;

	if (!one_number(words, 1, &number) || number == 0)
		return FAILED;
	machine->is_continue = strcmp(words->item[0], "break") != 0;
	machine->breaks = number < machine->loops ? number : machine->loops;
	return 0;
}

/* ---- other texts ---- */

static int run_eval(struct grub_machine *machine, const struct str_list *words)
{
	_cleanup_str_ struct str text = {0};
	int result = 0;

	for (size_t i = 1; i < words->count; i++)
		str_addf(&text, "%s%s", i > 1 ? " " : "", words->item[i]);
	if (machine->sources >= SOURCES_MAX)
		return FAILED;
	machine->sources++;
	result = grub_run_text(machine, "eval", str_text(&text), text.length);
	machine->sources--;
	return result;
}

static int run_source(struct grub_machine *machine, const struct str_list *words)
{
	_cleanup_free_ char *path =
		words->count == 2 ? grub_find_file(machine, words->item[1]) : NULL;
	_cleanup_str_ struct str text = {0};
	size_t depth = machine->depth;

	if (!path || machine->sources >= SOURCES_MAX ||
	    fs_read(machine->platform->fs, path, SOURCE_MAX, &text, NULL) < 0)
		return FAILED;
	machine->sources++;
	(void)!grub_run_text(machine, path, str_text(&text), text.length);
	/* GRUB passes over what it cannot parse; of a file of its user's, so do we. */
	if (machine->rc == -EBADMSG) {
		machine->rc = 0;
		err_clear(machine->err);
	}
	machine->sources--;
	machine->depth = depth;
	return 0;
}

/* ---- the environment block ---- */

/*
 * The words behind the options, which are of the block: 0 if the block is not that of
 * this menu, or there is none.
 */
static size_t after_options(const struct grub_machine *machine,
			    const struct str_list *words)
{
	size_t i = 1;

	for (; i < words->count && words->item[i][0] == '-'; i++) {
		const char *word = words->item[i], *file = NULL;

		if (strcmp(word, "-f") == 0 || strcmp(word, "--file") == 0)
			file = ++i < words->count ? words->item[i] : "";
		else if (str_starts(word, "--file="))
			file = word + strlen("--file=");
		if (file && !grub_is_env(machine, file))
			return 0;
	}
	return machine->env.size ? i : 0;
}

static bool is_wanted(const struct str_list *words, size_t first, const char *name)
{
	for (size_t i = first; i < words->count; i++)
		if (strcmp(words->item[i], name) == 0)
			return true;
	return first >= words->count;
}

static int run_load_env(struct grub_machine *machine, const struct str_list *words)
{
	const struct grubenv *env = &machine->env;
	size_t first = after_options(machine, words);

	if (!first)
		return FAILED;
	for (size_t i = 0; i < env->name.count; i++)
		if (is_wanted(words, first, env->name.item[i]))
			grub_set(machine, env->name.item[i], env->value.item[i]);
	return 0;
}

/* Whether a block can hold it under this name. */
static bool can_save(const char *name)
{
	return *name && *name != '#' && !strpbrk(name, "=\n");
}

static int save_one(struct grub_machine *machine, const char *name)
{
	_cleanup_free_ char *old = NULL;
	_cleanup_str_ struct str text = {0};
	const char *value = grub_get(machine, name);
	const char *before = grubenv_get(&machine->env, name);

	if (!can_save(name))
		return FAILED;
	if (machine->saves_nothing)
		return 0;
	grub_spend(machine, machine->env.size);
	old = before ? mem_text(before) : NULL;
	grubenv_set(&machine->env, name, value);
	if (grubenv_render(&machine->env, &text, NULL) == 0)
		return 0;
	grubenv_set(&machine->env, name, old);
	return FAILED;
}

static int run_save_env(struct grub_machine *machine, const struct str_list *words)
{
	size_t first = after_options(machine, words);
	int result = first ? 0 : FAILED;

	for (size_t i = first; result == 0 && i < words->count; i++)
		result = save_one(machine, words->item[i]);
	return result;
}

/* ---- what looks at the machine ---- */

/* Only 64-bit machines start Xen; and no key is pressed. */
static int run_cpuid(struct grub_machine *machine, const struct str_list *words)
{
	(void)machine;
	return words->count == 2 && (strcmp(words->item[1], "-l") == 0 ||
				     strcmp(words->item[1], "--long-mode") == 0)
		       ? 0
		       : FAILED;
}

/* ---- the table ---- */

static const struct {
	const char *name;
	int (*run)(struct grub_machine *machine, const struct str_list *words);
} commands[] = {
	{"true", run_true},
	{"false", run_false},
	{"[", run_test},
	{"test", run_test},
	{"set", run_set},
	{"unset", run_unset},
	{"export", run_export},
	{"setparams", run_setparams},
	{"shift", run_shift},
	{"return", run_return},
	{"break", run_break},
	{"continue", run_break},
	{"eval", run_eval},
	{"source", run_source},
	{".", run_source},
	{"load_env", run_load_env},
	{"save_env", run_save_env},
	{"cpuid", run_cpuid},
	{"keystatus", run_false},
};

/* Real commands, which no function and no assignment of a script replaces. */
static const char *const loaders[] = {
	"linux",       "linux16",	 "linuxefi",   "initrd", "initrd16",
	"initrdefi",   "multiboot",	 "multiboot2", "module", "module2",
	"chainloader", "xen_hypervisor", "xen_module",
};

bool grub_run_command(struct grub_machine *machine,
		      const struct grub_statement *statement,
		      const struct str_list *words, int *ret_result)
{
	const char *name = words->item[0];

	if (strcmp(name, "menuentry") == 0 || strcmp(name, "submenu") == 0) {
		*ret_result = grub_add_entry(machine, statement, words);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name) == 0) {
			*ret_result = commands[i].run(machine, words);
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++) {
		if (strcmp(loaders[i], name) == 0) {
			grub_read_loader(machine, words);
			*ret_result = 0;
			return true;
		}
	}
	return false;
}
