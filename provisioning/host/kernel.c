/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to a kernel's file: its configuration and its initial ramdisk. */
#include <string.h>

#include "host/kernel.h"

#define CONFIG_MAX (4 << 20)

/* "boot/" of "boot/vmlinuz-VERSION". */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return mem_text_part(path, slash ? (size_t)(slash + 1 - path) : 0);
}

/* "6.1.0" of "6.1.0.old": what belongs to a kernel keeps its name when that is renamed. */
static char *without_old(const char *version)
{
	size_t length = strlen(version);

	if (str_ends(version, ".old"))
		length -= strlen(".old");
	return mem_text_part(version, length);
}

/* ---- configuration ---- */

/* Whether a line of a configuration ends here. */
static bool is_end(char c)
{
	return c == '\n' || c == '\0';
}

char facts_config_value(const char *text, const char *name)
{
	static const char unset[] = " is not set";
	_cleanup_free_ char *option = mem_textf("CONFIG_%s", name);
	size_t length = strlen(option);

	/* Text is searched as a whole: by lines it takes ten times as long. */
	for (const char *at = strstr(text, option); at; at = strstr(at, option)) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		at += length;
		if (line + length == at && at[0] == '=' &&
		    (at[1] == 'y' || at[1] == 'm') && is_end(at[2]))
			return at[1];
		if (line + 2 + length == at && str_starts(line, "# ") &&
		    str_starts(at, unset) && is_end(at[strlen(unset)]))
			return 'n';
	}
	return 0;
}

static char *find_config(const struct fs *fs, const char *directory, const char *version,
			 struct str *text)
{
	_cleanup_free_ char *beside = mem_textf("%sconfig-", directory);
	const char *const places[][2] = {
		{beside, ""},
		{"usr/lib/modules/", "/config"},
		{"lib/modules/", "/config"},
		{"etc/kernels/kernel-config-", ""},
	};

	if (version[0] == '\0')
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s%s%s", places[i][0], version, places[i][1]);

		if (fs_read(fs, path, CONFIG_MAX, text, NULL) == 0)
			return TAKE_PTR(path);
	}
	return NULL;
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

void kernel_read_config(const struct fs *fs, const char *kernel_path, const char *version,
			struct kernel_config *ret_config)
{
	_cleanup_free_ char *directory = directory_of(kernel_path);
	_cleanup_free_ char *other = without_old(version);
	_cleanup_str_ struct str text = {0};
	struct kernel_config config = {
		.path = find_config(fs, directory, version, &text),
	};

	if (!config.path)
		config.path = find_config(fs, directory, other, &text);
	if (config.path) {
		const char *options = str_text(&text);

		/* Old kernels of SUSE and Xen's own tree name it differently. */
		config.can_dom0 =
			facts_config_value(options, "XEN_DOM0") == 'y' ||
					facts_config_value(options,
							   "XEN_PRIVILEGED_GUEST") == 'y'
				? FACTS_YES
				: FACTS_NO;
		config.loop = driver_form(options, "BLK_DEV_LOOP");
		config.pci_back = driver_form(options, "XEN_PCIDEV_BACKEND");
	}
	*ret_config = config;
}

/* ---- initial ramdisk ---- */

/* Gentoo's genkernel names it by the processor too. */
static const char *genkernel_machine(const char *machine)
{
	if (strlen(machine) == 4 && machine[0] == 'i' && str_ends(machine, "86"))
		return "x86";
	return machine;
}

char *kernel_initrd(const struct fs *fs, const char *kernel_path, const char *version,
		    const char *machine)
{
	enum of { WHOLE, PLAIN };
	static const struct {
		const char *prefix;
		enum of of;
		const char *tail;
	} forms[] = {
		{"initrd.img-", WHOLE, ""},
		{"initrd-", WHOLE, ".img"},
		{"initrd-", PLAIN, ".img.old"},
		{"initrd-", WHOLE, ".gz"},
		{"initrd-", PLAIN, ".gz.old"},
		{"initrd-", WHOLE, ""},
		{"initramfs-", WHOLE, ".img"},
		{"initramfs-", PLAIN, ".img.old"},
		{"initrd.img-", PLAIN, ""},
		{"initrd-", PLAIN, ".img"},
		{"initrd-", PLAIN, ""},
		{"initramfs-", PLAIN, ".img"},
		{"initramfs-genkernel-", WHOLE, ""},
		{"initramfs-genkernel-", PLAIN, ""},
	};
	_cleanup_free_ char *directory = directory_of(kernel_path);
	_cleanup_free_ char *plain = without_old(version);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		_cleanup_free_ char *path =
			mem_textf("%s%s%s%s", directory, forms[i].prefix,
				  forms[i].of == WHOLE ? version : plain, forms[i].tail);

		if (fs_exists(fs, path))
			return TAKE_PTR(path);
	}
	for (size_t i = 0; i < 2; i++) {
		_cleanup_free_ char *path =
			mem_textf("%sinitramfs-genkernel-%s-%s", directory,
				  genkernel_machine(machine), i == 0 ? version : plain);

		if (fs_exists(fs, path))
			return TAKE_PTR(path);
	}
	return NULL;
}
