/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a template: a digest of all that decides what is in it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/run.h"
#include "guest/template-parts.h"

/* To be raised when the same recipe gives something else than before. */
#define FORMAT "3"

static const char *const methods[] = {
	[RECIPE_MMDEBSTRAP] = "mmdebstrap",
	[RECIPE_DEBOOTSTRAP] = "debootstrap",
	[RECIPE_ZYPPER] = "zypper",
	[RECIPE_TAR] = "tar",
	[RECIPE_COPY] = "copy",
	[RECIPE_IMAGE] = "image",
};

/* One line whatever is in the value, so that no value looks like two. */
static void add_field(struct str *text, const char *name, const char *value)
{
	if (!value)
		return;
	str_addf(text, "%s ", name);
	for (; *value; value++) {
		if (*value == '\n')
			str_add(text, "\\n");
		else if (*value == '\\')
			str_add(text, "\\\\");
		else
			str_add_char(text, *value);
	}
	str_add_char(text, '\n');
}

static void add_fields(struct str *text, const char *name, const struct str_list *values)
{
	for (size_t i = 0; i < values->count; i++)
		add_field(text, name, values->item[i]);
}

/* The digest stands for name and version, and costs no start of the program. */
static int add_program(const struct recipe *recipe, struct str *text, struct err *err)
{
	_cleanup_free_ char *program = NULL;
	_cleanup_fs_ struct fs running = FS_CLOSED;
	char digest[DIGEST_TEXT];
	int rc = run_find(methods[recipe->method], RUN_PATH, &program, err);

	if (rc == 0)
		rc = fs_open("/", &running, err);
	if (rc == 0)
		rc = digest_file(&running, program, digest, err);
	if (rc < 0)
		return rc;
	add_field(text, "program", digest);
	return 0;
}

static int add_keyring(const struct fs *host, const struct recipe *recipe,
		       struct str *text, struct err *err)
{
	_cleanup_free_ char *keyring = template_keyring(host, recipe);
	char digest[DIGEST_TEXT];
	int rc;

	if (!keyring)
		return 0;
	rc = digest_file(host, keyring, digest, err);
	if (rc < 0)
		return err_wrap(err, "keyring");
	add_field(text, "keyring", digest);
	return 0;
}

static int add_bootstrap(const struct fs *host, const struct recipe *recipe,
			 struct str *text, struct err *err)
{
	_cleanup_str_list_ struct str_list packages = {0};
	_cleanup_free_ char *security = template_security_mirror(recipe);
	int rc = add_program(recipe, text, err);

	if (rc < 0)
		return rc;
	add_field(text, "mirror", recipe->mirror);
	add_field(text, "security", security);
	add_fields(text, "component", &recipe->components);
	template_packages(recipe, &packages);
	add_fields(text, "package", &packages);
	return add_keyring(host, recipe, text, err);
}

static void add_store(const struct storage *store, struct str *text)
{
	_cleanup_free_ char *where = store->kind == STORAGE_DIR
					     ? mem_text(store->dir)
					     : mem_textf("%s/%s", store->vg, store->pool);

	add_field(text, "store", where);
}

int template_key(const struct fs *host, const struct recipe *recipe,
		 const struct storage *store, char ret_key[TEMPLATE_KEY],
		 struct str *ret_text, struct err *err)
{
	_cleanup_str_ struct str text = {0}, identity = {0}, digest = {0};
	bool has_source = recipe->source;
	char sum[DIGEST_TEXT];
	int rc;

	add_field(&text, "format", FORMAT);
	add_field(&text, "method", methods[recipe->method]);
	add_field(&text, "layout", recipe->layout == LAYOUT_DISK ? "disk" : "plain");
	add_field(&text, "fs", recipe->fs);
	add_store(store, &text);
	add_field(&text, "distribution", recipe->distribution);
	add_field(&text, "suite", recipe->suite);
	add_field(&text, "arch", recipe->arch);
	rc = has_source ? template_source_digest(host, recipe, &identity, &digest, err)
			: add_bootstrap(host, recipe, &text, err);
	if (rc < 0)
		return err_wrap(err, "template");
	if (has_source)
		add_field(&text, "source", str_text(&digest));
	digest_bytes(str_text(&text), text.length, sum);
	memcpy(ret_key, sum, TEMPLATE_KEY - 1);
	ret_key[TEMPLATE_KEY - 1] = '\0';
	str_clear(ret_text);
	*ret_text = text;
	text = (struct str){0};
	return 0;
}
