/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about devices: network interfaces and PCI functions, from sysfs. */
#include <string.h>

#include "host/facts-parts.h"

bool facts_is_pci_address(const char *text)
{
	static const char form[] = "hhhh:hh:hh.d";
	size_t length = strlen(text);

	/* A domain of more than four digits exists behind some controllers. */
	if (length < strlen(form))
		return false;
	for (; length > strlen(form); length--)
		if (!strchr("0123456789abcdef", *text++))
			return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'h' && !strchr("0123456789abcdef", text[i]))
			return false;
		if (form[i] == 'd' && (text[i] < '0' || text[i] > '7'))
			return false;
		if (form[i] != 'h' && form[i] != 'd' && form[i] != text[i])
			return false;
	}
	return true;
}

/*
 * The PCI address in where /sys/class/net/NAME leads: ".../0000:00:03.0/net/eth0", or
 * with one step between on a virtio device. An interface on USB has none, although its
 * controller has.
 */
static char *nic_pci_address(const char *target)
{
	_cleanup_free_ char *path = mem_text(target ? target : "");

	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return NULL;
		*slash = '\0';
	}
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(path, '/');
		const char *last = slash ? slash + 1 : path;

		if (facts_is_pci_address(last))
			return mem_text(last);
		if (!slash || !str_starts(last, "virtio"))
			return NULL;
		*slash = '\0';
	}
	return NULL;
}

static void read_nic(const struct fs *fs, const char *name, struct facts *facts)
{
	_cleanup_free_ char *base = mem_textf("sys/class/net/%s", name);
	_cleanup_free_ char *device = facts_link_name(fs, "%s/device", base);
	_cleanup_free_ char *target = NULL;
	_cleanup_free_ char *wireless = mem_textf("%s/wireless", base);
	_cleanup_free_ char *phy = mem_textf("%s/phy80211", base);
	struct facts_nic *nic;

	if (!device)
		return;
	(void)!fs_readlink(fs, base, &target, NULL);
	facts->nic = mem_grow(facts->nic, facts->nic_count, sizeof(*facts->nic));
	nic = &facts->nic[facts->nic_count++];
	*nic = (struct facts_nic){
		.name = mem_text(name),
		.mac = facts_attribute(fs, "%s/address", base),
		.driver = facts_link_name(fs, "%s/device/driver", base),
		.pci = nic_pci_address(target),
		.is_wireless = fs_exists(fs, wireless) || fs_exists(fs, phy),
	};
}

void facts_read_nics(const struct fs *fs, struct facts *facts)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "sys/class/net");

	for (size_t i = 0; i < names.count; i++)
		read_nic(fs, names.item[i], facts);
}

static bool read_number(const struct fs *fs, const char *address, const char *attribute,
			uint64_t max, uint32_t *ret_number)
{
	_cleanup_free_ char *text =
		facts_attribute(fs, "sys/bus/pci/devices/%s/%s", address, attribute);
	uint64_t number;

	if (!text || !str_to_hex(text, max, &number))
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

/* The part of ".../0000:00:1c.0/0000:03:00.0" before the last; a root bus is none. */
static char *bridge_above(const struct fs *fs, const char *address)
{
	_cleanup_free_ char *link = mem_textf("sys/bus/pci/devices/%s", address);
	_cleanup_free_ char *path = NULL;
	char *slash, *part;

	if (fs_readlink(fs, link, &path, NULL) < 0)
		return NULL;
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	slash = strrchr(path, '/');
	part = slash ? slash + 1 : path;
	return facts_is_pci_address(part) ? mem_text(part) : NULL;
}

static void read_function(const struct fs *fs, const char *address, struct facts *facts)
{
	struct facts_pci pci = {.iommu_group = FACTS_NO_NUMBER};
	_cleanup_free_ char *group = NULL, *vga = NULL;
	uint64_t number;

	if (!facts_is_pci_address(address) ||
	    !read_number(fs, address, "vendor", 0xffff, &pci.vendor) ||
	    !read_number(fs, address, "device", 0xffff, &pci.device) ||
	    !read_number(fs, address, "class", 0xffffff, &pci.class))
		return;
	pci.address = mem_text(address);
	pci.driver = facts_link_name(fs, "sys/bus/pci/devices/%s/driver", address);
	pci.module = facts_link_name(fs, "sys/bus/pci/devices/%s/driver/module", address);
	pci.bridge = bridge_above(fs, address);
	group = facts_link_name(fs, "sys/bus/pci/devices/%s/iommu_group", address);
	if (group && str_to_number(group, UINT32_MAX - 1, &number))
		pci.iommu_group = (uint32_t)number;
	vga = facts_attribute(fs, "sys/bus/pci/devices/%s/boot_vga", address);
	pci.is_boot_vga = str_same(vga, "1");
	facts->pci = mem_grow(facts->pci, facts->pci_count, sizeof(*facts->pci));
	facts->pci[facts->pci_count++] = pci;
}

void facts_read_pci(const struct fs *fs, struct facts *facts)
{
	_cleanup_str_list_ struct str_list names = facts_names(fs, "sys/bus/pci/devices");

	for (size_t i = 0; i < names.count; i++)
		read_function(fs, names.item[i], facts);
}
