/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep XENHOST SHIM FAKE: apply and rollback with a fault at each call that writes, in
 * turn. Whatever happens, a root is as it was, or after the next run as it shall be.
 *
 * A root has three states: "plain", "first" (a description applied) and "second" (another
 * one on top). What a case begins with is copied from there. TAP; a line for each sweep,
 * with its number of faults.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "host/journal.h"

#define KILL 0

static const char *xenhost, *shim, *fake;
static char *scratch;
static int test_count, fail_count;
static bool has_failed; /* in this sweep */

static const char first_conf[] = "[loop]\nmax = 32\n[modules]\nload = one\n"
				 "[dom0]\nmemory = 1024\n";
static const char second_conf[] = "[loop]\nmax = 64\n[modules]\nload = two\n"
				  "[xen]\nargs = loglvl=all\n[serial]\nport = com1\n";

static char *inside(const char *name)
{
	return mem_textf("%s/%s", scratch, name);
}

static void die(const char *what)
{
	(void)fprintf(stderr, "sweep: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Begins a child whose output goes to the file "log"; a byte comes out of *ret_fired. */
static pid_t start(char *const *argv, char *const *env, int fired)
{
	_cleanup_free_ char *log = inside("log");
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ||
		    (fired >= 0 && fcntl(fired, F_SETFD, 0) < 0))
			_exit(126);
		(void)execve(argv[0], argv, env);
		_exit(127);
	}
	return pid;
}

/* The exit status, or 128 and the signal. */
static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_tool(const char *a, const char *b, const char *c, const char *d)
{
	char path[] = "PATH=/usr/bin:/bin";
	char *env[] = {path, NULL};
	char *argv[] = {mem_text(a), mem_text(b), mem_text(c), d ? mem_text(d) : NULL,
			NULL};

	if (finish(start(argv, env, -1)) != 0)
		die(a);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
}

struct fault {
	unsigned int at; /* 0: none, but what is not synced is found */
	const char *how; /* as the shim takes it; NULL: none */
};

static int run_xenhost(const char *command, const char *conf, struct fault fault,
		       bool *ret_has_fired)
{
	_cleanup_free_ char *root = inside("root"), *config = inside(conf);
	int ends[2] = {-1, -1};
	char byte, *env[5] = {NULL}, *argv[7];
	int status;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		die("pipe");
	argv[0] = mem_text(xenhost);
	argv[1] = mem_text("--root");
	argv[2] = root;
	argv[3] = mem_text("--config");
	argv[4] = config;
	argv[5] = mem_text(command);
	argv[6] = NULL;
	if (fault.how) {
		env[0] = mem_textf("LD_PRELOAD=%s", shim);
		env[1] = fault.at ? mem_textf("FAULT_AT=%u", fault.at)
				  : mem_text("FAULT_SYNC=1");
		env[2] = mem_textf("FAULT_HOW=%s", fault.how);
		env[3] = mem_textf("FAULT_FD=%d", ends[1]);
	}
	status = finish(start(argv, env, ends[1]));
	if (ret_has_fired)
		*ret_has_fired = read(ends[0], &byte, 1) == 1;
	(void)close(ends[0]);
	(void)close(ends[1]);
	for (size_t i = 0; env[i]; i++)
		free(env[i]);
	free(argv[0]);
	free(argv[1]);
	free(argv[3]);
	free(argv[5]);
	return status;
}

static int run_plainly(const char *command, const char *conf)
{
	return run_xenhost(command, conf, (struct fault){0, NULL}, NULL);
}

/* ---- trees ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void save_as(const char *name)
{
	_cleanup_free_ char *from = inside("root"), *to = inside(name);

	run_tool("/bin/cp", "-a", from, to);
}

static void load(const char *name)
{
	_cleanup_free_ char *from = inside(name), *to = inside("root");
	_cleanup_free_ char *log = inside("log");

	remove_tree(to);
	(void)unlink(log);
	run_tool("/bin/cp", "-a", from, to);
}

/* Everything but xenhost's own: kind, mode, owner and contents. */
static void describe(const struct fs *fs, const char *path, struct str *text)
{
	_cleanup_str_list_ struct str_list names = {0};
	struct stat st;

	if (strcmp(path, "./var/lib/xenhost") == 0 ||
	    strcmp(path, "./var/lib/.xenhost.xenhost-new") == 0 ||
	    fs_lstat(fs, path, &st, NULL) < 0)
		return;
	str_addf(text, "%s %o %u:%u", path, st.st_mode, st.st_uid, st.st_gid);
	if (S_ISLNK(st.st_mode)) {
		_cleanup_free_ char *target = NULL;

		if (fs_readlink(fs, path, &target, NULL) == 0)
			str_addf(text, " -> %s", target);
	} else if (S_ISREG(st.st_mode)) {
		_cleanup_str_ struct str bytes = {0};

		if (fs_read(fs, path, 1 << 24, &bytes, NULL) == 0)
			str_addf(text, "\n%s", str_text(&bytes));
	}
	str_add_char(text, '\n');
	if (!S_ISDIR(st.st_mode) || fs_readdir(fs, path, &names, NULL) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *below = mem_textf("%s/%s", path, names.item[i]);

		describe(fs, below, text);
	}
}

static char *describe_state(const char *name)
{
	_cleanup_free_ char *path = inside(name);
	_cleanup_fs_ struct fs fs = FS_CLOSED;
	struct str text = {0};

	if (fs_open(path, &fs, NULL) < 0)
		die(path);
	describe(&fs, ".", &text);
	return str_take(&text);
}

static bool is_like(const char *wanted)
{
	_cleanup_free_ char *found = describe_state("root");

	return strcmp(found, wanted) == 0;
}

/* The state of the last transaction, or "". */
static const char *last_state(unsigned int id)
{
	static char state[16];
	_cleanup_free_ char *path =
		mem_textf("%s/root/var/lib/xenhost/journal/%u/state", scratch, id);
	FILE *file = fopen(path, "re");

	state[0] = '\0';
	if (!file)
		return state;
	if (!fgets(state, sizeof(state), file))
		state[0] = '\0';
	state[strcspn(state, "\n")] = '\0';
	(void)fclose(file);
	return state;
}

/* ---- sweeps ---- */

struct trees {
	char *plain, *first, *second;
};

static struct trees trees;

/* What is done with a fault, and what must come of it. */
struct sweep {
	const char *name, *begin, *command, *conf;
	const char *how;
	bool (*is_right)(const struct sweep *sweep, int status);
	char **old, **new;
	unsigned int id; /* of the transaction that is made or undone */
};

static void show_log(void)
{
	_cleanup_free_ char *path = inside("log");
	FILE *file = fopen(path, "re");
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		printf("#   %s", line);
	if (file)
		(void)fclose(file);
}

static void report(const char *name, unsigned int count)
{
	test_count++;
	fail_count += has_failed;
	printf("%s %d - %s: %u faults\n", has_failed ? "not ok" : "ok", test_count, name,
	       count);
	(void)fflush(stdout);
	has_failed = false;
}

static void run_sweep(const struct sweep *sweep)
{
	bool has_fired = true;
	unsigned int at;

	for (at = 1; has_fired && !has_failed; at++) {
		struct fault fault = {at, sweep->how};
		int status;

		load(sweep->begin);
		status = run_xenhost(sweep->command, sweep->conf, fault, &has_fired);
		if (!has_fired || sweep->is_right(sweep, status))
			continue;
		printf("# at fault %u (%s), exit status %d:\n", at, sweep->how, status);
		show_log();
		has_failed = true;
	}
	report(sweep->name, at - 2);
	if (at < 20) {
		printf("# too few: is the shim at work?\n");
		fail_count++;
	}
}

/* Done, or failed and nothing changed. */
static bool is_old_or_new(const struct sweep *sweep, int status)
{
	return status == 0 ? is_like(*sweep->new) : status == 1 && is_like(*sweep->old);
}

/* Undone by a rollback, which must not undo what was there before. */
static bool roll_back(const struct sweep *sweep)
{
	const char *state = last_state(sweep->id);

	if (strcmp(state, "open") == 0 || strcmp(state, "undoing") == 0 ||
	    strcmp(state, "done") == 0)
		return run_plainly("rollback", sweep->conf) == 0 && is_like(*sweep->old);
	return is_like(*sweep->old);
}

/* Whatever state it is in: the next apply does it, and a rollback then undoes it. */
static bool next_apply_does_it(const struct sweep *sweep, int status)
{
	(void)status;
	return run_plainly("apply", sweep->conf) == 0 && is_like(*sweep->new) &&
	       run_plainly("rollback", sweep->conf) == 0 && is_like(*sweep->old);
}

static bool next_rollback_undoes_it(const struct sweep *sweep, int status)
{
	(void)status;
	return roll_back(sweep);
}

/* For an apply that fails for good: undone now or by the next run. */
static bool is_undone_at_last(const struct sweep *sweep, int status)
{
	return status == 0 ? is_like(*sweep->new) : status == 1 && roll_back(sweep);
}

static const struct sweep sweeps[] = {
	{"a first apply that fails with ENOSPC", "plain", "apply", "first.conf", "28",
	 is_old_or_new, &trees.plain, &trees.first, 1},
	{"a first apply that is killed, then apply and rollback", "plain", "apply",
	 "first.conf", "0", next_apply_does_it, &trees.plain, &trees.first, 1},
	{"a first apply that is killed, then rollback", "plain", "apply", "first.conf",
	 "0", next_rollback_undoes_it, &trees.plain, &trees.first, 1},
	{"an apply that fails with ENOSPC", "first", "apply", "second.conf", "28",
	 is_old_or_new, &trees.first, &trees.second, 2},
	{"an apply that fails with EIO", "first", "apply", "second.conf", "5",
	 is_old_or_new, &trees.first, &trees.second, 2},
	{"an apply that fails with EROFS", "first", "apply", "second.conf", "30",
	 is_old_or_new, &trees.first, &trees.second, 2},
	{"an apply on a disk that stays full, then rollback", "first", "apply",
	 "second.conf", "28+", is_undone_at_last, &trees.first, &trees.second, 2},
	{"an apply on a disk that turns read-only, then apply and rollback", "first",
	 "apply", "second.conf", "30+", next_apply_does_it, &trees.first, &trees.second,
	 2},
	{"an apply that is killed, then apply and rollback", "first", "apply",
	 "second.conf", "0", next_apply_does_it, &trees.first, &trees.second, 2},
	{"an apply that is killed, then rollback", "first", "apply", "second.conf", "0",
	 next_rollback_undoes_it, &trees.first, &trees.second, 2},
	{"an apply that prunes and fails with EIO", "full", "apply", "second.conf", "5",
	 is_old_or_new, &trees.first, &trees.second, JOURNAL_KEEP + 2},
	{"an apply that prunes and is killed, then apply and rollback", "full", "apply",
	 "second.conf", "0", next_apply_does_it, &trees.first, &trees.second,
	 JOURNAL_KEEP + 2},
	{"a rollback that fails with EIO, then rollback", "second", "rollback",
	 "second.conf", "5", next_rollback_undoes_it, &trees.first, &trees.second, 2},
	{"a rollback that is killed, then rollback", "second", "rollback", "second.conf",
	 "0", next_rollback_undoes_it, &trees.first, &trees.second, 2},
	{"a rollback that is killed, then apply and rollback", "second", "rollback",
	 "second.conf", "0", next_apply_does_it, &trees.first, &trees.second, 2},
	{"a recovery that fails with ENOSPC, then rollback", "half", "rollback",
	 "second.conf", "28", next_rollback_undoes_it, &trees.first, &trees.second, 2},
	{"a recovery that is killed, then rollback", "half", "rollback", "second.conf",
	 "0", next_rollback_undoes_it, &trees.first, &trees.second, 2},
	{"a recovery before an apply that is killed, then apply and rollback", "half",
	 "apply", "second.conf", "0", next_apply_does_it, &trees.first, &trees.second, 2},
};

/* What a power cut may take: only what was synced is there after it. */
static void check_syncing(const char *name, const char *begin, const char *command)
{
	const struct fault none = {0, "0"};
	int status;

	load(begin);
	status = run_xenhost(command, "second.conf", none, NULL);
	if (status != 0) {
		printf("# exit status %d:\n", status);
		show_log();
		has_failed = true;
	}
	test_count++;
	fail_count += has_failed;
	printf("%s %d - %s\n", has_failed ? "not ok" : "ok", test_count, name);
	has_failed = false;
}

/* ---- the root ---- */

static void put(const char *path, const char *text)
{
	_cleanup_free_ char *full = inside(path);
	FILE *file;

	for (char *slash = full + strlen(scratch) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		if (mkdir(full, 0755) < 0 && errno != EEXIST)
			die(full);
		*slash = '/';
	}
	file = fopen(full, "we");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		die(full);
}

static void put_program(const char *path)
{
	_cleanup_free_ char *full = inside(path);

	put(path, "");
	run_tool("/bin/cp", "-a", fake, full);
}

/* GRUB's defaults are a link and a text without an end; an owned file is to go. */
static void make_root(void)
{
	_cleanup_free_ char *link = inside("root/etc/default/grub");

	put("root/etc/os-release", "ID=opensuse-leap\nID_LIKE=suse\nVERSION_ID=15.6\n");
	put("root/etc/default/real", "GRUB_TIMEOUT=8\nGRUB_CMDLINE_LINUX=\"quiet\"");
	if (symlink("real", link) < 0)
		die(link);
	put("root/etc/dracut.conf.d/90-xenhost.conf",
	    "# Written by xenhost from /etc/xen/host.conf; edit that and run: xenhost "
	    "apply\nforce_drivers+=\" old \"\n");
	put("root/etc/systemd/system/README", "");
	put("root/etc/xen/xl.conf", "#autoballoon=\"auto\"\n");
	put("root/lib/systemd/systemd", "");
	put("root/boot/grub2/grub.cfg", "");
	/* A menu whose default is looked at: Xen, as xenhost's script makes it. */
	put("root/etc/menu", "menuentry Linux { linux /vmlinuz; }\n"
			     "menuentry Xen --id xen { multiboot2 /xen.gz; }\n");
	put("root/boot/xen-4.20.3.gz", "\037\213\b\b");
	put_program("root/etc/grub.d/20_xenhost");
	put_program("root/usr/sbin/xenhost");
	put("root/boot/vmlinuz-6.4.0", "");
	put("root/boot/config-6.4.0", "CONFIG_XEN_DOM0=y\nCONFIG_BLK_DEV_LOOP=m\n");
	put("root/var/lib/README", "");
	put_program("root/usr/sbin/grub2-mkconfig");
	put_program("root/usr/sbin/dracut");
	put("first.conf", first_conf);
	put("second.conf", second_conf);
}

static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	printf("# %s:\n", what);
	show_log();
	printf("Bail out! %s\n", what);
	exit(1);
}

/* Makes the only transaction that there is the first of one more than are kept. */
static void fill_journal(void)
{
	_cleanup_free_ char *first = inside("root/var/lib/xenhost/journal/1");

	for (unsigned int id = 2; id <= JOURNAL_KEEP + 1; id++) {
		_cleanup_free_ char *copy =
			mem_textf("%s/root/var/lib/xenhost/journal/%u", scratch, id);

		run_tool("/bin/cp", "-a", first, copy);
	}
}

/* What the programs make is in the plain state too: a rollback makes it again. */
static void make_states(void)
{
	_cleanup_free_ char *journal = inside("root/var/lib/xenhost");
	bool has_fired;

	make_root();
	must(run_plainly("apply", "first.conf") == 0, "apply");
	must(run_plainly("rollback", "first.conf") == 0, "rollback");
	remove_tree(journal);
	save_as("plain");
	must(run_plainly("apply", "first.conf") == 0, "apply the first");
	save_as("first");
	fill_journal();
	save_as("full");
	load("first");
	must(run_plainly("apply", "second.conf") == 0, "apply the second");
	save_as("second");
	trees.plain = describe_state("plain");
	trees.first = describe_state("first");
	trees.second = describe_state("second");
	must(strcmp(trees.plain, trees.first) != 0, "the first changes nothing");
	must(strcmp(trees.first, trees.second) != 0, "the second changes nothing");
	/* Killed in the middle of its changes. */
	for (unsigned int at = 1;; at++) {
		load("first");
		(void)run_xenhost("apply", "second.conf", (struct fault){at, "0"},
				  &has_fired);
		must(has_fired, "a half done apply");
		if (strcmp(last_state(2), "open") == 0 && !is_like(trees.first))
			break;
	}
	save_as("half");
}

static void clean_up(void)
{
	remove_tree(scratch);
}

int main(int argc, char **argv)
{
	const char *base = getenv("TMPDIR");

	if (argc != 4) {
		(void)fprintf(stderr, "usage: sweep XENHOST SHIM FAKE\n");
		return 2;
	}
	xenhost = argv[1];
	shim = argv[2];
	fake = argv[3];
	if (!base)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	if (getuid() != 0) {
		(void)fprintf(stderr, "sweep: root is needed, for chroot\n");
		return 1;
	}
	scratch = mem_textf("%s/xenhost-fault-XXXXXX", base);
	if (!mkdtemp(scratch))
		die(scratch);
	(void)atexit(clean_up);
	printf("1..%zu\n", ARRAY_SIZE(sweeps) + 3);
	make_states();
	check_syncing("an apply syncs what it renames and closes", "first", "apply");
	check_syncing("a rollback does", "second", "rollback");
	check_syncing("a recovery does", "half", "apply");
	for (size_t i = 0; i < ARRAY_SIZE(sweeps); i++)
		run_sweep(&sweeps[i]);
	return fail_count ? 1 : 0;
}
