/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bootstrapped root gets its packages from, and which. */
#include <stdlib.h>
#include <string.h>

#include "guest/template-parts.h"

#define DEBIAN_SECURITY "http://security.debian.org/debian-security"

static bool is_among(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* What is rolling has neither updates nor security apart. */
static bool has_updates(const struct recipe *recipe)
{
	static const char *const rolling[] = {"sid", "unstable", "experimental",
					      "rc-buggy", NULL};

	return recipe->has_security && !is_among(recipe->suite, rolling);
}

static bool is_debian(const struct recipe *recipe)
{
	return str_same(recipe->distribution, "debian");
}

static bool is_ubuntu(const struct recipe *recipe)
{
	return str_same(recipe->distribution, "ubuntu");
}

/* Suites whose kernels have no flavour for the cloud. */
static const char *debian_kernel(const struct recipe *recipe)
{
	static const char *const old[] = {"squeeze", "wheezy", "jessie", "stretch", NULL};

	if (strcmp(recipe->arch, "i386") == 0)
		return "linux-image-686-pae";
	if (strcmp(recipe->arch, "arm64") == 0)
		return strcmp(recipe->suite, "buster") == 0 ||
				       is_among(recipe->suite, old)
			       ? "linux-image-arm64"
			       : "linux-image-cloud-arm64";
	if (strcmp(recipe->arch, "amd64") != 0)
		return NULL;
	return is_among(recipe->suite, old) ? "linux-image-amd64"
					    : "linux-image-cloud-amd64";
}

static void add_kernel(const struct recipe *recipe, struct str_list *packages)
{
	const char *kernel = NULL;

	for (size_t i = 0; i < recipe->packages.count; i++)
		if (str_starts(recipe->packages.item[i], "linux-image-"))
			return;
	if (is_debian(recipe))
		kernel = debian_kernel(recipe);
	if (is_ubuntu(recipe))
		kernel = "linux-image-virtual";
	if (str_same(recipe->distribution, "opensuse"))
		kernel = "kernel-default";
	if (kernel)
		str_list_add(packages, kernel);
}

static void add_all(struct str_list *list, const char *const *names)
{
	for (; *names; names++)
		str_list_add(list, *names);
}

static void add_base(const struct recipe *recipe, struct str_list *packages)
{
	static const char *const deb[] = {"initramfs-tools", "openssh-server",
					  "grub2-common", NULL};
	static const char *const deb_disk[] = {"grub-pc-bin", NULL};
	static const char *const deb_disk_amd64[] = {"grub-efi-amd64-bin", NULL};
	static const char *const rpm[] = {"patterns-base-minimal_base",
					  "dracut",
					  "grub2",
					  "openssh",
					  "zypper",
					  NULL};
	bool is_disk = recipe->layout == LAYOUT_DISK;

	if (recipe->method == RECIPE_ZYPPER) {
		add_all(packages, rpm);
	} else {
		add_all(packages, deb);
		if (is_disk)
			add_all(packages, deb_disk);
		if (is_disk && strcmp(recipe->arch, "amd64") == 0)
			add_all(packages, deb_disk_amd64);
	}
	if (strcmp(recipe->fs, "xfs") == 0)
		str_list_add(packages, "xfsprogs");
	if (strcmp(recipe->fs, "btrfs") == 0)
		str_list_add(packages, recipe->method == RECIPE_ZYPPER ? "btrfsprogs"
								       : "btrfs-progs");
}

void template_packages(const struct recipe *recipe, struct str_list *ret_packages)
{
	_cleanup_str_list_ struct str_list all = {0};

	add_base(recipe, &all);
	add_kernel(recipe, &all);
	for (size_t i = 0; i < recipe->packages.count; i++)
		str_list_add(&all, recipe->packages.item[i]);
	str_list_sort(&all);
	str_list_clear(ret_packages);
	for (size_t i = 0; i < all.count; i++)
		if (i == 0 || strcmp(all.item[i], all.item[i - 1]) != 0)
			str_list_add(ret_packages, all.item[i]);
}

/* A mirror without the slashes at its end. */
static char *trim(const char *mirror)
{
	size_t length = strlen(mirror);

	while (length && mirror[length - 1] == '/')
		length--;
	return mem_text_part(mirror, length);
}

/* Debian's security archive is beside the mirror, Ubuntu's in it. */
char *template_security_mirror(const struct recipe *recipe)
{
	_cleanup_free_ char *mirror = trim(recipe->mirror);

	if (!has_updates(recipe) || (!is_debian(recipe) && !is_ubuntu(recipe)))
		return NULL;
	if (recipe->security_mirror)
		return trim(recipe->security_mirror);
	if (is_ubuntu(recipe))
		return mem_text(mirror);
	if (str_ends(mirror, "/debian"))
		return mem_textf("%s-security", mirror);
	return mem_text(DEBIAN_SECURITY);
}

/* "bookworm-security"; it was "buster/updates" up to that one. */
static char *security_suite(const struct recipe *recipe)
{
	static const char *const old[] = {"squeeze", "wheezy", "jessie",
					  "stretch", "buster", NULL};

	return mem_textf(is_debian(recipe) && is_among(recipe->suite, old)
				 ? "%s/updates"
				 : "%s-security",
			 recipe->suite);
}

static const char *archive_keyring(const struct recipe *recipe)
{
	if (is_debian(recipe))
		return "/usr/share/keyrings/debian-archive-keyring.gpg";
	if (is_ubuntu(recipe))
		return "/usr/share/keyrings/ubuntu-archive-keyring.gpg";
	return NULL;
}

char *template_keyring(const struct fs *host, const struct recipe *recipe)
{
	const char *usual = archive_keyring(recipe);

	if (recipe->keyring)
		return mem_text(recipe->keyring);
	return usual && fs_exists(host, usual) ? mem_text(usual) : NULL;
}

char *template_guest_keyring(const struct recipe *recipe, const char *keyring)
{
	if (!keyring)
		return NULL;
	if (str_same(keyring, archive_keyring(recipe)))
		return mem_text(keyring);
	/* Its form is told by its name (sources.list(5)). */
	return mem_textf("/etc/apt/keyrings/archive%s",
			 str_ends(keyring, ".asc") ? ".asc" : ".gpg");
}

static void add_source(const struct recipe *recipe, const char *uri, const char *suites,
		       const char *keyring, struct str *text)
{
	str_addf(text, "Types: deb\nURIs: %s\nSuites: %s\nComponents:", uri, suites);
	for (size_t i = 0; i < recipe->components.count; i++)
		str_addf(text, " %s", recipe->components.item[i]);
	str_add(text, "\n");
	if (keyring)
		str_addf(text, "Signed-By: %s\n", keyring);
}

void template_sources(const struct recipe *recipe, const char *keyring, struct str *text)
{
	_cleanup_free_ char *mirror = trim(recipe->mirror);
	_cleanup_free_ char *security = template_security_mirror(recipe);
	_cleanup_free_ char *suite = security_suite(recipe);
	_cleanup_free_ char *suites =
		mem_textf("%s %s-updates", recipe->suite, recipe->suite);

	add_source(recipe, mirror, has_updates(recipe) ? suites : recipe->suite, keyring,
		   text);
	if (!security)
		return;
	str_add(text, "\n");
	add_source(recipe, security, suite, keyring, text);
}

static void add_release(struct str_list *uris, const char *mirror, const char *suite,
			const char *tail)
{
	_cleanup_free_ char *uri =
		mem_textf("%s/dists/%s%s/InRelease", mirror, suite, tail);

	str_list_add(uris, uri);
}

void template_releases(const struct recipe *recipe, struct str_list *ret_uris)
{
	_cleanup_free_ char *security = NULL, *mirror = NULL, *suite = NULL;

	str_list_clear(ret_uris);
	if (recipe->method != RECIPE_MMDEBSTRAP && recipe->method != RECIPE_DEBOOTSTRAP)
		return;
	mirror = trim(recipe->mirror);
	security = template_security_mirror(recipe);
	suite = security_suite(recipe);
	add_release(ret_uris, mirror, recipe->suite, "");
	if (has_updates(recipe))
		add_release(ret_uris, mirror, recipe->suite, "-updates");
	if (security)
		add_release(ret_uris, security, suite, "");
}
