/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels and hypervisors in /boot: whether they can be booted, and with each other. */
#include <string.h>

#include "host/facts-parts.h"
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

static bool has_initrd(const struct fs *fs, const char *version)
{
	static const char *const forms[][2] = {
		{"initrd.img-", ""},	{"initrd-", ""},    {"initrd-", ".img"},
		{"initramfs-", ".img"}, {"initrd-", ".gz"}, {"initramfs-genkernel-", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		_cleanup_free_ char *path =
			mem_textf("boot/%s%s%s", forms[i][0], version, forms[i][1]);

		if (fs_exists(fs, path))
			return true;
	}
	return false;
}

static void check_initrds(struct checker *checker, const struct facts_boot *boot)
{
	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];

		if (is_versioned(kernel) && !has_initrd(checker->fs, kernel->version))
			check_add(checker, &kernel_no_initrd, "%s has no initrd",
				  kernel->path);
	}
}

/* ---- compression ---- */

static void check_pair(struct checker *checker, const char *path, const char *compression,
		       const char *xen_version)
{
	struct xen_branch xen;

	if (pair_branch(xen_version, &xen) && !pair_unpacks(xen, compression))
		check_add(checker, &kernel_compression,
			  "%s is compressed with %s, which Xen %u.%u cannot read", path,
			  compression, xen.major, xen.minor);
}

static void check_compression(struct checker *checker, const struct facts_boot *boot)
{
	const char *running = checker->facts->xen.version;

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const char *path = boot->kernel[i].path;
		const char *name = boot->kernel[i].compression;

		if (!name && facts_read_image(checker->fs, path).is_packed)
			check_add(checker, &kernel_compression,
				  "%s is compressed in a way that Xen does not know",
				  path);
		if (!name)
			continue;
		for (size_t k = 0; k < boot->hypervisor_count; k++)
			check_pair(checker, path, name, boot->hypervisor[k].version);
		if (running && boot->hypervisor_count == 0)
			check_pair(checker, path, name, running);
	}
}

static void check(struct checker *checker)
{
	const struct facts_boot *boot = &checker->facts->boot;

	if (boot->hypervisor_count == 0)
		check_add(checker, &no_hypervisor, "there is no hypervisor in /boot");
	check_dom0(checker, boot);
	check_initrds(checker, boot);
	check_compression(checker, boot);
}

const struct resource resource_kernels = {.name = "kernels", .check = check};
