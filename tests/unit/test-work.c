/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command made: kept when it is committed, gone when it is not, or was killed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "guest/work.h"
#include "unit.h"

#define ROOT(state) (&((struct unit_tree *)*(state))->fs)

static struct work *begin(void **state, const char *name)
{
	struct work *work = NULL;

	assert_int_equal(work_begin(ROOT(state), name, &work, NULL), 0);
	return work;
}

/* Notes a file and makes it. */
static void make_file(void **state, struct work *work, const char *path)
{
	assert_int_equal(work_note(work, WORK_FILE, path, NULL), 0);
	unit_file(*state, path, "x");
}

static void a_work_without_commit_is_undone_last_first(void **state)
{
	struct work *work = begin(state, "web");

	assert_int_equal(work_note(work, WORK_DIRECTORY, "srv/web", NULL), 0);
	unit_dir(*state, "srv/web");
	make_file(state, work, "srv/web/disk.img");
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 0);
	assert_int_equal(unit_count(*state, WORK_DIR), 0);
}

static void a_committed_work_stays(void **state)
{
	struct work *work = begin(state, "web");

	make_file(state, work, "srv/disk.img");
	assert_int_equal(work_commit(work, NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(unit_count(*state, WORK_DIR), 0);
}

static void a_directory_with_others_things_stays(void **state)
{
	struct work *work = begin(state, "web");

	assert_int_equal(work_note(work, WORK_DIRECTORY, "srv/web", NULL), 0);
	unit_dir(*state, "srv/web");
	unit_file(*state, "srv/web/notes", "mine");
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv/web"), 1);
}

/* Killed between the draft and its name. */
static void the_draft_of_a_file_is_undone_too(void **state)
{
	struct work *work = begin(state, "web");

	assert_int_equal(work_note(work, WORK_FILE, "srv/web.cfg", NULL), 0);
	unit_file(*state, "srv/.web.cfg.xenhost-new", "half");
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 0);
}

static void what_somebody_else_made_is_not_undone(void **state)
{
	struct work *work = begin(state, "web");

	make_file(state, work, "srv/disk.img");
	assert_int_equal(work_forget(work, WORK_FILE, "srv/disk.img", NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
}

static void a_name_is_one_commands_at_a_time(void **state)
{
	struct work *work = begin(state, "web"), *second = NULL;
	_cleanup_err_ struct err err = {0};

	assert_int_equal(work_begin(ROOT(state), "web", &second, &err), -EBUSY);
	assert_string_equal(err.text, "'web': another command works on it");
	assert_null(second);
	second = begin(state, "mail");
	assert_int_equal(work_end(second, NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	work = begin(state, "web");
	assert_int_equal(work_end(work, NULL), 0);
}

/* In a process that dies without a word. */
static void die_with_a_work(void **state, const char *name, const char *path)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct work *work = begin(state, name);

		make_file(state, work, path);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void the_next_command_undoes_what_a_dead_one_left(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	die_with_a_work(state, "web", "srv/disk.img");
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(names.count, 1);
	assert_string_equal(names.item[0], "web");
	assert_int_equal(unit_count(*state, "srv"), 0);
	assert_int_equal(unit_count(*state, WORK_DIR), 0);
}

static void the_same_name_undoes_first(void **state)
{
	struct work *work;

	die_with_a_work(state, "web", "srv/disk.img");
	work = begin(state, "web");
	assert_int_equal(unit_count(*state, "srv"), 0);
	make_file(state, work, "srv/disk.img");
	assert_int_equal(work_commit(work, NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
}

/* An image is a path of the running system: noted, made, and its maker killed. */
static char *die_with_an_image(void **state)
{
	char *path = mem_textf("%s/srv/disk.img", ((struct unit_tree *)*state)->path);
	_cleanup_free_ char *record = mem_textf(
		"begin xenhost-work-1 1\nimage %s\nfile etc/xen/web.cfg\n", path);

	unit_file(*state, WORK_DIR "/web", record);
	unit_file(*state, "srv/disk.img", "x");
	unit_file(*state, "etc/xen/web.cfg", "");
	return path;
}

/* So long ago that record was written last. */
static void set_age(void **state, time_t seconds)
{
	const time_t then = time(NULL) - seconds;
	const struct timespec times[] = {{.tv_sec = then}, {.tv_sec = then}};
	_cleanup_free_ char *record =
		mem_textf("%s/" WORK_DIR "/web", ((struct unit_tree *)*state)->path);

	assert_int_equal(utimensat(AT_FDCWD, record, times, 0), 0);
}

/* Its programs may have worked for long since the last note, when it was killed. */
static void what_closes_a_moment_later_is_undone(void **state)
{
	_cleanup_free_ char *path = die_with_an_image(state);
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_err_ struct err err = {0};
	int ends[2], status;
	char byte;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		int fd = open(path, O_RDWR | O_CLOEXEC);

		(void)!write(ends[1], "x", 1);
		(void)poll(NULL, 0, 2000);
		_exit(fd < 0);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	set_age(state, 40);
	assert_int_equal(work_recover(ROOT(state), &names, &err), 0);
	assert_null(err.text);
	assert_int_equal(unit_count(*state, "srv"), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void of_what_is_in_use_nothing_is_undone(void **state)
{
	_cleanup_free_ char *path = die_with_an_image(state);
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	_cleanup_free_ char *wanted =
		mem_textf("'" WORK_DIR "/web': '%s': a process has it open", path);
	_cleanup_err_ struct err err = {0};

	set_age(state, 40);
	assert_int_equal(work_recover(ROOT(state), &names, &err), -EBUSY);
	assert_string_equal(err.text, wanted);
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(unit_count(*state, "etc/xen"), 1);
	(void)close(fd);
	fd = -1;
	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 0);
	assert_int_equal(unit_count(*state, "etc/xen"), 0);
}

/* From a backup, after the record was written last. */
static void what_was_restored_since_stays(void **state)
{
	_cleanup_free_ char *path = die_with_an_image(state);
	_cleanup_str_list_ struct str_list names = {0};

	set_age(state, 86400);
	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(unit_count(*state, "etc/xen"), 1);
	assert_int_equal(unit_count(*state, WORK_DIR), 0);
}

static void a_living_commands_work_is_not_recovered(void **state)
{
	struct work *work = begin(state, "web");
	_cleanup_str_list_ struct str_list names = {0};

	make_file(state, work, "srv/disk.img");
	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(names.count, 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(work_end(work, NULL), 0);
}

static void a_root_without_works_has_nothing_to_recover(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(names.count, 0);
}

/* A power cut may tear the last line, and a commit that is not whole is none. */
static void a_torn_line_counts_not(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};

	unit_file(*state, "srv/a", "");
	unit_file(*state, "srv/b", "");
	unit_file(*state, WORK_DIR "/web", "begin xenhost-work-1 1\nfile srv/a\ncommit");
	unit_file(*state, WORK_DIR "/mail",
		  "begin xenhost-work-1 1\nfile srv/a\nfile srv/b");
	assert_int_equal(work_recover(ROOT(state), &names, NULL), 0);
	assert_int_equal(unit_count(*state, "srv"), 1);
	assert_int_equal(unit_count(*state, WORK_DIR), 0);
}

static void what_resists_stays_noted(void **state)
{
	_cleanup_str_list_ struct str_list names = {0};
	_cleanup_err_ struct err err = {0};

	unit_file(*state, "srv/a", "");
	unit_file(*state, WORK_DIR "/web",
		  "begin xenhost-work-1 1\nfile srv/a\nsocket srv/b\n");
	assert_int_equal(work_recover(ROOT(state), &names, &err), -EINVAL);
	assert_string_equal(err.text,
			    "'" WORK_DIR "/web': 'socket srv/b': not a note that "
			    "this version knows");
	assert_int_equal(unit_count(*state, "srv"), 0);
	assert_int_equal(unit_count(*state, WORK_DIR), 1);
}

static void what_resists_may_be_nobodys_concern(void **state)
{
	struct work *work = begin(state, "web");

	unit_file(*state, WORK_DIR "/web", "begin xenhost-work-1 1\nsocket srv/b\n");
	assert_int_equal(work_end(work, NULL), -EINVAL);
}

static void a_line_of_hosts_and_a_lease_are_taken_back(void **state)
{
	_cleanup_str_ struct str text = {0};
	struct work *work = begin(state, "web");

	unit_file(*state, "etc/hosts",
		  "10.0.0.1 web2 # xenhost: web2\n10.0.0.2 web # xenhost: web\n::1 lo\n");
	unit_file(*state, "etc/ips", "10.0.0.2: used by web\n10.0.0.22: used\n");
	assert_int_equal(work_note(work, WORK_HOSTS, "etc/hosts web", NULL), 0);
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.2", NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(fs_read(ROOT(state), "etc/hosts", 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), "10.0.0.1 web2 # xenhost: web2\n::1 lo\n");
	assert_int_equal(fs_read(ROOT(state), "etc/ips", 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), "10.0.0.2\n10.0.0.22: used\n");
}

/* Edited by hand, and taken by another, since the command died. */
static void a_lease_of_another_guest_stays(void **state)
{
	const char *pool = "10.0.0.2: used by web2\n10.0.0.3: used by web\n"
			   "10.0.0.4: used by\n10.0.0.5:used by db\n";
	_cleanup_str_ struct str text = {0};
	struct work *work = begin(state, "web");

	unit_file(*state, "etc/ips", pool);
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.2", NULL), 0);
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.3", NULL), 0);
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.4", NULL), 0);
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.5", NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	assert_int_equal(fs_read(ROOT(state), "etc/ips", 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), "10.0.0.2: used by web2\n10.0.0.3\n"
					     "10.0.0.4: used by\n10.0.0.5:used by db\n");
}

/* Whether the kernel tells that a process waits for a lock of flock(2). */
static bool is_waiting(pid_t pid)
{
	_cleanup_free_ char *wanted = mem_textf(" %d ", (int)pid);
	_cleanup_fs_ struct fs system = FS_CLOSED;
	_cleanup_str_ struct str locks = {0};
	const char *cursor, *line;
	bool is_found = false;
	size_t length;

	assert_int_equal(fs_open("/", &system, NULL), 0);
	assert_int_equal(fs_read(&system, "proc/locks", 1 << 20, &locks, NULL), 0);
	cursor = str_text(&locks);
	while (str_next_line(&cursor, &line, &length)) {
		_cleanup_free_ char *text = mem_text_part(line, length);

		is_found |= strstr(text, "-> FLOCK") && strstr(text, wanted);
	}
	return is_found;
}

/* Others change that file too, under a lock on its directory. */
static void a_lease_is_taken_back_under_the_lock(void **state)
{
	_cleanup_close_ int dir = -1;
	_cleanup_str_ struct str text = {0};
	struct work *work = begin(state, "web");
	int status = 0;
	pid_t child;

	unit_file(*state, "etc/ips", "10.0.0.2: used by web\n10.0.0.3\n");
	assert_int_equal(work_note(work, WORK_LEASE, "etc/ips 10.0.0.2", NULL), 0);
	assert_int_equal(fs_open_file(ROOT(state), "etc", O_RDONLY, &dir, NULL), 0);
	assert_int_equal(flock(dir, LOCK_EX), 0);
	child = fork();
	if (child == 0) {
		(void)close(dir);
		_exit(work_end(work, NULL) < 0);
	}
	while (!is_waiting(child))
		assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	unit_file(*state, "etc/ips", "10.0.0.2: used by web\n10.0.0.3: used by db\n");
	assert_int_equal(flock(dir, LOCK_UN), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(fs_read(ROOT(state), "etc/ips", 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), "10.0.0.2\n10.0.0.3: used by db\n");
	assert_int_equal(work_end(work, NULL), 0); /* again: nothing is left */
}

static int agree(void *context, struct err *err)
{
	(void)err;
	++*(int *)context;
	return 0;
}

static int claim(struct work *work, const char *thing, struct err *err)
{
	_cleanup_str_list_ struct str_list things = {0};
	int asked = 0, rc;

	str_list_add(&things, thing);
	rc = work_claim(work, &things, agree, &asked, err);
	assert_true(asked || rc == -EEXIST);
	return rc;
}

/* The second of two that begin at once. */
static void what_one_takes_another_cannot(void **state)
{
	struct work *web = begin(state, "web"), *mail = begin(state, "mail");
	_cleanup_err_ struct err err = {0};

	assert_int_equal(claim(web, "address 10.0.0.2", NULL), 0);
	assert_int_equal(claim(mail, "address 10.0.0.3", NULL), 0);
	assert_int_equal(claim(mail, "address 10.0.0.2", &err), -EEXIST);
	assert_string_equal(err.text,
			    "address 10.0.0.2: 'web', which is being made, has it");
	assert_int_equal(work_end(web, NULL), 0);
	assert_int_equal(claim(mail, "address 10.0.0.2", NULL), 0);
	assert_int_equal(work_end(mail, NULL), 0);
}

static void the_dead_claim_nothing(void **state)
{
	struct work *work;
	pid_t child = fork();
	int status;

	if (child == 0) {
		work = begin(state, "web");
		(void)!claim(work, "address 10.0.0.2", NULL);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	work = begin(state, "mail");
	assert_int_equal(claim(work, "address 10.0.0.2", NULL), 0);
	assert_int_equal(work_end(work, NULL), 0);
	/* Nor is there anything that stands in the way of other commands. */
	assert_int_equal(work_check_whole(ROOT(state), "web", NULL), 0);
}

static int disagree(void *context, struct err *err)
{
	(void)context;
	return err_say(err, EEXIST, "it is there");
}

static void what_is_refused_is_not_taken(void **state)
{
	struct work *web = begin(state, "web"), *mail = begin(state, "mail");
	_cleanup_str_list_ struct str_list things = {0};

	str_list_add(&things, "address 10.0.0.2");
	assert_int_equal(work_claim(web, &things, disagree, NULL, NULL), -EEXIST);
	assert_int_equal(claim(mail, "address 10.0.0.2", NULL), 0);
	assert_int_equal(work_end(web, NULL), 0);
	assert_int_equal(work_end(mail, NULL), 0);
}

/* A spare volume is no part of a guest: what changes the guest may go on, and takes it away. */
static void spare_volumes_are_no_part_of_a_guest(void **state)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct work *work = begin(state, "web");

		(void)!work_note(work, WORK_SPARE, "vg0/spare", NULL);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(work_check_whole(ROOT(state), "web", NULL), 0);
	assert_int_equal(unit_count(*state, WORK_DIR), 1);
}

static void a_name_cannot_add_lines(void **state)
{
	struct work *work = begin(state, "web");

	assert_int_equal(work_note(work, WORK_FILE, "a\ncommit", NULL), -EINVAL);
	assert_int_equal(work_note(work, WORK_FILE, "", NULL), -EINVAL);
	assert_int_equal(claim(work, "device /dev/a\ncommit", NULL), -EINVAL);
	assert_int_equal(work_end(work, NULL), 0);
}

static void a_link_in_place_of_a_record_is_refused(void **state)
{
	_cleanup_err_ struct err err = {0};
	struct work *work = NULL;

	unit_file(*state, "etc/passwd", "root\n");
	unit_dir(*state, WORK_DIR);
	unit_link(*state, WORK_DIR "/web", "../../../../../etc/passwd");
	assert_int_equal(work_begin(ROOT(state), "web", &work, &err), -ELOOP);
	assert_null(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_work_without_commit_is_undone_last_first),
		unit_test_in_tree(a_committed_work_stays),
		unit_test_in_tree(a_directory_with_others_things_stays),
		unit_test_in_tree(the_draft_of_a_file_is_undone_too),
		unit_test_in_tree(what_somebody_else_made_is_not_undone),
		unit_test_in_tree(a_name_is_one_commands_at_a_time),
		unit_test_in_tree(the_next_command_undoes_what_a_dead_one_left),
		unit_test_in_tree(the_same_name_undoes_first),
		unit_test_in_tree(what_closes_a_moment_later_is_undone),
		unit_test_in_tree(of_what_is_in_use_nothing_is_undone),
		unit_test_in_tree(what_was_restored_since_stays),
		unit_test_in_tree(a_living_commands_work_is_not_recovered),
		unit_test_in_tree(a_root_without_works_has_nothing_to_recover),
		unit_test_in_tree(a_torn_line_counts_not),
		unit_test_in_tree(what_resists_stays_noted),
		unit_test_in_tree(what_resists_may_be_nobodys_concern),
		unit_test_in_tree(a_line_of_hosts_and_a_lease_are_taken_back),
		unit_test_in_tree(a_lease_of_another_guest_stays),
		unit_test_in_tree(a_lease_is_taken_back_under_the_lock),
		unit_test_in_tree(what_one_takes_another_cannot),
		unit_test_in_tree(the_dead_claim_nothing),
		unit_test_in_tree(what_is_refused_is_not_taken),
		unit_test_in_tree(spare_volumes_are_no_part_of_a_guest),
		unit_test_in_tree(a_name_cannot_add_lines),
		unit_test_in_tree(a_link_in_place_of_a_record_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
