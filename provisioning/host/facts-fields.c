/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names and kinds of all facts: what writes, reads and frees them walks these tables.
 * The names are a contract, described in xenhost-facts(8).
 */
#include <stdlib.h>
#include <string.h>

#include "host/facts-fields.h"

#define FIELD(type, key, of_kind, member) \
	.name = (key), .kind = (of_kind), .offset = offsetof(type, member)

static const char *const families[] = {"debian", "suse", NULL};
static const char *const virtualisations[] = {"vmx", "svm", "none", NULL};
static const char *const loaders[] = {"grub2", "systemd-boot", "grub-legacy", "lilo",
				      NULL};
static const char *const firmwares[] = {"uefi", "bios", NULL};
static const char *const inits[] = {"systemd", "sysvinit", "openrc",
				    "runit",   "busybox",  NULL};
static const char *const drivers[] = {"builtin", "module", "absent", NULL};
static const char *const compressions[] = {"gzip", "bzip2", "lzma", "xz", "lzo",
					   "lz4",  "zstd",  "none", NULL};
static const char *const formats[] = {"gzip", "elf", "efi", NULL};
static const char *const stacks[] = {"ifupdown", "networkd", "networkmanager", "wicked",
				     NULL};

static const struct facts_field os_fields[] = {
	{FIELD(struct facts_os, "family", FACTS_TEXT, family), .choices = families},
	{FIELD(struct facts_os, "id", FACTS_TEXT, id)},
	{FIELD(struct facts_os, "version", FACTS_TEXT, version)},
	{FIELD(struct facts_os, "name", FACTS_TEXT, name)},
	{.name = NULL},
};

static const struct facts_field thread_fields[] = {
	{FIELD(struct facts_thread, "number", FACTS_NUMBER, number), .is_known = true},
	{FIELD(struct facts_thread, "socket", FACTS_NUMBER, socket), .is_known = true},
	{FIELD(struct facts_thread, "die", FACTS_NUMBER, die), .is_known = true},
	{FIELD(struct facts_thread, "core", FACTS_NUMBER, core), .is_known = true},
	{FIELD(struct facts_thread, "node", FACTS_NUMBER, node)},
	{.name = NULL},
};

static const struct facts_field cpu_fields[] = {
	{FIELD(struct facts_cpu, "sockets", FACTS_COUNT, sockets)},
	{FIELD(struct facts_cpu, "cores", FACTS_COUNT, cores)},
	{FIELD(struct facts_cpu, "threads", FACTS_COUNT, threads)},
	{FIELD(struct facts_cpu, "numa_nodes", FACTS_COUNT, numa_nodes)},
	{FIELD(struct facts_cpu, "virtualisation", FACTS_TEXT, virtualisation),
	 .choices = virtualisations},
	{FIELD(struct facts_cpu, "online", FACTS_ARRAY, online),
	 .count_offset = offsetof(struct facts_cpu, online_count),
	 .item_size = sizeof(struct facts_thread), .fields = thread_fields},
	{.name = NULL},
};

static const struct facts_field xen_fields[] = {
	{FIELD(struct facts_xen, "version", FACTS_TEXT, version), .is_known = true},
	{FIELD(struct facts_xen, "dom0", FACTS_FLAG, is_dom0)},
	{.name = NULL},
};

static const struct facts_field kernel_fields[] = {
	{FIELD(struct facts_kernel, "path", FACTS_TEXT, path), .is_known = true},
	{FIELD(struct facts_kernel, "version", FACTS_TEXT, version), .is_known = true},
	{FIELD(struct facts_kernel, "config", FACTS_TEXT, config)},
	{FIELD(struct facts_kernel, "dom0", FACTS_ANSWER, can_dom0)},
	{FIELD(struct facts_kernel, "loop", FACTS_TEXT, loop), .choices = drivers},
	{FIELD(struct facts_kernel, "pci_backend", FACTS_TEXT, pci_back),
	 .choices = drivers},
	{FIELD(struct facts_kernel, "compression", FACTS_TEXT, compression),
	 .choices = compressions},
	{.name = NULL},
};

static const struct facts_field hypervisor_fields[] = {
	{FIELD(struct facts_hypervisor, "path", FACTS_TEXT, path), .is_known = true},
	{FIELD(struct facts_hypervisor, "version", FACTS_TEXT, version),
	 .is_known = true},
	{FIELD(struct facts_hypervisor, "format", FACTS_TEXT, format), .is_known = true,
	 .choices = formats},
	{.name = NULL},
};

static const struct facts_field boot_fields[] = {
	{FIELD(struct facts_boot, "loader", FACTS_TEXT, loader), .choices = loaders},
	{FIELD(struct facts_boot, "firmware", FACTS_TEXT, firmware),
	 .choices = firmwares},
	{FIELD(struct facts_boot, "init", FACTS_TEXT, init), .choices = inits},
	{FIELD(struct facts_boot, "grub_drop_ins", FACTS_FLAG, has_grub_drop_ins)},
	{FIELD(struct facts_boot, "kernels", FACTS_ARRAY, kernel),
	 .count_offset = offsetof(struct facts_boot, kernel_count),
	 .item_size = sizeof(struct facts_kernel), .fields = kernel_fields},
	{FIELD(struct facts_boot, "hypervisors", FACTS_ARRAY, hypervisor),
	 .count_offset = offsetof(struct facts_boot, hypervisor_count),
	 .item_size = sizeof(struct facts_hypervisor), .fields = hypervisor_fields},
	{.name = NULL},
};

static const struct facts_field stack_fields[] = {
	{FIELD(struct facts_stack, "name", FACTS_TEXT, name), .is_known = true,
	 .choices = stacks},
	{FIELD(struct facts_stack, "enabled", FACTS_FLAG, is_enabled)},
	{.name = NULL},
};

static const struct facts_field nic_fields[] = {
	{FIELD(struct facts_nic, "name", FACTS_TEXT, name), .is_known = true},
	{FIELD(struct facts_nic, "mac", FACTS_TEXT, mac)},
	{FIELD(struct facts_nic, "driver", FACTS_TEXT, driver)},
	{FIELD(struct facts_nic, "pci", FACTS_TEXT, pci),
	 .is_valid = facts_is_pci_address},
	{FIELD(struct facts_nic, "wireless", FACTS_FLAG, is_wireless)},
	{FIELD(struct facts_nic, "default_route", FACTS_FLAG, has_default_route)},
	{.name = NULL},
};

static const struct facts_field pci_fields[] = {
	{FIELD(struct facts_pci, "address", FACTS_TEXT, address), .is_known = true,
	 .is_valid = facts_is_pci_address},
	{FIELD(struct facts_pci, "vendor", FACTS_HEX, vendor), .digits = 4},
	{FIELD(struct facts_pci, "device", FACTS_HEX, device), .digits = 4},
	{FIELD(struct facts_pci, "class", FACTS_HEX, class), .digits = 6},
	{FIELD(struct facts_pci, "driver", FACTS_TEXT, driver)},
	{FIELD(struct facts_pci, "module", FACTS_TEXT, module)},
	{FIELD(struct facts_pci, "bridge", FACTS_TEXT, bridge),
	 .is_valid = facts_is_pci_address},
	{FIELD(struct facts_pci, "iommu_group", FACTS_NUMBER, iommu_group)},
	{FIELD(struct facts_pci, "boot_vga", FACTS_FLAG, is_boot_vga)},
	{.name = NULL},
};

static const struct facts_field mount_fields[] = {
	{FIELD(struct facts_mount, "path", FACTS_TEXT, path), .is_known = true},
	{FIELD(struct facts_mount, "source", FACTS_TEXT, source), .is_known = true},
	{FIELD(struct facts_mount, "type", FACTS_TEXT, type), .is_known = true},
	{FIELD(struct facts_mount, "pci", FACTS_TEXTS, pci),
	 .is_valid = facts_is_pci_address},
	{.name = NULL},
};

static const struct facts_field volume_group_fields[] = {
	{FIELD(struct facts_volume_group, "name", FACTS_TEXT, name), .is_known = true,
	 .is_valid = facts_is_volume_group},
	{FIELD(struct facts_volume_group, "active", FACTS_ANSWER, is_active)},
	{.name = NULL},
};

static const struct facts_field thin_pool_fields[] = {
	{FIELD(struct facts_thin_pool, "volume_group", FACTS_TEXT, group),
	 .is_known = true, .is_valid = facts_is_volume_group},
	{FIELD(struct facts_thin_pool, "name", FACTS_TEXT, name), .is_known = true,
	 .is_valid = facts_is_volume_group},
	{FIELD(struct facts_thin_pool, "profile", FACTS_TEXT, profile),
	 .is_valid = facts_is_volume_group},
	{FIELD(struct facts_thin_pool, "size_mib", FACTS_NUMBER, size_mib)},
	{FIELD(struct facts_thin_pool, "data_percent", FACTS_NUMBER, data_percent)},
	{FIELD(struct facts_thin_pool, "metadata_percent", FACTS_NUMBER,
	       metadata_percent)},
	{FIELD(struct facts_thin_pool, "group_free_mib", FACTS_NUMBER, group_free_mib)},
	{FIELD(struct facts_thin_pool, "monitored", FACTS_ANSWER, is_monitored)},
	{.name = NULL},
};

static const struct facts_field keyboard_fields[] = {
	{FIELD(struct facts_keyboard, "name", FACTS_TEXT, name), .is_known = true},
	{FIELD(struct facts_keyboard, "pci", FACTS_TEXT, pci),
	 .is_valid = facts_is_pci_address},
	{.name = NULL},
};

static const struct facts_field uart_fields[] = {
	{FIELD(struct facts_uart, "name", FACTS_TEXT, name), .is_known = true},
	{FIELD(struct facts_uart, "io_base", FACTS_HEX, io_base), .digits = 4},
	{FIELD(struct facts_uart, "irq", FACTS_COUNT, irq)},
	{FIELD(struct facts_uart, "pci", FACTS_TEXT, pci),
	 .is_valid = facts_is_pci_address},
	{.name = NULL},
};

const struct facts_field facts_fields[] = {
	{FIELD(struct facts, "os", FACTS_OBJECT, os), .fields = os_fields},
	{FIELD(struct facts, "architecture", FACTS_TEXT, architecture)},
	{FIELD(struct facts, "memory_bytes", FACTS_BYTES, memory_bytes)},
	{FIELD(struct facts, "cpu", FACTS_OBJECT, cpu), .fields = cpu_fields},
	{FIELD(struct facts, "xen", FACTS_OPTIONAL, xen), .fields = xen_fields},
	{FIELD(struct facts, "iommu", FACTS_ANSWER, has_iommu)},
	{FIELD(struct facts, "boot", FACTS_OBJECT, boot), .fields = boot_fields},
	{FIELD(struct facts, "network_stacks", FACTS_ARRAY, stack),
	 .count_offset = offsetof(struct facts, stack_count),
	 .item_size = sizeof(struct facts_stack), .fields = stack_fields},
	{FIELD(struct facts, "nics", FACTS_ARRAY, nic),
	 .count_offset = offsetof(struct facts, nic_count),
	 .item_size = sizeof(struct facts_nic), .fields = nic_fields},
	{FIELD(struct facts, "pci", FACTS_ARRAY, pci),
	 .count_offset = offsetof(struct facts, pci_count),
	 .item_size = sizeof(struct facts_pci), .fields = pci_fields},
	{FIELD(struct facts, "mounts", FACTS_ARRAY, mount),
	 .count_offset = offsetof(struct facts, mount_count),
	 .item_size = sizeof(struct facts_mount), .fields = mount_fields},
	{FIELD(struct facts, "volume_groups", FACTS_ARRAY, volume_group),
	 .count_offset = offsetof(struct facts, volume_group_count),
	 .item_size = sizeof(struct facts_volume_group), .fields = volume_group_fields},
	{FIELD(struct facts, "thin_pools", FACTS_ARRAY, thin_pool),
	 .count_offset = offsetof(struct facts, thin_pool_count),
	 .item_size = sizeof(struct facts_thin_pool), .fields = thin_pool_fields},
	{FIELD(struct facts, "keyboards", FACTS_ARRAY, keyboard),
	 .count_offset = offsetof(struct facts, keyboard_count),
	 .item_size = sizeof(struct facts_keyboard), .fields = keyboard_fields},
	{FIELD(struct facts, "uarts", FACTS_ARRAY, uart),
	 .count_offset = offsetof(struct facts, uart_count),
	 .item_size = sizeof(struct facts_uart), .fields = uart_fields},
	{.name = NULL},
};

static void clear_fields(const struct facts_field *field, char *base)
{
	for (; field->name; field++) {
		char *at = base + field->offset;
		void *items;
		size_t count;

		switch (field->kind) {
		case FACTS_TEXT:
			free(*(char **)(void *)at);
			break;
		case FACTS_TEXTS:
			str_list_clear((struct str_list *)(void *)at);
			break;
		case FACTS_OBJECT:
		case FACTS_OPTIONAL:
			clear_fields(field->fields, at);
			break;
		case FACTS_ARRAY:
			memcpy(&items, at, sizeof(items));
			memcpy(&count, base + field->count_offset, sizeof(count));
			for (size_t i = 0; i < count; i++)
				clear_fields(field->fields,
					     (char *)items + i * field->item_size);
			free(items);
			break;
		case FACTS_NUMBER:
		case FACTS_COUNT:
		case FACTS_BYTES:
		case FACTS_FLAG:
		case FACTS_ANSWER:
		case FACTS_HEX:
			break;
		}
	}
}

void facts_clear(struct facts *facts)
{
	if (!facts)
		return;
	clear_fields(facts_fields, (char *)facts);
	*facts = (struct facts){0};
}
