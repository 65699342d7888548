/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-create-image: a guest from settings. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"
#include "cmd/guest-ask.h"
#include "cmd/guest-password.h"
#include "cmd/guest-settings.h"
#include "guest/create.h"
#include "guest/removal.h"
#include "guest/spec.h"
#include "guest/xlcfg.h"

enum { TRIES = 100 };

static struct option_spec options[GUEST_OPTIONS_MAX];

static void prepare(void)
{
	guest_options(SETTING_LINE, options);
}

static void show_volume(const struct guest_volume *volume, const struct storage *storage)
{
	printf("volume %s: %ju MiB", volume->path, (uintmax_t)(volume->size >> 20));
	if (storage->kind == STORAGE_THIN)
		printf(" in pool %s", storage->pool);
	if (storage->kind == STORAGE_DIR && storage->image == IMAGE_FULL)
		printf(" in full");
	printf(", %s%s%s, %s\n", volume->fs, volume->mountpoint ? " at " : "",
	       volume->mountpoint ? volume->mountpoint : "", volume->device);
}

static void show_recipe(const struct recipe *recipe)
{
	printf("template %s%s%s %s by %s%s%s", recipe->distribution,
	       recipe->suite ? " " : "", recipe->suite ? recipe->suite : "", recipe->arch,
	       recipe_method_name(recipe->method), recipe->source ? " of " : " from ",
	       recipe->source ? recipe->source : recipe->mirror);
	for (size_t i = 0; i < recipe->packages.count; i++)
		printf("%s%s", i ? " " : ", with ", recipe->packages.item[i]);
	printf("\n");
}

static void show_installer(const struct guest_installer *installer)
{
	printf("installer");
	if (installer->medium)
		printf(" of %s", installer->medium);
	if (installer->kernel)
		printf(" by kernel %s", installer->kernel);
	printf("; then: xen-create-image --finish\n");
}

static void show_words(const char *before, const struct str_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		printf("%s%s", i ? " " : before, list->item[i]);
}

static void show_nic(const struct guest_nic *nic)
{
	printf("interface %s:%s", nic->mac, nic->is_dhcp ? " dhcp" : "");
	show_words(" ", &nic->addresses);
	if (nic->gateway4)
		printf(" gateway %s", nic->gateway4);
	if (nic->gateway6)
		printf(" gateway %s", nic->gateway6);
	if (nic->p2p)
		printf(" p2p %s", nic->p2p);
	printf("\n");
}

static void show_root(const struct guest *guest)
{
	static const char *const kinds[] = {"no password", "the password that is given",
					    "a generated password"};

	printf("root: %s, ssh keys: %zu\n", kinds[guest->password_kind],
	       guest->ssh_keys.count);
}

static void show_roles(const char *what, const struct str_list *roles)
{
	for (size_t i = 0; i < roles->count; i++)
		printf("%s %s\n", what, roles->item[i]);
}

static void show_identity(const struct guest *guest)
{
	show_words("name servers ", &guest->nameservers);
	printf("%s", guest->nameservers.count ? "\n" : "");
	show_root(guest);
}

/* Everything that a creation makes, a line each, and the configuration. */
static void show_plan(const struct guest *guest, const struct storage *storage,
		      const char *config)
{
	printf("guest %s: %s via %s, %ju MiB, vcpus %u\n", guest->name,
	       guest_type_name(guest->type), guest_boot_name(guest->boot),
	       (uintmax_t)guest->memory, guest->vcpus);
	if (guest->has_installer)
		show_installer(&guest->installer);
	else
		show_recipe(&guest->recipe);
	for (size_t i = 0; i < guest->volume_count; i++)
		show_volume(&guest->volume[i], storage);
	for (size_t i = 0; i < guest->nic_count; i++)
		show_nic(&guest->nic[i]);
	if (!guest->has_installer)
		show_identity(guest);
	show_roles("role", &guest->roles);
	if (guest->pool)
		printf("address %s of %s\n",
		       guest->nic[0].addresses.item[guest->pool_address], guest->pool);
	show_roles("final role", &guest->final_roles);
	printf("%s%s", guest->is_autostarted ? "link in /etc/xen/auto\n" : "",
	       guest->is_in_hosts ? "line in /etc/hosts\n" : "");
	printf("file %s:\n%s", guest->config, config);
}

static void show_progress(void *context, const char *text)
{
	term_progress_show(context, "%s", text);
}

static void tell_progress(void *context, const char *text)
{
	(void)context;
	(void)fprintf(stderr, "%s\n", text);
}

/* A generated password is for whoever looks, not for a log. */
static void show_password(const struct guest *guest, const char *password)
{
	if (!password)
		return;
	if (isatty(STDOUT_FILENO) == 1)
		printf("Password of root in %s: %s\n", guest->name, password);
	else
		(void)fprintf(stderr,
			      "xen-create-image: note: %s: the password of root was "
			      "not shown: standard output is no terminal\n",
			      guest->name);
}

static int make(const struct settings *settings, const struct fs *host,
		const struct guest *guest, const struct storage *storage, struct err *err)
{
	_cleanup_(guest_password_wipe) char *password = NULL;
	_cleanup_(term_progress_end) struct term_progress progress = {-1, false};
	bool is_verbose = setting_is_yes(settings, "verbose");
	struct create create = {
		.host = host,
		.guest = guest,
		.storage = storage,
		.progress = is_verbose ? tell_progress : show_progress,
		.context = &progress,
	};
	int rc;

	if (!is_verbose)
		progress = term_progress_start(STDERR_FILENO);
	rc = create_check(&create, err);
	if (rc == 0)
		rc = create_guest(&create, &password, err);
	term_progress_end(&progress);
	if (rc == 0)
		show_password(guest, password);
	if (rc < 0 || !guest->is_started)
		return rc;
	rc = create_start(&create, err);
	return rc < 0 ? err_wrap(err, "%s", guest->name) : 0;
}

static int ask_password(struct settings *settings, struct err *err)
{
	_cleanup_(guest_password_wipe) char *password = NULL;
	const char *name = setting_text(settings, "hostname");
	int rc;

	if (!setting_is_yes(settings, "passwd") || !name)
		return 0;
	rc = guest_password_ask(name, &password, err);
	if (rc < 0)
		return err ? err_wrap(err, "%s: --passwd", name) : rc;
	return settings_set_option(settings, "password", password, false, err);
}

/* One specification, shown or made. -EAGAIN: make another one. */
static int run_once(const struct call *call, const struct settings *settings,
		    const struct fs *host, bool is_shown, struct err *err)
{
	_cleanup_guest_ struct guest guest = {0};
	_cleanup_(storage_clear) struct storage storage = {0};
	_cleanup_str_ struct str config = {0};
	int rc = spec_make(settings, host, &guest, &storage, err);

	if (rc == 0)
		rc = xlcfg_make_for(host, &guest, &config, err);
	if (rc < 0)
		return rc;
	if (!is_shown)
		return make(settings, host, &guest, &storage, err);
	if (call->is_json)
		guest_print_plan(&guest, &storage, str_text(&config));
	else
		show_plan(&guest, &storage, str_text(&config));
	return 0;
}

static int run_until_done(const struct call *call, const struct settings *settings,
			  const struct fs *host, struct err *err)
{
	bool is_shown = setting_is_yes(settings, "dry-run");
	int rc = 0;

	for (int i = 0; i < TRIES; i++) {
		err_clear(err);
		rc = run_once(call, settings, host, is_shown, err);
		if (rc != -EAGAIN)
			break;
	}
	return rc;
}

/* The answers as a command line, and what that would make: once more, yes or no. */
static int confirm(const struct call *call, const struct settings *settings,
		   const struct fs *host, struct err *err)
{
	_cleanup_str_ struct str command = {0};
	int rc;

	guest_ask_command(settings, call->root, &command);
	printf("command %s\n", str_text(&command));
	(void)fflush(stdout);
	if (setting_is_yes(settings, "dry-run"))
		return 0;
	rc = run_once(call, settings, host, true, err);
	if (rc == 0 && !guest_ask_yes("Make this guest?"))
		rc = err_say(err, ECANCELED, "nothing was made");
	return rc;
}

/* The guest has been installed: its configuration without the installer, and its start. */
static int finish(const struct call *call, const struct settings *settings,
		  const struct fs *host, struct err *err)
{
	_cleanup_(inventory_clear) struct inventory inventory = {0};
	const struct inventory_guest *found = NULL;
	const char *name = setting_text(settings, "hostname");
	struct guest guest = {0};
	const struct create create = {.host = host, .guest = &guest};
	int rc = name ? guests_inventory(call, settings, host, &inventory, err)
		      : setting_error(settings, "hostname", err, "which guest?");

	if (rc == 0 && !removal_is_name(name))
		rc = setting_error(settings, "hostname", err, "it is no name of a guest");
	if (rc == 0)
		rc = inventory_find(&inventory, name, &found, err);
	if (rc == 0 && found->fault)
		rc = err_say(err, EINVAL, "%s", found->fault);
	if (rc == 0 && !setting_is_yes(settings, "dry-run"))
		rc = create_finish(host, name, found->path, err);
	if (rc == 0 && setting_is_yes(settings, "boot") &&
	    !setting_is_yes(settings, "dry-run")) {
		guest.name = found->name;
		guest.config = found->path;
		rc = create_start(&create, err);
	}
	return rc < 0 && name ? err_wrap(err, "%s", name) : rc;
}

static int run(const struct call *call, struct err *err)
{
	_cleanup_fs_ struct fs host = FS_CLOSED;
	_cleanup_settings_ struct settings settings = {0};
	bool is_asking = false;
	int rc = guest_settings_read(call, "xen-create-image", &host, &settings, err);

	if (rc != 0)
		return rc;
	if (setting_is_yes(&settings, "dumpconfig")) {
		guest_settings_dump(&settings, call->is_json);
		return EXIT_DONE;
	}
	if (setting_is_yes(&settings, "boot") && !fs_is_host(&host))
		return guest_settings_exit(
			setting_error(&settings, "boot", err,
				      "xl starts guests of the running system, not of "
				      "the one below --root"));
	if (setting_is_yes(&settings, "finish"))
		return guest_settings_exit(finish(call, &settings, &host, err));
	rc = guest_ask_is_wanted(&settings, &host, &is_asking, err);
	if (rc == 0 && is_asking)
		rc = guest_ask(&settings, &host, err);
	if (rc == 0)
		rc = ask_password(&settings, err);
	if (rc == 0 && is_asking)
		rc = confirm(call, &settings, &host, err);
	if (rc == 0)
		rc = guest_settings_recover(&settings, &host, err);
	if (rc == 0)
		rc = run_until_done(call, &settings, &host, err);
	return guest_settings_exit(rc);
}

const struct command command_create_image = {
	.name = "xen-create-image",
	.summary = "Make a guest",
	.options = options,
	.prepare = prepare,
	.run = run,
};
