/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Xen that runs: whether it is the installed one, and what the machine lets it do. */
#include <stdio.h>
#include <string.h>

#include "base/run.h"
#include "host/facts-parts.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

#define IMAGE_MAX (64 << 20)
#define UNPACK_TIMEOUT_MS 10000
#define BUILD_ID_MAX 64
#define CLOCK_SOURCE "sys/devices/system/clocksource/clocksource0/current_clocksource"
#define PCI_BACK "sys/bus/pci/drivers/pciback"

static const struct advice reboot_needed = {
	.id = "xen.reboot-needed",
	.severity = SEVERITY_WARNING,
	.why = "README.SUSE.txt:1411: hypervisor, dom0's kernel and toolstack are a set; "
	       "what an update mended is not in use yet",
	.setting = "reboot",
};

static const struct advice no_utils = {
	.id = "toolstack.no-utils",
	.severity = SEVERITY_ERROR,
	.why = "a toolstack works with its own branch of Xen only: guests cannot be "
	       "started or stopped",
	.setting = "install xen-utils-BRANCH, or reboot into an installed Xen",
};

static const struct advice clock_source = {
	.id = "clock.source",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:304: with another clock than Xen's, time may go "
	       "backwards",
	.setting = "[dom0] kernel-args = clocksource=xen; in guests likewise",
};

static const struct advice clock_tsc = {
	.id = "clock.tsc",
	.severity = SEVERITY_INFO,
	.why = "debian-wiki-xen.txt:304: Linux 6.3 prefers it where it is safe; a guest "
	       "whose time goes backwards needs Xen's",
	.setting = "[dom0] kernel-args = clocksource=xen; in guests likewise",
};

static const struct advice no_virtualisation = {
	.id = "cpu.no-virtualisation",
	.severity = SEVERITY_INFO,
	.why = "debian-wiki-xen.txt:50: without vmx or svm there are only PV guests",
	.setting = "switch it on in the firmware's setup, or make guests of type pv",
};

static const struct advice no_iommu = {
	.id = "pci.no-iommu",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:172: a guest with a device that no IOMMU bounds can "
	       "read and write all memory, and HVM guests cannot have one",
	.setting = "switch VT-d or AMD-Vi on in the firmware's setup, or [pci] hide "
		   "without them",
};

/* ---- running and installed ---- */

enum match { MATCH_UNKNOWN, MATCH_NO, MATCH_YES };

/* The bytes of a hypervisor, unpacked; only the running system unpacks. */
static bool read_image(const struct fs *fs, const struct facts_hypervisor *hypervisor,
		       struct str *ret_bytes)
{
	_cleanup_free_ char *path = mem_textf("/%s", hypervisor->path);
	const char *const argv[] = {"gzip", "-dc", "--", path, NULL};

	if (strcmp(hypervisor->format, "gzip") != 0)
		return fs_read(fs, path, IMAGE_MAX, ret_bytes, NULL) == 0;
	return fs_is_host(fs) &&
	       run_capture(&(struct run){.argv = argv,
					 .timeout_ms = UNPACK_TIMEOUT_MS,
					 .output_limit = IMAGE_MAX},
			   ret_bytes, NULL) == 0;
}

/* Hexadecimal digits; "<denied>" and the like give nothing. */
static size_t parse_build_id(const char *text, uint8_t *bytes)
{
	size_t length = strlen(text);

	if (length < 16 || length % 2 || length > 2 * (size_t)BUILD_ID_MAX)
		return 0;
	for (size_t i = 0; i < length / 2; i++) {
		const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};
		uint64_t byte;

		if (!str_to_hex(digits, UINT8_MAX, &byte))
			return 0;
		bytes[i] = (uint8_t)byte;
	}
	return length / 2;
}

/*
 * Xen started from the EFI partition has another build id than the .gz file of the same
 * build.
 */
static bool is_chain_loaded(const struct fs *fs)
{
	_cleanup_str_list_ struct str_list dirs = facts_names(fs, "boot/efi/EFI");

	for (size_t i = 0; i < dirs.count; i++) {
		_cleanup_free_ char *dir = mem_textf("boot/efi/EFI/%s", dirs.item[i]);
		_cleanup_str_list_ struct str_list names = facts_names(fs, dir);

		for (size_t k = 0; k < names.count; k++)
			if (str_starts(names.item[k], "xen"))
				return true;
	}
	return false;
}

/*
 * An image holds the build id that its Xen tells as a note. GRUB boots no .efi file, so
 * those do not count.
 */
static enum match match_build_id(const struct checker *checker)
{
	_cleanup_free_ char *text =
		facts_attribute(checker->fs, "sys/hypervisor/properties/buildid");
	const struct facts_boot *boot = &checker->facts->boot;
	uint8_t id[BUILD_ID_MAX];
	size_t length = text ? parse_build_id(text, id) : 0, looked_at = 0;

	if (!length || is_chain_loaded(checker->fs))
		return MATCH_UNKNOWN;
	for (size_t i = 0; i < boot->hypervisor_count; i++) {
		_cleanup_str_ struct str bytes = {0};

		if (strcmp(boot->hypervisor[i].format, "efi") == 0)
			continue;
		if (!read_image(checker->fs, &boot->hypervisor[i], &bytes))
			return MATCH_UNKNOWN;
		if (bytes.length && memmem(bytes.text, bytes.length, id, length))
			return MATCH_YES;
		looked_at++;
	}
	return looked_at ? MATCH_NO : MATCH_UNKNOWN;
}

static enum match match_names(const struct checker *checker)
{
	const struct facts_boot *boot = &checker->facts->boot;
	bool is_unnamed = false;

	for (size_t i = 0; i < boot->hypervisor_count; i++) {
		const char *version = boot->hypervisor[i].version;

		if (facts_is_version_of(version, checker->facts->xen.version))
			return MATCH_YES;
		is_unnamed = is_unnamed || !*version;
	}
	return is_unnamed ? MATCH_UNKNOWN : MATCH_NO;
}

static void check_installed(struct checker *checker)
{
	enum match match;

	/* There is a finding for that. */
	if (!checker->facts->boot.hypervisor_count)
		return;
	match = match_build_id(checker);
	if (match == MATCH_UNKNOWN)
		match = match_names(checker);
	if (match == MATCH_NO)
		check_add(checker, &reboot_needed,
			  "Xen %s runs, but /boot has another build",
			  checker->facts->xen.version);
}

static void check_utils(struct checker *checker)
{
	_cleanup_free_ char *path = NULL;
	struct xen_branch branch;

	if (!pair_branch(checker->facts->xen.version, &branch))
		return;
	/* SUSE's packages have one branch only. */
	path = mem_textf("usr/lib/xen-%u.%u/bin", branch.major, branch.minor);
	if (fs_exists(checker->fs, path) || fs_exists(checker->fs, "usr/lib/xen/bin"))
		return;
	check_add(checker, &no_utils, "Xen %u.%u runs, but its toolstack is not there",
		  branch.major, branch.minor);
}

/* ---- the machine ---- */

static void check_clock(struct checker *checker)
{
	_cleanup_free_ char *name = facts_attribute(checker->fs, CLOCK_SOURCE);

	if (!name || strcmp(name, "xen") == 0)
		return;
	check_add(checker, strcmp(name, "tsc") == 0 ? &clock_tsc : &clock_source,
		  "dom0's clock is %s", name);
}

/* What Xen says that it can, or NULL: Linux below it does not see that. */
static char *xen_abilities(struct checker *checker)
{
	return check_xl_value(checker_ask(checker, CHECKER_XL_INFO), "virt_caps");
}

static void check_virtualisation(struct checker *checker)
{
	_cleanup_free_ char *abilities = xen_abilities(checker);

	if (str_same(checker->facts->cpu.virtualisation, "none") ||
	    (abilities && !check_has_word(abilities, "hvm")))
		check_add(checker, &no_virtualisation,
			  "the processor has neither vmx nor svm: no HVM and PVH guests");
}

static bool has_hidden(const struct checker *checker)
{
	_cleanup_str_list_ struct str_list names = {0};

	if (checker->desc->pci_hide.entry)
		return true;
	if (checker->has_hardware)
		names = facts_names(checker->fs, PCI_BACK);
	for (size_t i = 0; i < names.count; i++)
		if (facts_is_pci_address(names.item[i]))
			return true;
	return false;
}

static void check_iommu(struct checker *checker)
{
	_cleanup_free_ char *abilities = xen_abilities(checker);
	bool is_absent = checker->facts->has_iommu == FACTS_NO ||
			 (abilities && !check_has_word(abilities, "hvm_directio") &&
			  !check_has_word(abilities, "pv_directio"));

	if (is_absent && has_hidden(checker))
		check_add(checker, &no_iommu,
			  "devices are hidden for guests, but there is no IOMMU");
}

static void check(struct checker *checker)
{
	if (checker->facts->xen.version && checker->facts->xen.is_dom0) {
		check_installed(checker);
		check_utils(checker);
		if (checker->has_hardware)
			check_clock(checker);
	}
	check_virtualisation(checker);
	check_iommu(checker);
}

const struct resource resource_running = {.name = "running", .check = check};
