/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the settings share. */
#pragma once

#include "guest/setting.h"

/* Whether two names are one: "_" and "-" do not count. */
bool setting_is_named(const char *name, const char *word);

/* The setting of that name, NULL: there is none. */
struct setting *setting_find(const struct settings *settings, const char *name);

/* Sets it; `where` begins its errors. "" takes back what was set. */
int setting_set(struct settings *settings, struct setting *setting,
		enum setting_level level, const char *where, const char *value,
		struct err *err) _must_check_;
