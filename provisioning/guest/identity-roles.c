/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles and hooks: dom0's own programs that finish a guest. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/run.h"
#include "guest/identity.h"

#define HOOKS "etc/xen-tools/hooks.d"

/* A NULL at the end makes an argument vector or an environment of a list. */
static const char *const *vector_of(struct str_list *list)
{
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count] = NULL;
	return (const char *const *)list->item;
}

static void add_words(const char *text, struct str_list *words)
{
	while (text && *(text += strspn(text, " \t"))) {
		_cleanup_free_ char *word = mem_text_part(text, strcspn(text, " \t"));

		str_list_add(words, word);
		text += strlen(word);
	}
}

/* xen-tools hands it over in clear, for every program to see. */
static void add_environment(const struct guest *guest, struct str_list *env)
{
	for (size_t i = 0; i < guest->environment.count; i++)
		if (!str_starts(guest->environment.item[i], "password="))
			str_list_add(env, guest->environment.item[i]);
}

static int run_one(const struct guest *guest, const char *program, const char *directory,
		   const char *arguments, int log, struct err *err)
{
	_cleanup_str_list_ struct str_list argv = {0}, env = {0};
	struct run run = {0};

	str_list_add(&argv, program);
	str_list_add(&argv, directory);
	add_words(arguments, &argv);
	add_environment(guest, &env);
	run.argv = vector_of(&argv);
	run.env = vector_of(&env);
	return run_logged(&run, log, err);
}

int identity_roles(const struct guest *guest, const struct str_list *roles,
		   const char *directory, int log, struct err *err)
{
	for (size_t i = 0; i < roles->count; i++)
		if (access(roles->item[i], X_OK) < 0)
			return err_say(err, ENOENT, "role '%s': %s", roles->item[i],
				       errno == ENOENT ? "there is no such program"
						       : "it is not executable");
	for (size_t i = 0; i < roles->count; i++) {
		_cleanup_err_ struct err cause = {0};
		int rc = run_one(guest, roles->item[i], directory, guest->role_arguments,
				 log, &cause);

		if (rc < 0)
			return err_say(err, -rc, "role %s", cause.text);
	}
	return 0;
}

static bool is_hook(const struct fs *host, const char *name, const char *path)
{
	return isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) &&
	       name[2] == '-' && !str_ends(name, "~") && !strstr(name, ".dpkg-") &&
	       fs_is_program(host, path);
}

/* A hook of a root that is not "/", in tests, is that root's. */
static char *hook_path(const struct fs *host, const char *path)
{
	return fs_is_host(host) ? mem_textf("/%s", path)
				: mem_textf("%s/%s", host->path, path);
}

int identity_hooks(const struct guest *guest, const struct fs *host,
		   const char *directory, int log, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = fs_readdir(host, HOOKS, &names, err);

	if (rc == -ENOENT) {
		err_clear(err);
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf(HOOKS "/%s", names.item[i]);
		_cleanup_free_ char *program = hook_path(host, path);
		_cleanup_err_ struct err cause = {0};

		if (!is_hook(host, names.item[i], path))
			continue;
		rc = run_one(guest, program, directory, NULL, log, &cause);
		if (rc < 0)
			return err_say(err, -rc, "hook %s", cause.text);
	}
	return rc;
}
