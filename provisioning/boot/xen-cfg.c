/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that xen.efi reads when it is started by itself. */
#include <stdlib.h>
#include <string.h>

#include "boot/xen-cfg.h"

static const struct {
	const char *name;
	size_t offset;
} items[] = {
	{"options", offsetof(struct xen_cfg_section, options)},
	{"kernel", offsetof(struct xen_cfg_section, kernel)},
	{"ramdisk", offsetof(struct xen_cfg_section, ramdisk)},
	{"ucode", offsetof(struct xen_cfg_section, ucode)},
	{"xsm", offsetof(struct xen_cfg_section, xsm)},
};

static char **value_of(struct xen_cfg_section *section, size_t item)
{
	return (char **)(void *)((char *)section + items[item].offset);
}

static const char *text_of(const struct xen_cfg_section *section, size_t item)
{
	return *(char *const *)(const void *)((const char *)section + items[item].offset);
}

/* ---- reading ---- */

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* The next line, which any control character ends, without blanks and comment. */
static char *next_line(const char **cursor, const char *end)
{
	const char *at = *cursor, *stop;
	size_t length;

	while (at < end && (is_control(*at) || *at == ' '))
		at++;
	for (stop = at; stop < end && !is_control(*stop);)
		stop++;
	*cursor = stop;
	length = (size_t)(stop - at);
	if (length && *at == ';')
		length = 0;
	if (length && memchr(at, '#', length))
		length = (size_t)((const char *)memchr(at, '#', length) - at);
	return mem_text_part(at, length);
}

static void set_once(char **place, const char *value)
{
	if (!*place)
		*place = mem_text(value + strspn(value, " "));
}

static void begin_section(struct xen_cfg *cfg, const char *line)
{
	cfg->section = mem_grow(cfg->section, cfg->count, sizeof(*cfg->section));
	cfg->section[cfg->count++] = (struct xen_cfg_section){
		.name = mem_text_part(line + 1, strcspn(line + 1, "]")),
	};
}

static void read_item(struct xen_cfg *cfg, const char *line)
{
	struct xen_cfg_section *section =
		cfg->count ? &cfg->section[cfg->count - 1] : NULL;
	const char *equals = strchr(line, '=');
	size_t length = equals ? (size_t)(equals - line) : 0;

	if (!section || !equals)
		return;
	if (strcmp(section->name, "global") == 0 && str_starts(line, "default="))
		set_once(&cfg->first, equals + 1);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		if (strlen(items[i].name) == length &&
		    strncmp(line, items[i].name, length) == 0)
			set_once(value_of(section, i), equals + 1);
}

/* "kernel=FILE ARGUMENTS"; of the others only the options have blanks. */
static void split_kernel(struct xen_cfg_section *section)
{
	char *blank = section->kernel ? strchr(section->kernel, ' ') : NULL;

	if (!blank)
		return;
	section->kernel_args = mem_text(blank + 1);
	*blank = '\0';
}

void xen_cfg_parse(const char *text, size_t length, struct xen_cfg *ret_cfg)
{
	const char *cursor = text, *end = text + length;
	struct xen_cfg cfg = {0};

	while (cursor < end) {
		_cleanup_free_ char *line = next_line(&cursor, end);

		if (line[0] == '[')
			begin_section(&cfg, line);
		else
			read_item(&cfg, line);
	}
	for (size_t i = 0; i < cfg.count; i++)
		split_kernel(&cfg.section[i]);
	*ret_cfg = cfg;
}

const struct xen_cfg_section *xen_cfg_find(const struct xen_cfg *cfg, const char *name)
{
	const char *wanted = name ? name : cfg->first;

	for (size_t i = 0; wanted && i < cfg->count; i++)
		if (strcmp(cfg->section[i].name, wanted) == 0)
			return &cfg->section[i];
	return NULL;
}

/* ---- writing ---- */

void xen_cfg_add(struct str *text, const struct xen_cfg_section *section)
{
	str_addf(text, "\n[%s]\n", section->name);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		const char *value = text_of(section, i);

		if (!value)
			continue;
		str_addf(text, "%s=%s", items[i].name, value);
		if (value == section->kernel && section->kernel_args)
			str_addf(text, " %s", section->kernel_args);
		str_add_char(text, '\n');
	}
}

void xen_cfg_add_default(struct str *text, const char *name)
{
	str_addf(text, "[global]\ndefault=%s\n", name);
}

void xen_cfg_clear(struct xen_cfg *cfg)
{
	for (size_t i = 0; i < cfg->count; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(items); k++)
			free(*value_of(&cfg->section[i], k));
		free(cfg->section[i].name);
		free(cfg->section[i].kernel_args);
	}
	free(cfg->section);
	free(cfg->first);
	*cfg = (struct xen_cfg){0};
}
