/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about booting: loader, firmware, init, kernels and hypervisors in /boot. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "host/facts-parts.h"

#define SCRIPT_MAX (1 << 20)
#define CONFIG_MAX (4 << 20)

/* What packagers leave beside a file: none of it is booted. */
static bool is_leftover(const char *name)
{
	static const char *const tails[] = {".sig",	 ".hmac",     ".config",
					    ".dpkg-new", ".dpkg-tmp", ".rpmnew",
					    ".rpmsave",	 ".sha256"};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(name, tails[i]))
			return true;
	return name[0] == '.';
}

char facts_config_value(const char *text, const char *name)
{
	_cleanup_free_ char *set = mem_textf("CONFIG_%s=", name);
	_cleanup_free_ char *unset = mem_textf("# CONFIG_%s is not set", name);
	const char *cursor = text, *line;
	size_t length;

	while (str_next_line(&cursor, &line, &length)) {
		if (length == strlen(unset) && strncmp(line, unset, length) == 0)
			return 'n';
		if (length == strlen(set) + 1 && strncmp(line, set, strlen(set)) == 0 &&
		    (line[length - 1] == 'y' || line[length - 1] == 'm'))
			return line[length - 1];
	}
	return 0;
}

/* Where kernels of any packager have their configuration. */
static char *find_config(const struct fs *fs, const char *version, struct str *text)
{
	static const char *const before[] = {"boot/config-", "usr/lib/modules/",
					     "lib/modules/",
					     "etc/kernels/kernel-config-"};
	static const char *const after[] = {"", "/config", "/config", ""};

	if (version[0] == '\0')
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s%s%s", before[i], version, after[i]);

		if (fs_read(fs, path, CONFIG_MAX, text, NULL) == 0)
			return TAKE_PTR(path);
	}
	return NULL;
}

/* Old kernels of SUSE and Xen's own tree name it differently. */
static bool can_dom0(const char *config)
{
	return facts_config_value(config, "XEN_DOM0") == 'y' ||
	       facts_config_value(config, "XEN_PRIVILEGED_GUEST") == 'y';
}

static const char *driver_form(const char *config, const char *name)
{
	switch (facts_config_value(config, name)) {
	case 'y':
		return "builtin";
	case 'm':
		return "module";
	default:
		return "absent";
	}
}

static void read_kernel(const struct fs *fs, const char *name, const char *version,
			struct facts_boot *boot)
{
	_cleanup_str_ struct str config = {0};
	const char *compression;
	struct facts_kernel kernel = {
		.path = mem_textf("boot/%s", name),
		.version = mem_text(version),
	};

	kernel.config = find_config(fs, version, &config);
	if (kernel.config) {
		kernel.can_dom0 = can_dom0(str_text(&config)) ? FACTS_YES : FACTS_NO;
		kernel.loop = mem_text(driver_form(str_text(&config), "BLK_DEV_LOOP"));
		kernel.pci_back =
			mem_text(driver_form(str_text(&config), "XEN_PCIDEV_BACKEND"));
	}
	compression = facts_image_compression(fs, kernel.path);
	kernel.compression = compression ? mem_text(compression) : NULL;
	boot->kernel = mem_grow(boot->kernel, boot->kernel_count, sizeof(*boot->kernel));
	boot->kernel[boot->kernel_count++] = kernel;
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

		if (str_starts(name, prefixes[i]) && (*rest == '-' || *rest == '\0'))
			return *rest ? rest + 1 : rest;
	}
	return NULL;
}

/* What a file begins with: the forms in which a hypervisor is booted. */
static const char *hypervisor_format(const struct fs *fs, const char *path)
{
	static const struct {
		unsigned char magic[4];
		size_t length;
		const char *format;
	} known[] = {
		{{0x1f, 0x8b}, 2, "gzip"},
		{{0x7f, 'E', 'L', 'F'}, 4, "elf"},
		{{'M', 'Z'}, 2, "efi"},
	};
	_cleanup_close_ int fd = -1;
	unsigned char start[4];

	if (fs_open_file(fs, path, O_RDONLY | O_NONBLOCK, &fd, NULL) < 0 ||
	    read(fd, start, sizeof(start)) != sizeof(start))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (memcmp(start, known[i].magic, known[i].length) == 0)
			return known[i].format;
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

bool facts_is_version_of(const char *name_version, const char *running)
{
	/* What follows is the flavour: "-amd64", "-dbg". */
	size_t length = strcspn(name_version, "-");

	return length && strncmp(name_version, running, length) == 0 &&
	       strchr(".+-~", running[length]);
}

static bool is_hypervisor_name(const char *name)
{
	return str_starts(name, "xen") &&
	       (name[3] == '-' || name[3] == '.' || name[3] == '\0') &&
	       !str_starts(name, "xen-syms");
}

/* Links such as xen.gz lead to a file that has its own, longer name. */
static bool is_link(const struct fs *fs, const char *path)
{
	_cleanup_free_ char *target = NULL;

	return fs_readlink(fs, path, &target, NULL) == 0 && !strchr(target, '/');
}

static void read_hypervisor(const struct fs *fs, const char *name,
			    struct facts_boot *boot)
{
	_cleanup_free_ char *path = mem_textf("boot/%s", name);
	const char *format = hypervisor_format(fs, path);

	if (!format || is_link(fs, path))
		return;
	boot->hypervisor = mem_grow(boot->hypervisor, boot->hypervisor_count,
				    sizeof(*boot->hypervisor));
	boot->hypervisor[boot->hypervisor_count++] = (struct facts_hypervisor){
		.path = TAKE_PTR(path),
		.version = hypervisor_version(name),
		.format = mem_text(format),
	};
}

/*
 * Newest first; the path decides between equal versions, so that the order is always the
 * same.
 */
static int compare_kernels(const void *a, const void *b)
{
	const struct facts_kernel *left = a, *right = b;
	int order = strverscmp(right->version, left->version);

	return order ? order : strcmp(left->path, right->path);
}

static int compare_hypervisors(const void *a, const void *b)
{
	const struct facts_hypervisor *left = a, *right = b;
	int order = strverscmp(right->version, left->version);

	return order ? order : strcmp(left->path, right->path);
}

static void read_images(const struct fs *fs, struct facts_boot *boot)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "boot");

	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.item[i], *version = kernel_version(name);

		if (is_leftover(name))
			continue;
		if (version)
			read_kernel(fs, name, version, boot);
		else if (is_hypervisor_name(name))
			read_hypervisor(fs, name, boot);
	}
	if (boot->kernel_count)
		qsort(boot->kernel, boot->kernel_count, sizeof(*boot->kernel),
		      compare_kernels);
	if (boot->hypervisor_count)
		qsort(boot->hypervisor, boot->hypervisor_count, sizeof(*boot->hypervisor),
		      compare_hypervisors);
}

/* The first path that exists decides. */
static char *first_of(const struct fs *fs, const char *const (*table)[2])
{
	for (; (*table)[0]; table++)
		if (fs_exists(fs, (*table)[0]))
			return mem_text((*table)[1]);
	return NULL;
}

/*
 * A machine that was upgraded has the files of its former loaders too: newer ones come
 * first.
 */
static const char *const loaders[][2] = {
	{"boot/grub/grub.cfg", "grub2"},
	{"boot/grub2/grub.cfg", "grub2"},
	{"boot/loader/loader.conf", "systemd-boot"},
	{"boot/efi/loader/loader.conf", "systemd-boot"},
	{"boot/grub/menu.lst", "grub-legacy"},
	{"boot/grub/grub.conf", "grub-legacy"},
	{"etc/lilo.conf", "lilo"},
	{NULL, NULL},
};

/* What GRUB was installed for: all that an image can tell of the firmware. */
static const char *const firmwares[][2] = {
	{"boot/grub/x86_64-efi", "uefi"}, {"boot/grub2/x86_64-efi", "uefi"},
	{"boot/grub/i386-pc", "bios"},	  {"boot/grub2/i386-pc", "bios"},
	{"boot/efi/EFI", "uefi"},	  {NULL, NULL},
};

/* What the kernel was started by. */
static const char *const running_firmwares[][2] = {
	{"sys/firmware/efi", "uefi"},
	{"sys/firmware", "bios"},
	{NULL, NULL},
};

/* The name of the program that /sbin/init is; without a link it is sysvinit's own. */
static const char *const inits[] = {"systemd", "openrc", "runit", "busybox"};

static const char *read_init(const struct fs *fs)
{
	_cleanup_free_ char *target = facts_link_name(fs, "sbin/init");

	if (!target)
		return fs_exists(fs, "sbin/init") ? "sysvinit" : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(inits); i++)
		if (str_starts(target, inits[i]))
			return inits[i];
	return NULL;
}

/*
 * Debian's grub-mkconfig sources /etc/default/grub.d, others' may not: the script itself
 * tells.
 */
static bool has_grub_drop_ins(const struct fs *fs, const struct facts *facts)
{
	static const char *const scripts[] = {"usr/sbin/grub-mkconfig",
					      "usr/sbin/grub2-mkconfig"};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		_cleanup_str_ struct str text = {0};

		if (fs_read(fs, scripts[i], SCRIPT_MAX, &text, NULL) == 0)
			return strstr(str_text(&text), "default/grub.d") != NULL;
	}
	return str_same(facts->os.family, "debian");
}

void facts_read_boot(const struct fs *fs, struct facts *facts)
{
	const char *init = read_init(fs);

	facts->boot.loader = first_of(fs, loaders);
	facts->boot.firmware = first_of(fs, firmwares);
	facts->boot.init = init ? mem_text(init) : NULL;
	facts->boot.has_grub_drop_ins = has_grub_drop_ins(fs, facts);
	read_images(fs, &facts->boot);
}

void facts_read_firmware(const struct fs *fs, struct facts *facts)
{
	char *firmware = first_of(fs, running_firmwares);

	if (!firmware)
		return;
	free(facts->boot.firmware);
	facts->boot.firmware = firmware;
}
