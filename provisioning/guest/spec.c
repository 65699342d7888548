/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From settings to a guest: the order of the decisions, and those about the domain. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "guest/places.h"
#include "guest/spec-parts.h"

enum { NAME_MAX_LENGTH = 63 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

bool guest_is_name(const char *text)
{
	size_t length = strlen(text);

	if (length < 1 || length > NAME_MAX_LENGTH)
		return false;
	if (strspn(text, LETTERS DIGITS "-.") != length || strstr(text, ".."))
		return false;
	return !strchr("-.", text[0]) && !strchr("-.", text[length - 1]);
}

void spec_uuid(char ret_uuid[37])
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort();
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	(void)snprintf(
		ret_uuid, 37,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
		b[12], b[13], b[14], b[15]);
}

static char *copy(const char *text)
{
	return text ? mem_text(text) : NULL;
}

static uint64_t to_mib(uint64_t bytes)
{
	return (bytes + (1 << 20) - 1) >> 20;
}

static int set_name(struct spec *spec, struct err *err)
{
	const char *name = setting_text(spec->settings, "hostname");

	if (!name)
		return setting_error(spec->settings, "hostname", err,
				     "the guest needs a name");
	if (!guest_is_name(name))
		return setting_error(
			spec->settings, "hostname", err,
			"'%s' is no host name: letters, digits, '-' and '.', "
			"at most %d",
			name, NAME_MAX_LENGTH);
	if (strcmp(name, "Domain-0") == 0)
		return setting_error(spec->settings, "hostname", err,
				     "that is the name of dom0");
	spec->guest->name = mem_text(name);
	return 0;
}

static int set_memory(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	struct guest *guest = spec->guest;

	guest->memory = to_mib(setting_size(settings, "memory"));
	guest->max_memory = to_mib(setting_size(settings, "maxmem"));
	if (guest->memory < 16)
		return setting_error(settings, "memory", err,
				     "%s is too little for any guest",
				     setting_text(settings, "memory"));
	if (guest->max_memory && guest->max_memory < guest->memory)
		return setting_error(settings, "maxmem", err, "is less than --memory");
	return 0;
}

static int set_processors(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	const char *cpus = setting_text(settings, "cpus");

	spec->guest->vcpus = (unsigned int)setting_number(settings, "vcpus");
	spec->guest->cpu_weight = (unsigned int)setting_number(settings, "cpu-weight");
	if (cpus && cpus[strspn(cpus, DIGITS "-,^" LETTERS ":")])
		return setting_error(settings, "cpus", err,
				     "'%s' is no list of processors", cpus);
	spec->guest->cpus = copy(cpus);
	return 0;
}

/* Where xl's files are, and that there is none of this name. */
static int set_config(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	struct guest *guest = spec->guest;
	const char *directory = setting_text(settings, "output");
	const char *extension = setting_text(settings, "extension");
	const char *template = setting_text(settings, "template");

	if (!directory)
		directory = places_of(spec->host)->config;
	if (!extension)
		extension = places_of(spec->host)->extension;
	if (strchr(extension, '/'))
		return setting_error(settings, "extension", err, "'%s' has a slash",
				     extension);
	guest->config =
		mem_textf("%s/%s%s%s", directory, guest->name,
			  extension[0] && extension[0] != '.' ? "." : "", extension);
	if (fs_exists(spec->host, guest->config))
		return err_say(err, EEXIST,
			       "%s is there already; xen-delete-image(8) removes a guest",
			       guest->config);
	if (!template)
		return 0;
	guest->config_template = strchr(template, '/')
					 ? mem_text(template)
					 : mem_textf("/etc/xen-tools/%s", template);
	if (!fs_exists(spec->host, guest->config_template))
		return setting_error(settings, "template", err, "there is no file '%s'",
				     guest->config_template);
	return 0;
}

static int make(struct spec *spec, struct err *err)
{
	static int (*const parts[])(struct spec *, struct err *) = {
		set_memory,	  set_processors, spec_boot,	 spec_recipe, spec_layout,
		spec_check_parts, spec_network,	  spec_identity, set_config,  NULL,
	};
	static int (*const of_installer[])(struct spec *, struct err *) = {
		set_memory,  set_processors, spec_boot,	 spec_install,
		spec_layout, spec_network,   set_config, NULL,
	};
	bool has_installer = spec_has_installer(spec->settings);
	int (*const *part)(struct spec *, struct err *) =
		has_installer ? of_installer : parts;

	for (; *part; part++) {
		int rc = (*part)(spec, err);

		if (rc < 0)
			return rc;
	}
	spec->guest->is_started = setting_is_yes(spec->settings, "boot");
	if (has_installer)
		return 0;
	spec->guest->is_autostarted = setting_is_yes(spec->settings, "autostart");
	spec_environment(spec);
	return 0;
}

int spec_make(const struct settings *settings, const struct fs *host,
	      struct guest *ret_guest, struct storage *ret_storage, struct err *err)
{
	struct spec spec = {settings, host, ret_guest, ret_storage,
			    suite_host_is_suse(host)};
	int rc;

	*ret_guest = (struct guest){0};
	*ret_storage = (struct storage){0};
	rc = set_name(&spec, err);
	if (rc < 0)
		return rc;
	rc = make(&spec, err);
	return rc < 0 && err ? err_wrap(err, "%s", ret_guest->name) : rc;
}

static int make_nfs(struct spec *spec, struct err *err)
{
	const struct settings *settings = spec->settings;
	const char *server = setting_text(settings, "nfs_server");
	const char *root = setting_text(settings, "nfs_root");

	if (!server)
		return setting_error(settings, "nfs_server", err, "it is needed");
	if (server[strcspn(server, " '\"\\,")])
		return setting_error(settings, "nfs_server", err, "'%s' is no host",
				     server);
	if (!root || root[0] != '/' || root[strcspn(root, "'\"\\ ")])
		return setting_error(
			settings, "nfs_root", err,
			"an absolute path without quotes or blanks is needed");
	if (set_memory(spec, err) < 0 || set_processors(spec, err) < 0 ||
	    spec_boot(spec, err) < 0 || spec_network(spec, err) < 0)
		return -EINVAL;
	spec->guest->nfs_server = mem_text(server);
	spec->guest->nfs_root = mem_text(root);
	return set_config(spec, err);
}

int spec_make_nfs(const struct settings *settings, const struct fs *host,
		  struct guest *ret_guest, struct err *err)
{
	struct spec spec = {settings, host, ret_guest, NULL, suite_host_is_suse(host)};
	int rc;

	*ret_guest = (struct guest){0};
	rc = set_name(&spec, err);
	if (rc < 0)
		return rc;
	rc = make_nfs(&spec, err);
	return rc < 0 && err ? err_wrap(err, "%s", ret_guest->name) : rc;
}

static void clear_volume(struct guest_volume *volume)
{
	free(volume->name);
	free(volume->path);
	free(volume->device);
	free(volume->fs);
	free(volume->mountpoint);
	free(volume->options);
}

static void clear_nic(struct guest_nic *nic)
{
	free(nic->bridge);
	free(nic->vifname);
	str_list_clear(&nic->addresses);
	free(nic->gateway4);
	free(nic->gateway6);
	free(nic->broadcast);
	free(nic->p2p);
}

static void clear_recipe(struct recipe *recipe)
{
	free(recipe->source);
	free(recipe->distribution);
	free(recipe->suite);
	free(recipe->arch);
	free(recipe->mirror);
	free(recipe->security_mirror);
	free(recipe->keyring);
	free(recipe->proxy);
	free(recipe->fs);
	str_list_clear(&recipe->components);
	str_list_clear(&recipe->packages);
}

static void clear_texts(struct guest *guest)
{
	if (guest->password)
		explicit_bzero(guest->password, strlen(guest->password));
	free(guest->name);
	free(guest->cpus);
	free(guest->kernel);
	free(guest->ramdisk);
	free(guest->serial_device);
	free(guest->search);
	free(guest->pool);
	free(guest->password);
	free(guest->hash_method);
	free(guest->role_arguments);
	free(guest->cloud_init);
	free(guest->config);
	free(guest->config_template);
	free(guest->nfs_server);
	free(guest->nfs_root);
	free(guest->installer.medium);
	free(guest->installer.kernel);
	free(guest->installer.ramdisk);
	free(guest->installer.arguments);
}

void guest_clear(struct guest *guest)
{
	for (size_t i = 0; i < guest->volume_count; i++)
		clear_volume(&guest->volume[i]);
	for (size_t i = 0; i < guest->nic_count; i++)
		clear_nic(&guest->nic[i]);
	free(guest->volume);
	free(guest->nic);
	clear_recipe(&guest->recipe);
	clear_texts(guest);
	str_list_clear(&guest->nameservers);
	str_list_clear(&guest->ssh_keys);
	str_list_clear(&guest->roles);
	str_list_clear(&guest->final_roles);
	str_list_clear(&guest->environment);
	*guest = (struct guest){0};
}
