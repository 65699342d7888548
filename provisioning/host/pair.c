/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which Xen can start which kernel. */
#include <string.h>

#include "base/str.h"
#include "host/pair.h"

/*
 * The first Xen that unpacks it, as dom0's kernel and as a guest's: the wiki for xz (4.1,
 * as wheezy has it), CHANGELOG.md of 4.15 for zstd. gzip, bzip2 and lzma always were.
 */
static const struct {
	const char *name;
	struct xen_branch first;
} compressions[] = {
	{"xz", {4, 1}},
	{"lzo", {4, 2}},
	{"lz4", {4, 4}},
	{"zstd", {4, 15}},
};

/* Digits at *at, which is moved behind them. */
static bool take_number(const char **at, uint32_t *ret_number)
{
	_cleanup_free_ char *digits = mem_text_part(*at, strspn(*at, "0123456789"));
	uint64_t number;

	if (!str_to_number(digits, UINT32_MAX, &number))
		return false;
	*at += strlen(digits);
	*ret_number = (uint32_t)number;
	return true;
}

bool pair_branch(const char *version, struct xen_branch *ret_branch)
{
	struct xen_branch branch;

	if (!take_number(&version, &branch.major) || *version++ != '.' ||
	    !take_number(&version, &branch.minor))
		return false;
	*ret_branch = branch;
	return true;
}

bool pair_is_older(struct xen_branch a, struct xen_branch b)
{
	return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}

bool pair_unpacks(struct xen_branch xen, const char *compression)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++)
		if (strcmp(compressions[i].name, compression) == 0)
			return !pair_is_older(xen, compressions[i].first);
	return true;
}
