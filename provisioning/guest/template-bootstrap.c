/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a root is filled: a table with a function for each method. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/template-parts.h"

#define RUN_DIR "/run/xenhost" /* the child's own (guest/work.h) */
#define SOURCES "template.sources"

/* Arguments that are made on the way, with a NULL behind them. */
static const char *const *arguments(struct str_list *list)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count] = NULL;
	return (const char *const *)list->item;
}

static void add_all(struct str_list *list, const char *const *words)
{
	for (; *words; words++)
		str_list_add(list, *words);
}

/* "--option=a,b,c" */
static void add_joined(struct str_list *list, const char *option,
		       const struct str_list *values)
{
	_cleanup_str_ struct str text = {0};

	if (!values->count)
		return;
	str_add(&text, option);
	for (size_t i = 0; i < values->count; i++)
		str_addf(&text, "%s%s", i ? "," : "", values->item[i]);
	str_list_add(list, str_text(&text));
}

static int write_text(const struct fs *root, const char *path, const struct str *text,
		      struct err *err)
{
	const struct fs_access access = {0644, 0, 0};

	return fs_replace(root, path, str_text(text), text->length, &access, NULL, err);
}

/* The sources as the guest keeps them, with the keyring that it has then. */
static int write_sources(const struct template_build *build, const struct fs *root,
			 struct err *err)
{
	const struct fs_access access = {0755, 0, 0};
	_cleanup_free_ char *keyring = template_keyring(build->host, build->recipe);
	_cleanup_free_ char *inside = template_guest_keyring(build->recipe, keyring);
	_cleanup_free_ char *path = mem_textf("etc/apt/sources.list.d/%s.sources",
					      build->recipe->distribution);
	_cleanup_str_ struct str text = {0}, keys = {0};
	int rc = 0;

	if (keyring && strcmp(keyring, inside) != 0) {
		rc = fs_read(build->host, keyring, 1 << 20, &keys, err);
		if (rc == 0 && !fs_exists(root, "etc/apt/keyrings"))
			rc = fs_mkdir(root, "etc/apt/keyrings", &access, err);
		if (rc == 0)
			rc = write_text(root, inside, &keys, err);
	}
	template_sources(build->recipe, inside, &text);
	if (rc == 0)
		rc = write_text(root, path, &text, err);
	if (rc == 0)
		rc = fs_remove(root, "etc/apt/sources.list", err);
	return rc;
}

/* What mmdebstrap leaves of what it was told for itself. */
static int remove_traces(const struct fs *root, struct err *err)
{
	static const char *const paths[] = {"etc/apt/sources.list.d/0000" SOURCES,
					    "etc/apt/apt.conf.d/99mmdebstrap",
					    "etc/dpkg/dpkg.cfg.d/99mmdebstrap"};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int rc = fs_remove(root, paths[i], err);

		if (rc < 0)
			return rc;
	}
	/* dom0's; a link is that of a package. */
	if (fs_lstat(root, "etc/resolv.conf", &st, NULL) == 0 && S_ISREG(st.st_mode))
		return fs_remove(root, "etc/resolv.conf", err);
	return 0;
}

/* dpkg need not sync each file: a template is on the disk as a whole, or it vanishes. */
static int run_mmdebstrap(struct template_build *build, const char *directory,
			  const char *sources, struct err *err)
{
	static const char *const words[] = {"mmdebstrap",
					    "--mode=root",
					    "--variant=important",
					    "--format=directory",
					    "--skip=cleanup/apt/lists",
					    "--dpkgopt=force-unsafe-io",
					    NULL};
	const struct recipe *recipe = build->recipe;
	_cleanup_free_ char *proxy =
		mem_textf("--aptopt=Acquire::http::Proxy \"%s\"", recipe->proxy);
	_cleanup_free_ char *arch = mem_textf("--architectures=%s", recipe->arch);
	_cleanup_str_list_ struct str_list argv = {0}, packages = {0};

	add_all(&argv, words);
	str_list_add(&argv, arch);
	template_packages(recipe, &packages);
	add_joined(&argv, "--include=", &packages);
	if (recipe->proxy)
		str_list_add(&argv, proxy);
	if (str_starts(recipe->mirror, "file:"))
		str_list_add(&argv, "--hook-dir=/usr/share/mmdebstrap/hooks/"
				    "file-mirror-automount");
	str_list_add(&argv, recipe->suite);
	str_list_add(&argv, directory);
	str_list_add(&argv, sources);
	return template_run(build, arguments(&argv), NULL, err);
}

static int fill_mmdebstrap(struct template_build *build, const char *directory,
			   const struct fs *root, struct err *err)
{
	_cleanup_free_ char *keyring = template_keyring(build->host, build->recipe);
	_cleanup_fs_ struct fs run = FS_CLOSED;
	_cleanup_str_ struct str sources = {0};
	int rc = fs_open(RUN_DIR, &run, err);

	template_sources(build->recipe, keyring, &sources);
	if (rc == 0)
		rc = write_text(&run, SOURCES, &sources, err);
	if (rc == 0)
		rc = run_mmdebstrap(build, directory, RUN_DIR "/" SOURCES, err);
	if (rc == 0)
		rc = remove_traces(root, err);
	if (rc == 0)
		rc = write_sources(build, root, err);
	return rc;
}

static int run_debootstrap(struct template_build *build, const char *directory,
			   struct err *err)
{
	const struct recipe *recipe = build->recipe;
	_cleanup_free_ char *keyring = template_keyring(build->host, recipe);
	_cleanup_free_ char *keys = mem_textf("--keyring=%s", keyring);
	_cleanup_free_ char *arch = mem_textf("--arch=%s", recipe->arch);
	_cleanup_free_ char *proxy = mem_textf("http_proxy=%s", recipe->proxy);
	const char *const env[] = {recipe->proxy ? proxy : NULL, NULL};
	_cleanup_str_list_ struct str_list argv = {0};

	str_list_add(&argv, "debootstrap");
	str_list_add(&argv, arch);
	if (keyring)
		str_list_add(&argv, keys);
	add_joined(&argv, "--components=", &recipe->components);
	str_list_add(&argv, recipe->suite);
	str_list_add(&argv, directory);
	str_list_add(&argv, recipe->mirror);
	return template_run(build, arguments(&argv), env, err);
}

/* apt inside a root, as mmdebstrap runs it: no recommended packages, the new settings. */
static int run_apt(struct template_build *build, const char *directory,
		   const char *const *words, const struct str_list *packages,
		   struct err *err)
{
	static const char *const apt[] = {"apt-get", "-qq",
					  "-o",	     "APT::Install-Recommends=false",
					  "-o",	     "APT::Update::Error-Mode=any",
					  "-o",	     "Dpkg::Use-Pty=false",
					  "-o",	     "Dpkg::Options::=--force-unsafe-io",
					  "-o",	     "Dpkg::Options::=--force-confdef",
					  "-o",	     "Dpkg::Options::=--force-confold",
					  NULL};
	const char *given = build->template->proxy;
	_cleanup_free_ char *proxy = mem_textf("Acquire::http::Proxy=%s", given);
	_cleanup_str_list_ struct str_list argv = {0};

	add_all(&argv, apt);
	if (given) {
		str_list_add(&argv, "-o");
		str_list_add(&argv, proxy);
	}
	add_all(&argv, words);
	for (size_t i = 0; packages && i < packages->count; i++)
		str_list_add(&argv, packages->item[i]);
	return template_run_inside(build, directory, arguments(&argv), err);
}

static int upgrade(struct template_build *build, const char *directory,
		   const struct str_list *packages, struct err *err)
{
	static const char *const steps[][4] = {{"update", NULL},
					       {"-y", "dist-upgrade", NULL},
					       {"-y", "install", NULL},
					       {"-y", "autoremove", "--purge", NULL},
					       {"clean", NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		bool is_install = strcmp(steps[i][1] ? steps[i][1] : "", "install") == 0;
		int rc;

		if (is_install && !packages)
			continue;
		rc = run_apt(build, directory, steps[i], is_install ? packages : NULL,
			     err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int template_upgrade(struct template_build *build, const char *directory,
		     const struct fs *root, const struct str_list *packages,
		     struct err *err)
{
	int rc = template_inside_begin(directory, root, err);

	if (rc == 0)
		rc = upgrade(build, directory, packages, err);
	if (rc == 0)
		rc = template_inside_end(directory, root, err);
	return rc;
}

static int fill_debootstrap(struct template_build *build, const char *directory,
			    const struct fs *root, struct err *err)
{
	_cleanup_str_list_ struct str_list packages = {0};
	int rc;

	template_say(build, "running debootstrap");
	rc = run_debootstrap(build, directory, err);
	if (rc == 0)
		rc = write_sources(build, root, err);
	template_packages(build->recipe, &packages);
	template_say(build, "installing kernel and packages");
	return rc < 0 ? rc : template_upgrade(build, directory, root, &packages, err);
}

static int fill_tar(struct template_build *build, const char *directory,
		    const struct fs *root, struct err *err)
{
	const char *const argv[] = {"tar",
				    "--extract",
				    "--numeric-owner",
				    "--same-owner",
				    "--preserve-permissions",
				    "--acls",
				    "--xattrs",
				    "--xattrs-include=*",
				    "--directory",
				    directory,
				    "--file",
				    build->recipe->source,
				    NULL};

	(void)root;
	return template_run(build, argv, NULL, err);
}

static int fill_copy(struct template_build *build, const char *directory,
		     const struct fs *root, struct err *err)
{
	_cleanup_free_ char *source = mem_textf("%s/.", build->recipe->source);
	const char *const argv[] = {"cp",   "--archive", "--one-file-system",
				    source, directory,	 NULL};

	(void)root;
	return template_run(build, argv, NULL, err);
}

int template_bootstrap(struct template_build *build, const char *directory,
		       const struct fs *root, struct err *err)
{
	static int (*const fill[])(struct template_build *, const char *,
				   const struct fs *, struct err *) = {
		[RECIPE_MMDEBSTRAP] = fill_mmdebstrap,
		[RECIPE_DEBOOTSTRAP] = fill_debootstrap,
		[RECIPE_ZYPPER] = template_fill_zypper,
		[RECIPE_TAR] = fill_tar,
		[RECIPE_COPY] = fill_copy,
	};

	return fill[build->recipe->method](build, directory, root, err);
}
