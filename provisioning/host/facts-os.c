/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the system: its family, its release, the architecture of its programs. */
#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <string.h>

#include "base/shell.h"
#include "host/facts-parts.h"

#define OS_RELEASE_MAX 65536

/* ID_LIKE holds what a distribution is derived from, separated by blanks. */
static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (words && *words) {
		size_t size = strcspn(words, " ");

		if (size == length && strncmp(words, word, size) == 0)
			return true;
		words += size + strspn(words + size, " ");
	}
	return false;
}

static const char *os_family(const char *id, const char *like)
{
	static const struct {
		const char *word, *family;
	} known[] = {
		{"debian", "debian"}, {"ubuntu", "debian"}, {"suse", "suse"},
		{"opensuse", "suse"}, {"sles", "suse"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_same(id, known[i].word) || has_word(like, known[i].word))
			return known[i].family;
	return NULL;
}

/* The machine in the ELF header of /bin/sh: an image tells it without being run. */
static char *read_architecture(const struct fs *fs)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} known[] = {
		{EM_X86_64, "x86_64"}, {EM_386, "i686"},      {EM_AARCH64, "aarch64"},
		{EM_ARM, "armv7l"},    {EM_RISCV, "riscv64"}, {EM_PPC64, "ppc64le"},
	};
	_cleanup_close_ int fd = -1;
	uint16_t machine;
	Elf64_Ehdr header;

	if (fs_open_file(fs, "bin/sh", O_RDONLY | O_NONBLOCK, &fd, NULL) < 0 ||
	    read(fd, &header, sizeof(header)) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return NULL;
	machine = header.e_ident[EI_DATA] == ELFDATA2MSB ? be16toh(header.e_machine)
							 : le16toh(header.e_machine);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (machine == known[i].machine)
			return mem_text(known[i].name);
	return NULL;
}

void facts_read_os(const struct fs *fs, struct facts *facts)
{
	struct facts_os *os = &facts->os;
	_cleanup_str_ struct str text = {0};
	_cleanup_free_ char *like = NULL;
	const char *family;

	facts->architecture = read_architecture(fs);
	if (fs_read(fs, "etc/os-release", OS_RELEASE_MAX, &text, NULL) < 0 &&
	    fs_read(fs, "usr/lib/os-release", OS_RELEASE_MAX, &text, NULL) < 0)
		return;
	os->id = shell_value(str_text(&text), "ID");
	os->version = shell_value(str_text(&text), "VERSION_ID");
	os->name = shell_value(str_text(&text), "PRETTY_NAME");
	like = shell_value(str_text(&text), "ID_LIKE");
	family = os_family(os->id, like);
	os->family = family ? mem_text(family) : NULL;
}
