/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description's schema: which sections, keys and values there are. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "host/desc-value.h"

#define DESC_MAX (1 << 20)

static void read_dom0(struct desc_reader *reader, struct desc_dom0 *dom0)
{
	struct conf_section *section = conf_plain(&reader->desc->conf, "dom0");

	desc_take_size(reader, section, "memory", "auto", &dom0->memory);
	desc_take_size(reader, section, "max-memory", NULL, &dom0->max_memory);
	desc_take_vcpus(reader, section, "vcpus", dom0);
	desc_take_pin(reader, section, "pin", dom0);
	desc_take_number(reader, section, "weight", 1, 65535, &dom0->weight);
	desc_take_list(reader, section, "kernel-args", &dom0->kernel_args);
	if (reader->rc == 0 && dom0->max_memory.entry && !dom0->memory.value)
		desc_fail(reader, dom0->max_memory.entry, 0,
			  "'max-memory' needs a fixed 'memory'");
	if (reader->rc == 0 && dom0->max_memory.value &&
	    dom0->max_memory.value < dom0->memory.value)
		desc_fail(reader, dom0->max_memory.entry, 0,
			  "'max-memory' is less than 'memory'");
}

static void read_xen(struct desc_reader *reader, struct desc_xen *xen)
{
	static const char *const flavours[] = {"release", "debug", NULL};
	struct conf_section *section = conf_plain(&reader->desc->conf, "xen");

	desc_take_list(reader, section, "args", &xen->args);
	desc_take_list(reader, section, "args-default", &xen->args_default);
	desc_take_list(reader, section, "reboot", &xen->reboot);
	desc_take_flag(reader, section, "noreboot", &xen->noreboot);
	desc_take_choice(reader, section, "flavour", flavours, &xen->flavour);
}

/* What one asks for and the other makes impossible, both said in so many words. */
static void check_boot(struct desc_reader *reader, const struct desc_xen *xen,
		       const struct desc_boot *boot)
{
	if (boot->trial.entry && boot->trial.value && xen->noreboot.value)
		desc_fail(reader, boot->trial.entry, 0,
			  "a trial needs a hypervisor that reboots: [xen] has "
			  "'noreboot'");
	if (boot->priority.value == DESC_PRIORITY_DIVERT &&
	    boot->default_entry.value == DESC_DEFAULT_LINUX)
		desc_fail(reader, boot->priority.entry, 0,
			  "'divert' makes Xen the first entry, 'default' is linux");
}

static void read_boot(struct desc_reader *reader, struct desc_boot *boot)
{
	static const char *const defaults[] = {[DESC_DEFAULT_XEN] = "xen",
					       [DESC_DEFAULT_LINUX] = "linux",
					       [DESC_DEFAULT_KEEP] = "keep",
					       NULL};
	static const char *const priorities[] = {"id", "divert", NULL};
	struct conf_section *section = conf_plain(&reader->desc->conf, "boot");

	boot->trial.value = true;
	boot->keep.value = 2;
	desc_take_number(reader, section, "timeout", 0, 3600, &boot->timeout);
	desc_take_choice(reader, section, "default", defaults, &boot->default_entry);
	desc_take_choice(reader, section, "priority", priorities, &boot->priority);
	desc_take_flag(reader, section, "trial", &boot->trial);
	desc_take_flag(reader, section, "chainload", &boot->chainload);
	desc_take_number(reader, section, "keep", 0, 20, &boot->keep);
	if (reader->rc == 0)
		check_boot(reader, &reader->desc->xen, boot);
}

static void read_serial(struct desc_reader *reader, struct desc_serial *serial)
{
	struct conf_section *section = conf_plain(&reader->desc->conf, "serial");

	serial->speed.value = 115200;
	serial->vga.value = true;
	desc_take_port(reader, section, "port", serial);
	desc_take_speed(reader, section, "speed", &serial->speed);
	desc_take_flag(reader, section, "vga", &serial->vga);
	if (reader->rc == 0 && section && !serial->port.text)
		desc_fail_place(reader, section->place, "[serial] needs a 'port'");
}

static void read_bridge(struct desc_reader *reader, struct conf_section *section,
			struct desc_bridge *bridge)
{
	bridge->name = section->name;
	bridge->place = section->place;
	bridge->wait_port.value = 0;
	desc_check_interface(reader, section->place, section->name);
	desc_take_interfaces(reader, section, "ports", &bridge->ports);
	desc_take_bridge_address(reader, section, "address", bridge);
	desc_take_addresses(reader, section, "gateway", false, &bridge->gateway);
	desc_take_addresses(reader, section, "dns", false, &bridge->dns);
	desc_take_flag(reader, section, "stp", &bridge->stp);
	desc_take_number(reader, section, "forward-delay", 0, 30, &bridge->forward_delay);
	desc_take_number(reader, section, "wait-port", 0, 300, &bridge->wait_port);
	desc_take_number(reader, section, "vlan", 1, 4094, &bridge->vlan);
	desc_take_number(reader, section, "mtu", 68, 65535, &bridge->mtu);
	desc_take_mac(reader, section, "mac", &bridge->mac);
	if (reader->rc == 0)
		desc_check_bridge(reader, bridge);
}

static void read_bridges(struct desc_reader *reader, struct desc *desc)
{
	struct conf_section *section = NULL;

	while ((section = conf_named(&desc->conf, "bridge", section))) {
		desc->bridge =
			mem_grow(desc->bridge, desc->bridge_count, sizeof(*desc->bridge));
		desc->bridge[desc->bridge_count] = (struct desc_bridge){0};
		read_bridge(reader, section, &desc->bridge[desc->bridge_count++]);
	}
	while ((section = conf_named(&desc->conf, "dummy", section))) {
		struct desc_dummy *dummy;

		desc->dummy =
			mem_grow(desc->dummy, desc->dummy_count, sizeof(*desc->dummy));
		dummy = &desc->dummy[desc->dummy_count++];
		*dummy = (struct desc_dummy){.name = section->name,
					     .place = section->place};
		desc_check_interface(reader, section->place, section->name);
		desc_take_addresses(reader, section, "address", true, &dummy->address);
	}
}

/* The addresses of bridge number `index`, or, after the bridges, of a dummy interface. */
static const struct conf_entry *addresses_of(const struct desc *desc, size_t index,
					     const char **ret_name)
{
	if (index < desc->bridge_count) {
		*ret_name = desc->bridge[index].name;
		return desc->bridge[index].address.entry;
	}
	index -= desc->bridge_count;
	*ret_name = desc->dummy[index].name;
	return desc->dummy[index].address.entry;
}

/* Who had an address, which is this word of this entry, before it; NULL: nobody. */
static const char *find_holder(const struct desc *desc, const struct conf_entry *entry,
			       size_t word)
{
	for (size_t i = 0; i < desc->bridge_count + desc->dummy_count; i++) {
		const char *name;
		const struct conf_entry *other = addresses_of(desc, i, &name);

		for (size_t k = 0; other && k < other->count; k++) {
			if (other == entry && k == word)
				return NULL;
			if (inet_is_same(other->word[k].text, entry->word[word].text))
				return name;
		}
	}
	return NULL;
}

/* An address belongs to one interface. */
static void check_addresses(struct desc_reader *reader)
{
	const struct desc *desc = reader->desc;

	for (size_t i = 0; i < desc->bridge_count + desc->dummy_count; i++) {
		const char *name, *holder;
		const struct conf_entry *entry = addresses_of(desc, i, &name);

		for (size_t k = 0; entry && k < entry->count; k++) {
			holder = find_holder(desc, entry, k);
			if (holder)
				desc_fail(reader, entry, k,
					  "'%s' is an address of '%s' already",
					  entry->word[k].text, holder);
		}
	}
}

static void read_network(struct desc_reader *reader, struct desc_network *network)
{
	static const char *const stacks[] = {[DESC_STACK_AUTO] = "auto",
					     [DESC_IFUPDOWN] = "ifupdown",
					     [DESC_NETWORKD] = "networkd",
					     [DESC_NETWORKMANAGER] = "networkmanager",
					     [DESC_WICKED] = "wicked",
					     [DESC_NETPLAN] = "netplan",
					     NULL};
	struct conf_section *section = conf_plain(&reader->desc->conf, "network");

	network->vif_queue.value = 1000;
	desc_take_choice(reader, section, "stack", stacks, &network->stack);
	desc_take_number(reader, section, "vif-queue", 1, 1000000, &network->vif_queue);
	desc_take_interface(reader, section, "default-bridge", &network->default_bridge);
}

static void read_guests(struct desc_reader *reader, struct desc_guests *guests)
{
	static const char *const choices[] = {"shutdown", "save", NULL};
	struct conf_section *section = conf_plain(&reader->desc->conf, "guests");

	desc_take_choice(reader, section, "on-shutdown", choices, &guests->on_shutdown);
	desc_take_flag(reader, section, "restore", &guests->restore);
	desc_take_flag(reader, section, "wait-disks", &guests->wait_disks);
	desc_take_path(reader, section, "auto-dir", &guests->auto_dir);
}

static void read_storage(struct desc_reader *reader, struct desc *desc)
{
	struct conf_section *section = conf_plain(&desc->conf, "storage");

	desc->storage_protect.value = true;
	desc_take_names(reader, section, "vg", &desc->storage_vg);
	desc_take_name(reader, section, "thin-pool", &desc->storage_thin_pool);
	desc_take_flag(reader, section, "protect", &desc->storage_protect);
	if (desc->storage_thin_pool.entry && !desc->storage_vg.entry)
		desc_fail(reader, desc->storage_thin_pool.entry, 0,
			  "'vg' does not say which volume group '%s' is in",
			  desc->storage_thin_pool.entry->word[0].text);
}

static void read_rest(struct desc_reader *reader, struct desc *desc)
{
	static const char *const kinds[] = {"xl", "xend", NULL};
	static const char *const balloons[] = {"off", "on", "auto", NULL};
	struct conf *conf = &desc->conf;
	struct conf_section *section;

	desc->loop_max.value = 64;
	desc_take_number(reader, conf_plain(conf, "loop"), "max", 1, 1048576,
			 &desc->loop_max);
	desc_take_number(reader, conf_plain(conf, "netloop"), "max", 1, 1024,
			 &desc->netloop_max);
	desc_take_names(reader, conf_plain(conf, "modules"), "load", &desc->modules);
	section = conf_plain(conf, "pci");
	desc_take_list(reader, section, "hide", &desc->pci_hide);
	desc_take_names(reader, section, "override", &desc->pci_override);
	read_storage(reader, desc);
	section = conf_plain(conf, "toolstack");
	desc_take_choice(reader, section, "kind", kinds, &desc->toolstack_kind);
	desc_take_choice(reader, section, "autoballoon", balloons, &desc->autoballoon);
	desc_take_interfaces(reader, conf_plain(conf, "firewall"), "forward",
			     &desc->forward);
}

/* Reads everything that the text has and that it may have. */
static int read_all(struct desc *desc, struct err *err)
{
	struct desc_reader reader = {.desc = desc, .err = err};

	read_dom0(&reader, &desc->dom0);
	read_xen(&reader, &desc->xen);
	read_boot(&reader, &desc->boot);
	read_serial(&reader, &desc->serial);
	read_bridges(&reader, desc);
	check_addresses(&reader);
	read_network(&reader, &desc->network);
	read_guests(&reader, &desc->guests);
	read_rest(&reader, desc);
	if (reader.rc == 0)
		reader.rc = conf_check_rest(&desc->conf, err);
	return reader.rc;
}

int desc_parse(const char *file, const char *text, size_t length, struct desc *ret_desc,
	       struct err *err)
{
	_cleanup_desc_ struct desc desc = {0};
	int rc = conf_parse(file, text, length, &desc.conf, err);

	if (rc == 0)
		rc = read_all(&desc, err);
	if (rc < 0) {
		if (err)
			err->code = EBADMSG;
		return -EBADMSG;
	}
	*ret_desc = desc;
	desc = (struct desc){0};
	return 0;
}

int desc_read(const struct fs *fs, const char *path, struct desc *ret_desc,
	      struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, path, DESC_MAX, &text, err);

	if (rc < 0)
		return rc;
	return desc_parse(path, str_text(&text), text.length, ret_desc, err);
}

void desc_defaults(struct desc *ret_desc)
{
	if (desc_parse("defaults", "", 0, ret_desc, NULL) < 0)
		abort(); /* an empty description is valid */
}

void desc_clear(struct desc *desc)
{
	if (!desc)
		return;
	free(desc->dom0.pin_cpus.cpu);
	free(desc->bridge);
	free(desc->dummy);
	conf_clear(&desc->conf);
	*desc = (struct desc){0};
}

static int refuse(const struct desc *desc, struct conf_place place, struct err *err,
		  const char *text)
{
	(void)conf_error(&desc->conf, place, err, "%s", text);
	err->code = EBADMSG;
	return -EBADMSG;
}

static char *format_text(const char *format, va_list args) _printf_(1, 0);

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	return text;
}

#undef desc_refuse
int desc_refuse(const struct desc *desc, const struct conf_entry *entry, size_t word,
		struct err *err, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (!err)
		return -EBADMSG;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	if (!entry)
		return err_say(err, EBADMSG, "%s", text);
	return refuse(desc, entry->word[word].place, err, text);
}

#undef desc_refuse_place
int desc_refuse_place(const struct desc *desc, struct conf_place place, struct err *err,
		      const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (!err)
		return -EBADMSG;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return refuse(desc, place, err, text);
}
