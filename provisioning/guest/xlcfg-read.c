/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests' configurations as xl reads them: the settings that we need. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/xlcfg-parts.h"

#define MEMORY_MAX ((uint64_t)1 << 40) /* MiB */
#define VCPUS_MAX 4096

enum { NAME, TYPE, BUILDER, MEMORY, MAXMEM, VCPUS, DISK, VIF, DHCP, SETTINGS };

static const char *const names[] = {
	[NAME] = "name",     [TYPE] = "type",	  [BUILDER] = "builder",
	[MEMORY] = "memory", [MAXMEM] = "maxmem", [VCPUS] = "vcpus",
	[DISK] = "disk",     [VIF] = "vif",	  [DHCP] = "dhcp",
};

/* What was read so far, and from where. */
struct reader {
	const char *file;
	struct xlcfg_setting setting[SETTINGS];
	struct xlcfg cfg;
};

void xlcfg_clear(struct xlcfg *cfg)
{
	free(cfg->name);
	free(cfg->type);
	for (size_t i = 0; i < cfg->disk_count; i++)
		xlcfg_disk_clear(&cfg->disk[i]);
	free(cfg->disk);
	for (size_t i = 0; i < cfg->vif_count; i++) {
		free(cfg->vif[i].mac);
		free(cfg->vif[i].bridge);
		free(cfg->vif[i].ip);
		free(cfg->vif[i].vifname);
	}
	free(cfg->vif);
	*cfg = (struct xlcfg){0};
}

static void reader_clear(struct reader *reader)
{
	for (size_t i = 0; i < SETTINGS; i++)
		xlcfg_setting_clear(&reader->setting[i]);
	xlcfg_clear(&reader->cfg);
}

/* NULL if it is not set, or a list, which xl passes over too. */
static const char *take_text(const struct reader *reader, size_t name)
{
	const struct xlcfg_setting *setting = &reader->setting[name];

	return setting->line && !setting->is_list ? str_text(&setting->text) : NULL;
}

/* A number as strtol() knows it; 0 for anything else, which xl passes over. */
static uint64_t take_number(const struct reader *reader, size_t name, uint64_t max)
{
	const char *text = take_text(reader, name);
	char *end;
	long long number;

	if (!text || !*text || reader->setting[name].is_sum)
		return 0;
	errno = 0;
	number = strtoll(text, &end, 0);
	if (errno || *end || number < 0 || (uint64_t)number > max)
		return 0;
	return (uint64_t)number;
}

static int read_type(struct reader *reader, struct err *err)
{
	static const char *const types[] = {"hvm", "pv", "pvh"};
	const char *type = take_text(reader, TYPE);
	const char *builder = take_text(reader, BUILDER);

	/* xend knew more builders than "hvm": all of them made pv guests. */
	if (!type)
		type = builder && strcmp(builder, "hvm") == 0 ? "hvm" : "pv";
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strncmp(types[i], type, strlen(type)) == 0) {
			reader->cfg.type = mem_text(types[i]);
			return 0;
		}
	return err_say(err, EINVAL, "%s:%zu: unknown type '%s'", reader->file,
		       reader->setting[TYPE].line, type);
}

static int read_disks(struct reader *reader, struct err *err)
{
	const struct xlcfg_setting *setting = &reader->setting[DISK];
	struct xlcfg *cfg = &reader->cfg;

	for (size_t i = 0; i < setting->item.count; i++) {
		struct xlcfg_disk disk;
		int rc = xlcfg_read_disk(setting->item.item[i], &disk, err);

		if (rc < 0)
			return err ? err_wrap(err, "%s:%zu: disk '%s'", reader->file,
					      setting->line, setting->item.item[i])
				   : rc;
		cfg->disk = mem_grow(cfg->disk, cfg->disk_count, sizeof(*cfg->disk));
		cfg->disk[cfg->disk_count++] = disk;
	}
	return 0;
}

static void read_vifs(struct reader *reader)
{
	const struct xlcfg_setting *setting = &reader->setting[VIF];
	struct xlcfg *cfg = &reader->cfg;

	for (size_t i = 0; i < setting->item.count; i++) {
		cfg->vif = mem_grow(cfg->vif, cfg->vif_count, sizeof(*cfg->vif));
		xlcfg_read_vif(setting->item.item[i], &cfg->vif[cfg->vif_count++]);
	}
}

static int read_settings(struct reader *reader, struct err *err)
{
	const char *name = take_text(reader, NAME), *dhcp = take_text(reader, DHCP);
	struct xlcfg *cfg = &reader->cfg;
	int rc = read_type(reader, err);

	if (rc == 0)
		rc = read_disks(reader, err);
	if (rc < 0)
		return rc;
	read_vifs(reader);
	cfg->name = name ? mem_text(name) : NULL;
	cfg->memory = take_number(reader, MEMORY, MEMORY_MAX);
	cfg->max_memory = take_number(reader, MAXMEM, MEMORY_MAX);
	cfg->vcpus = (unsigned int)take_number(reader, VCPUS, VCPUS_MAX);
	cfg->is_dhcp = dhcp && strcmp(dhcp, "dhcp") == 0;
	return 0;
}

int xlcfg_read(const char *file, const char *text, size_t length, struct xlcfg *ret_cfg,
	       struct err *err)
{
	_cleanup_(reader_clear) struct reader reader = {.file = file};
	int rc;

	for (size_t i = 0; i < SETTINGS; i++)
		reader.setting[i].name = names[i];
	rc = xlcfg_parse(file, text, length, reader.setting, SETTINGS, err);
	if (rc == 0)
		rc = read_settings(&reader, err);
	if (rc < 0)
		return rc;
	*ret_cfg = reader.cfg;
	reader.cfg = (struct xlcfg){0};
	return 0;
}
