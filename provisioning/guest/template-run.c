/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that build templates: what they say is in a log, their failure in one line. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "base/run.h"
#include "guest/template-parts.h"

#define HOUR_MS (60U * 60 * 1000)

void template_say(const struct template_build *build, const char *text)
{
	if (build->progress)
		build->progress(build->context, text);
}

static int make_log_directory(const struct fs *host, struct err *err)
{
	const struct fs_access access = {0755, FS_KEEP_UID, FS_KEEP_GID};
	const struct fs_access own = {0750, FS_KEEP_UID, FS_KEEP_GID};
	int rc = 0;

	if (!fs_exists(host, "var/log"))
		rc = fs_mkdir(host, "var/log", &access, err);
	if (rc == 0 && !fs_exists(host, TEMPLATE_LOG_DIR))
		rc = fs_mkdir(host, TEMPLATE_LOG_DIR, &own, err);
	return rc;
}

int template_log_open(struct template_build *build, struct err *err)
{
	_cleanup_free_ char *name = mem_textf("template-%s.log", build->template->key);
	_cleanup_close_ int dir = -1;
	int rc = make_log_directory(build->host, err);

	if (rc == 0)
		rc = fs_open_file(build->host, TEMPLATE_LOG_DIR, O_RDONLY | O_DIRECTORY,
				  &dir, err);
	if (rc < 0)
		return err_wrap(err, "log");
	build->log_path = mem_textf("%s/%s", TEMPLATE_LOG_DIR, name);
	build->log = openat(dir, name,
			    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (build->log < 0)
		return err_set(err, errno, "log '%s'", build->log_path);
	return 0;
}

void template_log_close(struct template_build *build)
{
	mem_close_ref(&build->log);
	build->log = -1;
	free(TAKE_PTR(build->log_path));
	str_clear(&build->line);
	str_clear(&build->cause);
}

/* apt's, dpkg's, tar's and rpm's first complaint is the cause; the last is "it failed". */
static bool is_complaint(const char *line)
{
	static const char *const starts[] = {"E: ", "dpkg: error",
					     "error: ", "tar: ", "cp: "};

	if (strstr(line, strerror(ENOSPC)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(line, starts[i]))
			return true;
	return false;
}

static void end_line(struct template_build *build)
{
	const char *line = str_text(&build->line);

	if (!build->cause.length && is_complaint(line))
		str_add(&build->cause, line);
	/* mmdebstrap's steps; apt's many lines are for the log. */
	if (str_starts(line, "I: ") && str_ends(line, "..."))
		template_say(build, line + strlen("I: "));
	str_cut(&build->line, 0);
}

static void follow(void *context, const char *bytes, size_t length)
{
	struct template_build *build = context;

	/* A log that cannot be written is no reason to stop. */
	if (write(build->log, bytes, length) < 0)
		errno = 0;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\n')
			end_line(build);
		else if (build->line.length < 500)
			str_add_char(&build->line, bytes[i]);
	}
}

/* A word, but for what is before the "@" of a URI in it: a proxy's or mirror's password. */
static void add_word(struct str *line, const char *word)
{
	const char *host = strstr(word, "://");
	size_t length = host ? strcspn(host + 3, "/\" ") : 0;
	const char *at = host ? memrchr(host + 3, '@', length) : NULL;

	str_add(line, " ");
	if (at)
		str_add_bytes(line, word, (size_t)(host + 3 - word));
	str_add(line, at ? at : word);
}

static void log_command(struct template_build *build, const char *const *argv)
{
	_cleanup_str_ struct str line = {0};

	str_add(&line, "+");
	for (; *argv; argv++)
		add_word(&line, *argv);
	str_add(&line, "\n");
	if (write(build->log, line.text, line.length) < 0)
		errno = 0;
}

/* `name` is what failed, for people. */
static int run_named(struct template_build *build, const char *name,
		     const char *const *argv, const char *const *env, struct err *err)
{
	const struct run run = {.argv = argv,
				.env = env,
				.input = build->input,
				.timeout_ms = 4 * HOUR_MS,
				.follow = follow,
				.context = build};
	_cleanup_err_ struct err why = {0};
	_cleanup_str_ struct str output = {0};
	const char *cause;
	int rc;

	str_cut(&build->cause, 0);
	log_command(build, argv);
	rc = run_capture(&run, &output, &why);
	if (rc == 0)
		return 0;
	cause = str_text(&build->cause);
	if (strstr(cause, strerror(ENOSPC)))
		return err_say(err, ENOSPC, "%s: %s; see %s", name, strerror(ENOSPC),
			       build->log_path);
	if (str_starts(cause, "E: "))
		cause += strlen("E: ");
	if (*cause)
		return err_say(err, -rc, "%s: %s; see %s", name, cause, build->log_path);
	return err_say(err, -rc, "%s; see %s", why.text, build->log_path);
}

int template_run(struct template_build *build, const char *const *argv,
		 const char *const *env, struct err *err)
{
	return run_named(build, argv[0], argv, env, err);
}

int template_run_inside(struct template_build *build, const char *directory,
			const char *const *argv, struct err *err)
{
	static const char *const env[] = {"DEBIAN_FRONTEND=noninteractive",
					  "DEBCONF_NONINTERACTIVE_SEEN=true", NULL};
	_cleanup_free_ char *root = mem_textf("--root=%s", directory);
	const char *const unshare[] = {"unshare", "--mount", "--pid", "--ipc",
				       "--uts",	  "--fork",  root,    "--mount-proc",
				       "--",	  NULL};
	_cleanup_free_ const char **all = NULL;
	const char *name = argv[0];
	size_t count = 0;

	for (size_t i = 0; unshare[i]; i++) {
		all = mem_grow(all, count, sizeof(*all));
		all[count++] = unshare[i];
	}
	for (; *argv; argv++) {
		all = mem_grow(all, count, sizeof(*all));
		all[count++] = *argv;
	}
	all = mem_grow(all, count, sizeof(*all));
	all[count] = NULL;
	return run_named(build, name, all, env, err);
}

static int make_nodes(const char *dev, struct err *err)
{
	static const struct {
		const char *name;
		unsigned int minor;
	} nodes[] = {
		{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}};
	static const char *const links[][2] = {{"fd", "/proc/self/fd"},
					       {"stdin", "/proc/self/fd/0"},
					       {"stdout", "/proc/self/fd/1"},
					       {"stderr", "/proc/self/fd/2"}};
	_cleanup_close_ int dir = open(dev, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_set(err, errno, "'%s'", dev);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		if (mknodat(dir, nodes[i].name, S_IFCHR | 0666,
			    makedev(1, nodes[i].minor)) < 0 ||
		    fchmodat(dir, nodes[i].name, 0666, 0) < 0)
			return err_set(err, errno, "'%s/%s'", dev, nodes[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i][1], dir, links[i][0]) < 0)
			return err_set(err, errno, "'%s/%s'", dev, links[i][0]);
	return 0;
}

/* What invoke-rc.d asks: 101 forbids (its policy-rc.d interface). */
static int forbid_services(const struct fs *root, struct err *err)
{
	static const char policy[] = "#!/bin/sh\nexit 101\n";
	const struct fs_access access = {0755, 0, 0};

	if (!fs_exists(root, "usr/sbin"))
		return 0;
	return fs_replace(root, "usr/sbin/policy-rc.d", policy, strlen(policy), &access,
			  NULL, err);
}

#define RESOLVER "etc/resolv.conf"
#define RESOLVER_ASIDE "etc/resolv.conf.xenhost"

/* The root's own one may be a link to what only runs in a guest: it is put aside. */
static int lend_resolver(const struct fs *root, struct err *err)
{
	const struct fs_access access = {0644, 0, 0};
	_cleanup_fs_ struct fs running = FS_CLOSED;
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc = 0;

	if (fs_lstat(root, RESOLVER, &st, NULL) == 0)
		rc = fs_rename(root, RESOLVER, RESOLVER_ASIDE, err);
	if (rc == 0)
		rc = fs_open("/", &running, err);
	if (rc == 0 && fs_read(&running, RESOLVER, 1 << 16, &text, NULL) == 0)
		rc = fs_replace(root, RESOLVER, str_text(&text), text.length, &access,
				NULL, err);
	return rc;
}

static int take_resolver_back(const struct fs *root, struct err *err)
{
	struct stat st;
	int rc = fs_remove(root, RESOLVER, err);

	if (rc == 0 && fs_lstat(root, RESOLVER_ASIDE, &st, NULL) == 0)
		rc = fs_rename(root, RESOLVER_ASIDE, RESOLVER, err);
	return rc;
}

int template_inside_begin(const char *directory, const struct fs *root, struct err *err)
{
	_cleanup_free_ char *dev = mem_textf("%s/dev", directory);
	int rc = forbid_services(root, err);

	if (rc == 0)
		rc = lend_resolver(root, err);
	if (rc < 0)
		return rc;
	if (mount("xenhost", dev, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m") <
	    0)
		return err_set(err, errno, "mount '%s'", dev);
	return make_nodes(dev, err);
}

int template_inside_end(const char *directory, const struct fs *root, struct err *err)
{
	_cleanup_free_ char *dev = mem_textf("%s/dev", directory);
	int rc;

	if (umount2(dev, UMOUNT_NOFOLLOW) < 0)
		return err_set(err, errno, "unmount '%s'", dev);
	rc = take_resolver_back(root, err);
	return rc < 0 ? rc : fs_remove(root, "usr/sbin/policy-rc.d", err);
}
