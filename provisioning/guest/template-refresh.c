/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates later: upgraded when their repository has moved, and checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/run.h"
#include "guest/disk.h"
#include "guest/extent.h"
#include "guest/filesystem.h"
#include "guest/lvm.h"
#include "guest/template-parts.h"

#define HOUR_MS (60U * 60 * 1000)

/* Its two names in turn: template_remove_others() knows them. */
static char *next_volume(const struct template *template)
{
	return mem_textf("%s.%d", template->key,
			 str_ends(template->volume, ".1") ? 2 : 1);
}

static int fill(struct template_build *build, const char *directory,
		const struct fs *root, struct err *err)
{
	return template_upgrade(build, directory, root, NULL, err);
}

/* What upgrades need is there while they run, and cut off afterwards. */
static int make_room(struct template_build *build, const char *path,
		     const struct template *old, struct err *err)
{
	struct template *template = build->template;
	uint64_t size = template_room(template->fs) + template->root_offset;
	struct storage_order order = {.name = template->volume,
				      .from = &old->store,
				      .key = old->volume,
				      .key_size = old->size};
	int rc;

	template->size = size > old->size ? size : old->size;
	order.size = template->size;
	rc = storage_make(&template->store, STORAGE_TEMPLATES, &order, 1, build->work,
			  err);
	if (rc == 0 && template->root_offset)
		rc = disk_fit(path, 0, err);
	return rc < 0 ? rc
		      : filesystem_grow(path, template->root_offset, template->fs, NULL,
					err);
}

struct refresh {
	struct template_build build;
	const struct template *old;
};

static int refresh_step(void *context, struct err *err)
{
	const struct refresh *refresh = context;
	struct template_build build = refresh->build;
	struct template *template = build.template;
	_cleanup_free_ char *path = template_path(template);
	int rc;

	template_say(&build, "cloning");
	rc = make_room(&build, path, refresh->old, err);
	if (rc < 0)
		return rc;
	template_say(&build, "upgrading packages");
	rc = template_fill(&build, path, fill, err);
	if (rc < 0)
		return rc;
	template_say(&build, "sealing");
	rc = template_shrink(&build, err);
	if (rc == 0)
		rc = storage_seal(&template->store, STORAGE_TEMPLATES, template->volume,
				  err);
	template->built = time(NULL);
	return rc < 0 ? rc : template_write_draft(build.host, template, err);
}

/* The child's record becomes the record; then nobody needs the old volume. */
static int replace(const struct fs *host, const struct template *old, struct err *err)
{
	_cleanup_free_ char *path = template_path(old);
	int rc = template_publish_draft(host, old->key, err);

	return rc < 0 ? rc : storage_remove(host, path, STORAGE_TEMPLATES, err);
}

static int upgrade(const struct fs *host, const struct template *old,
		   template_progress *progress, void *context, struct err *err)
{
	_cleanup_template_ struct template template = TEMPLATE_NONE;
	struct refresh refresh = {
		.build = {.host = host,
			  .progress = progress,
			  .context = context,
			  .log = -1},
		.old = old,
	};
	_cleanup_free_ char *name = mem_textf("template-%s", old->key);
	struct template_build *build = &refresh.build;
	int rc = template_read(host, old->key, &template, err);

	if (rc < 0)
		return rc;
	free(template.volume);
	template.volume = next_volume(old);
	build->template = &template;
	rc = template_log_open(build, err);
	if (rc == 0)
		rc = work_begin(host, name, &build->work, err);
	if (rc == 0)
		rc = work_run(build->work, refresh_step, &refresh, err);
	template_log_close(build);
	return rc < 0 ? rc : replace(host, old, err);
}

int template_refresh(const struct fs *host, const struct template *template,
		     template_progress *progress, void *context, bool *ret_has_changed,
		     struct err *err)
{
	_cleanup_template_ struct template old = TEMPLATE_NONE;
	_cleanup_close_ int lock = -1;
	_cleanup_free_ char *state = NULL;
	bool has_moved = false;
	int rc = template_lock_alone(host, template->key, &lock, err);

	if (rc == 0)
		rc = template_read(host, template->key, &old, err);
	if (rc == 0)
		rc = template_remove_others(host, &old, err);
	if (rc == 0 && old.releases.count) {
		rc = template_state_now(&old, &state, err);
		has_moved = rc == 0 && strcmp(state, old.state) != 0;
	}
	if (rc == 0 && has_moved)
		rc = upgrade(host, &old, progress, context, err);
	if (rc < 0)
		return err_wrap(err, "template %s", template->key);
	*ret_has_changed = has_moved;
	return 0;
}

/* Changes nothing, whatever it finds. */
static int check_filesystem(const struct template *template, const char *path,
			    struct err *err)
{
	const char *const e2fsck[] = {"e2fsck", "-f", "-n", path, NULL};
	const char *const xfs_repair[] = {"xfs_repair", "-n", path, NULL};
	const char *const btrfs[] = {"btrfs", "check", "--readonly", path, NULL};
	const struct {
		const char *fs;
		const char *const *argv;
	} checks[] = {{"ext", e2fsck}, {"xfs", xfs_repair}, {"btrfs", btrfs}};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		const struct run run = {.argv = checks[i].argv,
					.timeout_ms = HOUR_MS,
					.output_limit = (size_t)1 << 24};
		_cleanup_str_ struct str output = {0};
		_cleanup_err_ struct err why = {0};

		if (!str_starts(template->fs, checks[i].fs))
			continue;
		if (run_capture(&run, &output, &why) == 0)
			return 0;
		return err_say(err, why.code == EREMOTEIO ? EUCLEAN : why.code,
			       "its file system is damaged: %s", why.text);
	}
	return 0;
}

static int check_content(const struct template *template, struct err *err)
{
	_cleanup_free_ char *directory = NULL, *content = NULL;
	_cleanup_fs_ struct fs root = FS_CLOSED;
	int rc = template_mount(template, &directory, &root, err);

	if (rc < 0)
		return rc;
	rc = template_manifest(&root, &content, err);
	fs_close(&root);
	if (rc == 0)
		rc = filesystem_unmount(directory, err);
	if (rc == 0 && strcmp(content, template->content) != 0)
		return err_say(err, EUCLEAN, "its files are not those that were built");
	return rc;
}

static int verify_step(void *context, struct err *err)
{
	const struct template *template = context;
	_cleanup_free_ char *path = template_path(template);
	_cleanup_extent_ struct extent extent = EXTENT_NONE;
	int rc = extent_open(path, template->root_offset, true, false, &extent, err);

	if (rc == 0)
		rc = check_filesystem(template, extent.path, err);
	extent_clear(&extent);
	return rc < 0 ? rc : check_content(template, err);
}

/* A sealed volume of a pool is active only while somebody needs it so. */
static int set_active(const struct template *template, const char *is_active,
		      struct err *err)
{
	_cleanup_free_ char *volume = mem_textf("%s/" STORAGE_TEMPLATES "-%s",
						template->store.vg, template->volume);
	const char *const argv[] = {"lvm",	  "lvchange", "--ignoreactivationskip",
				    "--activate", is_active,  volume,
				    NULL};

	return template->store.kind == STORAGE_DIR ? 0 : lvm_run(argv, err);
}

int template_verify(const struct fs *host, const struct template *template,
		    struct err *err)
{
	_cleanup_free_ char *name = mem_textf("template-%s", template->key);
	struct template copy = *template;
	_cleanup_close_ int lock = -1;
	struct work *work = NULL;
	int rc = template_lock(host, template->key, LOCK_SH, &lock, err);

	if (rc == 0)
		rc = work_begin(host, name, &work, err);
	if (rc == 0)
		rc = set_active(template, "y", err);
	if (rc == 0)
		rc = work_run(TAKE_PTR(work), verify_step, &copy, err);
	else if (work)
		(void)!work_end(work, NULL);
	if (set_active(template, "n", rc < 0 ? NULL : err) < 0 && rc == 0)
		rc = -EIO;
	return rc < 0 ? err_wrap(err, "template %s", template->key) : 0;
}
