/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes GRUB's variables: the lines of arguments, and what else was wished for. */
#include <errno.h>
#include <string.h>

#include "base/edit.h"
#include "resources/grub.h"
#include "resources/resources.h"

/*
 * What dom0's kernel gets replaces what Linux gets (GRUB_CMDLINE_LINUX_XEN_REPLACE), so
 * it begins with that; it comes first, while GRUB_CMDLINE_LINUX is still the
 * administrator's.
 */
static const struct {
	enum line line;
	const char *name, *base;
} variables[] = {
	{LINE_XEN, "GRUB_CMDLINE_XEN", "$GRUB_CMDLINE_XEN"},
	{LINE_XEN_DEFAULT, "GRUB_CMDLINE_XEN_DEFAULT", "$GRUB_CMDLINE_XEN_DEFAULT"},
	{LINE_DOM0, "GRUB_CMDLINE_LINUX_XEN_REPLACE",
	 "${GRUB_CMDLINE_LINUX_XEN_REPLACE:-$GRUB_CMDLINE_LINUX}"},
	{LINE_LINUX, "GRUB_CMDLINE_LINUX", "$GRUB_CMDLINE_LINUX"},
};

/* Inside double quotes of a shell these four are special. */
static void add_quoted(struct str *text, const char *word)
{
	for (; *word; word++) {
		if (strchr("\"\\$`", *word))
			str_add_char(text, '\\');
		str_add_char(text, *word);
	}
}

static char *join(const struct wishes *wishes)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < wishes->count; i++) {
		if (i)
			str_add_char(&text, ' ');
		add_quoted(&text, wishes->item[i].text);
	}
	return mem_text(str_text(&text));
}

/* The name in "NAME=VALUE". The caller frees it. */
static char *variable_name(const struct wish *wish)
{
	return mem_text_part(wish->text, strcspn(wish->text, "="));
}

/*
 * "NAME=VALUE" -> NAME="VALUE". Only its own variables does grub-mkconfig export to the
 * scripts that it runs.
 */
static char *render_variable(const struct wish *wish)
{
	_cleanup_str_ struct str line = {0};
	const char *value = strchr(wish->text, '=') + 1;

	str_addf(&line, "%s%.*s\"", str_starts(wish->text, "XENHOST_") ? "export " : "",
		 (int)(value - wish->text), wish->text);
	add_quoted(&line, value);
	str_add_char(&line, '"');
	return str_take(&line);
}

static int write_drop_in(struct planner *planner, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const struct wishes *wishes = &planner->line[variables[i].line];
		_cleanup_free_ char *words = join(wishes);

		if (wishes->count)
			str_addf(&text, "%s=\"%s %s\"\n", variables[i].name,
				 variables[i].base, words);
	}
	for (size_t i = 0; i < planner->grub.count; i++) {
		_cleanup_free_ char *line = render_variable(&planner->grub.item[i]);

		str_addf(&text, "%s\n", line);
	}
	for (size_t i = 0; i < planner->grub_shell.count; i++)
		str_addf(&text, "%s\n", planner->grub_shell.item[i].text);
	return planner_own(planner, &resource_grub, GRUB_DROP_INS "/" GRUB_DROP_IN,
			   text.length ? text.text : NULL, COMMAND_GRUB, err);
}

/* README.SUSE and wherever grub-mkconfig reads no drop-ins: lines of the file itself. */
static int write_main(struct planner *planner, struct err *err)
{
	struct str *text;
	int rc = planner_edit(planner, &resource_grub, GRUB_MAIN, COMMAND_GRUB, &text,
			      err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const struct wishes *wishes = &planner->line[variables[i].line];
		_cleanup_free_ char *words = join(wishes);

		if (!wishes->count)
			continue;
		/* Lines of Linux come later: this is still the administrator's. */
		rc = edit_append_words(
			text, variables[i].name,
			variables[i].line == LINE_DOM0 ? "GRUB_CMDLINE_LINUX" : NULL,
			words, err);
		if (rc < 0)
			return err_wrap(err, "'" GRUB_MAIN "'");
	}
	for (size_t i = 0; i < planner->grub.count; i++) {
		const struct wish *wish = &planner->grub.item[i];
		_cleanup_free_ char *name = variable_name(wish);
		_cleanup_free_ char *line = render_variable(wish);

		edit_set(text, &edit_shell, name, line, NULL);
	}
	for (size_t i = 0; i < planner->grub_shell.count; i++) {
		const struct wish *wish = &planner->grub_shell.item[i];
		_cleanup_free_ char *name = variable_name(wish);

		edit_set(text, &edit_shell, name, wish->text, NULL);
	}
	return 0;
}

/*
 * grub-mkconfig puts the words into grub.cfg as they are, where these would end or change
 * the command.
 */
static int check_words(const struct planner *planner, struct err *err)
{
	for (size_t line = 0; line < LINE_COUNT; line++) {
		for (size_t i = 0; i < planner->line[line].count; i++) {
			const struct wish *wish = &planner->line[line].item[i];
			char bad = wish->text[strcspn(wish->text, " \t\"'\\$`;&|<>{}#")];

			if (bad)
				return desc_refuse(planner->desc, wish->entry, wish->word,
						   err, "'%s': GRUB gives '%c' a meaning",
						   wish->text, bad);
		}
	}
	return 0;
}

static void warn(struct planner *planner)
{
	_cleanup_str_list_ struct str_list names = {0};

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (planner->line[variables[i].line].count)
			str_list_add(&names, variables[i].name);
	for (size_t i = 0; i < planner->grub.count; i++) {
		_cleanup_free_ char *name = variable_name(&planner->grub.item[i]);

		str_list_add(&names, name);
	}
	for (size_t i = 0; i < planner->grub_shell.count; i++) {
		_cleanup_free_ char *name = variable_name(&planner->grub_shell.item[i]);

		str_list_add(&names, name);
	}
	grub_warn(planner, &names);
}

static int plan(struct planner *planner, struct err *err)
{
	const char *loader = planner->facts->boot.loader;
	int rc = check_words(planner, err);

	if (rc < 0)
		return rc;
	/* README.Debian, "About the kernel": only GRUB boots Xen. */
	if (str_same(loader, "grub-legacy"))
		return grub_legacy_plan(planner, err);
	if (loader && strcmp(loader, "grub2") != 0)
		return err_say(err, ENOTSUP, "this machine boots with %s; Xen needs GRUB",
			       loader);
	warn(planner);
	if (planner->facts->boot.has_grub_drop_ins)
		return write_drop_in(planner, err);
	return write_main(planner, err);
}

const struct resource resource_grub = {.name = "grub", .plan = plan};
