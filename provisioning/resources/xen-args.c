/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's arguments that the description spells out, checked as typed data. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "resources/resources.h"
#include "resources/xen-options.h"

static int compare_option(const void *name, const void *option)
{
	return strcmp(name, ((const struct xen_option *)option)->name);
}

static const struct xen_option *find_option(const char *name)
{
	return bsearch(name, xen_options, xen_option_count, sizeof(xen_options[0]),
		       compare_option);
}

/* An argument taken apart. "ivrs_ioapic[4]=..." has an index in its name. */
struct argument {
	char *name;	   /* without "no-" */
	const char *value; /* NULL: there is no "=" */
	bool is_negated;
};

static void argument_clear(struct argument *argument)
{
	free(argument->name);
}

static struct argument split(const char *text)
{
	size_t length = strcspn(text, "=[");
	const char *equals = strchr(text, '=');
	struct argument argument = {
		.name = mem_text_part(text, length),
		.value = equals ? equals + 1 : NULL,
	};

	if (str_starts(argument.name, "no-") && !find_option(argument.name)) {
		char *name = mem_text(argument.name + strlen("no-"));

		free(argument.name);
		argument.name = name;
		argument.is_negated = true;
	}
	return argument;
}

/* Xen's parse_boolean() */
static bool is_boolean(const char *value)
{
	static const char *const words[] = {"no",  "off", "false", "disable", "0",
					    "yes", "on",  "true",  "enable",  "1"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(value, words[i]) == 0)
			return true;
	return false;
}

static bool is_number(const char *value)
{
	uint64_t number;

	if (*value == '-')
		value++;
	if (str_starts(value, "0x"))
		return str_to_hex(value, UINT64_MAX, &number);
	return str_to_number(value, UINT64_MAX, &number);
}

static bool is_size(const char *value)
{
	size_t length = strlen(value);
	_cleanup_free_ char *digits = mem_text(value);

	if (length && strchr("bBkKmMgGtT", digits[length - 1]) &&
	    !str_starts(digits, "0x"))
		digits[length - 1] = '\0';
	return is_number(digits);
}

/* What is wrong with an argument of a known option, or NULL. */
static const char *find_fault(const struct argument *argument, enum xen_type type)
{
	const char *value = argument->value;

	switch (type) {
	case XEN_BOOL:
		return value && !is_boolean(value) ? "is yes or no" : NULL;
	case XEN_NUMBER:
		return !value || !is_number(value) ? "needs a number" : NULL;
	case XEN_SIZE:
		return !value || !is_size(value) ? "needs a size such as 512M" : NULL;
	case XEN_VALUE:
	case XEN_SCHEDULER: /* which one: check_words() */
	case XEN_GRANULARITY:
	case XEN_LEVELS:
		return !value || !*value ? "needs a value" : NULL;
	case XEN_ANY:
		break;
	}
	return NULL;
}

static int refuse_unknown(const struct planner *planner, const struct conf_entry *entry,
			  size_t word, const char *name, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	const char *nearest;

	for (size_t i = 0; i < xen_option_count; i++)
		str_list_add(&names, xen_options[i].name);
	nearest = str_nearest(name, &names);
	if (nearest)
		return desc_refuse(planner->desc, entry, word, err,
				   "Xen has no option '%s'; did you mean '%s'?", name,
				   nearest);
	return desc_refuse(planner->desc, entry, word, err, "Xen has no option '%s'",
			   name);
}

/* The words that options of a type may have. */
static const char *const words[] = {
	[XEN_SCHEDULER] = "credit, credit2, arinc653, rtds, null",
	[XEN_GRANULARITY] = "cpu, core, socket",
	[XEN_LEVELS] = "none, error, warning, info, debug, all",
};

/* Whether `length` bytes are one of a list of words. */
static bool is_word(const char *list, const char *text, size_t length)
{
	while (*list) {
		size_t size = strcspn(list, ",");

		if (size == length && strncmp(list, text, length) == 0)
			return true;
		list += size;
		list += strspn(list, ", ");
	}
	return false;
}

/* Xen takes a word that it does not know for another, or for none, and says nothing. */
static int check_words(const struct planner *planner, const struct conf_entry *entry,
		       size_t word, enum xen_type type, const char *value,
		       struct err *err)
{
	const char *list = type < ARRAY_SIZE(words) ? words[type] : NULL;
	const char *slash = type == XEN_LEVELS ? strchr(value, '/') : NULL;
	size_t length = slash ? (size_t)(slash - value) : strlen(value);

	if (!list || (is_word(list, value, length) &&
		      (!slash || is_word(list, slash + 1, strlen(slash + 1)))))
		return 0;
	return desc_refuse(planner->desc, entry, word, err, "'%s' is not %s%s", value,
			   list, type == XEN_LEVELS ? ", or two with '/' between" : "");
}

/* What other settings own: said twice, the last would silently win. */
static const char *find_owner(const struct desc *desc, const char *name)
{
	if (strcmp(name, "dom0_mem") == 0)
		return "memory of [dom0]";
	if (strcmp(name, "dom0_max_vcpus") == 0)
		return "vcpus of [dom0]";
	if (strcmp(name, "dom0_vcpus_pin") == 0)
		return "pin of [dom0]";
	if (strcmp(name, "reboot") == 0)
		return "reboot of [xen]";
	if (strcmp(name, "noreboot") == 0 && desc->xen.noreboot.entry)
		return "noreboot of [xen]";
	if (desc->serial.port.text &&
	    (strcmp(name, "com1") == 0 || strcmp(name, "com2") == 0 ||
	     strcmp(name, "console") == 0))
		return "[serial]";
	return NULL;
}

/* Whether an earlier argument of this entry has the name. */
static bool is_repeated(const struct conf_entry *entry, size_t word, const char *name)
{
	for (size_t i = 0; i < word; i++) {
		_cleanup_(argument_clear) struct argument other =
			split(entry->word[i].text);

		if (strcmp(other.name, name) == 0)
			return true;
	}
	return false;
}

static int check_argument(const struct planner *planner, const struct conf_entry *entry,
			  size_t word, struct err *err)
{
	_cleanup_(argument_clear) struct argument argument =
		split(entry->word[word].text);
	const struct xen_option *option = find_option(argument.name);
	const char *owner = find_owner(planner->desc, argument.name);
	const char *fault;

	if (!option)
		return refuse_unknown(planner, entry, word, argument.name, err);
	if (owner)
		return desc_refuse(planner->desc, entry, word, err,
				   "'%s' is the setting %s", argument.name, owner);
	if (argument.is_negated && option->type != XEN_BOOL && option->type != XEN_ANY)
		return desc_refuse(planner->desc, entry, word, err,
				   "'%s' cannot be negated", argument.name);
	fault = find_fault(&argument, option->type);
	if (fault)
		return desc_refuse(planner->desc, entry, word, err, "'%s' %s",
				   argument.name, fault);
	if (argument.value &&
	    check_words(planner, entry, word, option->type, argument.value, err) < 0)
		return -EBADMSG;
	if (option->type != XEN_ANY && option->type != XEN_VALUE &&
	    is_repeated(entry, word, argument.name))
		return desc_refuse(planner->desc, entry, word, err,
				   "'%s' is there already", argument.name);
	return 0;
}

/* console=com1 without com1= is a console on a port that Xen never sets up. */
static int check_console(const struct planner *planner, const struct conf_entry *entry,
			 size_t word, struct err *err)
{
	const char *text = entry->word[word].text;

	if (!str_starts(text, "console="))
		return 0;
	for (int port = 1; port <= 2; port++) {
		_cleanup_free_ char *name = mem_textf("com%d", port);
		_cleanup_free_ char *setup = mem_textf("%s=", name);
		bool has_setup = false;

		for (size_t i = 0; i < entry->count; i++)
			has_setup |= str_starts(entry->word[i].text, setup);
		if (strstr(text, name) && !has_setup)
			return desc_refuse(planner->desc, entry, word, err,
					   "the console is %s, but there is no '%s'",
					   name, setup);
	}
	return 0;
}

static int plan_line(struct planner *planner, const struct desc_list *list,
		     enum line line, struct err *err)
{
	const struct conf_entry *entry = list->entry;

	for (size_t i = 0; entry && i < entry->count; i++) {
		int rc = check_argument(planner, entry, i, err);

		if (rc == 0)
			rc = check_console(planner, entry, i, err);
		if (rc < 0)
			return rc;
		planner_wish(&planner->line[line], entry, i, "%s", entry->word[i].text);
	}
	return 0;
}

/*
 * README.SUSE, "Xen Boot Parameters": reboot=warm,cold,no,bios,hard. Xen 4 takes the
 * first letter of each word and has no "bios" and "hard" any more.
 */
static int plan_reboot(struct planner *planner, struct err *err)
{
	static const char *const known[] = {"warm", "cold", "no",    "triple", "kbd",
					    "acpi", "pci",  "Power", "efi"};
	const struct conf_entry *entry = planner->desc->xen.reboot.entry;
	_cleanup_str_ struct str value = {0};

	for (size_t i = 0; entry && i < entry->count; i++) {
		const char *text = entry->word[i].text;
		bool is_known = false;

		for (size_t j = 0; j < ARRAY_SIZE(known); j++)
			is_known |= strcmp(text, known[j]) == 0;
		if (strcmp(text, "bios") == 0 || strcmp(text, "hard") == 0)
			return desc_refuse(planner->desc, entry, i, err,
					   "Xen 4 has no reboot=%s; take acpi, kbd or "
					   "triple",
					   text);
		if (!is_known)
			return desc_refuse(planner->desc, entry, i, err,
					   "'%s' is not warm, cold, no, triple, kbd, "
					   "acpi, pci, Power or efi",
					   text);
		str_addf(&value, "%s%s", i ? "," : "", text);
	}
	if (entry)
		planner_wish(&planner->line[LINE_XEN], entry, 0, "reboot=%s", value.text);
	if (planner->desc->xen.noreboot.value)
		planner_wish(&planner->line[LINE_XEN], planner->desc->xen.noreboot.entry,
			     0, "noreboot");
	return 0;
}

static int plan(struct planner *planner, struct err *err)
{
	int rc = plan_reboot(planner, err);

	if (rc == 0)
		rc = plan_line(planner, &planner->desc->xen.args, LINE_XEN, err);
	if (rc == 0)
		rc = plan_line(planner, &planner->desc->xen.args_default,
			       LINE_XEN_DEFAULT, err);
	return rc;
}

const struct resource resource_xen_args = {.name = "xen", .plan = plan};
