/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots on trial: what changes the boot is started once, and the last good one otherwise. */
#pragma once

#include "boot/grub-menu.h"
#include "host/facts.h"

/*
 * Below var/lib/xenhost/boot:
 *
 *	good.cfg	the entry that last booted healthily, as it stood in the menu
 *	armed		while it is there the menu's generator writes that entry, with the id
 *			"xenhost-good", and what makes GRUB obey the variables below
 *	trial.json	the trial: what is tried and what became of it
 *	log		a line of JSON for each thing that happened
 *
 * GRUB is told by its environment block: `next_entry` starts the entry once, and
 * `xenhost_fallback` is what starts otherwise. That block decides: there is a trial, or
 * one that failed, while xenhost_fallback is set in it; the rest only explains. So each
 * step is one write of it, and what came before or after is put right by the next run.
 */
#define TRIAL_DIR "var/lib/xenhost/boot"
#define TRIAL_GOOD TRIAL_DIR "/good.cfg"
#define TRIAL_ARMED TRIAL_DIR "/armed"
#define TRIAL_GOOD_ID "xenhost-good"

#define TRIAL_SECONDS 600 /* until Xen restarts a boot that nobody finds healthy */
#define TRIAL_SECONDS_MIN 60
#define TRIAL_SECONDS_MAX 86400

enum trial_state {
	TRIAL_NONE,
	TRIAL_PENDING,	 /* is to be started, or runs */
	TRIAL_FAILED,	 /* was not healthy: the last good entry is the default */
	TRIAL_CANCELLED, /* likewise, because somebody said so */
	TRIAL_PROMOTED,	 /* was healthy: the default is what the menu says */
};

struct trial {
	enum trial_state state;
	int64_t time; /* of the state, seconds since 1970 */
	char *boot;   /* the boot in which it became pending */
	char *entry;  /* its path, as next_entry takes it */
	char *title, *good_title;
	char *changes; /* how it differs from the good entry, one line */
	char *reason;  /* why it failed, one line, or NULL */
	char *kernel, *kernel_args, *hypervisor, *hypervisor_args; /* of the entry */
	uint64_t seconds;
	bool had_route;		    /* the host had a default route */
	struct str_list interfaces; /* those that had an address */
};

#define _cleanup_trial_ _cleanup_(trial_clear)

/*
 * Without a file, or with a damaged one, it is TRIAL_NONE: what GRUB has been told decides,
 * this only explains it.
 */
int trial_read(const struct fs *fs, struct trial *ret_trial,
	       struct err *err) _must_check_;
int trial_write(const struct fs *fs, const struct trial *trial,
		struct err *err) _must_check_;
const char *trial_state_name(enum trial_state state);

/* May run twice. */
void trial_clear(struct trial *trial);

/* Whether the last good entry is the default now, as GRUB has been told. */
bool trial_is_armed(const struct fs *fs);

/* ---- the story ---- */

/*
 * Adds {"time", "boot", "event", "title", "text"} to the log, unless the same event of
 * the same boot is the last one. The oldest go. Only fails to write.
 */
int trial_log(const struct fs *fs, const char *boot, const char *event, const char *title,
	      const char *text, struct err *err) _must_check_;

/* An array of the objects, oldest first; lines that are none are left out. */
json_t *trial_log_read(const struct fs *fs);

/* ---- entries ---- */

/* The menu as it would be if GRUB were told of no trial and of nothing to start once. */
int trial_menu_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		    struct err *err) _must_check_;

/* A menu with the last good entry alone. -ENOENT if there is none. */
int trial_good_read(const struct fs *fs, const char *firmware, struct grub_menu *ret_menu,
		    struct err *err) _must_check_;
int trial_good_write(const struct fs *fs, const struct grub_entry *entry,
		     struct err *err) _must_check_;

/* Whether the files that an entry names are there. */
bool trial_has_files(const struct fs *fs, const struct grub_entry *entry);

/* Whether Xen cannot start its kernel as dom0's, by the ELF notes; host/note.h. */
bool trial_lacks_dom0(const struct fs *fs, const struct grub_entry *entry);

/* Whether both start the same: hypervisor, kernel, modules, and their arguments. */
bool trial_is_same(const struct grub_entry *a, const struct grub_entry *b);

/* "hypervisor arguments 'a' instead of 'b'; kernel ...". The caller frees it. */
char *trial_difference(const struct grub_entry *entry, const struct grub_entry *good);

/* Whether two lines of arguments have the same words. */
bool trial_is_same_line(const char *a, const char *b);

/* ---- what runs ---- */

struct trial_running {
	char *boot;		      /* the kernel's id of this boot */
	char *release;		      /* of the kernel: "6.1.0-37-amd64" */
	char *kernel_args;	      /* without what GRUB, Xen and a trial add */
	bool is_xen;		      /* this is dom0 */
	char *xen_version, *xen_args; /* NULL: unknown */
	bool is_trial;		      /* GRUB started it as one */
	uint64_t seconds;
};

#define _cleanup_trial_running_ _cleanup_(trial_running_clear)

/* What runs, by /proc; Xen's arguments by `xl info`, if the root is the running system. */
void trial_running_read(const struct fs *fs, const struct facts *facts,
			struct trial_running *ret_running);

/* Reads a /proc/cmdline into kernel_args, is_trial, seconds; `release` is known, or NULL. */
void trial_running_parse(const char *line, struct trial_running *running);
void trial_running_clear(struct trial_running *running);

/* Whether an entry may be what runs; arguments that are unknown are no difference. */
bool trial_is_running(const struct grub_entry *entry,
		      const struct trial_running *running);

/* The entry of a menu that runs, the default if several may be it; GRUB_NONE. */
size_t trial_find_running(const struct fs *fs, const struct grub_menu *menu,
			  const struct trial_running *running);

/* Whether what runs is what is on trial, as far as it is known. */
bool trial_is_tried(const struct trial *trial, const struct trial_running *running);

/* The interfaces that have an address by now; none if `ip` does not tell. */
struct str_list trial_addressed(const struct fs *fs);

/* ---- steps; the journal's lock is held ---- */

/*
 * Why no boot of this system can be on trial, one line; NULL: it can. The caller frees it.
 * Of the system alone: the entry itself may be another reason, see trial_settle().
 */
char *trial_obstacle(const struct fs *fs, const struct facts *facts);

/* Whether the root is the system that runs here: not a chroot, an image or a container. */
bool trial_is_running_system(const struct fs *fs);

/*
 * Before the menu is changed: from the next time on that it is made, what last booted
 * healthily is the default. Fails if no such entry is known.
 */
int trial_arm(const struct fs *fs, const struct facts *facts,
	      struct err *err) _must_check_;

enum trial_outcome {
	TRIAL_SAME, /* the default is what last booted healthily: nothing is on trial */
	TRIAL_SET,
};

struct trial_wish {
	const char *entry; /* as GRUB_DEFAULT takes it; NULL: the menu's default */
	uint64_t seconds;
};

/*
 * After the menu was made: puts its default, or the entry that is asked for, on trial,
 * unless it is what last booted healthily. *ret_has_good tells whether the menu has an
 * entry of a trial that is not needed any more. -EOPNOTSUPP, with the reason, if the
 * entry cannot be on trial: GRUB is told of no trial then.
 */
int trial_settle(const struct fs *fs, const struct facts *facts,
		 const struct trial_wish *wish, struct trial *ret_trial,
		 enum trial_outcome *ret_outcome, bool *ret_has_good,
		 struct err *err) _must_check_;

/* Tells GRUB of no trial: the default is what the menu says. */
int trial_disarm(const struct fs *fs, struct err *err) _must_check_;

/*
 * The trial was good, or is taken for that: the default is what the menu says. What runs
 * becomes the last good entry if that is what was tried.
 */
int trial_promote(const struct fs *fs, const struct facts *facts, struct trial *trial,
		  const struct trial_running *running, struct err *err) _must_check_;

/* The last good entry is the default from now on, for this reason. */
int trial_fail(const struct fs *fs, struct trial *trial, enum trial_state state,
	       const char *boot, const char *reason, struct err *err) _must_check_;

/* What runs is healthy: it is the last good entry, if it is the default. */
int trial_keep(const struct fs *fs, const struct facts *facts,
	       const struct trial_running *running, struct err *err) _must_check_;
