/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the host's LVM out of the guests' volumes: lvm.conf(5). */
#include <errno.h>
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define LVM_CONFIG "etc/lvm/lvm.conf"
#define SECTION "devices {"

/* "vg-0" is "vg--0" in the names of the device mapper: lvm(8), "VALID NAMES". */
static void add_mapper_name(struct str *text, const char *name)
{
	for (; *name; name++) {
		if (*name == '-')
			str_add_char(text, '-');
		str_add_char(text, *name);
	}
}

/*
 * Patterns that reject the volumes of the guests' groups. "." in a name is any character:
 * that rejects more, never less.
 */
static char *render_patterns(const struct conf_entry *groups)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < groups->count; i++) {
		str_addf(&text, "%s\"r|^/dev/%s/|\", \"r|^/dev/mapper/", i ? ", " : "",
			 groups->word[i].text);
		add_mapper_name(&text, groups->word[i].text);
		str_add(&text, "-|\"");
	}
	return str_take(&text);
}

/* The administrator's patterns stay, after ours: the first that fits decides. */
static int render_filter(const struct str *text, const struct conf_entry *groups,
			 char **ret_line, struct err *err)
{
	_cleanup_free_ char *old =
		edit_find(str_text(text), &edit_equals, "global_filter");
	_cleanup_free_ char *patterns = render_patterns(groups);
	const char *open = old ? strchr(old, '[') : NULL;
	const char *close = old ? strrchr(old, ']') : NULL;

	if (!old) {
		*ret_line = mem_textf("\tglobal_filter = [ %s ]", patterns);
		return 0;
	}
	if (!open || !close || close < open)
		return err_say(err, EINVAL,
			       "'" LVM_CONFIG "': global_filter is not a list on one "
			       "line");
	open += 1 + strspn(open + 1, " \t");
	*ret_line = mem_textf("\tglobal_filter = [ %s%s%.*s", patterns,
			      open == close ? " " : ", ", (int)(strlen(open)), open);
	return 0;
}

/* A group may be made later; but a name that is not there is most likely mistyped. */
static void warn_of_absent_groups(struct planner *planner,
				  const struct conf_entry *groups)
{
	const struct facts *facts = planner->facts;
	_cleanup_str_list_ struct str_list names = {0};

	for (size_t i = 0; i < facts->volume_group_count; i++)
		str_list_add(&names, facts->volume_group[i].name);
	for (size_t i = 0; names.count && groups && i < groups->count; i++) {
		const char *nearest = str_nearest(groups->word[i].text, &names);

		if (!str_list_has(&names, groups->word[i].text))
			planner_warn(planner, "there is no volume group '%s'%s%s%s",
				     groups->word[i].text,
				     nearest ? "; did you mean '" : "",
				     nearest ? nearest : "", nearest ? "'?" : "");
	}
}

/*
 * Guests make volume groups in their disks, which are the host's volumes. scan_lvs = 0
 * is the default of LVM 2.03 and does the whole of it; the filter is for what is older,
 * and for programs that open each device that udev tells of.
 */
static int plan(struct planner *planner, struct err *err)
{
	const struct conf_entry *groups = planner->desc->storage_vg.entry;
	_cleanup_free_ char *filter = NULL;
	struct str *text;
	int rc;

	warn_of_absent_groups(planner, groups);
	if (!planner_has(planner, LVM_CONFIG))
		return 0;
	rc = planner_edit(planner, &resource_storage, LVM_CONFIG, COMMAND_NONE, &text,
			  err);
	if (rc < 0 || !planner->desc->storage_protect.value)
		return rc;
	edit_set(text, &edit_equals, "scan_lvs", "\tscan_lvs = 0", SECTION);
	if (!groups)
		return 0;
	rc = render_filter(text, groups, &filter, err);
	if (rc == 0)
		edit_set(text, &edit_equals, "global_filter", filter, SECTION);
	return rc;
}

const struct resource resource_storage = {.name = "storage", .plan = plan};
