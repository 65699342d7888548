/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thin pools that get full: dmeventd(8) watches and extends them, and what is amiss is told. */
#include <inttypes.h>
#include <string.h>

#include "base/edit.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define LVM_CONFIG "etc/lvm/lvm.conf"
#define LVM_LOCAL "etc/lvm/lvmlocal.conf"
#define SECTION "activation/"
#define THRESHOLD "thin_pool_autoextend_threshold"
#define PERCENT "thin_pool_autoextend_percent"
#define MONITORING "monitoring"
#define THRESHOLD_OFF 100
#define THRESHOLD_WANTED 80
#define PERCENT_WANTED 20 /* also LVM's own */
#define FULL_PERCENT 80

#define UNIT "lvm2-monitor.service"
#define UNIT_MASK "etc/systemd/system/" UNIT
#define LINK_OTHER "etc/systemd/system/sysinit.target.wants/" UNIT
/* Not where `systemctl enable` puts it: so it is ours to take away. */
#define LINK_PATH "etc/systemd/system/multi-user.target.wants/" UNIT

static const struct advice pool_full = {
	.id = "storage.pool-full",
	.severity = SEVERITY_WARNING,
	.why = "xen-2.0-user-manual.diff.txt:216: a volume that gets full has to be "
	       "spotted "
	       "and extended; when a thin pool is full, every guest in it fails to write",
	.setting =
		"lvextend, --poolmetadatasize for its metadata; or remove snapshots and "
		"guests",
};

static const struct advice pool_not_monitored = {
	.id = "storage.pool-not-monitored",
	.severity = SEVERITY_WARNING,
	.why = "xen-2.0-user-manual.diff.txt:216: a program spots that a volume gets "
	       "full; "
	       "what dmeventd does not monitor is never extended, and nobody is told",
	.setting =
		"[storage] thin-pool, then apply; vgchange --monitor y VG until the next "
		"boot",
};

static const struct advice pool_no_autoextend = {
	.id = "storage.pool-no-autoextend",
	.severity = SEVERITY_WARNING,
	.why = "xen-2.0-user-manual.diff.txt:216: a volume that gets full is extended; "
	       "LVM's "
	       "threshold is 100 % by default, which means never",
	.setting = "[storage] thin-pool, then apply",
};

static const struct advice group_no_room = {
	.id = "storage.group-no-room",
	.severity = SEVERITY_WARNING,
	.why = "a thin pool that gets full can only be extended by what is free in its "
	       "volume "
	       "group",
	.setting = "vgextend VG DISK, or remove volumes",
};

static const struct advice no_dmeventd = {
	.id = "storage.no-dmeventd",
	.severity = SEVERITY_WARNING,
	.why = "dmeventd is the program that extends thin pools when they get full",
	.setting = "install the package dmeventd, or device-mapper",
};

/* ---- LVM's settings ---- */

/* Its files, what counts first in front: lvm.conf(5), "local". */
struct settings {
	const char *text[2];
};

/*
 * As which name a text sets it: in a section, or alone with the section's name in front.
 * NULL if it does not. The caller frees it.
 */
static char *name_in(const char *text, const char *name)
{
	_cleanup_free_ char *path = mem_textf(SECTION "%s", name);

	if (edit_has(text, &edit_equals, name))
		return mem_text(name);
	return edit_has(text, &edit_equals, path) ? TAKE_PTR(path) : NULL;
}

static bool find_value(const char *text, const char *name, uint64_t *ret_value)
{
	_cleanup_free_ char *found = name_in(text, name), *line = NULL, *digits = NULL;
	const char *value;

	if (!found)
		return false;
	line = edit_find(text, &edit_equals, found);
	value = strchr(line, '=') + 1;
	value += strspn(value, " \t");
	digits = mem_text_part(value, strspn(value, "0123456789"));
	return str_to_number(digits, UINT32_MAX, ret_value);
}

static uint64_t value_of(const struct settings *settings, const char *name,
			 uint64_t otherwise)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(settings->text); i++)
		if (find_value(settings->text[i], name, &value))
			return value;
	return otherwise;
}

/* ---- the plan ---- */

/*
 * What the administrator set stays, unless it is above `max` or 0. A setting changes where
 * it is; a new one goes to the end, where it counts whatever form the section above has.
 * `local` may be NULL.
 */
static void set(struct str *local, struct str *text, const char *name, uint64_t max,
		unsigned int value)
{
	const struct settings settings = {{local ? str_text(local) : "", str_text(text)}};
	uint64_t old = value_of(&settings, name, 0);
	_cleanup_free_ char *found = name_in(settings.text[0], name), *line = NULL;
	struct str *file = found ? local : text;

	if (old > 0 && old <= max)
		return;
	if (!found)
		found = name_in(settings.text[1], name);
	if (!found) {
		line = mem_textf(SECTION "%s = %u", name, value);
		edit_add(file, line);
		return;
	}
	line = mem_textf("%s%s = %u", strcmp(found, name) == 0 ? "\t" : "", found, value);
	edit_set(file, &edit_equals, found, line, NULL);
}

static int plan_settings(struct planner *planner, struct err *err)
{
	struct str *text, *local = NULL;
	int rc = planner_edit(planner, &resource_thin_pool, LVM_CONFIG, COMMAND_NONE,
			      &text, err);

	if (rc == 0 && planner_has(planner, LVM_LOCAL))
		rc = planner_edit(planner, &resource_thin_pool, LVM_LOCAL, COMMAND_NONE,
				  &local, err);
	if (rc < 0 || !planner->desc->storage_thin_pool.entry)
		return rc;
	set(local, text, MONITORING, 1, 1);
	set(local, text, THRESHOLD, THRESHOLD_OFF - 1, THRESHOLD_WANTED);
	set(local, text, PERCENT, UINT32_MAX, PERCENT_WANTED);
	return 0;
}

static bool is_masked(const struct planner *planner)
{
	_cleanup_free_ char *target = NULL;

	return fs_readlink(planner->fs, UNIT_MASK, &target, NULL) == 0 &&
	       strcmp(target, "/dev/null") == 0;
}

/* The unit has dmeventd watch all pools at boot; distributions enable it, if asked or not. */
static int plan_unit(struct planner *planner, struct err *err)
{
	static const char *const units[] = {"/usr/lib/systemd/system/" UNIT,
					    "/lib/systemd/system/" UNIT};
	const char *init = planner->facts->boot.init, *target = NULL;
	bool is_wanted = planner->desc->storage_thin_pool.entry != NULL;
	int rc = 0;

	if (is_wanted && is_masked(planner))
		planner_warn(planner, UNIT " is masked: nothing watches thin pools");
	else if (is_wanted && (!init || strcmp(init, "systemd") == 0) &&
		 !planner_has(planner, LINK_OTHER))
		for (size_t i = 0; !target && i < ARRAY_SIZE(units); i++)
			target = planner_has(planner, units[i]) ? units[i] : NULL;
	if (target)
		return planner_link(planner, &resource_thin_pool, LINK_PATH, target,
				    target, COMMAND_SYSTEMD, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(units); i++)
		rc = planner_link(planner, &resource_thin_pool, LINK_PATH, NULL, units[i],
				  COMMAND_SYSTEMD, err);
	return rc;
}

/* A pool may be made later, as a volume group may. */
static void warn_of_absent_pool(struct planner *planner)
{
	const struct facts *facts = planner->facts;
	const char *name = planner->desc->storage_thin_pool.text, *nearest;
	_cleanup_str_list_ struct str_list names = {0};

	for (size_t i = 0; i < facts->thin_pool_count; i++)
		str_list_add(&names, facts->thin_pool[i].name);
	if (!names.count || str_list_has(&names, name))
		return;
	nearest = str_nearest(name, &names);
	planner_warn(planner, "there is no thin pool '%s' in use%s%s%s", name,
		     nearest ? "; did you mean '" : "", nearest ? nearest : "",
		     nearest ? "'?" : "");
}

static int plan(struct planner *planner, struct err *err)
{
	bool is_wanted = planner->desc->storage_thin_pool.entry != NULL;
	int rc = 0;

	if (is_wanted)
		warn_of_absent_pool(planner);
	if (planner_has(planner, LVM_CONFIG))
		rc = plan_settings(planner, err);
	else if (is_wanted)
		planner_warn(planner,
			     "there is no /" LVM_CONFIG ": install lvm2 and apply again");
	return rc == 0 ? plan_unit(planner, err) : rc;
}

/* ---- the check ---- */

static void check_full(struct checker *checker, const struct facts_thin_pool *pool,
		       const char *what, uint32_t percent)
{
	if (percent != FACTS_NO_NUMBER && percent > FULL_PERCENT)
		check_add(checker, &pool_full,
			  "the %s of thin pool %s/%s is %" PRIu32 " %% full", what,
			  pool->group, pool->name, percent);
}

/* What the next extension takes: a part of what the pool has. */
static void check_room(struct checker *checker, const struct facts_thin_pool *pool,
		       uint64_t percent)
{
	uint64_t needed = pool->size_mib * percent / 100;

	if (pool->size_mib == FACTS_NO_NUMBER ||
	    pool->group_free_mib == FACTS_NO_NUMBER ||
	    (pool->group_free_mib && pool->group_free_mib >= needed))
		return;
	check_add(checker, &group_no_room,
		  "volume group %s has %" PRIu32 " MiB free: its thin pool %s needs "
		  "%" PRIu64 " MiB to be extended",
		  pool->group, pool->group_free_mib, pool->name, needed ? needed : 1);
}

/* The profile of its metadata counts before the files. */
static void read_profile(struct checker *checker, const struct facts_thin_pool *pool,
			 struct str *ret_text)
{
	_cleanup_free_ char *path = NULL;

	if (!pool->profile)
		return;
	path = mem_textf("etc/lvm/profile/%s.profile", pool->profile);
	check_read(checker, path, ret_text);
}

static void check_pool(struct checker *checker, const struct facts_thin_pool *pool,
		       const struct settings *settings)
{
	uint64_t threshold = value_of(settings, THRESHOLD, THRESHOLD_OFF);
	uint64_t percent = value_of(settings, PERCENT, PERCENT_WANTED);
	_cleanup_str_ struct str profile = {0};

	read_profile(checker, pool, &profile);
	(void)find_value(str_text(&profile), THRESHOLD, &threshold);
	(void)find_value(str_text(&profile), PERCENT, &percent);
	check_full(checker, pool, "data", pool->data_percent);
	check_full(checker, pool, "metadata", pool->metadata_percent);
	if (pool->is_monitored == FACTS_NO)
		check_add(checker, &pool_not_monitored,
			  "thin pool %s/%s is not monitored", pool->group, pool->name);
	if (threshold >= THRESHOLD_OFF || percent == 0)
		check_add(checker, &pool_no_autoextend,
			  "thin pool %s/%s is not extended when it gets full",
			  pool->group, pool->name);
	check_room(checker, pool, percent);
}

static void check(struct checker *checker)
{
	const struct facts *facts = checker->facts;
	_cleanup_str_ struct str text = {0}, local = {0};
	struct settings settings;

	if (!facts->thin_pool_count && !checker->desc->storage_thin_pool.entry)
		return;
	check_read(checker, LVM_CONFIG, &text);
	check_read(checker, LVM_LOCAL, &local);
	settings = (struct settings){{str_text(&local), str_text(&text)}};
	if (!fs_is_program(checker->fs, "usr/sbin/dmeventd") &&
	    !fs_is_program(checker->fs, "sbin/dmeventd"))
		check_add(checker, &no_dmeventd, "there is no dmeventd");
	for (size_t i = 0; i < facts->thin_pool_count; i++)
		check_pool(checker, &facts->thin_pool[i], &settings);
}

const struct resource resource_thin_pool = {
	.name = "thin-pool",
	.plan = plan,
	.check = check,
};
