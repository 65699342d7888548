/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of template*.c share: sources of packages, records, locks, the build. */
#pragma once

#include "guest/template.h"
#include "guest/work.h"

#define TEMPLATE_DIR "/var/lib/xenhost/templates"
#define TEMPLATE_LOG_DIR "/var/log/xen-tools"

/* What a bootstrapped root has: the base and recipe->packages, sorted, each once. */
void template_packages(const struct recipe *recipe, struct str_list *ret_packages);

/* Where security updates come from; NULL: the recipe has none. The caller frees it. */
char *template_security_mirror(const struct recipe *recipe);

/* A file of dom0 with the archive's keys: the recipe's, else the distribution's if it is
 * there, else NULL. The caller frees it. */
char *template_keyring(const struct fs *host, const struct recipe *recipe);

/* Where that file is in the guest; NULL if there is none. The caller frees it. */
char *template_guest_keyring(const struct recipe *recipe, const char *keyring);

/* The text of a .sources file (sources.list(5)) with that keyring, which may be NULL. */
void template_sources(const struct recipe *recipe, const char *keyring, struct str *text);

/* The URIs of the InRelease files that these sources have. */
void template_releases(const struct recipe *recipe, struct str_list *ret_uris);

/* The digest of what `path` of dom0 holds, by its method; "" for those without source. */
int template_source_digest(const struct fs *host, const struct recipe *recipe,
			   struct str *ret_identity, struct str *ret_digest,
			   struct err *err) _must_check_;

/* The record of a key, without a lock: -ENOENT if there is none. */
int template_read(const struct fs *host, const char *key, struct template *ret_template,
		  struct err *err) _must_check_;
int template_write(const struct fs *host, const struct template *template,
		   struct err *err) _must_check_;

/* Likewise aside, and what is aside becomes the record at once. */
int template_write_draft(const struct fs *host, const struct template *template,
			 struct err *err) _must_check_;
int template_publish_draft(const struct fs *host, const char *key,
			   struct err *err) _must_check_;

/* Notes that it was used now. */
void template_touch(const struct fs *host, const char *key);

/*
 * Takes the lock of a key: `operation` as for flock(2). -EAGAIN with LOCK_NB if another
 * process has it. The directories are made as needed.
 */
int template_lock(const struct fs *host, const char *key, int operation, int *ret_lock,
		  struct err *err) _must_check_;

/*
 * Removes the volumes that a template may have had, and its record does not name: a refresh
 * that was killed left them. The lock must be the caller's alone.
 */
int template_remove_others(const struct fs *host, const struct template *template,
			   struct err *err) _must_check_;

/* The whole lock at once: -EBUSY if another process has a part of it. */
int template_lock_alone(const struct fs *host, const char *key, int *ret_lock,
			struct err *err) _must_check_;

/* One build or refresh, on its way through the steps. */
struct template_build {
	const struct fs *host;
	const struct recipe *recipe; /* NULL: a refresh */
	struct template *template;   /* filled as things become known */
	struct work *work;
	template_progress *progress;
	void *context;
	int log; /* a file */
	char *log_path;
	const int *input; /* what programs read; NULL: nothing */
	struct str line;  /* what a program began to write */
	struct str cause; /* its first line that tells an error */
};

void template_say(const struct template_build *build, const char *text);

/* Opens the log anew. */
int template_log_open(struct template_build *build, struct err *err) _must_check_;
void template_log_close(struct template_build *build);

/* Runs a program, its words into the log. Errors have its first complaint. */
int template_run(struct template_build *build, const char *const *argv,
		 const char *const *env, struct err *err) _must_check_;

/* Likewise below a root, in namespaces of its own, so that nothing stays that it started. */
int template_run_inside(struct template_build *build, const char *directory,
			const char *const *argv, struct err *err) _must_check_;

/* Fills a mounted, empty root as the recipe tells. */
int template_bootstrap(struct template_build *build, const char *directory,
		       const struct fs *root, struct err *err) _must_check_;

/* Its part for SUSE. */
int template_fill_zypper(struct template_build *build, const char *directory,
			 const struct fs *root, struct err *err) _must_check_;

/* Upgrades a mounted root by its own apt, and installs packages, which may be NULL. */
int template_upgrade(struct template_build *build, const char *directory,
		     const struct fs *root, const struct str_list *packages,
		     struct err *err) _must_check_;

/*
 * Before programs run inside a root: device nodes, the running system's resolv.conf, and no service
 * starts. And after: all of that is away again.
 */
int template_inside_begin(const char *directory, const struct fs *root,
			  struct err *err) _must_check_;
int template_inside_end(const char *directory, const struct fs *root,
			struct err *err) _must_check_;

/* The digest of all files below a root: names, modes, owners, sizes, times, bytes. */
int template_manifest(const struct fs *root, char **ret_digest,
		      struct err *err) _must_check_;

/*
 * The state of a repository: the digest of its InRelease files, as apt left them in a
 * root, or as they are now. "" if one is absent.
 */
int template_state_in(const struct fs *root, const struct str_list *uris,
		      char **ret_state, struct err *err) _must_check_;
int template_state_now(const struct template *template, char **ret_state,
		       struct err *err) _must_check_;

/*
 * Installs GRUB for BIOS and UEFI on a whole disk by the programs of its mounted root; what
 * the root has not (grub-pc-bin, grub-efi-amd64-bin) is left out. -ENOENT without both.
 */
int template_install_grub(struct template_build *build, const char *path,
			  const char *directory, const struct fs *root,
			  struct err *err) _must_check_;

/*
 * Makes the volume of a template as small as its file system can be, with some room, if
 * that can be: ext2, ext3, ext4, unmounted. build->template->size is what it has then.
 */
int template_shrink(struct template_build *build, struct err *err) _must_check_;

/* The path of its volume. The caller frees it. */
char *template_path(const struct template *template);

/* Bytes that a file system should have while packages are installed in it. */
uint64_t template_room(const char *fs);

/*
 * Likewise while a given root is put there: as much as the guest's root if it may need that,
 * and its file system can be shrunk afterwards. `archive`: bytes of a tar.
 */
uint64_t template_room_for(const struct recipe *recipe, uint64_t archive);

/*
 * Mounts the root, has `fill` (may be NULL) fill it, takes away what is of one guest, and
 * notes state and content in build->template.
 */
int template_fill(struct template_build *build, const char *path,
		  int (*fill)(struct template_build *build, const char *directory,
			      const struct fs *root, struct err *err),
		  struct err *err) _must_check_;

/* What a child process of work_run() does for a build: the volume, all in it, the record. */
int template_build_step(void *context, struct err *err);
