/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in, linked statically, for the programs that make something out of files, below a
 * root that has nothing else: puts the files of some directories into /boot/NAME. Reads a
 * FIFO /etc/wait-NAME to its end first. update-grub and grub2-mkconfig make a menu too, if
 * there is a file /etc/menu: GRUB's variables, its default and that file. Fails if there is
 * a file /etc/fail-NAME, once if that says "once"; sends the signal that /etc/signal-NAME
 * has the number of to the program that runs it.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const directories[] = {"/etc/default", "/etc/default/grub.d",
					  "/etc/modprobe.d", "/etc/dracut.conf.d",
					  "/etc/initramfs-tools"};

static void copy(const char *path, const char *head, FILE *output)
{
	FILE *file = fopen(path, "re");
	char buffer[4096];
	size_t length;

	if (!file)
		return;
	(void)fputs(head, output);
	while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0)
		(void)fwrite(buffer, 1, length, output);
	(void)fclose(file);
}

static void copy_directory(const char *directory, FILE *output)
{
	struct dirent **names = NULL;
	int count = scandir(directory, &names, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		if (names[i]->d_type == DT_REG || names[i]->d_type == DT_LNK) {
			(void)fprintf(output, "%s:\n", path);
			copy(path, "", output);
		}
		free(names[i]);
	}
	free(names);
}

/* Assignments of the shell are assignments of GRUB's scripts too. */
static int make_menu(const char *path)
{
	FILE *file;

	if (access("/etc/menu", F_OK) != 0)
		return 0;
	file = fopen(path, "we");
	if (!file)
		return -1;
	copy("/etc/default/grub", "", file);
	copy("/etc/default/grub.d/xenhost.cfg", "", file);
	copy("/etc/menu", "default=$GRUB_DEFAULT\n", file);
	return fclose(file);
}

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";
	char path[4096];
	FILE *file;
	int signal;

	(void)snprintf(path, sizeof(path), "/etc/wait-%s", name);
	file = fopen(path, "re");
	while (file && fgetc(file) != EOF)
		continue;
	if (file)
		(void)fclose(file);
	(void)snprintf(path, sizeof(path), "/etc/fail-%s", name);
	file = fopen(path, "re");
	if (file) {
		if (fgetc(file) == 'o')
			(void)unlink(path);
		(void)fclose(file);
		(void)fprintf(stderr, "told to fail\n");
		return 7;
	}
	(void)snprintf(path, sizeof(path), "/etc/signal-%s", name);
	file = fopen(path, "re");
	if (file) {
		if (fscanf(file, "%d", &signal) == 1)
			(void)kill(getppid(), signal);
		(void)fclose(file);
	}
	(void)snprintf(path, sizeof(path), "/boot/%s", name);
	file = fopen(path, "we");
	if (!file)
		return 1;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		copy_directory(directories[i], file);
	if (fclose(file) != 0)
		return 1;
	if (strcmp(name, "update-grub") == 0)
		return make_menu("/boot/grub/grub.cfg") == 0 ? 0 : 1;
	if (strcmp(name, "grub2-mkconfig") == 0)
		return make_menu("/boot/grub2/grub.cfg") == 0 ? 0 : 1;
	return 0;
}
