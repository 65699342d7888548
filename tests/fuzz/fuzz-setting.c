/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as xen-tools.conf, as a partition file, and as a template. */
#include <string.h>

#include "fuzz.h"
#include "guest/partitions.h"
#include "guest/setting.h"
#include "guest/xlcfg.h"

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void read_settings(const char *text, size_t length)
{
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_err_ struct err err = {0};
	_cleanup_json_ json_t *json = NULL;
	int rc;

	settings_init(&settings);
	rc = settings_read(&settings, LEVEL_CONF, "f", text, length, &err);
	check((rc < 0) == (err.code > 0));
	check(setting_size(&settings, "memory") > 0);
	check(setting_number(&settings, "vcpus") > 0);
	json = settings_json(&settings);
}

static void read_partitions(const char *text, size_t length)
{
	_cleanup_(partition_list_clear) struct partition_list list = {0};
	_cleanup_err_ struct err err = {0};
	size_t roots = 0;

	if (partition_list_read("f", text, length, &list, &err) < 0) {
		check(err.code > 0 && !list.count);
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct partition *partition = &list.item[i];

		check(partition->size && partition->fs && partition->options);
		check(!strchr(partition->name, '/') && !strchr(partition->options, ':'));
		roots += partition->mountpoint && strcmp(partition->mountpoint, "/") == 0;
	}
	check(roots == 1);
}

static void fill_template(const char *text)
{
	char name[] = "web", device[] = "xvda2", path[] = "/dev/vg/web",
	     serial[] = "hvc0";
	struct guest_volume volume = {.device = device, .path = path};
	struct guest_nic nic = {.mac = "00:16:3e:00:00:01"};
	const struct guest guest = {
		.name = name,
		.boot = GUEST_KERNEL,
		.serial_device = serial,
		.volume = &volume,
		.volume_count = 1,
		.nic = &nic,
		.nic_count = 1,
	};
	_cleanup_str_ struct str out = {0};
	_cleanup_err_ struct err err = {0};
	int rc = xlcfg_make(&guest, text, &out, &err);

	check((rc < 0) == (err.code > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = mem_text_part((const char *)bytes, length);

	read_settings(text, length);
	read_partitions(text, length);
	fill_template(text);
	return 0;
}
