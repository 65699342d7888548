/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots on trial: telling GRUB, and what is kept and taken away before and after. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boot/trial.h"
#include "host/facts-parts.h"

/* Every normal entry of xenhost's generator ends its kernel's line with this. */
#define TRIAL_ARGS "${xenhost_trial_args}"

static const struct fs_access private_dir = {
	.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
static const struct fs_access private_file = {
	.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

static const char *const variables[] = {"xenhost_fallback", "xenhost_trial_entry",
					"xenhost_trial_seconds"};

/* ---- GRUB's variables ---- */

/* next_entry too, if it is the trial's: an administrator may have set another one. */
static void unset_all(struct grubenv *env)
{
	const char *next = grubenv_get(env, "next_entry");

	if (str_same(next, grubenv_get(env, "xenhost_trial_entry")))
		grubenv_set(env, "next_entry", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		grubenv_set(env, variables[i], NULL);
}

int trial_menu_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		    struct err *err)
{
	_cleanup_grubenv_ struct grubenv env = {0};

	if (grubenv_read(fs, grub_menu_env_path(fs), &env, NULL) < 0)
		env = (struct grubenv){0};
	unset_all(&env);
	grubenv_set(&env, "next_entry", NULL);
	return grub_menu_read_with(fs, firmware, &env, ret_menu, err);
}

static int write_env(const struct fs *fs, const struct grubenv *env, struct err *err)
{
	return grubenv_write(fs, grub_menu_env_path(fs), env, err);
}

/* Only the fallback, so that whatever happens while the menu changes, it starts. */
static int set_fallback(const struct fs *fs, struct err *err)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	int rc = grubenv_read(fs, grub_menu_env_path(fs), &env, err);

	if (rc < 0)
		return rc;
	unset_all(&env);
	grubenv_set(&env, "xenhost_fallback", TRIAL_GOOD_ID);
	return write_env(fs, &env, err);
}

static int set_trial(const struct fs *fs, const struct trial *trial, struct err *err)
{
	_cleanup_free_ char *seconds =
		mem_textf("%llu", (unsigned long long)trial->seconds);
	_cleanup_grubenv_ struct grubenv env = {0};
	int rc = grubenv_read(fs, grub_menu_env_path(fs), &env, err);

	if (rc < 0)
		return rc;
	grubenv_set(&env, "next_entry", trial->entry);
	grubenv_set(&env, "xenhost_trial_entry", trial->entry);
	grubenv_set(&env, "xenhost_trial_seconds", seconds);
	grubenv_set(&env, "xenhost_fallback", TRIAL_GOOD_ID);
	return write_env(fs, &env, err);
}

int trial_disarm(const struct fs *fs, struct err *err)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	int rc = grubenv_read(fs, grub_menu_env_path(fs), &env, err);
	bool is_set = false;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(variables); i++)
		is_set = is_set || grubenv_get(&env, variables[i]);
	if (is_set) {
		unset_all(&env);
		rc = write_env(fs, &env, err);
	}
	return rc < 0 ? rc : fs_remove(fs, TRIAL_ARMED, err);
}

/* ---- what may be on trial ---- */

bool trial_is_running_system(const struct fs *fs)
{
	struct stat init, root;

	if (!fs_is_host(fs) || fs_exists(fs, "run/systemd/container"))
		return false;
	/* In a chroot that has the system's /run, init's root is another one. */
	if (stat("/proc/1/root/.", &init) < 0)
		return fs_exists(fs, "run/systemd/system");
	return fs_exists(fs, "run/systemd/system") && stat("/", &root) == 0 &&
	       init.st_dev == root.st_dev && init.st_ino == root.st_ino;
}

/* The file system that holds GRUB's environment block. */
static const struct facts_mount *boot_mount(const struct facts *facts)
{
	const struct facts_mount *found = NULL;

	for (size_t i = 0; i < facts->mount_count; i++) {
		const struct facts_mount *mount = &facts->mount[i];

		if (strcmp(mount->path, "/boot") == 0)
			return mount;
		if (strcmp(mount->path, "/") == 0)
			found = mount;
	}
	return found;
}

/*
 * GRUB writes a file's blocks in place, as far down as it knows the disk: not through
 * LVM and RAID ("diskfilter"), and not where blocks have checksums or are never
 * overwritten (its util/grub.d/00_header.in; research of GRUB 2.06 and 2.12).
 */
static char *write_obstacle(const struct facts *facts)
{
	static const char *const types[] = {"ext2", "ext3", "ext4",	"xfs",
					    "vfat", "f2fs", "reiserfs", "jfs"};
	static const char *const layers[] = {"/dev/mapper/", "/dev/dm-", "/dev/md"};
	const struct facts_mount *mount = boot_mount(facts);
	bool is_known = false;

	if (!mount || !mount->type || !mount->source)
		return mem_text("the file system of /boot is not known");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		is_known = is_known || strcmp(types[i], mount->type) == 0;
	if (!is_known)
		return mem_textf("GRUB cannot write to %s, which '%s' is", mount->type,
				 mount->path);
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		if (str_starts(mount->source, layers[i]))
			return mem_textf("GRUB cannot write through LVM, encryption or "
					 "RAID: '%s' is on %s",
					 mount->path, mount->source);
	return NULL;
}

static bool has_link(const struct fs *fs, const char *path)
{
	struct stat st;

	return fs_lstat(fs, path, &st, NULL) == 0;
}

char *trial_obstacle(const struct fs *fs, const struct facts *facts)
{
	if (!grub_menu_config_path(fs))
		return mem_text("there is no menu of GRUB 2");
	if (!fs_is_program(fs, "etc/grub.d/20_xenhost") &&
	    !fs_is_program(fs, "etc/grub.d/08_xenhost"))
		return mem_text("GRUB's menu is not made by xenhost: there is no "
				"/etc/grub.d/20_xenhost");
	if (!has_link(fs, "etc/systemd/system/multi-user.target.wants/"
			  "xenhost-boot.service"))
		return mem_text("nothing would look whether the boot is healthy: "
				"xenhost-boot.service is not enabled");
	return write_obstacle(facts);
}

static bool has_noreboot(const char *args)
{
	static const char *const off[] = {"no", "off", "false", "disable", "0"};
	_cleanup_free_ char *copy = mem_text(args ? args : "");
	bool is_set = false;
	char *rest = NULL;

	for (char *word = strtok_r(copy, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (strcmp(word, "noreboot") == 0)
			is_set = true;
		if (!str_starts(word, "noreboot="))
			continue;
		is_set = true;
		for (size_t i = 0; i < ARRAY_SIZE(off); i++)
			if (strcmp(word + strlen("noreboot="), off[i]) == 0)
				is_set = false;
	}
	return is_set;
}

static int check_entry(const struct grub_menu *menu, const struct grub_entry *entry,
		       struct err *err)
{
	if (entry->kind == GRUB_SUBMENU)
		return err_say(err, EOPNOTSUPP, "'%s' is a submenu", entry->title);
	if (!strstr(entry->text, TRIAL_ARGS))
		return err_say(err, EOPNOTSUPP,
			       "'%s' is not one of xenhost's entries for Xen",
			       entry->title);
	if (has_noreboot(entry->hypervisor_args))
		return err_say(err, EOPNOTSUPP,
			       "with noreboot, Xen does not restart a machine that "
			       "failed");
	if (menu->timeout < 0)
		return err_say(err, EOPNOTSUPP,
			       "GRUB waits for a key before it starts anything: its "
			       "timeout is -1");
	if (grub_menu_find(menu, TRIAL_GOOD_ID) == GRUB_NONE)
		return err_say(err, EOPNOTSUPP,
			       "the menu has no entry of the last good boot");
	return 0;
}

/* ---- before the menu is changed ---- */

/*
 * What runs, as the menu has it; or the menu's default, if it starts the kernel and the
 * hypervisor that run: the menu was changed since, but by nobody who thought it bad.
 */
static size_t find_good(const struct fs *fs, const struct grub_menu *menu,
			const struct trial_running *running)
{
	size_t found = trial_find_running(fs, menu, running);
	struct trial_running loose = *running;
	const struct grub_entry *entry;

	if (found != GRUB_NONE || menu->standing == GRUB_NONE)
		return found;
	entry = &menu->entry[menu->standing];
	loose.kernel_args = entry->kernel_args;
	loose.xen_args = NULL;
	return trial_is_running(entry, &loose) ? menu->standing : GRUB_NONE;
}

static int capture_good(const struct fs *fs, const struct facts *facts, struct err *err)
{
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	size_t found;
	int rc = trial_menu_read(fs, facts->boot.firmware, &menu, err);

	if (rc < 0)
		return rc;
	trial_running_read(fs, facts, &running);
	found = find_good(fs, &menu, &running);
	if (found == GRUB_NONE)
		return err_say(err, EOPNOTSUPP,
			       "GRUB's menu has no entry for what runs now, to come "
			       "back to");
	return trial_good_write(fs, &menu.entry[found], err);
}

static bool has_good(const struct fs *fs, const struct facts *facts)
{
	_cleanup_grub_menu_ struct grub_menu good = {0};

	return trial_good_read(fs, facts->boot.firmware, &good, NULL) == 0 &&
	       trial_has_files(fs, &good.entry[0]);
}

int trial_arm(const struct fs *fs, const struct facts *facts, struct err *err)
{
	int rc = fs_mkdir(fs, TRIAL_DIR, &private_dir, err);

	if (rc == 0 && !has_good(fs, facts))
		rc = capture_good(fs, facts, err);
	if (rc == 0)
		rc = fs_replace(fs, TRIAL_ARMED, "", 0, &private_file, NULL, err);
	/* A trial that waits is of a menu that is about to go. */
	return rc < 0 ? rc : set_fallback(fs, err);
}

/* ---- after it was made ---- */

static void replace_text(char **text, const char *value)
{
	char *copy = value ? mem_text(value) : NULL;

	free(*text);
	*text = copy;
}

static bool has_route(const struct facts *facts)
{
	for (size_t i = 0; i < facts->nic_count; i++)
		if (facts->nic[i].has_default_route)
			return true;
	return false;
}

static void fill(const struct fs *fs, const struct facts *facts,
		 const struct grub_entry *entry, const struct grub_entry *good,
		 uint64_t seconds, struct trial *trial)
{
	_cleanup_free_ char *changes = trial_difference(entry, good);

	trial->state = TRIAL_PENDING;
	trial->time = (int64_t)time(NULL);
	trial->boot = facts_attribute(fs, "proc/sys/kernel/random/boot_id");
	replace_text(&trial->entry, entry->path);
	replace_text(&trial->title, entry->title);
	replace_text(&trial->good_title, good->title);
	trial->changes = TAKE_PTR(changes);
	replace_text(&trial->kernel, entry->kernel);
	replace_text(&trial->kernel_args, entry->kernel_args);
	replace_text(&trial->hypervisor, entry->hypervisor);
	replace_text(&trial->hypervisor_args, entry->hypervisor_args);
	trial->seconds = seconds;
	trial->had_route = has_route(facts);
	trial->interfaces = trial_addressed(fs);
}

/* The state before GRUB is told: what GRUB has been told decides. */
static int set_pending(const struct fs *fs, const struct trial *trial, struct err *err)
{
	int rc = trial_write(fs, trial, err);

	if (rc == 0)
		rc = set_trial(fs, trial, err);
	return rc < 0 ? rc
		      : trial_log(fs, trial->boot, "trial", trial->title, trial->changes,
				  err);
}

/* Nothing is on trial any more: the menu starts what last booted healthily. */
static int set_none(const struct fs *fs, struct err *err)
{
	const struct trial none = {0};
	_cleanup_trial_ struct trial trial = {0};
	int rc = trial_disarm(fs, err);

	if (rc < 0)
		return rc;
	if (trial_read(fs, &trial, NULL) == 0 && trial.state == TRIAL_NONE)
		return 0;
	return trial_write(fs, &none, err);
}

static size_t find_entry(const struct grub_menu *menu, const struct trial_wish *wish,
			 struct err *err)
{
	size_t found = wish->entry ? grub_menu_find(menu, wish->entry) : menu->standing;

	if (found == GRUB_NONE && wish->entry)
		(void)err_say(err, ENOENT, "the menu has no entry '%s'", wish->entry);
	else if (found == GRUB_NONE)
		(void)err_say(err, ENOENT, "the menu has no entries");
	return found;
}

int trial_settle(const struct fs *fs, const struct facts *facts,
		 const struct trial_wish *wish, struct trial *ret_trial,
		 enum trial_outcome *ret_outcome, bool *ret_has_good, struct err *err)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0}, good = {0};
	_cleanup_trial_ struct trial trial = {0};
	size_t found;
	int rc = trial_menu_read(fs, facts->boot.firmware, &menu, err);

	if (rc == 0)
		rc = trial_good_read(fs, facts->boot.firmware, &good, err);
	if (rc != 0)
		return rc;
	assert(good.entry);
	*ret_has_good = grub_menu_find(&menu, TRIAL_GOOD_ID) != GRUB_NONE;
	found = find_entry(&menu, wish, err);
	if (found == GRUB_NONE)
		return -ENOENT;
	if (trial_is_same(&menu.entry[found], &good.entry[0])) {
		*ret_outcome = TRIAL_SAME;
		return set_none(fs, err);
	}
	rc = check_entry(&menu, &menu.entry[found], err);
	/* A default is tried all the same: without a trial it would be started for good. */
	if (rc == 0 && wish->entry && trial_lacks_dom0(fs, &menu.entry[found]))
		rc = err_say(err, EOPNOTSUPP,
			     "'%s' cannot be dom0's: its ELF notes do not let Xen start "
			     "it so",
			     menu.entry[found].kernel);
	if (rc < 0)
		return rc;
	fill(fs, facts, &menu.entry[found], &good.entry[0], wish->seconds, &trial);
	rc = set_pending(fs, &trial, err);
	if (rc < 0)
		return rc;
	*ret_outcome = TRIAL_SET;
	*ret_trial = trial;
	trial = (struct trial){0};
	return 0;
}

/* ---- what becomes of it ---- */

int trial_keep(const struct fs *fs, const struct facts *facts,
	       const struct trial_running *running, struct err *err)
{
	_cleanup_grub_menu_ struct grub_menu menu = {0}, good = {0};
	size_t found;
	int rc;

	/* A root without a menu starts by other means. */
	if (!grub_menu_config_path(fs))
		return 0;
	rc = trial_menu_read(fs, facts->boot.firmware, &menu, err);
	if (rc < 0)
		return rc;
	found = trial_find_running(fs, &menu, running);
	if (found == GRUB_NONE)
		return 0;
	/* What somebody chose by hand once is no default, unless there is nothing else. */
	if (trial_good_read(fs, facts->boot.firmware, &good, NULL) == 0 &&
	    trial_has_files(fs, good.entry) &&
	    (trial_is_same(&menu.entry[found], good.entry) ||
	     !trial_is_same(&menu.entry[found], &menu.entry[menu.standing])))
		return 0;
	return trial_good_write(fs, &menu.entry[found], err);
}

bool trial_is_tried(const struct trial *trial, const struct trial_running *running)
{
	const struct grub_entry entry = {
		.kind = trial->hypervisor ? GRUB_XEN : GRUB_LINUX,
		.hypervisor = trial->hypervisor,
		.hypervisor_args = trial->hypervisor_args,
		.kernel = trial->kernel,
		.kernel_args = trial->kernel_args,
	};

	return trial_is_running(&entry, running);
}

int trial_promote(const struct fs *fs, const struct facts *facts, struct trial *trial,
		  const struct trial_running *running, struct err *err)
{
	int rc = trial_disarm(fs, err);

	if (rc == 0 && trial_is_tried(trial, running))
		rc = trial_keep(fs, facts, running, err);
	if (rc < 0)
		return rc;
	trial->state = TRIAL_PROMOTED;
	trial->time = (int64_t)time(NULL);
	rc = trial_write(fs, trial, err);
	return rc < 0 ? rc
		      : trial_log(fs, running->boot, "promoted", trial->title,
				  trial->changes, err);
}

int trial_fail(const struct fs *fs, struct trial *trial, enum trial_state state,
	       const char *boot, const char *reason, struct err *err)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	int rc;

	trial->state = state;
	trial->time = (int64_t)time(NULL);
	replace_text(&trial->reason, reason);
	rc = trial_write(fs, trial, err);
	if (rc == 0)
		rc = trial_log(fs, boot, trial_state_name(state), trial->title, reason,
			       err);
	if (rc == 0)
		rc = grubenv_read(fs, grub_menu_env_path(fs), &env, err);
	/* What GRUB did not start yet is not to be started any more. */
	if (rc < 0 || !grubenv_get(&env, "next_entry") ||
	    !str_same(grubenv_get(&env, "next_entry"),
		      grubenv_get(&env, "xenhost_trial_entry")))
		return rc;
	grubenv_set(&env, "next_entry", NULL);
	return write_env(fs, &env, err);
}
