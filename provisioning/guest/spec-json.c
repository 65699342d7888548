/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's specification as data, for --json. */
#include "guest/spec-parts.h"

static json_t *recipe_json(const struct guest *guest)
{
	const struct recipe *recipe = &guest->recipe;
	json_t *object;

	if (guest->has_installer || guest->nfs_root)
		return json_null();
	object = json_object();
	json_put(object, "method", json_text(recipe_method_name(recipe->method)));
	json_put(object, "layout",
		 json_text(recipe->layout == LAYOUT_DISK ? "disk" : "plain"));
	json_put(object, "source", json_text(recipe->source));
	json_put(object, "distribution", json_text(recipe->distribution));
	json_put(object, "suite", json_text(recipe->suite));
	json_put(object, "arch", json_text(recipe->arch));
	json_put(object, "mirror", json_text(recipe->mirror));
	json_put(object, "keyring", json_text(recipe->keyring));
	json_put(object, "proxy", json_text(recipe->proxy));
	json_put(object, "fs", json_text(recipe->fs));
	json_put(object, "security", json_boolean(recipe->has_security));
	json_put(object, "components", json_texts(&recipe->components));
	json_put(object, "packages", json_texts(&recipe->packages));
	return object;
}

static json_t *volume_json(const struct guest_volume *volume)
{
	json_t *object = json_object();

	json_put(object, "name", json_text(volume->name));
	json_put(object, "path", json_text(volume->path));
	json_put(object, "device", json_text(volume->device));
	json_put(object, "size", json_integer((json_int_t)volume->size));
	json_put(object, "fs", json_text(volume->fs));
	json_put(object, "mountpoint", json_text(volume->mountpoint));
	json_put(object, "options", json_text(volume->options));
	json_put(object, "uuid", json_text(volume->uuid));
	return object;
}

static json_t *nic_json(const struct guest_nic *nic)
{
	json_t *object = json_object();

	json_put(object, "mac", json_text(nic->mac));
	json_put(object, "bridge", json_text(nic->bridge));
	json_put(object, "vifname", json_text(nic->vifname));
	json_put(object, "vlan", nic->vlan ? json_integer(nic->vlan) : json_null());
	json_put(object, "dhcp", json_boolean(nic->is_dhcp));
	json_put(object, "addresses", json_texts(&nic->addresses));
	json_put(object, "gateway4", json_text(nic->gateway4));
	json_put(object, "gateway6", json_text(nic->gateway6));
	json_put(object, "broadcast", json_text(nic->broadcast));
	json_put(object, "p2p", json_text(nic->p2p));
	return object;
}

static json_t *storage_json(const struct storage *storage)
{
	static const char *const kinds[] = {"lvm", "thin", "dir", "device"};
	json_t *object = json_object();

	json_put(object, "kind", json_text(kinds[storage->kind]));
	json_put(object, "vg", json_text(storage->vg));
	json_put(object, "pool", json_text(storage->pool));
	json_put(object, "dir", json_text(storage->dir));
	json_put(object, "image",
		 json_text(storage->image == IMAGE_FULL ? "full" : "sparse"));
	return object;
}

static json_t *nfs_json(const struct guest *guest)
{
	json_t *object;

	if (!guest->nfs_root)
		return json_null();
	object = json_object();
	json_put(object, "server", json_text(guest->nfs_server));
	json_put(object, "root", json_text(guest->nfs_root));
	return object;
}

static json_t *installer_json(const struct guest *guest)
{
	const struct guest_installer *installer = &guest->installer;
	json_t *object;

	if (!guest->has_installer)
		return json_null();
	object = json_object();
	json_put(object, "medium", json_text(installer->medium));
	json_put(object, "kernel", json_text(installer->kernel));
	json_put(object, "ramdisk", json_text(installer->ramdisk));
	json_put(object, "arguments", json_text(installer->arguments));
	json_put(object, "memory",
		 installer->memory ? json_integer((json_int_t)installer->memory)
				   : json_null());
	return object;
}

static void put_domain(json_t *object, const struct guest *guest)
{
	json_put(object, "name", json_text(guest->name));
	json_put(object, "type", json_text(guest_type_name(guest->type)));
	json_put(object, "boot", json_text(guest_boot_name(guest->boot)));
	json_put(object, "memory", json_integer((json_int_t)guest->memory));
	json_put(object, "maxmem",
		 guest->max_memory ? json_integer((json_int_t)guest->max_memory)
				   : json_null());
	json_put(object, "vcpus", json_integer(guest->vcpus));
	json_put(object, "cpus", json_text(guest->cpus));
	json_put(object, "cpu-weight",
		 guest->cpu_weight ? json_integer(guest->cpu_weight) : json_null());
	json_put(object, "kernel", json_text(guest->kernel));
	json_put(object, "ramdisk", json_text(guest->ramdisk));
	json_put(object, "serial-device", json_text(guest->serial_device));
	json_put(object, "config", json_text(guest->config));
	json_put(object, "template", json_text(guest->config_template));
	json_put(object, "autostart", json_boolean(guest->is_autostarted));
	json_put(object, "start", json_boolean(guest->is_started));
}

static void put_identity(json_t *object, const struct guest *guest)
{
	static const char *const kinds[] = {"none", "given", "generate"};

	json_put(object, "password", json_text(kinds[guest->password_kind]));
	json_put(object, "hash-method", json_text(guest->hash_method));
	json_put(object, "ssh-keys", json_texts(&guest->ssh_keys));
	json_put(object, "nameservers", json_texts(&guest->nameservers));
	json_put(object, "search", json_text(guest->search));
	json_put(object, "pool", json_text(guest->pool));
	json_put(object, "roles", json_texts(&guest->roles));
	json_put(object, "final-roles", json_texts(&guest->final_roles));
	json_put(object, "role-arguments", json_text(guest->role_arguments));
	json_put(object, "cloud-init", json_text(guest->cloud_init));
	json_put(object, "copied-hosts", json_boolean(guest->has_copied_hosts));
	json_put(object, "in-hosts", json_boolean(guest->is_in_hosts));
}

json_t *spec_json(const struct guest *guest, const struct storage *storage)
{
	json_t *object = json_object(), *list = json_array();

	put_domain(object, guest);
	for (size_t i = 0; i < guest->volume_count; i++)
		json_append(list, volume_json(&guest->volume[i]));
	json_put(object, "volumes", list);
	list = json_array();
	for (size_t i = 0; i < guest->nic_count; i++)
		json_append(list, nic_json(&guest->nic[i]));
	json_put(object, "nics", list);
	json_put(object, "storage", storage ? storage_json(storage) : json_null());
	json_put(object, "nfs", nfs_json(guest));
	json_put(object, "recipe", recipe_json(guest));
	json_put(object, "installer", installer_json(guest));
	put_identity(object, guest);
	return object;
}
