/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of the menu: which start the same, and the one that last booted healthily. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/esp.h"
#include "boot/trial.h"
#include "host/note.h"

#define GOOD_MAX (1 << 20)

static const struct fs_access private_file = {
	.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

/* The next word of a line of arguments: *ret_length bytes; false at its end. */
static bool next_word(const char **cursor, const char **ret_word, size_t *ret_length)
{
	static const char blanks[] = " \t\n";

	*cursor += strspn(*cursor, blanks);
	*ret_word = *cursor;
	*ret_length = strcspn(*cursor, blanks);
	*cursor += *ret_length;
	return *ret_length > 0;
}

bool trial_is_same_line(const char *a, const char *b)
{
	const char *word_a, *word_b;
	size_t length_a, length_b;

	a = a ? a : "";
	b = b ? b : "";
	for (;;) {
		bool has_a = next_word(&a, &word_a, &length_a);
		bool has_b = next_word(&b, &word_b, &length_b);

		if (!has_a || !has_b)
			return has_a == has_b;
		if (length_a != length_b || memcmp(word_a, word_b, length_a) != 0)
			return false;
	}
}

static bool is_same_list(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!trial_is_same_line(a->item[i], b->item[i]))
			return false;
	return true;
}

bool trial_is_same(const struct grub_entry *a, const struct grub_entry *b)
{
	return a->kind == b->kind && str_same(a->hypervisor, b->hypervisor) &&
	       trial_is_same_line(a->hypervisor_args, b->hypervisor_args) &&
	       str_same(a->kernel, b->kernel) &&
	       trial_is_same_line(a->kernel_args, b->kernel_args) &&
	       is_same_list(&a->modules, &b->modules);
}

static void add_difference(struct str *text, const char *what, const char *now,
			   const char *before)
{
	if (trial_is_same_line(now, before))
		return;
	str_addf(text, "%s%s '%s' instead of '%s'", text->length ? "; " : "", what,
		 now ? now : "", before ? before : "");
}

static char *join(const struct str_list *list)
{
	struct str text = {0};

	for (size_t i = 0; i < list->count; i++)
		str_addf(&text, "%s%s", i ? " " : "", list->item[i]);
	return text.length ? str_take(&text) : mem_text("");
}

char *trial_difference(const struct grub_entry *entry, const struct grub_entry *good)
{
	_cleanup_free_ char *modules = join(&entry->modules);
	_cleanup_free_ char *before = join(&good->modules);
	struct str text = {0};

	add_difference(&text, "hypervisor", entry->hypervisor, good->hypervisor);
	add_difference(&text, "hypervisor arguments", entry->hypervisor_args,
		       good->hypervisor_args);
	add_difference(&text, "kernel", entry->kernel, good->kernel);
	add_difference(&text, "kernel arguments", entry->kernel_args, good->kernel_args);
	add_difference(&text, "modules", modules, before);
	return text.length ? str_take(&text) : mem_text("");
}

/* ---- the last good entry ---- */

int trial_good_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		    struct err *err)
{
	bool is_efi = str_same(firmware, "uefi");
	const struct grub_platform platform = {
		.platform = is_efi ? "efi" : "pc",
		.cpu = is_efi ? "x86_64" : "i386",
		.fs = fs,
	};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_str_ struct str text = {0};
	int rc = fs_read(fs, TRIAL_GOOD, GOOD_MAX, &text, err);

	if (rc < 0)
		return rc;
	rc = grub_menu_parse(TRIAL_GOOD, str_text(&text), text.length, NULL, &platform,
			     &menu, err);
	if (rc < 0)
		return rc;
	if (menu.count != 1 || !menu.entry[0].kernel)
		return err_say(err, EBADMSG, "'" TRIAL_GOOD "' is no entry");
	*ret_menu = menu;
	menu = (struct grub_menu){0};
	return 0;
}

int trial_good_write(const struct fs *fs, const struct grub_entry *entry, struct err *err)
{
	static const struct fs_access private_dir = {
		.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	_cleanup_free_ char *text = mem_textf("%s\n", entry->text);
	int rc = fs_mkdir(fs, TRIAL_DIR, &private_dir, err);

	return rc < 0 ? rc
		      : fs_replace(fs, TRIAL_GOOD, text, strlen(text), &private_file,
				   NULL, err);
}

/*
 * The file of a path as GRUB has it: "/boot/xen.gz", "/xen.gz" of a separate /boot,
 * "/@/boot/xen.gz" of a subvolume; on the EFI system partition; or with the disk,
 * "(hd0,gpt3)/boot/xen.gz". NULL if there is none.
 */
static char *find_file(const struct fs *fs, const char *path)
{
	_cleanup_free_ char *copy = esp_locate(fs, path), *below = NULL, *name = NULL;
	const char *last;

	if (copy)
		return TAKE_PTR(copy);
	if (*path == '(')
		path += strcspn(path, "/");
	if (fs_exists(fs, path))
		return mem_text(path);
	below = mem_textf("boot/%s", path);
	if (fs_exists(fs, below))
		return TAKE_PTR(below);
	last = strrchr(path, '/');
	name = mem_textf("boot/%s", last ? last + 1 : path);
	return fs_exists(fs, name) ? TAKE_PTR(name) : NULL;
}

static bool has_file(const struct fs *fs, const char *path)
{
	_cleanup_free_ char *file = find_file(fs, path);

	return file != NULL;
}

bool trial_lacks_dom0(const struct fs *fs, const struct grub_entry *entry)
{
	_cleanup_free_ char *file = entry->kernel ? find_file(fs, entry->kernel) : NULL;

	return file && note_unpack(fs, file).dom0 == FACTS_NO;
}

bool trial_has_files(const struct fs *fs, const struct grub_entry *entry)
{
	if ((entry->hypervisor && !has_file(fs, entry->hypervisor)) ||
	    (entry->kernel && !has_file(fs, entry->kernel)))
		return false;
	for (size_t i = 0; i < entry->modules.count; i++) {
		const char *module = entry->modules.item[i];
		_cleanup_free_ char *path = mem_text_part(module, strcspn(module, " \t"));

		if (!has_file(fs, path))
			return false;
	}
	return true;
}
