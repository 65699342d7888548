/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of spec_make() share. Each fills in its part of the guest. */
#pragma once

#include "guest/setting.h"
#include "guest/spec.h"
#include "guest/storage.h"

struct spec {
	const struct settings *settings;
	const struct fs *host;
	struct guest *guest;
	struct storage *storage;
	bool is_suse; /* dom0 */
};

/* The type and what finds the kernel, which is all that a template needs to know. */
void spec_kind(struct spec *spec);

int spec_boot(struct spec *spec, struct err *err) _must_check_;
int spec_recipe(struct spec *spec, struct err *err) _must_check_;
int spec_layout(struct spec *spec, struct err *err) _must_check_;

/* After it: whether a guest that is not installed can boot from these volumes. */
int spec_check_parts(struct spec *spec, struct err *err) _must_check_;

int spec_network(struct spec *spec, struct err *err) _must_check_;
int spec_names(struct spec *spec, struct err *err) _must_check_;
int spec_identity(struct spec *spec, struct err *err) _must_check_;
int spec_install(struct spec *spec, struct err *err) _must_check_;

/* Whether an installer fills the guest, in place of a recipe and an identity. */
bool spec_has_installer(const struct settings *settings);

/* After all others. */
void spec_environment(struct spec *spec);

/* A path of dom0 becomes part of xl's configuration, where some characters would end it. */
int spec_check_path(const struct spec *spec, const char *setting, const char *path,
		    struct err *err) _must_check_;

/* The partition file's path; NULL without one. The caller frees it. */
char *spec_partitions(const struct spec *spec);

/* A version 4 UUID (RFC 4122, 4.4). */
void spec_uuid(char ret_uuid[37]);

/* A suite that we know of. */
struct suite {
	const char *name;
	const char *distribution;
	bool is_old; /* in the archive of old releases */
};
const struct suite *suite_find(const char *name);

/*
 * Whether a kernel of this suite of Debian is one for pv guests that GRUB can unpack: its
 * xen loader knows gzip, xz and lzo.
 */
bool suite_pvgrub_unpacks(const char *suite, const char *arch);

/* Where its packages are, as its distribution tells. The caller frees it; NULL: unknown. */
char *suite_mirror(const char *distribution, const char *arch, bool is_old);

/*
 * The suite and mirror of dom0, from its sources of packages: apt's lists in both forms, or
 * os-release(5) of SUSE. NULL where there is none. The caller frees both.
 */
void suite_of_host(const struct fs *host, char **ret_suite, char **ret_mirror);

/* Whether dom0 is of the SUSE family. */
bool suite_host_is_suse(const struct fs *host);

/* Masks in words: "255.255.255.0" is 24. False if it is no such mask. */
bool spec_mask_length(const char *mask, unsigned int *ret_length);
