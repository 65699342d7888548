/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is at a path, and making it so. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "host/node.h"
#include "unit.h"

static void assert_read(const struct unit_tree *tree, const char *path, bool is_link,
			enum node_kind kind, const char *bytes)
{
	_cleanup_node_ struct node node = {0};

	assert_int_equal(node_read(&tree->fs, path, is_link, &node, NULL), 0);
	assert_int_equal(node.kind, kind);
	assert_string_equal(str_text(&node.bytes), bytes);
}

static void what_is_absent_is_no_error(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "file", "");
	assert_read(tree, "no", false, NODE_ABSENT, "");
	assert_read(tree, "no/where", false, NODE_ABSENT, "");
	assert_read(tree, "file/below", false, NODE_ABSENT, "");
}

static void a_link_is_followed_unless_it_is_meant(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "file", "text");
	unit_link(tree, "link", "file");
	assert_read(tree, "link", false, NODE_FILE, "text");
	assert_read(tree, "link", true, NODE_LINK, "file");
}

static void a_link_to_nothing_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_node_ struct node node = {0};
	_cleanup_err_ struct err err = {0};

	unit_link(tree, "link", "/nowhere");
	assert_int_equal(node_read(&tree->fs, "link", false, &node, &err), -EINVAL);
	assert_string_equal(err.text, "'link' is a link to nothing");
}

static void a_fifo_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/fifo", tree->path);
	_cleanup_node_ struct node node = {0};
	_cleanup_err_ struct err err = {0};

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(node_read(&tree->fs, "fifo", false, &node, &err), -EINVAL);
	assert_string_equal(err.text, "'fifo' is neither a file nor a directory");
}

static void each_kind_is_made(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_node_ struct node file = {
		.kind = NODE_FILE,
		.access = {.mode = 0640, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};
	_cleanup_node_ struct node link = {.kind = NODE_LINK};
	const struct node directory = {
		.kind = NODE_DIRECTORY,
		.access = {.mode = 0751, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};
	const struct node absent = {.kind = NODE_ABSENT};
	struct stat st;

	str_add(&file.bytes, "text");
	str_add(&link.bytes, "d/file");
	assert_int_equal(node_write(&tree->fs, "d", &directory, NULL), 0);
	assert_int_equal(node_write(&tree->fs, "d/file", &file, NULL), 0);
	assert_int_equal(node_write(&tree->fs, "link", &link, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "d", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0751);
	assert_read(tree, "link", false, NODE_FILE, "text");
	assert_int_equal(node_write(&tree->fs, "link", &absent, NULL), 0);
	assert_read(tree, "link", true, NODE_ABSENT, "");
	assert_read(tree, "d/file", true, NODE_FILE, "text");
}

static void a_directory_with_something_in_it_stays(void **state)
{
	struct unit_tree *tree = *state;
	const struct node absent = {.kind = NODE_ABSENT};

	unit_file(tree, "d/theirs", "");
	assert_int_equal(node_write(&tree->fs, "d", &absent, NULL), 0);
	assert_read(tree, "d/theirs", false, NODE_FILE, "");
}

static void a_kept_owner_is_equal_to_any(void **state)
{
	const struct node known = {.kind = NODE_FILE,
				   .access = {.mode = 0644, .uid = 5, .gid = 6}};
	struct node kept = {
		.kind = NODE_FILE,
		.access = {.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID}};

	(void)state;
	assert_true(node_is_equal(&known, &kept));
	kept.access.mode = 0600;
	assert_false(node_is_equal(&known, &kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(what_is_absent_is_no_error),
		unit_test_in_tree(a_link_is_followed_unless_it_is_meant),
		unit_test_in_tree(a_link_to_nothing_is_refused),
		unit_test_in_tree(a_fifo_is_refused),
		unit_test_in_tree(each_kind_is_made),
		unit_test_in_tree(a_directory_with_something_in_it_stays),
		cmocka_unit_test(a_kept_owner_is_equal_to_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
