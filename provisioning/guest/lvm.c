/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups, by the program lvm. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/json.h"
#include "base/run.h"
#include "guest/lvm.h"

#define NAME_MAX_LVM 126 /* with its group: device-mapper's names have 127 */
#define OUTPUT_MAX ((size_t)16 << 20)
#define TIME_MAX 300000	    /* ms: another command may have the lock of the group */
#define SCRIPT_LINE_MAX 254 /* bytes, as lvm reads them: CMD_LEN of its tools/tools.h */
/* None of a segment's: they make a row for each. */
static const char fields[] =
	"vg_name,lv_name,pool_lv,lv_attr,lv_tags,lv_size,data_percent,metadata_percent";

void lvm_volumes_clear(struct lvm_volumes *volumes)
{
	for (size_t i = 0; i < volumes->count; i++) {
		struct lvm_volume *volume = &volumes->item[i];

		free(volume->vg);
		free(volume->name);
		free(volume->pool);
		free(volume->attr);
		free(volume->tags);
	}
	free(volumes->item);
	*volumes = (struct lvm_volumes){0};
}

bool lvm_is_name(const char *text)
{
	size_t length = strlen(text);

	if (!length || length > NAME_MAX_LVM || text[0] == '-' ||
	    strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	for (; *text; text++)
		if (!isascii((unsigned char)*text) ||
		    (!isalnum((unsigned char)*text) && !strchr("+_.-", *text)))
			return false;
	return true;
}

/* What decides where lvm's configuration is, and who makes its device nodes (lvm(8)). */
static void fill_environment(struct str_list *env)
{
	static const char *const passed[] = {"LVM_SYSTEM_DIR", "DM_DISABLE_UDEV"};

	str_list_add(env, "LVM_SUPPRESS_FD_WARNINGS=1");
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++) {
		const char *value = getenv(passed[i]);
		_cleanup_free_ char *setting =
			mem_textf("%s=%s", passed[i], value ? value : "");

		if (value)
			str_list_add(env, setting);
	}
}

static int capture(const char *const *argv, const int *input, struct str *output,
		   struct err *err)
{
	_cleanup_str_list_ struct str_list env = {0};
	const char *settings[8] = {0};
	const struct run run = {
		.argv = argv,
		.env = settings,
		.timeout_ms = TIME_MAX,
		.output_limit = OUTPUT_MAX,
		.input = input,
	};

	fill_environment(&env);
	for (size_t i = 0; i < env.count; i++)
		settings[i] = env.item[i];
	return run_capture(&run, output, err);
}

int lvm_run(const char *const *argv, struct err *err)
{
	_cleanup_str_ struct str output = {0};

	return capture(argv, NULL, &output, err);
}

/* One after the other, each a process. */
static int run_apart(const struct str_list *commands, size_t count, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const char **argv = mem_alloc((commands[i].count + 1) * sizeof(*argv));

		memcpy(argv, commands[i].item, commands[i].count * sizeof(*argv));
		rc = lvm_run(argv, err);
		free(argv);
	}
	return rc;
}

/* False: a line is longer than lvm reads. */
static bool write_script(const struct str_list *commands, size_t count,
			 struct str *script)
{
	str_add(script, "#!lvm\n");
	for (size_t i = 0; i < count; i++) {
		size_t start = script->length;

		for (size_t j = 0; j < commands[i].count; j++)
			str_addf(script, "%s%s", j ? " " : "", commands[i].item[j]);
		if (script->length - start >= SCRIPT_LINE_MAX)
			return false;
		str_add_char(script, '\n');
	}
	return true;
}

int lvm_run_all(const struct str_list *commands, size_t count, struct err *err)
{
	static const char *const argv[] = {"lvm", "/proc/self/fd/0", NULL};
	_cleanup_str_ struct str script = {0}, output = {0};
	_cleanup_close_ int fd = -1;

	if (count < 2 || !write_script(commands, count, &script))
		return run_apart(commands, count, err);
	fd = memfd_create("lvm", MFD_CLOEXEC);
	if (fd < 0 || write(fd, script.text, script.length) != (ssize_t)script.length)
		return err_set(err, errno, "commands of lvm");
	return capture(argv, &fd, &output, err);
}

static const char *field(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

/* "12.34" as lvm prints it in any locale; "" for what it does not know. */
static double to_percent(const char *text)
{
	return text[0] ? strtod(text, NULL) : -1;
}

static int parse_volume(const json_t *row, struct lvm_volumes *volumes, struct err *err)
{
	struct lvm_volume *volume;
	const char *name = field(row, "lv_name");
	uint64_t size;

	/* A part of another volume. */
	if (name[0] == '[')
		return 0;
	if (!lvm_is_name(name) || !lvm_is_name(field(row, "vg_name")) ||
	    !field(row, "lv_attr")[0] ||
	    !str_to_number(field(row, "lv_size"), INT64_MAX, &size))
		return err_say(err, EPROTO, "lvs: not its report");
	volumes->item = mem_grow(volumes->item, volumes->count, sizeof(*volumes->item));
	volume = &volumes->item[volumes->count++];
	*volume = (struct lvm_volume){
		.vg = mem_text(field(row, "vg_name")),
		.name = mem_text(name),
		.pool = mem_text(field(row, "pool_lv")),
		.attr = mem_text(field(row, "lv_attr")),
		.tags = mem_text(field(row, "lv_tags")),
		.size = size,
		.is_zeroing = strlen(field(row, "lv_attr")) > 7 &&
			      field(row, "lv_attr")[7] == 'z',
		.data = to_percent(field(row, "data_percent")),
		.metadata = to_percent(field(row, "metadata_percent")),
	};
	return 0;
}

/* {"report": [{"NAME": [{...}, ...]}]}; the rows of the first, or NULL. */
static json_t *rows_of(const json_t *report, const char *name)
{
	json_t *rows = json_object_get(
		json_array_get(json_object_get(report, "report"), 0), name);

	return json_is_array(rows) ? rows : NULL;
}

int lvm_parse(const char *json, size_t length, struct lvm_volumes *ret_volumes,
	      struct err *err)
{
	_cleanup_lvm_volumes_ struct lvm_volumes volumes = {0};
	_cleanup_json_ json_t *report = json_loadb(json, length, 0, NULL);
	const json_t *rows = rows_of(report, "lv");
	int rc = 0;

	if (!rows)
		return err_say(err, EPROTO, "lvs: not its report");
	for (size_t i = 0; rc == 0 && i < json_array_size(rows); i++)
		rc = parse_volume(json_array_get(rows, i), &volumes, err);
	if (rc < 0)
		return rc;
	lvm_volumes_clear(ret_volumes);
	*ret_volumes = volumes;
	volumes = (struct lvm_volumes){0};
	return 0;
}

int lvm_list(const char *group, struct lvm_volumes *ret_volumes, struct err *err)
{
	const char *const argv[] = {"lvs",	  "--reportformat",
				    "json",	  "--binary",
				    "--units",	  "b",
				    "--nosuffix", "-a",
				    "-o",	  fields,
				    group,	  NULL};
	_cleanup_str_ struct str output = {0};
	int rc = capture(argv, NULL, &output, err);

	return rc < 0 ? rc
		      : lvm_parse(str_text(&output), output.length, ret_volumes, err);
}

/* By selection: naming what is absent would be an error like any other. */
int lvm_find(const char *group, const char *name, struct lvm_volumes *ret_volume,
	     struct err *err)
{
	_cleanup_free_ char *select = mem_textf("lv_name=\"%s\"", name);
	const char *const argv[] = {
		"lvs", "--reportformat", "json", "--binary", "--units",
		"b",   "--nosuffix",	 "-a",	 "-o",	     fields,
		"-S",  select,		 group,	 NULL};
	_cleanup_str_ struct str output = {0};
	_cleanup_lvm_volumes_ struct lvm_volumes found = {0};
	int rc = capture(argv, NULL, &output, err);

	if (rc == 0)
		rc = lvm_parse(str_text(&output), output.length, &found, err);
	if (rc < 0)
		return rc;
	if (found.count != 1)
		return err_say(err, ENOENT, "volume group '%s' has no volume '%s'", group,
			       name);
	lvm_volumes_clear(ret_volume);
	*ret_volume = found;
	found = (struct lvm_volumes){0};
	return 0;
}

int lvm_list_ranges(const char *group, const char *name, struct str_list *ret_ranges,
		    struct err *err)
{
	_cleanup_free_ char *select = mem_textf("lv_name=\"%s\"", name);
	const char *const argv[] = {"lvs",  "--reportformat",
				    "json", "--segments",
				    "-o",   "segtype,seg_pe_ranges",
				    "-S",   select,
				    group,  NULL};
	_cleanup_json_ json_t *report = NULL;
	_cleanup_str_ struct str output = {0};
	const json_t *rows;
	int rc = capture(argv, NULL, &output, err);

	if (rc < 0)
		return rc;
	report = json_loadb(str_text(&output), output.length, 0, NULL);
	rows = rows_of(report, "seg");
	if (!rows || !json_array_size(rows))
		return err_say(err, EPROTO, "lvs: not its report");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *range = field(row, "seg_pe_ranges");

		if (strcmp(field(row, "segtype"), "linear") != 0)
			return err_say(err, ENOTSUP, "volume '%s/%s' is not linear",
				       group, name);
		if (!strchr(range, ':'))
			return err_say(err, EPROTO, "lvs: not its report");
		str_list_add(ret_ranges, range);
	}
	return 0;
}

int lvm_free(const char *group, uint64_t *ret_free, uint64_t *ret_extent, struct err *err)
{
	_cleanup_free_ char *select = mem_textf("vg_name=\"%s\"", group);
	const char *const argv[] = {
		"vgs", "--reportformat",	 "json", "--units", "b", "--nosuffix",
		"-o",  "vg_free,vg_extent_size", "-S",	 select,    NULL};
	_cleanup_json_ json_t *report = NULL;
	_cleanup_str_ struct str output = {0};
	uint64_t free_bytes, extent;
	const json_t *rows, *row;
	int rc = capture(argv, NULL, &output, err);

	if (rc < 0)
		return rc;
	report = json_loadb(str_text(&output), output.length, 0, NULL);
	rows = rows_of(report, "vg");
	if (rows && !json_array_size(rows))
		return err_say(err, ENOENT, "there is none of that name");
	row = json_array_get(rows, 0);
	if (!row || !str_to_number(field(row, "vg_free"), INT64_MAX, &free_bytes) ||
	    !str_to_number(field(row, "vg_extent_size"), INT64_MAX, &extent))
		return err_say(err, EPROTO, "vgs: not its report");
	*ret_free = free_bytes;
	*ret_extent = extent;
	return 0;
}

int lvm_remove_tagged(const char *volume, const char *tag, struct err *err)
{
	const char *slash = strchr(volume, '/');
	_cleanup_free_ char *group = NULL, *select = NULL;
	const char *argv[] = {"lvremove", "--yes", "--force", "--select",
			      NULL,	  NULL,	   NULL};

	if (slash)
		group = mem_text_part(volume, (size_t)(slash - volume));
	if (!slash || !lvm_is_name(group) || !lvm_is_name(slash + 1) || !lvm_is_name(tag))
		return err_say(err, EINVAL, "'%s': not a volume's name", volume);
	select = mem_textf("lv_name=\"%s\" && lv_tags={\"%s\"}", slash + 1, tag);
	argv[4] = select;
	argv[5] = group;
	return lvm_run(argv, err);
}
