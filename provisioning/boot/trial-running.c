/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry of the menu is the one that runs. */
#include <stdlib.h>
#include <string.h>

#include "base/run.h"
#include "boot/esp.h"
#include "boot/trial.h"
#include "host/facts-parts.h"

#define XL_TIMEOUT_MS 10000
#define XL_MAX (1 << 20)
#define IMAGE_MAX (64 << 20)
#define BUILD_ID_MAX 64

void trial_running_clear(struct trial_running *running)
{
	free(running->boot);
	free(running->release);
	free(running->kernel_args);
	free(running->xen_version);
	free(running->xen_args);
	*running = (struct trial_running){0};
}

/* ---- reading ---- */

/*
 * What an entry does not have in its arguments: GRUB's name of the kernel, its place
 * holder for Xen's name of it, or that name, which xen.efi puts there; what Xen tells dom0
 * of its own arguments, and those of a trial, which are the last two of an entry.
 */
static bool is_added(const char *word, bool is_first, const char *release)
{
	return str_starts(word, "BOOT_IMAGE=") ||
	       (is_first &&
		(strcmp(word, "placeholder") == 0 ||
		 (release && *release && !strchr(word, '=') && str_ends(word, release))));
}

static void add_word(struct str *text, const char *word)
{
	str_addf(text, "%s%s", text->length ? " " : "", word);
}

void trial_running_parse(const char *line, struct trial_running *running)
{
	static const char mark[] = "xenhost.trial=", panic[] = "panic=10";
	_cleanup_str_ struct str text = {0};
	bool is_first = true;

	while (*(line += strspn(line, " \t\n"))) {
		size_t length = strcspn(line, " \t\n");
		_cleanup_free_ char *word = mem_text_part(line, length);

		line += length;
		if (str_starts(word, mark)) {
			running->is_trial = true;
			(void)str_to_number(word + strlen(mark), TRIAL_SECONDS_MAX,
					    &running->seconds);
			/* The word before it is of the trial too. */
			if (str_ends(str_text(&text), panic))
				str_cut(&text, text.length - strlen(panic));
			if (str_ends(str_text(&text), " "))
				str_cut(&text, text.length - 1);
		} else if (!is_added(word, is_first, running->release)) {
			add_word(&text, word);
		}
		is_first = false;
	}
	free(running->kernel_args);
	running->kernel_args = mem_text(str_text(&text));
}

/* The value in a line "NAME : VALUE" of `xl info`, or NULL. */
static char *xl_value(const char *text, const char *name)
{
	const char *line;
	size_t length;

	while (str_next_line(&text, &line, &length)) {
		const char *colon = memchr(line, ':', length);

		if (colon && strncmp(line, name, strlen(name)) == 0 &&
		    strspn(line + strlen(name), " ") ==
			    (size_t)(colon - line) - strlen(name))
			return mem_text_part(colon + 1,
					     length - (size_t)(colon + 1 - line));
	}
	return NULL;
}

static void read_xen(const struct fs *fs, const struct facts *facts,
		     struct trial_running *running)
{
	static const char *const argv[] = {"xl", "info", NULL};
	_cleanup_free_ char *line = NULL;
	_cleanup_str_ struct str output = {0};
	const char *start;

	running->is_xen = facts->xen.version && facts->xen.is_dom0;
	if (!running->is_xen)
		return;
	running->xen_version = mem_text(facts->xen.version);
	if (!fs_is_host(fs) || run_capture(&(struct run){.argv = argv,
							 .timeout_ms = XL_TIMEOUT_MS,
							 .output_limit = XL_MAX},
					   &output, NULL) < 0)
		return;
	line = xl_value(str_text(&output), "xen_commandline");
	if (!line)
		return;
	start = line + strspn(line, " ");
	if (str_starts(start, "placeholder") && strchr(" ", start[strlen("placeholder")]))
		start += strlen("placeholder");
	running->xen_args = mem_text(start + strspn(start, " "));
}

void trial_running_read(const struct fs *fs, const struct facts *facts,
			struct trial_running *ret_running)
{
	_cleanup_free_ char *line = facts_attribute(fs, "proc/cmdline");
	struct trial_running running = {
		.boot = facts_attribute(fs, "proc/sys/kernel/random/boot_id"),
		.release = facts_attribute(fs, "proc/sys/kernel/osrelease"),
	};

	trial_running_parse(line ? line : "", &running);
	read_xen(fs, facts, &running);
	*ret_running = running;
}

/* ---- comparing ---- */

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "vmlinuz-6.1.0" is of 6.1.0; a name without a version may be of any. */
static bool is_release(const char *path, const char *release)
{
	const char *dash = strchr(name_of(path), '-');

	return !dash || !release || strcmp(dash + 1, release) == 0;
}

/* Likewise "xen-4.20.3+127-dbg.gz" of 4.20.3+127. */
static bool is_version(const char *path, const char *version)
{
	static const char *const tails[] = {".gz", ".efi"};
	const char *name = name_of(path);
	_cleanup_free_ char *part = NULL;
	size_t length;

	if (!version || !str_starts(name, "xen-"))
		return true;
	length = strlen(name += strlen("xen-"));
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (str_ends(name, tails[i]))
			length -= strlen(tails[i]);
	part = mem_text_part(name, length);
	return facts_is_version_of(part, version);
}

/* Xen hands some of its own arguments on to dom0, behind dom0's. */
static bool is_same_kernel_line(const char *args, const char *running)
{
	static const char *const added[] = {"noapic", "acpi=off", "acpi=ht",
					    "acpi=force"};
	_cleanup_free_ char *rest = mem_text(running);
	bool is_cut = true;

	while (is_cut && !trial_is_same_line(args, rest)) {
		is_cut = false;
		for (size_t i = 0; i < ARRAY_SIZE(added) && !is_cut; i++) {
			_cleanup_free_ char *tail = mem_textf(" %s", added[i]);

			if (str_ends(rest, tail)) {
				rest[strlen(rest) - strlen(tail)] = '\0';
				is_cut = true;
			}
		}
	}
	return trial_is_same_line(args, rest);
}

bool trial_is_running(const struct grub_entry *entry, const struct trial_running *running)
{
	if (!entry->kernel || (entry->kind == GRUB_XEN) != running->is_xen)
		return false;
	if (!is_release(entry->kernel, running->release) ||
	    !is_same_kernel_line(entry->kernel_args, running->kernel_args))
		return false;
	if (!running->is_xen)
		return true;
	return is_version(entry->hypervisor, running->xen_version) &&
	       (!running->xen_args ||
		trial_is_same_line(entry->hypervisor_args, running->xen_args));
}

/* Hexadecimal digits as bytes; 0 if they are none. */
static size_t read_build_id(const char *text, uint8_t *bytes)
{
	size_t length = strlen(text) / 2;

	if (length < 8 || length > BUILD_ID_MAX || strlen(text) % 2)
		return 0;
	for (size_t i = 0; i < length; i++) {
		const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};
		uint64_t byte;

		if (!str_to_hex(digits, UINT8_MAX, &byte))
			return 0;
		bytes[i] = (uint8_t)byte;
	}
	return length;
}

/* Whether a hypervisor's file has the build id of the one that runs. */
static bool has_build_id(const struct fs *fs, const char *path)
{
	_cleanup_free_ char *text =
		facts_attribute(fs, "sys/hypervisor/properties/buildid");
	_cleanup_free_ char *copy = esp_locate(fs, path);
	_cleanup_free_ char *file =
		copy ? mem_textf("/%s", copy) : mem_textf("/boot/%s", name_of(path));
	const char *const argv[] = {"gzip", "-dcf", "--", file, NULL};
	_cleanup_str_ struct str image = {0};
	uint8_t id[BUILD_ID_MAX];
	size_t length = text ? read_build_id(text, id) : 0;

	return length && fs_is_host(fs) &&
	       run_capture(&(struct run){.argv = argv,
					 .timeout_ms = XL_TIMEOUT_MS,
					 .output_limit = IMAGE_MAX},
			   &image, NULL) == 0 &&
	       memmem(str_text(&image), image.length, id, length) != NULL;
}

/* Release and debug builds of one version have the same arguments. */
static size_t choose(const struct fs *fs, const struct grub_menu *menu, size_t found,
		     const struct trial_running *running)
{
	const char *first = menu->entry[found].hypervisor;

	for (size_t i = 0; i < menu->count; i++) {
		const struct grub_entry *entry = &menu->entry[i];

		if (i != found && trial_is_running(entry, running) &&
		    !str_same(entry->hypervisor, first) && !has_build_id(fs, first) &&
		    has_build_id(fs, entry->hypervisor))
			return i;
	}
	return found;
}

size_t trial_find_running(const struct fs *fs, const struct grub_menu *menu,
			  const struct trial_running *running)
{
	size_t found = menu->standing;

	if (found == GRUB_NONE || !trial_is_running(&menu->entry[found], running))
		found = GRUB_NONE;
	for (size_t i = 0; i < menu->count && found == GRUB_NONE; i++)
		if (trial_is_running(&menu->entry[i], running) &&
		    !str_same(menu->entry[i].id, TRIAL_GOOD_ID))
			found = i;
	return found == GRUB_NONE || !running->is_xen ? found
						      : choose(fs, menu, found, running);
}
