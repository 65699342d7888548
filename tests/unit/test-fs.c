/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files below a root: nothing leads out of it, and a replaced file is the old one or the
 * new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "unit.h"

static const struct fs_access plain = {
	.mode = 0644, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};

static void assert_file(const struct unit_tree *tree, const char *path, const char *text)
{
	_cleanup_str_ struct str found = {0};

	assert_int_equal(fs_read(&tree->fs, path, 1 << 20, &found, NULL), 0);
	assert_string_equal(str_text(&found), text);
}

static int replace(const struct unit_tree *tree, const char *path, const char *text,
		   bool *ret_has_changed, struct err *err)
{
	return fs_replace(&tree->fs, path, text, strlen(text), &plain, ret_has_changed,
			  err);
}

static void a_root_must_be_a_directory(void **state)
{
	struct fs fs = FS_CLOSED;
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(fs_open("/etc/passwd", &fs, &err), -ENOTDIR);
	assert_string_equal(err.text, "root '/etc/passwd': Not a directory");
	assert_int_equal(fs.root, -1);
}

static void an_absolute_link_stays_in_the_root(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "etc/passwd", "inside");
	unit_link(tree, "link", "/etc/passwd");
	assert_file(tree, "link", "inside");
}

static void dots_stay_in_the_root(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "etc/passwd", "inside");
	assert_file(tree, "../../../../etc/passwd", "inside");
}

static void a_link_out_of_the_root_is_not_written_through(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *outside = mem_textf("%s.outside", tree->path);
	struct stat st;

	unit_link(tree, "link", outside);
	unit_dir(tree, "tmp");
	(void)!replace(tree, "link", "text", NULL, NULL);
	assert_int_equal(stat(outside, &st), -1);
}

static void a_file_of_its_limit_is_read_and_one_byte_more_is_not(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str text = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(tree, "five", "12345");
	assert_int_equal(fs_read(&tree->fs, "five", 5, &text, &err), 0);
	assert_int_equal(fs_read(&tree->fs, "five", 4, &text, &err), -EFBIG);
	assert_string_equal(err.text, "read 'five': larger than 4 bytes");
	assert_string_equal(text.text, "12345");
}

static void a_fifo_is_refused_and_not_waited_for(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/fifo", tree->path);
	_cleanup_str_ struct str text = {0};

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(fs_read(&tree->fs, "fifo", 10, &text, NULL), -EINVAL);
}

static void an_absent_file_is_enoent(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str text = {0};

	assert_int_equal(fs_read(&tree->fs, "absent", 10, &text, NULL), -ENOENT);
	assert_false(fs_exists(&tree->fs, "absent"));
}

static void a_directory_lists_its_names_sorted(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list names = {0};

	unit_file(tree, "d/b", "");
	unit_file(tree, "d/a", "");
	unit_file(tree, "d/.c", "");
	assert_int_equal(fs_readdir(&tree->fs, "d", &names, NULL), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.item[0], ".c");
	assert_string_equal(names.item[1], "a");
}

static void a_link_is_read_whole(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *target = NULL, *found = NULL;

	target = mem_alloc(1001);
	memset(target, 'x', 1000);
	unit_link(tree, "link", target);
	assert_int_equal(fs_readlink(&tree->fs, "link", &found, NULL), 0);
	assert_string_equal(found, target);
}

static void a_file_is_no_link(void **state)
{
	struct unit_tree *tree = *state;
	char *target = NULL;

	unit_file(tree, "file", "");
	assert_int_equal(fs_readlink(&tree->fs, "file", &target, NULL), -EINVAL);
	assert_null(target);
}

static void replace_makes_a_file_with_its_mode(void **state)
{
	struct unit_tree *tree = *state;
	const struct fs_access secret = {
		.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	struct stat st;
	bool has_changed = false;

	assert_int_equal(
		fs_replace(&tree->fs, "new", "text", 4, &secret, &has_changed, NULL), 0);
	assert_true(has_changed);
	assert_file(tree, "new", "text");
	assert_int_equal(fs_stat(&tree->fs, "new", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(unit_count(tree, "."), 1);
}

static void equal_content_is_not_written(void **state)
{
	struct unit_tree *tree = *state;
	struct stat before, after;
	bool has_changed = true;

	assert_int_equal(replace(tree, "file", "text", NULL, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "file", &before, NULL), 0);
	assert_int_equal(replace(tree, "file", "text", &has_changed, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "file", &after, NULL), 0);
	assert_false(has_changed);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void equal_content_with_another_mode_is_written(void **state)
{
	struct unit_tree *tree = *state;
	const struct fs_access secret = {
		.mode = 0600, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	struct stat st;
	bool has_changed = false;

	assert_int_equal(replace(tree, "file", "text", NULL, NULL), 0);
	assert_int_equal(
		fs_replace(&tree->fs, "file", "text", 4, &secret, &has_changed, NULL), 0);
	assert_true(has_changed);
	assert_int_equal(fs_stat(&tree->fs, "file", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void replacing_a_link_replaces_what_it_names(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *target = NULL;

	unit_file(tree, "usr/real", "old");
	unit_link(tree, "etc/middle", "../usr/real");
	unit_link(tree, "link", "/etc/middle");
	assert_int_equal(replace(tree, "link", "new", NULL, NULL), 0);
	assert_file(tree, "usr/real", "new");
	assert_int_equal(fs_readlink(&tree->fs, "link", &target, NULL), 0);
	assert_string_equal(target, "/etc/middle");
}

static void a_loop_of_links_is_refused(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	unit_link(tree, "a", "b");
	unit_link(tree, "b", "a");
	assert_int_equal(replace(tree, "a", "text", NULL, &err), -ELOOP);
}

static void a_directory_is_not_replaced(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	unit_dir(tree, "dir");
	assert_int_equal(replace(tree, "dir", "text", NULL, &err), -EINVAL);
	assert_string_equal(err.text, "write 'dir': not a regular file");
}

static void an_absent_parent_is_named(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	assert_int_equal(replace(tree, "no/file", "text", NULL, &err), -ENOENT);
	assert_string_equal(err.text,
			    "write 'no/file': open 'no': No such file or directory");
}

/* RLIMIT_FSIZE makes write() fail in the middle, as a full disk does. */
static void a_failed_write_leaves_the_old_file_alone(void **state)
{
	struct unit_tree *tree = *state;
	struct rlimit old, small;
	_cleanup_free_ char *big = mem_alloc(100001);
	int rc;

	memset(big, 'x', 100000);
	unit_file(tree, "file", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){.rlim_cur = 50000, .rlim_max = old.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = replace(tree, "file", big, NULL, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, -EFBIG);
	assert_file(tree, "file", "old");
	assert_int_equal(unit_count(tree, "."), 1);
}

static void what_a_kill_left_is_cleaned_up(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, ".file.xenhost-new", "half");
	assert_int_equal(replace(tree, "file", "whole", NULL, NULL), 0);
	assert_file(tree, "file", "whole");
	assert_int_equal(unit_count(tree, "."), 1);
}

/* acl(5) as the kernel keeps it: version 2, then tag, permissions and id of each entry. */
static const unsigned char acl[] = {2,	  0, 0, 0,			/* version */
				    1,	  0, 6, 0, 255, 255, 255, 255,	/* owner: rw */
				    2,	  0, 4, 0, 7,	0,   0,	  0,	/* user 7: r */
				    4,	  0, 4, 0, 255, 255, 255, 255,	/* group: r */
				    0x10, 0, 4, 0, 255, 255, 255, 255,	/* mask: r */
				    0x20, 0, 0, 0, 255, 255, 255, 255}; /* others: none */

static void attributes_and_acls_of_a_replaced_file_stay(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/file", tree->path);
	const struct fs_access access = {
		.mode = 0640, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	unsigned char found[sizeof(acl) + 1];
	char value[8];

	unit_file(tree, "file", "old");
	assert_int_equal(setxattr(path, "user.note", "keep", 4, 0), 0);
	assert_int_equal(setxattr(path, "system.posix_acl_access", acl, sizeof(acl), 0),
			 0);
	assert_int_equal(fs_replace(&tree->fs, "file", "new", 3, &access, NULL, NULL), 0);
	assert_file(tree, "file", "new");
	assert_int_equal(getxattr(path, "user.note", value, sizeof(value)), 4);
	assert_int_equal(getxattr(path, "system.posix_acl_access", found, sizeof(found)),
			 sizeof(acl));
	assert_memory_equal(found, acl, sizeof(acl));
}

static void a_replaced_file_does_not_get_the_default_acl(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *path = mem_textf("%s/file", tree->path);
	char value[64];

	unit_file(tree, "file", "old");
	assert_int_equal(
		setxattr(tree->path, "system.posix_acl_default", acl, sizeof(acl), 0), 0);
	assert_int_equal(replace(tree, "file", "new", NULL, NULL), 0);
	assert_int_equal(getxattr(path, "system.posix_acl_access", value, sizeof(value)),
			 -1);
	assert_int_equal(errno, ENODATA);
}

static void a_draft_is_removed_beside_a_link_and_what_it_names(void **state)
{
	struct unit_tree *tree = *state;

	unit_file(tree, "usr/real", "");
	unit_file(tree, "usr/.real.xenhost-new", "half");
	unit_link(tree, "link", "usr/real");
	unit_link(tree, ".link.xenhost-new", "half");
	unit_dir(tree, ".made.xenhost-new");
	assert_int_equal(fs_remove_draft(&tree->fs, "link", NULL), 0);
	assert_int_equal(fs_remove_draft(&tree->fs, "made", NULL), 0);
	assert_int_equal(fs_remove_draft(&tree->fs, "no/where", NULL), 0);
	assert_int_equal(unit_count(tree, "usr"), 1);
	assert_int_equal(unit_count(tree, "."), 2);
}

static void a_name_that_is_too_long_for_a_draft_has_none(void **state)
{
	struct unit_tree *tree = *state;
	_cleanup_free_ char *name = mem_alloc(251);

	memset(name, 'x', 250);
	name[250] = '\0';
	unit_file(tree, name, "");
	assert_int_equal(fs_remove_draft(&tree->fs, name, NULL), 0);
	assert_int_equal(unit_count(tree, "."), 1);
}

static void a_directory_is_made_with_its_mode_after_a_kill_too(void **state)
{
	struct unit_tree *tree = *state;
	const struct fs_access access = {
		.mode = 02755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	struct stat st;
	mode_t old_mask = umask(0777);

	assert_int_equal(fs_mkdir(&tree->fs, "a", &access, NULL), 0);
	(void)umask(old_mask);
	assert_int_equal(fs_stat(&tree->fs, "a", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 02755);
	unit_dir(tree, ".b.xenhost-new");
	assert_int_equal(fs_mkdir(&tree->fs, "b", &access, NULL), 0);
	assert_int_equal(unit_count(tree, "."), 2);
}

/* Two commands that are the first on a host. */
static void a_directory_may_be_made_by_two_at_once(void **state)
{
	struct unit_tree *tree = *state;
	const struct fs_access access = {
		.mode = 0755, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	enum { ROUNDS = 300 };
	int ends[2], failures = 0, status;
	char byte = 0;
	pid_t child;

	tree->fs.is_unsynced = true;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	/* Each waits for the other before each directory. */
	for (int i = 0; i < ROUNDS; i++) {
		_cleanup_free_ char *name = mem_textf("d%d", i);
		int end = ends[child == 0];

		failures += write(end, &byte, 1) != 1 || read(end, &byte, 1) != 1;
		failures += fs_mkdir(&tree->fs, name, &access, NULL) < 0;
	}
	if (child == 0)
		_exit(failures != 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(failures, 0);
	assert_int_equal(unit_count(tree, "."), ROUNDS);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_directory_that_is_there_stays_as_it_is(void **state)
{
	struct unit_tree *tree = *state;
	const struct fs_access access = {
		.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	struct stat st;

	unit_dir(tree, "a");
	assert_int_equal(fs_mkdir(&tree->fs, "a", &access, NULL), 0);
	assert_int_equal(fs_stat(&tree->fs, "a", &st, NULL), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

/* From now on that system call fails. */
static void forbid(uint32_t call, uint32_t error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ARRAY_SIZE(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(9);
}

static void an_old_kernel_is_named_as_the_cause(void **state)
{
	struct unit_tree *tree = *state;
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct err err = {0};
		struct str text = {0};

		forbid(SYS_openat2, ENOSYS);
		if (fs_read(&tree->fs, "file", 10, &text, &err) != -ENOSYS)
			_exit(1);
		_exit(strstr(err.text, "Linux 5.6 or newer is needed") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Whether all that writes goes through without fsync(), in a process of its own. */
static int write_without_sync(const struct unit_tree *tree, bool is_unsynced)
{
	const struct fs fs = {
		.root = tree->fs.root, .path = tree->path, .is_unsynced = is_unsynced};
	const struct fs_access access = {
		.mode = 0700, .uid = FS_KEEP_UID, .gid = FS_KEEP_GID};
	int failed = 0;

	forbid(SYS_fsync, EIO);
	failed += fs_replace(&fs, "file", "x", 1, &access, NULL, NULL) < 0;
	failed += fs_mkdir(&fs, "directory", &access, NULL) < 0;
	failed += fs_link(&fs, "link", "file", NULL) < 0;
	failed += fs_rename(&fs, "link", "other", NULL) < 0;
	failed += fs_remove(&fs, "other", NULL) < 0;
	return failed;
}

static void only_an_unsynced_root_is_not_synced(void **state)
{
	struct unit_tree *tree = *state;
	const int wanted[] = {5, 0};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		pid_t pid = fork();
		int status = -1;

		if (pid == 0)
			_exit(write_without_sync(tree, i == 1));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), wanted[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_root_must_be_a_directory),
		unit_test_in_tree(an_absolute_link_stays_in_the_root),
		unit_test_in_tree(dots_stay_in_the_root),
		unit_test_in_tree(a_link_out_of_the_root_is_not_written_through),
		unit_test_in_tree(a_file_of_its_limit_is_read_and_one_byte_more_is_not),
		unit_test_in_tree(a_fifo_is_refused_and_not_waited_for),
		unit_test_in_tree(an_absent_file_is_enoent),
		unit_test_in_tree(a_directory_lists_its_names_sorted),
		unit_test_in_tree(a_link_is_read_whole),
		unit_test_in_tree(a_file_is_no_link),
		unit_test_in_tree(replace_makes_a_file_with_its_mode),
		unit_test_in_tree(equal_content_is_not_written),
		unit_test_in_tree(equal_content_with_another_mode_is_written),
		unit_test_in_tree(replacing_a_link_replaces_what_it_names),
		unit_test_in_tree(a_loop_of_links_is_refused),
		unit_test_in_tree(a_directory_is_not_replaced),
		unit_test_in_tree(an_absent_parent_is_named),
		unit_test_in_tree(a_failed_write_leaves_the_old_file_alone),
		unit_test_in_tree(what_a_kill_left_is_cleaned_up),
		unit_test_in_tree(attributes_and_acls_of_a_replaced_file_stay),
		unit_test_in_tree(a_replaced_file_does_not_get_the_default_acl),
		unit_test_in_tree(a_draft_is_removed_beside_a_link_and_what_it_names),
		unit_test_in_tree(a_name_that_is_too_long_for_a_draft_has_none),
		unit_test_in_tree(a_directory_is_made_with_its_mode_after_a_kill_too),
		unit_test_in_tree(a_directory_that_is_there_stays_as_it_is),
		unit_test_in_tree(a_directory_may_be_made_by_two_at_once),
		unit_test_in_tree(an_old_kernel_is_named_as_the_cause),
		unit_test_in_tree(only_an_unsynced_root_is_not_synced),
	};

	return cmocka_run_group_tests_name("fs", tests, NULL, NULL);
}
