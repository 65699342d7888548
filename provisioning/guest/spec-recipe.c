/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's root is made from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "guest/spec-parts.h"

/* In the order of enum recipe_method. */
static const char *const methods[] = {"mmdebstrap", "debootstrap", "zypper",
				      "tar",	    "copy",	   "image"};

const char *recipe_method_name(enum recipe_method method)
{
	return methods[method];
}

static bool is_bootstrap(enum recipe_method method)
{
	return method <= RECIPE_ZYPPER;
}

static char *host_arch(void)
{
	static const char *const names[][2] = {
		{"x86_64", "amd64"},
		{"i686", "i386"},
		{"aarch64", "arm64"},
		{"armv7l", "armhf"},
	};
	struct utsname running;

	for (size_t i = 0; uname(&running) == 0 && i < ARRAY_SIZE(names); i++)
		if (strcmp(running.machine, names[i][0]) == 0)
			return mem_text(names[i][1]);
	return mem_text("amd64");
}

/* What xen-tools had and nobody has any more. */
static int check_method(const struct spec *spec, const char *name, struct err *err)
{
	if (strcmp(name, "cdebootstrap") == 0)
		return setting_error(spec->settings, "install-method", err,
				     "cdebootstrap is not used: write mmdebstrap");
	if (strcmp(name, "rinse") == 0 || strcmp(name, "rpmstrap") == 0)
		return setting_error(spec->settings, "install-method", err,
				     "%s knows no living distribution: write zypper, or "
				     "give a root by tar, copy or image",
				     name);
	return 0;
}

static int set_method(struct spec *spec, const char *distribution, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;
	const char *name = setting_text(spec->settings, "install-method");

	if (name) {
		int rc = check_method(spec, name, err);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
			if (strcmp(methods[i], name) == 0)
				recipe->method = (enum recipe_method)i;
	} else if (distribution && strcmp(distribution, "opensuse") == 0) {
		recipe->method = RECIPE_ZYPPER;
	} else if (!fs_exists(spec->host, "/usr/bin/mmdebstrap") &&
		   fs_exists(spec->host, "/usr/sbin/debootstrap")) {
		recipe->method = RECIPE_DEBOOTSTRAP;
	}
	if (recipe->method == RECIPE_ZYPPER && distribution &&
	    strcmp(distribution, "opensuse") != 0)
		return setting_error(spec->settings, "install-method", err,
				     "zypper makes no root of %s", recipe->suite);
	if (recipe->method < RECIPE_ZYPPER && distribution &&
	    strcmp(distribution, "opensuse") == 0)
		recipe->method = RECIPE_ZYPPER;
	return 0;
}

static int set_source(struct spec *spec, struct err *err)
{
	const char *source = setting_text(spec->settings, "install-source");
	struct recipe *recipe = &spec->guest->recipe;

	if (is_bootstrap(recipe->method))
		return 0;
	if (!source)
		return setting_error(spec->settings, "install-source", err,
				     "%s needs a path",
				     recipe_method_name(recipe->method));
	if (!fs_exists(spec->host, source))
		return setting_error(spec->settings, "install-source", err,
				     "there is no '%s'", source);
	recipe->source = mem_text(source);
	return 0;
}

static bool is_uri(const char *text)
{
	return (strstr(text, "://") || str_starts(text, "file:/")) &&
	       !text[strcspn(text, " '\"\\<>")];
}

/* What was given, what the suite is said to have, dom0's if it is of the family, the usual. */
static int set_mirror(struct spec *spec, const char *host_suite, const char *host_mirror,
		      struct err *err)
{
	const struct settings *settings = spec->settings;
	struct recipe *recipe = &spec->guest->recipe;
	const struct suite *suite = suite_find(recipe->suite);
	const struct suite *of_host = host_suite ? suite_find(host_suite) : NULL;
	const char *given = setting_text(settings, "mirror");
	const char *of_suite = setting_for_suite(settings, "mirror", recipe->suite);

	if (setting_level(settings, "mirror") < LEVEL_LINE && of_suite)
		given = of_suite;
	if (strcmp(given, "auto") != 0) {
		if (!is_uri(given))
			return setting_error(settings, "mirror", err, "'%s' is no URI",
					     given);
		recipe->mirror = mem_text(given);
		return 0;
	}
	if (!suite)
		return setting_error(settings, "dist", err,
				     "'%s' is no suite that is known; give its --mirror",
				     recipe->suite);
	if (host_mirror && of_host && !suite->is_old && !of_host->is_old &&
	    strcmp(of_host->distribution, suite->distribution) == 0)
		recipe->mirror = mem_text(host_mirror);
	else
		recipe->mirror =
			suite_mirror(suite->distribution, recipe->arch, suite->is_old);
	return 0;
}

static int set_keyring(struct spec *spec, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;
	const char *keyring = setting_text(spec->settings, "keyring");

	if (!keyring && recipe->suite)
		keyring = setting_for_suite(spec->settings, "keyring", recipe->suite);
	if (!keyring)
		return 0;
	if (!fs_exists(spec->host, keyring))
		return setting_error(spec->settings, "keyring", err,
				     "there is no file '%s'", keyring);
	recipe->keyring = mem_text(keyring);
	return 0;
}

static int check_words(const struct spec *spec, const char *name, struct err *err)
{
	const struct str_list *list = setting_list(spec->settings, name);

	for (size_t i = 0; i < list->count; i++)
		if (list->item[i]
			      [strspn(list->item[i],
				      "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._/:=")] ||
		    list->item[i][0] == '-')
			return setting_error(spec->settings, name, err,
					     "'%s' is no such name", list->item[i]);
	return 0;
}

static void add_once(struct str_list *list, const char *text)
{
	if (!str_list_has(list, text))
		str_list_add(list, text);
}

static void add_all(struct str_list *list, const struct str_list *more)
{
	for (size_t i = 0; i < more->count; i++)
		add_once(list, more->item[i]);
}

/*
 * pvgrub has to unpack a pv guest's kernel itself (identity-menu.c). Debian's kernels for
 * the cloud are packed otherwise, and so are all from Debian 13 on.
 */
static int set_pv_kernel(struct spec *spec, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;
	const struct suite *suite = recipe->suite ? suite_find(recipe->suite) : NULL;

	if (spec->guest->type != GUEST_PV || spec->guest->boot != GUEST_PVGRUB ||
	    recipe->method > RECIPE_DEBOOTSTRAP || !suite ||
	    strcmp(suite->distribution, "debian") != 0)
		return 0;
	for (size_t i = 0; i < recipe->packages.count; i++)
		if (str_starts(recipe->packages.item[i], "linux-image-"))
			return 0;
	if (!suite_pvgrub_unpacks(recipe->suite, recipe->arch))
		return setting_error(spec->settings, "type", err,
				     "pvgrub cannot start %s's %s kernels in a pv guest: "
				     "--boot-via pygrub, or --type pvh",
				     recipe->suite, recipe->arch);
	if (strcmp(recipe->arch, "amd64") == 0)
		add_once(&recipe->packages, "linux-image-amd64");
	return 0;
}

/* In a given root is what its maker put there: nobody installs more. */
static int set_packages(struct spec *spec, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;

	if (check_words(spec, "package", err) < 0)
		return -EINVAL;
	if (!is_bootstrap(recipe->method))
		return setting_level(spec->settings, "package") < LEVEL_LINE
			       ? 0
			       : setting_error(spec->settings, "package", err,
					       "not with %s: what is in a given root is "
					       "its maker's; install them there",
					       recipe_method_name(recipe->method));
	add_all(&recipe->packages, setting_list(spec->settings, "package"));
	if (setting_text(spec->settings, "cloud-init"))
		add_once(&recipe->packages, "cloud-init");
	return 0;
}

/* Components and packages. */
static int set_content(struct spec *spec, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;
	const struct str_list *components = setting_list(spec->settings, "components");

	if (check_words(spec, "components", err) < 0)
		return -EINVAL;
	add_all(&recipe->components, components);
	if (!components->count) {
		str_list_add(&recipe->components, "main");
		if (strcmp(recipe->distribution, "ubuntu") == 0)
			str_list_add(&recipe->components, "universe");
	}
	if (set_packages(spec, err) < 0 || set_pv_kernel(spec, err) < 0)
		return -EINVAL;
	str_list_sort(&recipe->packages);
	return 0;
}

/* A suite that nobody knows is of the family that its mirror names. */
static const char *guess_distribution(const struct spec *spec, const char *suite)
{
	const struct suite *known = suite ? suite_find(suite) : NULL;
	const char *mirror = setting_text(spec->settings, "mirror");

	if (known)
		return known->distribution;
	if (!suite)
		return NULL;
	if (strstr(mirror, "suse"))
		return "opensuse";
	return strstr(mirror, "ubuntu") ? "ubuntu" : "debian";
}

static int set_suite(struct spec *spec, char **suite, char **mirror, struct err *err)
{
	struct recipe *recipe = &spec->guest->recipe;
	const char *asked = setting_text(spec->settings, "dist");
	const char *method = setting_text(spec->settings, "install-method");
	bool is_given =
		method && (strcmp(method, "tar") == 0 || strcmp(method, "copy") == 0 ||
			   strcmp(method, "image") == 0);

	suite_of_host(spec->host, suite, mirror);
	if (strcmp(asked, "auto") != 0)
		recipe->suite = mem_text(asked);
	else if (!is_given && *suite)
		recipe->suite = mem_text(*suite);
	if (recipe->suite &&
	    recipe->suite[strspn(recipe->suite, "abcdefghijklmnopqrstuvwxyz"
						"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						"0123456789.-_")])
		return setting_error(spec->settings, "dist", err, "'%s' is no suite",
				     recipe->suite);
	if (!recipe->suite && !is_given)
		return setting_error(spec->settings, "dist", err,
				     "dom0's sources do not tell which suite it has");
	return 0;
}

int spec_recipe(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	struct recipe *recipe = &spec->guest->recipe;
	const char *arch = setting_text(settings, "arch");
	const char *proxy = setting_text(settings, "apt_proxy");
	_cleanup_free_ char *host_suite = NULL, *host_mirror = NULL;
	const char *distribution;

	if (set_suite(spec, &host_suite, &host_mirror, err) < 0)
		return -EINVAL;
	distribution = guess_distribution(spec, recipe->suite);
	recipe->distribution = mem_text(distribution ? distribution : "other");
	recipe->arch = arch ? mem_text(arch) : host_arch();
	recipe->fs = mem_text(setting_text(settings, "fs"));
	recipe->has_security = setting_is_yes(settings, "security");
	recipe->layout = spec->guest->boot == GUEST_FIRMWARE ? LAYOUT_DISK : LAYOUT_PLAIN;
	if (set_method(spec, distribution, err) < 0 || set_source(spec, err) < 0)
		return -EINVAL;
	if (proxy && !is_uri(proxy))
		return setting_error(settings, "apt_proxy", err, "'%s' is no URI", proxy);
	recipe->proxy = proxy ? mem_text(proxy) : NULL;
	if (is_bootstrap(recipe->method) &&
	    set_mirror(spec, host_suite, host_mirror, err) < 0)
		return -EINVAL;
	if (set_keyring(spec, err) < 0)
		return -EINVAL;
	return set_content(spec, err);
}
