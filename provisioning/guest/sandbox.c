/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place where a guest's own programs may run in dom0. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "guest/sandbox.h"

#define RESOLV "etc/resolv.conf"
#define COPY "run/xenhost-resolv.conf"
#define RESOLV_MAX 65536
#define FD_PATH 32

/* What package managers need of root's rights: files of all owners, and other users. */
static const int kept[] = {
	CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,	    CAP_KILL,
	CAP_SETGID, CAP_SETUID,	      CAP_SETFCAP, CAP_AUDIT_WRITE,
};

static const struct {
	const char *name;
	unsigned int minor;
} devices[] = {
	{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9},
};

/* In this order: each is below what is there then. */
static const struct {
	const char *path, *type, *options;
	unsigned long flags;
} mounts[] = {
	{"proc", "proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY},
	{"dev", "tmpfs", "mode=0755,size=1m", MS_NOSUID | MS_NOEXEC},
	{"run", "tmpfs", "mode=0755,size=64m", MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"dev/pts", "devpts", "newinstance,mode=0620,ptmxmode=0666",
	 MS_NOSUID | MS_NOEXEC},
	{"dev/shm", "tmpfs", "mode=1777,size=64m", MS_NOSUID | MS_NODEV | MS_NOEXEC},
};

/* A path of the guest, opened without leaving it, by a name for mount(2). */
static int open_there(const struct fs *root, const char *path, char name[FD_PATH],
		      int *ret_fd, struct err *err)
{
	int rc = fs_open_file(root, path, O_PATH, ret_fd, err);

	if (rc == 0)
		(void)snprintf(name, FD_PATH, "/proc/self/fd/%d", *ret_fd);
	return rc;
}

static int make_devices(const struct fs *root, struct err *err)
{
	_cleanup_close_ int directory = -1;
	int rc = fs_open_file(root, "dev", O_RDONLY | O_DIRECTORY, &directory, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (mknodat(directory, devices[i].name, S_IFCHR | 0600,
			    makedev(1, devices[i].minor)) < 0 ||
		    fchmodat(directory, devices[i].name, 0666, 0) < 0)
			return err_set(err, errno, "make /dev/%s", devices[i].name);
	if (symlinkat("pts/ptmx", directory, "ptmx") < 0 ||
	    symlinkat("/proc/self/fd", directory, "fd") < 0 ||
	    symlinkat("/proc/self/fd/0", directory, "stdin") < 0 ||
	    symlinkat("/proc/self/fd/1", directory, "stdout") < 0 ||
	    symlinkat("/proc/self/fd/2", directory, "stderr") < 0)
		return err_set(err, errno, "make links in /dev");
	return 0;
}

/*
 * What systemd-detect-virt(1) of the guest goes by: nothing of the machine that boots is here, so
 * that Debian's hook for kernels does not run update-grub, which would fail without its disks.
 */
static int tell_container(const struct fs *root, struct err *err)
{
	const struct fs_access directory = {0755, 0, 0}, file = {0644, 0, 0};
	int rc = fs_mkdir(root, "run/systemd", &directory, err);

	return rc < 0 ? rc
		      : fs_replace(root, "run/systemd/container", SANDBOX_CONTAINER "\n",
				   strlen(SANDBOX_CONTAINER) + 1, &file, NULL, err);
}

static int mount_all(const struct fs *root, struct err *err)
{
	const struct fs_access access = {0755, 0, 0};
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		_cleanup_close_ int fd = -1;
		char name[FD_PATH];

		rc = fs_mkdir(root, mounts[i].path, &access, err);
		if (rc == 0)
			rc = open_there(root, mounts[i].path, name, &fd, err);
		if (rc < 0)
			return rc;
		if (mount(mounts[i].type, name, mounts[i].type, mounts[i].flags,
			  mounts[i].options) < 0)
			return err_set(err, errno, "mount /%s", mounts[i].path);
	}
	rc = make_devices(root, err);
	return rc < 0 ? rc : tell_container(root, err);
}

/*
 * A place for dom0's resolv.conf, if there is none: behind a link into /run, which is empty
 * now, else an empty file, which means the same as none.
 */
static int make_resolv(const struct fs *root, const struct fs_access *access,
		       struct err *err)
{
	static const char *const directories[] = {"run/systemd", "run/systemd/resolve",
						  "run/resolvconf", "run/NetworkManager"};
	const struct fs_access searchable = {0755, 0, 0};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(directories) && rc == 0; i++)
		rc = fs_mkdir(root, directories[i], &searchable, err);
	if (rc < 0 || fs_exists(root, RESOLV))
		return rc;
	return fs_replace(root, RESOLV, "", 0, access, NULL, err);
}

/* dom0's bytes are over the guest's own while this goes on. */
static int cover_resolv(const struct fs *root, struct err *err)
{
	const struct fs_access access = {0644, 0, 0};
	_cleanup_close_ int from = -1, to = -1;
	_cleanup_fs_ struct fs system = FS_CLOSED;
	_cleanup_str_ struct str text = {0};
	char from_name[FD_PATH], to_name[FD_PATH];
	int rc = fs_open("/", &system, err);

	if (rc == 0 && fs_read(&system, RESOLV, RESOLV_MAX, &text, NULL) < 0)
		return 0;
	if (rc == 0)
		rc = make_resolv(root, &access, err);
	if (rc == 0)
		rc = fs_replace(root, COPY, str_text(&text), text.length, &access, NULL,
				err);
	if (rc == 0)
		rc = open_there(root, COPY, from_name, &from, err);
	if (rc == 0)
		rc = open_there(root, RESOLV, to_name, &to, err);
	if (rc == 0 && mount(from_name, to_name, NULL, MS_BIND, NULL) < 0)
		rc = err_set(err, errno, "mount /" RESOLV);
	return rc;
}

/* Nothing of dom0's is mounted any more. */
static int change_root(const char *directory, struct err *err)
{
	if (chdir(directory) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_set(err, errno, "make '%s' the root", directory);
	return 0;
}

static bool is_kept(int capability)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (kept[i] == capability)
			return true;
	return false;
}

/* For what is executed from now on; this process keeps its own. */
static int drop_rights(struct err *err)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (!is_kept(i) && prctl(PR_CAPBSET_DROP, i) < 0)
			return err_set(err, errno, "drop capability %d", i);
	if (syscall(SYS_capget, &header, data) < 0)
		return err_set(err, errno, "read capabilities");
	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		data[i].inheritable = 0;
	if (syscall(SYS_capset, &header, data) < 0 ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_set(err, errno, "drop capabilities");
	return 0;
}

int sandbox_enter(const struct fs *root, const char *directory, const char *name,
		  bool has_network, struct err *err)
{
	int own = CLONE_NEWIPC | CLONE_NEWUTS | (has_network ? 0 : CLONE_NEWNET);
	int rc = 0;

	if (unshare(own) < 0 || sethostname(name, strlen(name)) < 0)
		rc = err_set(err, errno, "make namespaces");
	if (rc == 0)
		rc = mount_all(root, err);
	if (rc == 0 && has_network)
		rc = cover_resolv(root, err);
	if (rc == 0)
		rc = change_root(directory, err);
	if (rc == 0)
		rc = drop_rights(err);
	return rc;
}
