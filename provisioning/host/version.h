/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of versions in the names of kernels and hypervisors. */
#pragma once

/*
 * Less than, equal to or greater than zero, as strcmp(). The order is `sort -V`'s, which
 * GRUB's scripts use: runs of digits are numbers, letters come before other characters,
 * '~' before the end. What is not released yet ("-rc1", ".pre", "-test", "-git",
 * "-trunk") comes before what is, as with GRUB 2.06. "VERSION.old" comes just before
 * VERSION. What stands in front of the first digit does not count unless all else is
 * equal.
 */
int version_compare(const char *a, const char *b);
