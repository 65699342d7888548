/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots on trial: what is on the disk, what runs, and what GRUB is told. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/trial.h"
#include "unit.h"

#define CONFIG "boot/grub/grub.cfg"
#define BLOCK "boot/grub/grubenv"
#define RELEASE "6.1.0-37-amd64"

/* ---- a host with GRUB ---- */

struct menu_of {
	const char *xen_args, *kernel_args;
	bool has_good; /* as the generator writes it while armed */
	bool waits;    /* for a key */
};

#define XEN_ENTRY                                                                 \
	"menuentry '%s' --id %s {\n"                                              \
	"\tif multiboot2 /boot/xen-4.20.3.gz placeholder %s; then\n"              \
	"\t\tmodule2 /boot/vmlinuz-" RELEASE " placeholder root=/dev/sda1 %s%s\n" \
	"\t\tmodule2 /boot/initrd.img-" RELEASE "\n"                              \
	"\telif true; then\n\t\treboot\n\tfi\n}\n"

static void write_menu(const struct unit_tree *tree, const struct menu_of *menu)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, "load_env\n"
		       "if [ \"${next_entry}\" ]; then\n"
		       "\tset default=\"${next_entry}\"\n\tset next_entry=\n"
		       "\tsave_env next_entry\n\tset boot_once=true\n"
		       "else\n\tset default=xen\nfi\n");
	str_addf(&text, "set timeout=%d\n", menu->waits ? -1 : 5);
	if (menu->has_good)
		str_add(&text, "if [ -n \"${xenhost_fallback}\" ]; then\n"
			       "\tif [ \"${boot_once}\" = true ]; then\n"
			       "\t\tset xenhost_trial_args=\"panic=10 "
			       "xenhost.trial=${xenhost_trial_seconds}\"\n"
			       "\telse\n\t\tset default=\"${xenhost_fallback}\"\n"
			       "\tfi\nfi\n");
	str_add(&text, "menuentry Linux --id linux {\n\tlinux /boot/vmlinuz-" RELEASE
		       " root=/dev/sda1 quiet\n}\n");
	str_addf(&text, XEN_ENTRY, "Xen", "xen", menu->xen_args, menu->kernel_args,
		 " ${xenhost_trial_args}");
	if (menu->has_good)
		str_addf(&text, XEN_ENTRY, "Old (last good boot)", TRIAL_GOOD_ID,
			 "dom0_mem=1G", "ro", "");
	unit_file(tree, CONFIG, str_text(&text));
}

/* A machine that runs the entry "xen" of its menu, where a boot can be on trial. */
static void make_host(const struct unit_tree *tree)
{
	static const char *const files[] = {
		"boot/xen-4.20.3.gz", "boot/vmlinuz-" RELEASE, "boot/initrd.img-" RELEASE,
		"etc/systemd/system/multi-user.target.wants/xenhost-boot.service"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unit_file(tree, files[i], "x");
	unit_file(tree, "etc/grub.d/20_xenhost", "#!/bin/sh\n");
	assert_int_equal(fchmodat(tree->fs.root, "etc/grub.d/20_xenhost", 0755, 0), 0);
	unit_file(tree, "proc/cmdline", "placeholder root=/dev/sda1 ro noapic\n");
	unit_file(tree, "proc/sys/kernel/osrelease", RELEASE "\n");
	unit_file(tree, "proc/sys/kernel/random/boot_id", "boot-1\n");
	unit_dir(tree, "var/lib/xenhost");
	write_menu(tree, &(struct menu_of){"dom0_mem=1G", "ro", false, false});
}

/* Freed by nobody but the test's end: literals. */
static struct facts make_facts(void)
{
	static struct facts_mount root = {.path = (char *)(uintptr_t) "/",
					  .source = (char *)(uintptr_t) "/dev/sda1",
					  .type = (char *)(uintptr_t) "ext4"};
	struct facts facts = {.mount = &root, .mount_count = 1};

	facts.xen.version = (char *)(uintptr_t) "4.20.3";
	facts.xen.is_dom0 = true;
	facts.boot.firmware = (char *)(uintptr_t) "bios";
	root.source = (char *)(uintptr_t) "/dev/sda1";
	root.type = (char *)(uintptr_t) "ext4";
	return facts;
}

static void assert_variable(const struct unit_tree *tree, const char *name,
			    const char *wanted)
{
	_cleanup_grubenv_ struct grubenv env = {0};
	const char *found;

	assert_int_equal(grubenv_read(&tree->fs, BLOCK, &env, NULL), 0);
	found = grubenv_get(&env, name);
	if (wanted)
		assert_string_equal(found ? found : "(unset)", wanted);
	else
		assert_null(found);
}

/* ---- trial.json and log ---- */

static void a_state_is_read_back(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_trial_ struct trial trial = {0}, again = {0};

	unit_dir(tree, "var/lib/xenhost");
	trial.state = TRIAL_FAILED;
	trial.time = 1700000000;
	trial.entry = mem_text("a>b");
	trial.title = mem_text("Xen");
	trial.reason = mem_text("no carrier");
	trial.seconds = 240;
	trial.had_route = true;
	str_list_add(&trial.interfaces, "eth0");
	assert_int_equal(trial_write(&tree->fs, &trial, NULL), 0);
	assert_int_equal(trial_read(&tree->fs, &again, NULL), 0);
	assert_int_equal(again.state, TRIAL_FAILED);
	assert_int_equal(again.time, 1700000000);
	assert_string_equal(again.entry, "a>b");
	assert_string_equal(again.reason, "no carrier");
	assert_null(again.kernel);
	assert_int_equal(again.seconds, 240);
	assert_true(again.had_route);
	assert_true(str_list_has(&again.interfaces, "eth0"));
}

static void a_damaged_state_is_none(void **state)
{
	static const char *const texts[] = {"",
					    "{",
					    "[]",
					    "{\"state\": \"odd\"}",
					    "{\"state\": \"pending\"}",
					    "{\"state\": \"pending\", \"entry\": 5}"};
	const struct unit_tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_trial_ struct trial trial = {0};

		unit_file(tree, TRIAL_DIR "/trial.json", texts[i]);
		assert_int_equal(trial_read(&tree->fs, &trial, NULL), 0);
		assert_int_equal(trial.state, TRIAL_NONE);
		assert_null(trial.title);
	}
}

static void the_log_has_each_event_once_and_an_end(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_json_ json_t *list = NULL;

	unit_file(tree, TRIAL_DIR "/log", "no JSON\n");
	for (int i = 0; i < 150; i++) {
		_cleanup_free_ char *boot = mem_textf("boot-%d", i);

		for (int twice = 0; twice < 2; twice++)
			assert_int_equal(
				trial_log(&tree->fs, boot, "healthy", "Xen", NULL, NULL),
				0);
	}
	list = trial_log_read(&tree->fs);
	assert_int_equal(json_array_size(list), 100);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(list, 99), "boot")),
		"boot-149");
}

/* ---- what runs ---- */

static void assert_line(const char *line, const char *args, bool is_trial)
{
	_cleanup_trial_running_ struct trial_running running = {0};

	trial_running_parse(line, &running);
	assert_string_equal(running.kernel_args, args);
	assert_int_equal(running.is_trial, is_trial);
	assert_int_equal(running.seconds, is_trial ? 240 : 0);
}

static void the_name_that_xen_efi_gives_is_left_out(void **state)
{
	_cleanup_trial_running_ struct trial_running running = {
		.release = mem_text("6.1.0")};

	(void)state;
	trial_running_parse("vmlinuz-6.1.0 root=x ro\n", &running);
	assert_string_equal(running.kernel_args, "root=x ro");
	trial_running_parse("root=6.1.0 vmlinuz-6.1.0\n", &running);
	assert_string_equal(running.kernel_args, "root=6.1.0 vmlinuz-6.1.0");
}

static void what_is_added_to_a_command_line_is_left_out(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro\n", "root=/dev/sda1 ro",
		    false);
	assert_line("placeholder root=x  ro panic=5 panic=10 xenhost.trial=240\n",
		    "root=x ro panic=5", true);
	assert_line("panic=10 xenhost.trial=240", "", true);
	/* Only the first word is GRUB's, only the last two are the trial's. */
	assert_line("root=x placeholder panic=10", "root=x placeholder panic=10", false);
	assert_line("", "", false);
}

static void entries_match_what_runs(void **state)
{
	struct trial_running running = {.release = (char *)(uintptr_t)RELEASE,
					.kernel_args =
						(char *)(uintptr_t) "ro quiet acpi=off",
					.is_xen = true,
					.xen_version = (char *)(uintptr_t) "4.20.3+127",
					.xen_args = (char *)(uintptr_t) "dom0_mem=1G"};
	struct grub_entry entry = {
		.kind = GRUB_XEN,
		.hypervisor = (char *)(uintptr_t) "/boot/xen-4.20.3+127.gz",
		.hypervisor_args = (char *)(uintptr_t) "dom0_mem=1G",
		.kernel = (char *)(uintptr_t) "/boot/vmlinuz-" RELEASE,
		.kernel_args = (char *)(uintptr_t) "ro  quiet",
	};

	(void)state;
	assert_true(trial_is_running(&entry, &running));
	running.xen_args = NULL;
	assert_true(trial_is_running(&entry, &running));
	running.xen_args = (char *)(uintptr_t) "dom0_mem=2G";
	assert_false(trial_is_running(&entry, &running));
	running.xen_args = NULL;
	running.xen_version = (char *)(uintptr_t) "4.20.2";
	assert_false(trial_is_running(&entry, &running));
	running.xen_version = NULL;
	running.release = (char *)(uintptr_t) "6.1.0-38-amd64";
	assert_false(trial_is_running(&entry, &running));
	running.release = NULL;
	running.kernel_args = (char *)(uintptr_t) "ro";
	assert_false(trial_is_running(&entry, &running));
	running.kernel_args = (char *)(uintptr_t) "ro quiet";
	running.is_xen = false;
	assert_false(trial_is_running(&entry, &running));
}

/* ---- what stands in the way ---- */

static void assert_obstacle(const struct unit_tree *tree, const struct facts *facts,
			    const char *wanted)
{
	_cleanup_free_ char *found = trial_obstacle(&tree->fs, facts);

	if (wanted)
		assert_string_equal(found ? found : "(none)", wanted);
	else
		assert_null(found);
}

static void a_host_of_which_a_boot_can_be_on_trial(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();

	make_host(tree);
	assert_obstacle(tree, &facts, NULL);
}

static void where_grub_cannot_write_there_is_no_trial(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();

	make_host(tree);
	facts.mount->type = (char *)(uintptr_t) "btrfs";
	assert_obstacle(tree, &facts, "GRUB cannot write to btrfs, which '/' is");
	facts.mount->type = (char *)(uintptr_t) "ext4";
	facts.mount->source = (char *)(uintptr_t) "/dev/mapper/vg0-root";
	assert_obstacle(tree, &facts,
			"GRUB cannot write through LVM, encryption or RAID: '/' is on "
			"/dev/mapper/vg0-root");
	facts.mount->source = (char *)(uintptr_t) "/dev/md0p1";
	assert_obstacle(tree, &facts,
			"GRUB cannot write through LVM, encryption or RAID: '/' is on "
			"/dev/md0p1");
	facts.mount_count = 0;
	assert_obstacle(tree, &facts, "the file system of /boot is not known");
}

static void a_separate_boot_is_what_counts(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();
	struct facts_mount mounts[] = {
		{.path = (char *)(uintptr_t) "/",
		 .source = (char *)(uintptr_t) "/dev/mapper/vg0-root",
		 .type = (char *)(uintptr_t) "btrfs"},
		{.path = (char *)(uintptr_t) "/boot",
		 .source = (char *)(uintptr_t) "/dev/sda1",
		 .type = (char *)(uintptr_t) "ext2"}};

	make_host(tree);
	facts.mount = mounts;
	facts.mount_count = 2;
	assert_obstacle(tree, &facts, NULL);
}

static void without_script_or_unit_there_is_no_trial(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();

	make_host(tree);
	assert_int_equal(
		unlinkat(
			tree->fs.root,
			"etc/systemd/system/multi-user.target.wants/xenhost-boot.service",
			0),
		0);
	assert_obstacle(tree, &facts,
			"nothing would look whether the boot is healthy: "
			"xenhost-boot.service is not enabled");
	assert_int_equal(unlinkat(tree->fs.root, "etc/grub.d/20_xenhost", 0), 0);
	assert_obstacle(tree, &facts,
			"GRUB's menu is not made by xenhost: there is no "
			"/etc/grub.d/20_xenhost");
	assert_int_equal(unlinkat(tree->fs.root, CONFIG, 0), 0);
	assert_obstacle(tree, &facts, "there is no menu of GRUB 2");
}

/* ---- steps ---- */

static void arm(const struct unit_tree *tree, const struct facts *facts)
{
	_cleanup_err_ struct err err = {0};

	if (trial_arm(&tree->fs, facts, &err) < 0)
		fail_msg("%s", err.text);
}

static enum trial_outcome settle(const struct unit_tree *tree, const struct facts *facts,
				 struct trial *trial)
{
	const struct trial_wish wish = {.seconds = 240};
	enum trial_outcome outcome = TRIAL_SAME;
	_cleanup_err_ struct err err = {0};
	bool has_good = false;

	if (trial_settle(&tree->fs, facts, &wish, trial, &outcome, &has_good, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(has_good);
	return outcome;
}

static void what_runs_is_what_a_trial_falls_back_to(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grub_menu_ struct grub_menu good = {0};
	struct facts facts = make_facts();

	make_host(tree);
	arm(tree, &facts);
	assert_int_equal(trial_good_read(&tree->fs, "bios", &good, NULL), 0);
	assert_string_equal(good.entry[0].title, "Xen");
	assert_string_equal(good.entry[0].hypervisor_args, "dom0_mem=1G");
	assert_true(fs_exists(&tree->fs, TRIAL_ARMED));
	assert_variable(tree, "xenhost_fallback", TRIAL_GOOD_ID);
	assert_variable(tree, "next_entry", NULL);
}

static void the_last_good_entry_stays_while_its_files_do(void **state)
{
	static const char old[] = "menuentry Old {\n\tlinux /boot/vmlinuz-old ro\n}\n";
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();
	_cleanup_str_ struct str text = {0};

	make_host(tree);
	unit_file(tree, TRIAL_GOOD, old);
	unit_file(tree, "boot/vmlinuz-old", "x");
	arm(tree, &facts);
	assert_int_equal(fs_read(&tree->fs, TRIAL_GOOD, 4096, &text, NULL), 0);
	assert_string_equal(str_text(&text), old);
	assert_int_equal(unlinkat(tree->fs.root, "boot/vmlinuz-old", 0), 0);
	arm(tree, &facts);
	str_clear(&text);
	assert_int_equal(fs_read(&tree->fs, TRIAL_GOOD, 4096, &text, NULL), 0);
	assert_true(str_starts(str_text(&text), "menuentry 'Xen'"));
}

static void without_an_entry_for_what_runs_there_is_no_trial(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();
	_cleanup_err_ struct err err = {0};

	make_host(tree);
	unit_file(tree, "proc/sys/kernel/osrelease", "5.10.0\n");
	assert_int_equal(trial_arm(&tree->fs, &facts, &err), -EOPNOTSUPP);
	assert_false(fs_exists(&tree->fs, TRIAL_ARMED));
	assert_false(fs_exists(&tree->fs, BLOCK));
}

static void a_change_is_tried_once(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_trial_ struct trial trial = {0}, written = {0};
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	struct facts facts = make_facts();

	make_host(tree);
	arm(tree, &facts);
	write_menu(tree, &(struct menu_of){"dom0_mem=2G", "ro", true, false});
	assert_int_equal(settle(tree, &facts, &trial), TRIAL_SET);
	assert_string_equal(trial.title, "Xen");
	assert_string_equal(trial.changes,
			    "hypervisor arguments 'dom0_mem=2G' instead of "
			    "'dom0_mem=1G'");
	assert_string_equal(trial.boot, "boot-1");
	assert_variable(tree, "next_entry", "xen");
	assert_variable(tree, "xenhost_trial_entry", "xen");
	assert_variable(tree, "xenhost_trial_seconds", "240");
	assert_int_equal(trial_read(&tree->fs, &written, NULL), 0);
	assert_int_equal(written.state, TRIAL_PENDING);
	assert_int_equal(grub_menu_read(&tree->fs, "bios", &menu, NULL), 0);
	assert_string_equal(menu.entry[menu.chosen].id, "xen");
	assert_string_equal(menu.entry[menu.chosen].kernel_args,
			    "root=/dev/sda1 ro panic=10 xenhost.trial=240");
	assert_string_equal(menu.entry[menu.standing].id, TRIAL_GOOD_ID);
}

static void what_is_as_it_was_is_not_tried(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_trial_ struct trial trial = {0}, written = {0};
	struct facts facts = make_facts();

	make_host(tree);
	arm(tree, &facts);
	write_menu(tree, &(struct menu_of){"dom0_mem=2G", "ro", true, false});
	assert_int_equal(settle(tree, &facts, &trial), TRIAL_SET);
	/* Somebody takes it back. */
	arm(tree, &facts);
	assert_variable(tree, "next_entry", NULL);
	write_menu(tree, &(struct menu_of){"dom0_mem=1G", "ro", true, false});
	trial_clear(&trial);
	assert_int_equal(settle(tree, &facts, &trial), TRIAL_SAME);
	assert_variable(tree, "next_entry", NULL);
	assert_variable(tree, "xenhost_fallback", NULL);
	assert_false(fs_exists(&tree->fs, TRIAL_ARMED));
	assert_int_equal(trial_read(&tree->fs, &written, NULL), 0);
	assert_int_equal(written.state, TRIAL_NONE);
}

static void assert_unsuitable(const struct unit_tree *tree, const char *entry,
			      const char *wanted)
{
	const struct trial_wish wish = {.seconds = 240, .entry = entry};
	enum trial_outcome outcome = TRIAL_SAME;
	_cleanup_trial_ struct trial trial = {0};
	struct facts facts = make_facts();
	_cleanup_err_ struct err err = {0};
	bool has_good;

	assert_int_equal(
		trial_settle(&tree->fs, &facts, &wish, &trial, &outcome, &has_good, &err),
		strstr(wanted, "has no entry 'x") ? -ENOENT : -EOPNOTSUPP);
	assert_string_equal(err.text, wanted);
	assert_variable(tree, "next_entry", NULL);
}

static void entries_that_cannot_be_on_trial(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();

	make_host(tree);
	arm(tree, &facts);
	write_menu(tree, &(struct menu_of){"dom0_mem=2G noreboot", "ro", true, false});
	assert_unsuitable(tree, NULL,
			  "with noreboot, Xen does not restart a machine that failed");
	assert_unsuitable(tree, "linux",
			  "'Linux' is not one of xenhost's entries for Xen");
	assert_unsuitable(tree, "x", "the menu has no entry 'x'");
	write_menu(tree, &(struct menu_of){"dom0_mem=2G", "ro", true, true});
	assert_unsuitable(tree, NULL,
			  "GRUB waits for a key before it starts anything: its timeout "
			  "is -1");
	write_menu(tree,
		   &(struct menu_of){"dom0_mem=2G noreboot=no", "ro", false, false});
	assert_unsuitable(tree, NULL, "the menu has no entry of the last good boot");
}

static void a_kernel_that_is_not_for_dom0_is_tried_as_the_default_only(void **state)
{
	const struct unit_tree *tree = *state;
	struct facts facts = make_facts();
	_cleanup_trial_ struct trial trial = {0};

	make_host(tree);
	arm(tree, &facts);
	write_menu(tree, &(struct menu_of){"dom0_mem=2G", "quiet", true, false});
	unit_bare_elf(tree, "boot/vmlinuz-" RELEASE);
	assert_unsuitable(tree, "xen",
			  "'/boot/vmlinuz-" RELEASE
			  "' cannot be dom0's: its ELF notes do not let Xen start it so");
	assert_int_equal(settle(tree, &facts, &trial), TRIAL_SET);
}

/* A trial, and the machine as it is when it runs. */
static void make_trial(const struct unit_tree *tree, const struct facts *facts,
		       struct trial *ret_trial)
{
	make_host(tree);
	arm(tree, facts);
	write_menu(tree, &(struct menu_of){"dom0_mem=2G", "quiet", true, false});
	assert_int_equal(settle(tree, facts, ret_trial), TRIAL_SET);
	unit_file(tree, "proc/cmdline",
		  "placeholder root=/dev/sda1 quiet panic=10 xenhost.trial=240\n");
	unit_file(tree, "proc/sys/kernel/random/boot_id", "boot-2\n");
}

static void a_healthy_trial_is_the_default_and_the_last_good_boot(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_grub_menu_ struct grub_menu good = {0}, menu = {0};
	_cleanup_trial_ struct trial trial = {0};
	struct facts facts = make_facts();

	make_trial(tree, &facts, &trial);
	trial_running_read(&tree->fs, &facts, &running);
	assert_true(running.is_trial);
	assert_true(trial_is_tried(&trial, &running));
	assert_int_equal(trial_promote(&tree->fs, &facts, &trial, &running, NULL), 0);
	assert_variable(tree, "xenhost_fallback", NULL);
	assert_false(fs_exists(&tree->fs, TRIAL_ARMED));
	assert_int_equal(trial_good_read(&tree->fs, "bios", &good, NULL), 0);
	assert_string_equal(good.entry[0].hypervisor_args, "dom0_mem=2G");
	assert_int_equal(grub_menu_read(&tree->fs, "bios", &menu, NULL), 0);
	assert_string_equal(menu.entry[menu.standing].id, "xen");
}

static void a_trial_that_failed_leaves_the_last_good_boot(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grub_menu_ struct grub_menu menu = {0};
	_cleanup_trial_ struct trial trial = {0}, written = {0};
	struct facts facts = make_facts();

	make_trial(tree, &facts, &trial);
	assert_int_equal(
		trial_fail(&tree->fs, &trial, TRIAL_FAILED, "boot-2", "no carrier", NULL),
		0);
	assert_int_equal(trial_read(&tree->fs, &written, NULL), 0);
	assert_int_equal(written.state, TRIAL_FAILED);
	assert_string_equal(written.reason, "no carrier");
	/* Also one that GRUB had not started: it is not started any more. */
	assert_variable(tree, "next_entry", NULL);
	assert_int_equal(grub_menu_read(&tree->fs, "bios", &menu, NULL), 0);
	assert_string_equal(menu.entry[menu.chosen].id, TRIAL_GOOD_ID);
	assert_true(trial_is_armed(&tree->fs));
}

static void what_was_chosen_by_hand_is_not_kept(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_trial_running_ struct trial_running running = {0};
	_cleanup_grub_menu_ struct grub_menu good = {0};
	struct facts facts = make_facts();

	make_host(tree);
	trial_running_read(&tree->fs, &facts, &running);
	assert_int_equal(trial_keep(&tree->fs, &facts, &running, NULL), 0);
	facts.xen.version = NULL;
	unit_file(tree, "proc/cmdline",
		  "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 quiet\n");
	trial_running_clear(&running);
	trial_running_read(&tree->fs, &facts, &running);
	assert_int_equal(trial_keep(&tree->fs, &facts, &running, NULL), 0);
	assert_int_equal(trial_good_read(&tree->fs, "bios", &good, NULL), 0);
	assert_string_equal(good.entry[0].title, "Xen");
}

static void another_next_entry_stays(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_grubenv_ struct grubenv env = {0};
	_cleanup_trial_ struct trial trial = {0};
	struct facts facts = make_facts();

	make_trial(tree, &facts, &trial);
	assert_int_equal(grubenv_read(&tree->fs, BLOCK, &env, NULL), 0);
	grubenv_set(&env, "next_entry", "linux");
	grubenv_set(&env, "saved_entry", "5");
	assert_int_equal(grubenv_write(&tree->fs, BLOCK, &env, NULL), 0);
	assert_int_equal(trial_disarm(&tree->fs, NULL), 0);
	assert_variable(tree, "next_entry", "linux");
	assert_variable(tree, "saved_entry", "5");
	assert_variable(tree, "xenhost_trial_entry", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(a_state_is_read_back),
		unit_test_in_tree(a_damaged_state_is_none),
		unit_test_in_tree(the_log_has_each_event_once_and_an_end),
		cmocka_unit_test(what_is_added_to_a_command_line_is_left_out),
		cmocka_unit_test(the_name_that_xen_efi_gives_is_left_out),
		cmocka_unit_test(entries_match_what_runs),
		unit_test_in_tree(a_host_of_which_a_boot_can_be_on_trial),
		unit_test_in_tree(where_grub_cannot_write_there_is_no_trial),
		unit_test_in_tree(a_separate_boot_is_what_counts),
		unit_test_in_tree(without_script_or_unit_there_is_no_trial),
		unit_test_in_tree(what_runs_is_what_a_trial_falls_back_to),
		unit_test_in_tree(the_last_good_entry_stays_while_its_files_do),
		unit_test_in_tree(without_an_entry_for_what_runs_there_is_no_trial),
		unit_test_in_tree(a_change_is_tried_once),
		unit_test_in_tree(what_is_as_it_was_is_not_tried),
		unit_test_in_tree(entries_that_cannot_be_on_trial),
		unit_test_in_tree(
			a_kernel_that_is_not_for_dom0_is_tried_as_the_default_only),
		unit_test_in_tree(a_healthy_trial_is_the_default_and_the_last_good_boot),
		unit_test_in_tree(a_trial_that_failed_leaves_the_last_good_boot),
		unit_test_in_tree(what_was_chosen_by_hand_is_not_kept),
		unit_test_in_tree(another_next_entry_stays),
	};

	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
