/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A root of SUSE, by zypper and rpm of dom0, whatever its family is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/run.h"
#include "guest/template-parts.h"

#define RUN_DIR "/run/xenhost" /* the child's own (guest/work.h) */
#define HOST_KEYS "/usr/lib/rpm/gnupg/keys"

/* SUSE's %_dbpath, since Leap 15.0. */
#define DATABASE "usr/lib/sysimage/rpm"
#define FOREIGN DATABASE "/rpmdb.sqlite"

enum { KEYS_MAX = 1 << 20, DATABASE_MAX = 1 << 30 };

/* Where rpm, and libzypp by it, looks for its user's macros. */
#define HOME "HOME=" RUN_DIR
static const char macros[] = "%_dbpath /" DATABASE "\n";

static const struct fs_access directory_access = {0755, 0, 0};

static int write_text(const struct fs *root, const char *path, const char *text,
		      size_t length, struct err *err)
{
	const struct fs_access access = {0644, 0, 0};

	return fs_replace(root, path, text, length, &access, NULL, err);
}

static void add_all(struct str_list *list, const char *const *words)
{
	for (; *words; words++)
		str_list_add(list, *words);
}

static int run(struct template_build *build, const char *const *argv, struct err *err)
{
	const char *given = build->recipe->proxy;
	_cleanup_free_ char *proxy = mem_textf("http_proxy=%s", given ? given : "");
	const char *const env[] = {HOME, given ? proxy : NULL, NULL};

	return template_run(build, argv, env, err);
}

static int run_list(struct template_build *build, struct str_list *list, struct err *err)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count] = NULL;
	return run(build, (const char *const *)list->item, err);
}

/* rpm reads the running system's files, whatever dom0's root is: a copy of each key. */
static int copy_key(const struct template_build *build, const struct fs *own,
		    const char *path, struct str_list *argv, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	_cleanup_free_ char *copy = mem_textf(RUN_DIR "/%s", name);
	_cleanup_str_ struct str key = {0};
	int rc = fs_read(build->host, path, KEYS_MAX, &key, err);

	if (rc == 0)
		rc = write_text(own, name, str_text(&key), key.length, err);
	if (rc == 0)
		str_list_add(argv, copy);
	return rc;
}

static int import_keys(struct template_build *build, const char *directory,
		       const struct fs *own, struct err *err)
{
	const char *const words[] = {"rpm", "--root", directory, "--import", NULL};
	const char *keyring = build->recipe->keyring;
	_cleanup_str_list_ struct str_list argv = {0}, names = {0};
	int rc = 0;

	add_all(&argv, words);
	if (keyring)
		rc = copy_key(build, own, keyring, &argv, err);
	else
		(void)!fs_readdir(build->host, HOST_KEYS, &names, NULL);
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf(HOST_KEYS "/%s", names.item[i]);

		rc = copy_key(build, own, path, &argv, err);
	}
	if (rc == 0 && !keyring && !names.count)
		rc = err_say(err, ENOENT,
			     "no keys of the distribution in " HOST_KEYS
			     "; name them with --keyring");
	return rc < 0 ? rc : run_list(build, &argv, err);
}

/* A repository of a mirror that is laid out like download.opensuse.org. */
static int add_repository(struct template_build *build, const char *directory,
			  const char *name, const char *path, struct err *err)
{
	_cleanup_free_ char *uri = mem_textf("%s/%s", build->recipe->mirror, path);
	const char *const add[] = {"zypper",	"--root", directory, "addrepo",
				   "--refresh", uri,	  name,	     NULL};

	return run(build, add, err);
}

/* Leap 15.3 to 15.6 take SUSE's packages as they are, whose updates are apart. */
static int add_leap(struct template_build *build, const char *directory,
		    const char *version, struct err *err)
{
	static const char *const updates[][2] = {{"repo-update", "oss"},
						 {"repo-sle-update", "sle"},
						 {"repo-backports-update", "backports"}};
	const char *arch = strcmp(build->recipe->arch, "amd64") == 0   ? "x86_64"
			   : strcmp(build->recipe->arch, "arm64") == 0 ? "aarch64"
								       : "armv7hl";
	bool is_16 = !str_starts(version, "15.") && !str_starts(version, "42.");
	_cleanup_free_ char *base =
		mem_textf("distribution/leap/%s/repo/oss%s%s", version, is_16 ? "/" : "",
			  is_16 ? arch : "");
	bool has_parts = str_starts(version, "15.") && version[3] >= '3';
	size_t count = is_16 ? 0 : has_parts ? ARRAY_SIZE(updates) : 1;
	int rc = add_repository(build, directory, "repo-oss", base, err);

	if (!build->recipe->has_security)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		_cleanup_free_ char *path =
			mem_textf("update/leap/%s/%s", version, updates[i][1]);

		rc = add_repository(build, directory, updates[i][0], path, err);
	}
	return rc;
}

static int add_repositories(struct template_build *build, const char *directory,
			    struct err *err)
{
	const char *suite = build->recipe->suite;
	_cleanup_free_ char *base = mem_textf("%s/repo/oss", suite);
	_cleanup_free_ char *updates = mem_textf("update/%s", suite);
	int rc;

	if (str_starts(suite, "leap-"))
		return add_leap(build, directory, suite + strlen("leap-"), err);
	rc = add_repository(build, directory, "repo-oss", base, err);
	return rc < 0 || !build->recipe->has_security
		       ? rc
		       : add_repository(build, directory, "repo-update", updates, err);
}

static int install(struct template_build *build, const char *directory, struct err *err)
{
	const char *const words[] = {"zypper",
				     "--root",
				     directory,
				     "--non-interactive",
				     "install",
				     "--no-recommends",
				     "--auto-agree-with-licenses",
				     NULL};
	_cleanup_str_list_ struct str_list argv = {0}, packages = {0};

	template_say(build, "installing packages");
	add_all(&argv, words);
	template_packages(build->recipe, &packages);
	for (size_t i = 0; i < packages.count; i++)
		str_list_add(&argv, packages.item[i]);
	return run_list(build, &argv, err);
}

/* What packages' scripts look for; dracut does not work without it. */
static int install_with_nodes(struct template_build *build, const char *directory,
			      const struct fs *root, struct err *err)
{
	static const char *const directories[] = {"etc", "dev", "proc"};
	_cleanup_free_ char *proc = mem_textf("%s/proc", directory);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(directories); i++)
		rc = fs_mkdir(root, directories[i], &directory_access, err);
	if (rc == 0)
		rc = template_inside_begin(directory, root, err);
	if (rc == 0 &&
	    mount("proc", proc, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) < 0)
		rc = err_set(err, errno, "mount '%s'", proc);
	if (rc == 0)
		rc = install(build, directory, err);
	/* After a failure they go with this process. */
	if (rc == 0 && umount2(proc, UMOUNT_NOFOLLOW) < 0)
		rc = err_set(err, errno, "unmount '%s'", proc);
	return rc < 0 ? rc : template_inside_end(directory, root, err);
}

/* ---- the database of packages ---- */

static int write_all(int fd, const struct str *bytes, struct err *err)
{
	size_t done = 0;

	while (done < bytes->length) {
		ssize_t r = write(fd, bytes->text + done, bytes->length - done);

		if (r < 0)
			return err_set(err, errno, "copy the database of packages");
		done += (size_t)r;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? err_set(err, errno, "seek") : 0;
}

static int export_database(const char *directory, int fd, struct err *err)
{
	const char *const argv[] = {"rpmdb", "--root", directory, "--exportdb", NULL};
	const char *const env[] = {HOME, NULL};
	const struct run export = {
		.argv = argv, .env = env, .output_limit = DATABASE_MAX};
	_cleanup_str_ struct str headers = {0};
	int rc = run_capture(&export, &headers, err);

	return rc < 0 ? rc : write_all(fd, &headers, err);
}

/*
 * SUSE's rpm is built with ndb alone, Debian's with SQLite alone: the guest's own rpm takes
 * over what dom0's has written.
 */
static int convert_database(struct template_build *build, const char *directory,
			    const struct fs *root, struct err *err)
{
	static const char *const rests[] = {FOREIGN, FOREIGN "-wal", FOREIGN "-shm"};
	const char *const import[] = {"rpmdb", "--importdb", NULL};
	_cleanup_close_ int fd = -1;
	int rc;

	if (!fs_exists(root, FOREIGN))
		return 0;
	fd = memfd_create("headers", MFD_CLOEXEC);
	if (fd < 0)
		return err_set(err, errno, "memfd_create");
	rc = export_database(directory, fd, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(rests); i++)
		rc = fs_remove(root, rests[i], err);
	if (rc < 0)
		return rc;
	build->input = &fd;
	rc = template_run_inside(build, directory, import, err);
	build->input = NULL;
	return rc < 0 ? err_wrap(err, "database of packages") : 0;
}

int template_fill_zypper(struct template_build *build, const char *directory,
			 const struct fs *root, struct err *err)
{
	_cleanup_fs_ struct fs own = FS_CLOSED;
	int rc = fs_open(RUN_DIR, &own, err);

	if (rc == 0)
		rc = write_text(&own, ".rpmmacros", macros, strlen(macros), err);
	if (rc == 0)
		rc = import_keys(build, directory, &own, err);
	if (rc == 0)
		rc = add_repositories(build, directory, err);
	if (rc == 0)
		rc = install_with_nodes(build, directory, root, err);
	return rc < 0 ? rc : convert_database(build, directory, root, err);
}
