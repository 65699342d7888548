/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels and hypervisors in /boot: whether they can be booted, and with each other. */
#include <string.h>

#include "base/kernel-image.h"
#include "guest/autostart.h"
#include "host/kernel.h"
#include "resources/check-parts.h"
#include "resources/resources.h"

static const struct advice no_dom0_kernel = {
	.id = "boot.no-dom0-kernel",
	.severity = SEVERITY_ERROR,
	.why = "debian-wiki-xen.txt:270: dom0's kernel needs CONFIG_XEN_DOM0; without "
	       "one "
	       "GRUB has no entry for Xen, and does not say so",
	.setting = "install the distribution's own kernel: linux-image-amd64, "
		   "kernel-default",
};

static const struct advice kernel_no_dom0 = {
	.id = "boot.kernel-no-dom0",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:270: without CONFIG_XEN_DOM0 it has no entry for Xen",
	.setting = "remove it, or boot another one",
};

static const struct advice kernel_no_config = {
	.id = "boot.kernel-no-config",
	.severity = SEVERITY_WARNING,
	.why = "GRUB's script has no entry for Xen with a kernel whose configuration it "
	       "cannot read",
	.setting = "put its configuration at /boot/config-VERSION, or remove it",
};

static const struct advice kernel_no_initrd = {
	.id = "boot.kernel-no-initrd",
	.severity = SEVERITY_WARNING,
	.why = "a kernel of modules does not find its root file system without one",
	.setting = "update-initramfs -c -k VERSION, or dracut --kver VERSION",
};

static const struct advice kernel_compression = {
	.id = "boot.kernel-compression",
	.severity = SEVERITY_WARNING,
	.why = "debian-wiki-xen.txt:313: \"unknown compression format\": Xen and its "
	       "toolstack unpack kernels themselves",
	.setting = "install a newer Xen, or a kernel with another compression",
};

static const struct advice no_hypervisor = {
	.id = "boot.no-hypervisor",
	.severity = SEVERITY_ERROR,
	.why = "debian-wiki-xen.txt:44: the hypervisor is a package of its own",
	.setting = "install xen-system-amd64, or the package xen",
};

/* GRUB's script takes vmlinuz-VERSION; some have a debugger's vmlinux-VERSION.gz too. */
static bool is_versioned(const struct facts_kernel *kernel)
{
	return kernel->version[0] && !str_ends(kernel->version, ".gz");
}

static void check_dom0(struct checker *checker, const struct facts_boot *boot)
{
	size_t no = 0;

	for (size_t i = 0; i < boot->kernel_count; i++)
		no += boot->kernel[i].can_dom0 == FACTS_NO;
	if (boot->kernel_count == 0) {
		check_add(checker, &no_dom0_kernel, "there is no kernel in /boot");
		return;
	}
	if (no == boot->kernel_count) {
		check_add(checker, &no_dom0_kernel,
			  "no kernel in /boot can be dom0's: %zu without "
			  "CONFIG_XEN_DOM0",
			  no);
		return;
	}
	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];

		if (kernel->can_dom0 == FACTS_NO)
			check_add(checker, &kernel_no_dom0, "%s cannot be dom0's",
				  kernel->path);
		if (!kernel->config && is_versioned(kernel))
			check_add(checker, &kernel_no_config,
				  "the configuration of %s is not there", kernel->path);
	}
}

static void check_initrds(struct checker *checker, const struct facts_boot *boot)
{
	const char *architecture = checker->facts->architecture;

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];
		_cleanup_free_ char *initrd =
			kernel_initrd(checker->fs, kernel->path, kernel->version,
				      architecture ? architecture : "");

		if (is_versioned(kernel) && !initrd)
			check_add(checker, &kernel_no_initrd, "%s has no initrd",
				  kernel->path);
	}
}

/* ---- compression ---- */

/* `whose` is what the kernel is of, for the message: "" or " (kernel of /etc/xen/a.cfg)". */
static void check_pair(struct checker *checker, const char *path, const char *whose,
		       const char *compression, const char *xen_version)
{
	/* "dbg-4.20": flavours may stand in front. */
	const char *version = xen_version + strcspn(xen_version, "0123456789");
	struct xen_branch xen;

	if (pair_branch(version, &xen) && !pair_unpacks(xen, compression))
		check_add(checker, &kernel_compression,
			  "%s%s is compressed with %s, which Xen %u.%u cannot read", path,
			  whose, compression, xen.major, xen.minor);
}

/* Whether every Xen that is there, or runs, unpacks it. */
static void check_image(struct checker *checker, const char *path, const char *whose)
{
	const struct facts_boot *boot = &checker->facts->boot;
	const struct kernel_image image = kernel_image_read(checker->fs, path);
	const char *running = checker->facts->xen.version;

	if (!image.compression && image.is_packed)
		check_add(checker, &kernel_compression,
			  "%s%s is compressed in a way that Xen does not know", path,
			  whose);
	if (!image.compression)
		return;
	for (size_t i = 0; i < boot->hypervisor_count; i++)
		check_pair(checker, path, whose, image.compression,
			   boot->hypervisor[i].version);
	if (running && boot->hypervisor_count == 0)
		check_pair(checker, path, whose, image.compression, running);
}

static bool is_dom0s(const struct facts_boot *boot, const char *path)
{
	for (size_t i = 0; i < boot->kernel_count; i++)
		if (strcmp(boot->kernel[i].path, path + (path[0] == '/')) == 0)
			return true;
	return false;
}

/* A guest's kernel is a file of the host, or is in the guest, where nobody sees it. */
static void check_guest(struct checker *checker, struct check_notes *notes,
			const char *config)
{
	_cleanup_free_ char *kernel = NULL, *whose = NULL;
	_cleanup_str_ struct str text = {0};

	check_read(checker, config, &text);
	kernel = check_guest_value(str_text(&text), "kernel");
	if (!kernel || kernel[0] != '/')
		return;
	check_notes_guest(checker, notes, kernel, config, str_text(&text));
	if (is_dom0s(&checker->facts->boot, kernel))
		return;
	whose = mem_textf(" (the kernel of %s)", config);
	check_image(checker, kernel, whose);
}

static void check_guests(struct checker *checker, struct check_notes *notes)
{
	_cleanup_free_ char *automatic = autostart_dir(checker->fs);
	const struct {
		const char *directory, *tail;
	} places[] = {{"/etc/xen", ".cfg"}, {automatic, ""}};
	_cleanup_str_list_ struct str_list seen = {0};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_str_list_ struct str_list names =
			facts_names(checker->fs, places[i].directory);

		for (size_t k = 0; k < names.count; k++) {
			_cleanup_free_ char *path =
				mem_textf("%s/%s", places[i].directory, names.item[k]);

			/* What starts with the host is most often a link, of the same name. */
			if (!str_ends(path, places[i].tail) ||
			    str_list_has(&seen, names.item[k]))
				continue;
			str_list_add(&seen, names.item[k]);
			check_guest(checker, notes, path);
		}
	}
}

/* What Xen finds in the files; a configuration that says no has a finding already. */
static void check_files(struct checker *checker, const struct facts_boot *boot)
{
	_cleanup_check_notes_ struct check_notes notes = {0};

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];

		check_image(checker, kernel->path, "");
		if (kernel->can_dom0 != FACTS_NO)
			check_notes_dom0(checker, &notes, kernel->path);
	}
	check_guests(checker, &notes);
}

static void check(struct checker *checker)
{
	const struct facts_boot *boot = &checker->facts->boot;

	if (boot->hypervisor_count == 0)
		check_add(checker, &no_hypervisor, "there is no hypervisor in /boot");
	check_dom0(checker, boot);
	check_initrds(checker, boot);
	check_files(checker, boot);
}

const struct resource resource_kernels = {.name = "kernels", .check = check};
