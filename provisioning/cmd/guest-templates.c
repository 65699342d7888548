/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-templates: the roots that guests are cloned from. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"
#include "cmd/guest-settings.h"
#include "guest/spec-template.h"
#include "guest/template.h"

#define DAY ((time_t)24 * 60 * 60)
#define DAYS 90
#define DAYS_MAX 36500
#define MIB_SHIFT 20

/* Of xen-create-image's settings: what decides which template it would take. */
static const char *const recipe_settings[] = {"type",	    "boot-via",
					      "pygrub",	    "lvm",
					      "lvm_thin",   "dir",
					      "fs",	    "dist",
					      "mirror",	    "keyring",
					      "components", "security",
					      "package",    "apt_proxy",
					      "arch",	    "install-method",
					      "cloud-init", "install-source",
					      "config",	    NULL};

static const struct option_spec json_option = {"json", NULL, "print JSON"};
static struct option_spec build_options[ARRAY_SIZE(recipe_settings) + 1];

static void prepare_build(void)
{
	size_t count = 0;

	build_options[count++] = json_option;
	for (const struct setting_spec *spec = setting_specs; spec->name; spec++)
		for (size_t i = 0; recipe_settings[i]; i++)
			if (strcmp(spec->name, recipe_settings[i]) == 0)
				build_options[count++] = (struct option_spec){
					spec->name, spec->argument, spec->help};
}

/* On a terminal one line that changes, else one line for each step. */
static void show_progress(void *context, const char *text)
{
	struct term_progress *progress = context;

	term_progress_show(progress, "%s", text);
}

static char *date_of(time_t when)
{
	char text[32] = "";
	struct tm local;

	if (localtime_r(&when, &local))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
	return mem_text(text);
}

static char *place_of(const struct template *template)
{
	return storage_path(&template->store, STORAGE_TEMPLATES, template->volume);
}

static json_t *to_json(const struct template *template)
{
	_cleanup_free_ char *path = place_of(template);
	json_t *object = json_object();

	json_put(object, "key", json_text(template->key));
	json_put(object, "volume", json_text(path));
	json_put(object, "size", json_integer((json_int_t) template->size));
	json_put(object, "fs", json_text(template->fs));
	json_put(object, "built", json_integer(template->built));
	json_put(object, "used", json_integer(template->used));
	json_put(object, "recipe", json_text(template->recipe));
	return object;
}

/* The value of a line of the recipe, "" without one. The caller frees it. */
static char *recipe_value(const struct template *template, const char *name)
{
	const char *cursor = template->recipe, *line;
	_cleanup_free_ char *start = mem_textf("%s ", name);
	size_t length;

	while (str_next_line(&cursor, &line, &length))
		if (str_starts(line, start))
			return mem_text_part(line + strlen(start),
					     length - strlen(start));
	return mem_text("");
}

static void print_template(const struct template *template)
{
	_cleanup_free_ char *path = place_of(template), *used = date_of(template->used);
	_cleanup_free_ char *suite = recipe_value(template, "suite");
	_cleanup_free_ char *arch = recipe_value(template, "arch");
	_cleanup_free_ char *method = recipe_value(template, "method");
	_cleanup_free_ char *built = date_of(template->built);

	printf("%s  %s %s %s, %s, %" PRIu64 " MiB\n  built %s, used %s\n  %s\n",
	       template->key, *suite ? suite : "-", arch, template->fs, method,
	       template->size >> MIB_SHIFT, built, used, path);
}

static int run_list(const struct call *call, struct err *err)
{
	_cleanup_(template_list_clear) struct template_list list = {0};
	_cleanup_json_ json_t *array = json_array();
	_cleanup_fs_ struct fs host = FS_CLOSED;
	_cleanup_str_ struct str text = {0};
	int rc = fs_open(call->root, &host, err);

	if (rc == 0)
		rc = template_list_read(&host, &list, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		if (call->is_json)
			json_append(array, to_json(&list.item[i]));
		else
			print_template(&list.item[i]);
	}
	if (!call->is_json)
		return EXIT_DONE;
	json_render(array, &text);
	printf("%s", str_text(&text));
	return EXIT_DONE;
}

static int run_build(const struct call *call, struct err *err)
{
	_cleanup_(term_progress_end) struct term_progress progress = {-1, false};
	_cleanup_(storage_clear) struct storage storage = {0};
	_cleanup_settings_ struct settings settings = {0};
	_cleanup_template_ struct template template = TEMPLATE_NONE;
	_cleanup_guest_ struct guest guest = {0};
	_cleanup_fs_ struct fs host = FS_CLOSED;
	int rc = guest_settings_read(call, "xen-templates", &host, &settings, err);

	if (rc != 0)
		return rc;
	rc = spec_make_template(&settings, &host, &guest, &storage, err);
	if (rc < 0)
		return guest_settings_exit(rc);
	progress = term_progress_start(STDERR_FILENO);
	rc = template_get(&host, &guest.recipe, &storage, show_progress, &progress,
			  &template, err);
	term_progress_end(&progress);
	if (rc < 0)
		return rc;
	if (call->is_json)
		guest_print_json(to_json(&template));
	else
		print_template(&template);
	return EXIT_DONE;
}

/* Those that are named, or all. */
static int select_templates(const struct call *call, const struct fs *host,
			    struct template_list *ret_list, struct err *err)
{
	_cleanup_(template_list_clear) struct template_list list = {0};
	int rc = template_list_read(host, &list, err);

	for (size_t i = 0; rc == 0 && i < call->operand_count; i++) {
		bool is_known = false;

		for (size_t j = 0; j < list.count; j++)
			is_known |= strcmp(call->operand[i], list.item[j].key) == 0;
		if (!is_known)
			rc = err_say(err, ENOENT, "there is no template '%s'",
				     call->operand[i]);
	}
	if (rc < 0)
		return rc;
	*ret_list = list;
	list = (struct template_list){0};
	return 0;
}

static bool is_selected(const struct call *call, const struct template *template)
{
	for (size_t i = 0; i < call->operand_count; i++)
		if (strcmp(call->operand[i], template->key) == 0)
			return true;
	return call->operand_count == 0;
}

typedef int each_function(const struct call *call, const struct fs *host,
			  const struct template *template, struct err *err);

/* All are tried; the first failure is told last, the others before it. */
static int for_each(const struct call *call, each_function *each, struct err *err)
{
	_cleanup_(template_list_clear) struct template_list list = {0};
	_cleanup_fs_ struct fs host = FS_CLOSED;
	int rc = fs_open(call->root, &host, err), result = 0;

	if (rc == 0)
		rc = select_templates(call, &host, &list, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		_cleanup_err_ struct err why = {0};

		if (!is_selected(call, &list.item[i]))
			continue;
		rc = each(call, &host, &list.item[i], &why);
		if (rc < 0 && result == 0)
			result = err_say(err, why.code, "%s", why.text);
		else if (rc < 0)
			(void)fprintf(stderr, "xen-templates: %s\n", why.text);
	}
	return result;
}

static int refresh_one(const struct call *call, const struct fs *host,
		       const struct template *template, struct err *err)
{
	_cleanup_(term_progress_end) struct term_progress progress =
		term_progress_start(STDERR_FILENO);
	bool has_changed = false;
	int rc = template_refresh(host, template, show_progress, &progress, &has_changed,
				  err);

	(void)call;
	term_progress_end(&progress);
	if (rc == 0)
		printf("%s %s\n", template->key, has_changed ? "upgraded" : "unchanged");
	return rc;
}

static int run_refresh(const struct call *call, struct err *err)
{
	return for_each(call, refresh_one, err);
}

static int verify_one(const struct call *call, const struct fs *host,
		      const struct template *template, struct err *err)
{
	int rc = template_verify(host, template, err);

	(void)call;
	if (rc == 0)
		printf("%s whole\n", template->key);
	return rc;
}

static int run_verify(const struct call *call, struct err *err)
{
	return for_each(call, verify_one, err);
}

/* Without names: what nobody has used for that long. */
static int prune_one(const struct call *call, const struct fs *host,
		     const struct template *template, struct err *err)
{
	const char *value = call_value(call, "days");
	uint64_t days = DAYS;
	int rc;

	if (value)
		(void)str_to_number(value, DAYS_MAX, &days);
	if (!call->operand_count && time(NULL) - template->used < (time_t)days * DAY)
		return 0;
	rc = template_remove(host, template, err);
	if (rc == 0)
		printf("%s removed\n", template->key);
	return rc;
}

/* What commands that were killed left is not needed either. */
static int recover(const struct call *call, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_fs_ struct fs host = FS_CLOSED;
	int rc = fs_open(call->root, &host, err);

	if (rc == 0)
		rc = work_recover(&host, &names, err);
	for (size_t i = 0; i < names.count; i++)
		printf("%s: what was left is removed\n", names.item[i]);
	return rc;
}

static int run_prune(const struct call *call, struct err *err)
{
	const char *value = call_value(call, "days");
	uint64_t days;

	if (value && !str_to_number(value, DAYS_MAX, &days)) {
		(void)err_say(err, EINVAL, "'%s' is not a number of days", value);
		return EXIT_USAGE;
	}
	return recover(call, err) < 0 ? -EIO : for_each(call, prune_one, err);
}

static const struct option_spec prune_options[] = {
	{"days", "N", "without KEY: those that were not used for N days (90)"},
	{NULL, NULL, NULL},
};

static const struct option_spec list_options[] = {
	{"json", NULL, "print JSON"},
	{NULL, NULL, NULL},
};

static const struct command list = {
	.name = "list",
	.summary = "list the templates, the one used longest ago first",
	.options = list_options,
	.run = run_list,
};
static const struct command build = {
	.name = "build",
	.summary = "build the template that xen-create-image would take",
	.options = build_options,
	.prepare = prepare_build,
	.run = run_build,
};
static const struct command refresh = {
	.name = "refresh",
	.summary = "upgrade templates whose repositories have moved",
	.operands = "[KEY]...",
	.run = run_refresh,
};
static const struct command prune = {
	.name = "prune",
	.summary = "remove templates",
	.operands = "[KEY]...",
	.options = prune_options,
	.run = run_prune,
};
static const struct command verify = {
	.name = "verify",
	.summary = "check that templates are what was built",
	.operands = "[KEY]...",
	.run = run_verify,
};

const struct command *const commands_templates[] = {&list,  &build,  &refresh,
						    &prune, &verify, NULL};
