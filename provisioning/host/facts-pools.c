/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about LVM's thin pools: how full they are, which only lvs(8) tells. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/run.h"
#include "host/facts-parts.h"

#define TIMEOUT_MS 5000
#define OUTPUT_MAX (4 << 20)

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

/* Bytes, or FACTS_NO_NUMBER. */
static uint32_t to_mib(const char *bytes)
{
	uint64_t number;

	if (!str_to_number(bytes, INT64_MAX, &number) || number >> 20 >= FACTS_NO_NUMBER)
		return FACTS_NO_NUMBER;
	return (uint32_t)(number >> 20);
}

/* "12.34" is 13, so that what is above a whole number is seen; "": FACTS_NO_NUMBER. */
static uint32_t to_percent(const char *text)
{
	size_t length = strcspn(text, ".");
	_cleanup_free_ char *whole = mem_text_part(text, length);
	const char *rest = text + length;
	uint64_t number;

	rest += *rest == '.';
	if (!str_to_number(whole, 100, &number) || rest[strspn(rest, "0123456789")])
		return FACTS_NO_NUMBER;
	number += rest[strspn(rest, "0")] != '\0';
	return number <= 100 ? (uint32_t)number : FACTS_NO_NUMBER;
}

/* lvs(8), seg_monitor: "" where LVM is told to monitor nothing. */
static enum facts_answer to_answer(const char *text)
{
	if (!text)
		return FACTS_UNKNOWN;
	if (!text[0] || strcmp(text, "not monitored") == 0)
		return FACTS_NO;
	return strcmp(text, "monitored") == 0 ? FACTS_YES : FACTS_UNKNOWN;
}

static void add_pool(struct facts *facts, const json_t *row)
{
	const char *profile = text_of(row, "lv_profile");

	facts->thin_pool = mem_grow(facts->thin_pool, facts->thin_pool_count,
				    sizeof(*facts->thin_pool));
	facts->thin_pool[facts->thin_pool_count++] = (struct facts_thin_pool){
		.group = mem_text(text_of(row, "vg_name")),
		.name = mem_text(text_of(row, "lv_name")),
		.profile = facts_is_volume_group(profile) ? mem_text(profile) : NULL,
		.size_mib = to_mib(text_of(row, "lv_size")),
		.data_percent = to_percent(text_of(row, "data_percent")),
		.metadata_percent = to_percent(text_of(row, "metadata_percent")),
		.group_free_mib = to_mib(text_of(row, "vg_free")),
		.is_monitored =
			to_answer(json_string_value(json_object_get(row, "seg_monitor"))),
	};
}

bool facts_parse_thin_pools(const char *json, size_t length, struct facts *facts)
{
	_cleanup_json_ json_t *report = json_loadb(json, length, 0, NULL);
	const json_t *rows = json_object_get(
		json_array_get(json_object_get(report, "report"), 0), "lv");

	if (!json_is_array(rows))
		return false;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (!facts_is_volume_group(text_of(row, "vg_name")) ||
		    !facts_is_volume_group(text_of(row, "lv_name")))
			return false;
	}
	for (size_t i = 0; i < json_array_size(rows); i++)
		add_pool(facts, json_array_get(rows, i));
	return true;
}

/* LVM gives a pool that is active a device of this kind. */
static bool has_active_pool(const struct fs *fs)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "sys/block");

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *id = NULL;

		if (str_starts(names.item[i], "dm-"))
			id = facts_attribute(fs, "sys/block/%s/dm/uuid", names.item[i]);
		if (id && str_starts(id, "LVM-") && str_ends(id, "-tpool"))
			return true;
	}
	return false;
}

bool facts_has_dmeventd(const struct fs *fs)
{
	_cleanup_free_ char *pid = facts_attribute(fs, "run/dmeventd.pid"), *name = NULL;
	uint64_t number;

	if (!pid || !str_to_number(pid, INT32_MAX, &number))
		return false;
	name = facts_attribute(fs, "proc/%" PRIu64 "/comm", number);
	return name && strcmp(name, "dmeventd") == 0;
}

/* Asked for what dmeventd monitors, lvs starts one where none runs: then it monitors nothing. */
void facts_read_thin_pools(const struct fs *fs, struct facts *facts)
{
	static const char columns[] =
		"vg_name,lv_name,lv_profile,lv_size,data_percent,metadata_percent,"
		"vg_free";
	bool has_dmeventd = facts_has_dmeventd(fs);
	_cleanup_free_ char *asked =
		mem_textf("%s%s", columns, has_dmeventd ? ",seg_monitor" : "");
	const char *const argv[] = {"lvs",  "--reportformat",
				    "json", "--units",
				    "b",    "--nosuffix",
				    "-O",   "vg_name,lv_name",
				    "-o",   asked,
				    "-S",   "segtype=thin-pool && lv_active=active",
				    NULL};
	_cleanup_str_ struct str output = {0};

	if (!fs_is_host(fs) || !has_active_pool(fs) ||
	    run_capture(&(struct run){.argv = argv,
				      .timeout_ms = TIMEOUT_MS,
				      .output_limit = OUTPUT_MAX},
			&output, NULL) < 0)
		return;
	(void)facts_parse_thin_pools(str_text(&output), output.length, facts);
	for (size_t i = 0; !has_dmeventd && i < facts->thin_pool_count; i++)
		facts->thin_pool[i].is_monitored = FACTS_NO;
}
