/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels and hypervisors that a boot loader finds. */
#include <stdlib.h>
#include <string.h>

#include "base/kernel-image.h"
#include "host/images.h"
#include "host/kernel.h"
#include "host/version.h"

/* A name that was found, and the file that it is of. */
struct found {
	char *path;
	const char *name; /* in the path */
	bool is_link;
	dev_t device;
	ino_t inode;
};

struct search {
	const struct fs *fs;
	struct found *found;
	size_t count;
	struct images *images;
};

/* ---- names ---- */

static bool is_hypervisor_name(const char *name)
{
	return str_starts(name, "xen");
}

/*
 * What packagers and administrators leave beside a file: none of it is booted. Of kernels
 * "VERSION.old" is what an installation moved away, and is.
 */
static const char *leftover_reason(const char *name)
{
	static const struct {
		const char *tail, *reason;
	} tails[] = {
		{".dpkg-new", "left by dpkg"},	    {".dpkg-tmp", "left by dpkg"},
		{".dpkg-old", "left by dpkg"},	    {".dpkg-bak", "left by dpkg"},
		{".dpkg-dist", "left by dpkg"},	    {".rpmnew", "left by rpm"},
		{".rpmsave", "left by rpm"},	    {".rpmorig", "left by rpm"},
		{".bak", "a backup, by its name"},  {"~", "a backup, by its name"},
		{".orig", "a backup, by its name"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(name, tails[i].tail))
			return tails[i].reason;
	if (is_hypervisor_name(name) && str_ends(name, ".old"))
		return "a backup, by its name";
	return NULL;
}

/* What belongs to an image and is none, and files that hide: no word about them. */
static bool is_companion(const char *name)
{
	static const char *const tails[] = {".sig", ".hmac", ".config", ".sha256",
					    ".map"};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(name, tails[i]))
			return true;
	return name[0] == '.' || str_starts(name, "xen-syms") ||
	       str_starts(name, "xenpolicy");
}

/*
 * The version in "vmlinuz-VERSION", "" in "vmlinuz"; NULL if it is not the name of a
 * kernel.
 */
static const char *kernel_version(const char *name)
{
	static const char *const prefixes[] = {"vmlinuz", "vmlinux", "kernel", "Image"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		const char *rest = name + strlen(prefixes[i]);

		if (!str_starts(name, prefixes[i]) || (*rest != '-' && *rest != '\0'))
			continue;
		rest += *rest == '-';
		return str_starts(rest, "genkernel-") ? rest + strlen("genkernel-")
						      : rest;
	}
	return NULL;
}

/* "xen-4.20-amd64.gz" -> "4.20-amd64", "xen.gz" -> "". */
static char *hypervisor_version(const char *name)
{
	static const char *const tails[] = {".gz", ".efi"};
	const char *version = name + strlen("xen");
	size_t length;

	version += *version == '-';
	length = strlen(version);
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(version, tails[i]))
			length = strlen(version) - strlen(tails[i]);
	return mem_text_part(version, length);
}

/* Control characters would lead to lines and titles that are not what they seem. */
static bool is_printable(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	return true;
}

/* ---- looking ---- */

static void skip(struct search *search, const char *path, const char *reason)
{
	struct images *images = search->images;

	images->skipped = mem_grow(images->skipped, images->skipped_count,
				   sizeof(*images->skipped));
	images->skipped[images->skipped_count++] =
		(struct image_skipped){mem_text(path), reason};
}

static void look_at(struct search *search, const char *directory, const char *name)
{
	_cleanup_free_ char *path = mem_textf("%s%s", directory, name);
	const char *reason = leftover_reason(name);
	struct stat st, link;

	if (is_companion(name) || fs_lstat(search->fs, path, &link, NULL) < 0)
		return;
	if (!reason && fs_stat(search->fs, path, &st, NULL) < 0)
		reason = "a link to nothing";
	if (!reason && S_ISDIR(st.st_mode))
		return;
	if (!reason && !S_ISREG(st.st_mode))
		reason = "no regular file";
	if (!reason && !is_printable(name))
		reason = "a control character in its name";
	if (reason) {
		skip(search, path, reason);
		return;
	}
	search->found = mem_grow(search->found, search->count, sizeof(*search->found));
	search->found[search->count++] = (struct found){
		.path = path,
		.name = path + strlen(directory),
		.is_link = S_ISLNK(link.st_mode),
		.device = st.st_dev,
		.inode = st.st_ino,
	};
	path = NULL;
}

static void look_in(struct search *search, const char *directory)
{
	_cleanup_str_list_ struct str_list names = facts_names(search->fs, directory);

	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.item[i];

		/* At the top only with a version: /vmlinuz is a link for LILO. */
		if (directory[0] == '/') {
			if (str_starts(name, "vmlinuz-") || str_starts(name, "vmlinux-"))
				look_at(search, "", name);
		} else if (kernel_version(name) || is_hypervisor_name(name)) {
			look_at(search, "boot/", name);
		}
	}
}

/* The names of one file side by side, the best of them first. */
static int compare_found(const void *a, const void *b)
{
	const struct found *left = a, *right = b;
	size_t left_length = strlen(left->name), right_length = strlen(right->name);

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	if (left->is_link != right->is_link)
		return left->is_link - right->is_link;
	if (left_length != right_length)
		return left_length > right_length ? -1 : 1;
	return strcmp(left->path, right->path);
}

/* ---- reading ---- */

static void read_kernel(struct search *search, const struct found *found)
{
	const char *version = kernel_version(found->name);
	struct images *images = search->images;
	struct kernel_image image = kernel_image_read(search->fs, found->path);
	struct kernel_config config;

	kernel_read_config(search->fs, found->path, version, &config);
	images->kernel =
		mem_grow(images->kernel, images->kernel_count, sizeof(*images->kernel));
	images->kernel[images->kernel_count++] = (struct image_kernel){
		.path = mem_text(found->path),
		.version = mem_text(version),
		.config = config.path,
		.can_dom0 = config.can_dom0,
		.loop = config.loop,
		.pci_back = config.pci_back,
		.compression = image.compression,
		.is_kernel = image.is_kernel,
		.is_packed = image.is_packed,
	};
}

static void read_hypervisor(struct search *search, const struct found *found)
{
	struct images *images = search->images;
	struct binary binary = binary_read(search->fs, found->path);

	if (!binary.format) {
		skip(search, found->path, "neither an ELF file nor the gzip of one");
		return;
	}
	images->hypervisor = mem_grow(images->hypervisor, images->hypervisor_count,
				      sizeof(*images->hypervisor));
	images->hypervisor[images->hypervisor_count++] = (struct image_hypervisor){
		.path = mem_text(found->path),
		.version = hypervisor_version(found->name),
		.binary = binary,
	};
}

/* ---- all of it ---- */

static int compare_kernels(const void *a, const void *b)
{
	const struct image_kernel *left = a, *right = b;
	int order = version_compare(right->version, left->version);

	return order ? order : strcmp(left->path, right->path);
}

static int compare_hypervisors(const void *a, const void *b)
{
	const struct image_hypervisor *left = a, *right = b;
	int order = version_compare(right->version, left->version);

	return order ? order : strcmp(left->path, right->path);
}

static int compare_skipped(const void *a, const void *b)
{
	const struct image_skipped *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static void sort_images(struct images *images)
{
	if (images->kernel_count)
		qsort(images->kernel, images->kernel_count, sizeof(*images->kernel),
		      compare_kernels);
	if (images->hypervisor_count)
		qsort(images->hypervisor, images->hypervisor_count,
		      sizeof(*images->hypervisor), compare_hypervisors);
	if (images->skipped_count)
		qsort(images->skipped, images->skipped_count, sizeof(*images->skipped),
		      compare_skipped);
}

void images_read(const struct fs *fs, struct images *ret_images)
{
	struct images images = {0};
	struct search search = {.fs = fs, .images = &images};

	look_in(&search, "boot");
	look_in(&search, "/");
	if (search.count)
		qsort(search.found, search.count, sizeof(*search.found), compare_found);
	for (size_t i = 0; i < search.count; i++) {
		const struct found *found = &search.found[i];

		if (i && found->device == found[-1].device &&
		    found->inode == found[-1].inode)
			continue;
		if (is_hypervisor_name(found->name))
			read_hypervisor(&search, found);
		else
			read_kernel(&search, found);
	}
	for (size_t i = 0; i < search.count; i++)
		free(search.found[i].path);
	free(search.found);
	sort_images(&images);
	*ret_images = images;
}

void images_clear(struct images *images)
{
	for (size_t i = 0; i < images->kernel_count; i++) {
		free(images->kernel[i].path);
		free(images->kernel[i].version);
		free(images->kernel[i].config);
	}
	for (size_t i = 0; i < images->hypervisor_count; i++) {
		free(images->hypervisor[i].path);
		free(images->hypervisor[i].version);
	}
	for (size_t i = 0; i < images->skipped_count; i++)
		free(images->skipped[i].path);
	free(images->kernel);
	free(images->hypervisor);
	free(images->skipped);
	*images = (struct images){0};
}
