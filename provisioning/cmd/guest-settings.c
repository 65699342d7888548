/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options by the table of settings. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/guest-settings.h"
#include "guest/spec.h"
#include "guest/work.h"

void guest_options(unsigned int places, struct option_spec options[GUEST_OPTIONS_MAX])
{
	size_t count = 0;

	for (const struct setting_spec *spec = setting_specs; spec->name; spec++)
		if (spec->places & places && count + 1 < GUEST_OPTIONS_MAX)
			options[count++] = (struct option_spec){
				spec->name, spec->argument, spec->help};
	options[count] = (struct option_spec){0};
}

static bool is_setting(const char *name)
{
	for (const struct setting_spec *spec = setting_specs; spec->name; spec++)
		if (strcmp(spec->name, name) == 0)
			return true;
	return false;
}

static int read_options(const struct call *call, struct settings *settings,
			struct err *err)
{
	for (size_t i = 0; i < call->given_count; i++) {
		const struct option_given *given = &call->given[i];
		int rc;

		if (!is_setting(given->name))
			continue;
		rc = settings_set_option(settings, given->name, given->value,
					 given->is_off, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int guest_settings_recover(const struct settings *settings, const struct fs *host,
			   struct err *err)
{
	const char *name = setting_text(settings, "hostname");

	if (setting_is_yes(settings, "dry-run") || !name || !guest_is_name(name))
		return 0;
	return work_recover_name(host, name, err);
}

int guest_settings_exit(int rc)
{
	return rc == -EINVAL ? EXIT_USAGE : rc;
}

int guest_settings_read(const struct call *call, const char *program, struct fs *ret_host,
			struct settings *ret_settings, struct err *err)
{
	int rc = fs_open(call->root, ret_host, err);

	settings_init(ret_settings);
	if (rc < 0)
		return rc;
	rc = settings_load(ret_settings, ret_host, call->config, err);
	if (rc == 0)
		rc = read_options(call, ret_settings, err);
	for (size_t i = 0; rc == 0 && i < ret_settings->notes.count; i++)
		(void)fprintf(stderr, "%s: note: %s\n", program,
			      ret_settings->notes.item[i]);
	return guest_settings_exit(rc);
}

void guest_print_json(json_t *value)
{
	_cleanup_str_ struct str text = {0};

	json_render(value, &text);
	printf("%s", str_text(&text));
	json_free_ref(&value);
}

void guest_print_plan(const struct guest *guest, const struct storage *storage,
		      const char *config)
{
	json_t *object = json_object();

	json_put(object, "guest", spec_json(guest, storage));
	json_put(object, "config", json_text(config));
	guest_print_json(object);
}

static void dump_line(const struct setting *setting)
{
	_cleanup_str_ struct str value = {0};
	bool is_secret = strcmp(setting->spec->name, "password") == 0;

	for (size_t i = 0; i < setting->value.count; i++)
		str_addf(&value, "%s%s", i ? ", " : "", setting->value.item[i]);
	printf("%-16s = %s (%s)\n", setting->spec->name,
	       is_secret ? "not shown" : str_text(&value),
	       setting->level == LEVEL_INITIAL ? "default" : setting->where);
}

void guest_settings_dump(const struct settings *settings, bool is_json)
{
	if (is_json) {
		guest_print_json(settings_json(settings));
		return;
	}
	for (size_t i = 0; i < settings->count; i++)
		if (settings->item[i].value.count)
			dump_line(&settings->item[i]);
}
