/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As what Xen can start a kernel, by the notes in its file. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/run.h"
#include "host/note.h"
#include "unit.h"

#define NO FACTS_NO
#define YES FACTS_YES
#define UNKNOWN FACTS_UNKNOWN

enum {
	ENTRY = 1,
	VERSION = 5,
	OS = 6,
	LOADER = 8,
	FEATURES = 10,
	SUPPORTED = 17,
	PHYS32 = 18
};

struct one {
	uint32_t type;
	const char *description;
	size_t length; /* 0: a string with its end */
};

#define LINUX                                      \
	{OS, "linux", 0}, {VERSION, "xen-3.0", 0}, \
	{                                          \
		LOADER, "generic", 0               \
	}
#define ENTERED                                    \
	{                                          \
		ENTRY, "\x10\x20\x30\x40\0\0\0", 8 \
	}
#define HAS_PHYS32                    \
	{                             \
		PHYS32, "\0\0\0\1", 4 \
	}
#define DOM0                               \
	{                                  \
		SUPPORTED, "\1\x88\0\0", 4 \
	}
#define NO_DOM0                            \
	{                                  \
		SUPPORTED, "\1\x80\0\0", 4 \
	}
#define NOTES_ROOM 8

/* ---- files ---- */

static void add_note(struct str *bytes, const char *owner, const struct one *one)
{
	size_t length = one->length ? one->length : strlen(one->description) + 1;
	const Elf32_Nhdr header = {(uint32_t)strlen(owner) + 1, (uint32_t)length,
				   one->type};

	str_add_bytes(bytes, &header, sizeof(header));
	str_add_bytes(bytes, owner, strlen(owner) + 1);
	while (bytes->length % 4)
		str_add_char(bytes, '\0');
	str_add_bytes(bytes, one->description, length);
	while (bytes->length % 4)
		str_add_char(bytes, '\0');
}

/* Those of others around Xen's. */
static void make_notes(const struct one *notes, struct str *ret_notes)
{
	add_note(ret_notes, "Linux", &(struct one){0x100, "6.1", 0});
	for (size_t i = 0; notes[i].type; i++)
		add_note(ret_notes, "Xen", &notes[i]);
	add_note(ret_notes, "GNU", &(struct one){OS, "plan9", 0});
}

/* Of 64 bits, with the notes in a segment behind its header. */
static void make_elf(const struct one *notes, struct str *ret_bytes)
{
	_cleanup_str_ struct str text = {0};
	Elf64_Ehdr header = {.e_machine = EM_X86_64,
			     .e_phoff = sizeof(Elf64_Ehdr),
			     .e_phentsize = sizeof(Elf64_Phdr),
			     .e_phnum = 2};
	Elf64_Phdr segments[2] = {
		{.p_type = PT_LOAD},
		{.p_type = PT_NOTE, .p_offset = sizeof(header) + sizeof(segments)}};

	make_notes(notes, &text);
	memcpy(header.e_ident, ELFMAG "\2\1", 6);
	segments[1].p_filesz = text.length;
	str_add_bytes(ret_bytes, &header, sizeof(header));
	str_add_bytes(ret_bytes, segments, sizeof(segments));
	str_add_bytes(ret_bytes, text.text, text.length);
}

/* Of 32 bits, with the notes in a segment behind its header. */
static void make_narrow(const struct one *notes, struct str *ret_bytes)
{
	_cleanup_str_ struct str text = {0};
	Elf32_Ehdr header = {.e_machine = EM_386,
			     .e_phoff = sizeof(Elf32_Ehdr),
			     .e_phentsize = sizeof(Elf32_Phdr),
			     .e_phnum = 1};
	Elf32_Phdr segment = {.p_type = PT_NOTE,
			      .p_offset = sizeof(header) + sizeof(segment)};

	make_notes(notes, &text);
	memcpy(header.e_ident, ELFMAG "\1\1", 6);
	segment.p_filesz = (uint32_t)text.length;
	str_add_bytes(ret_bytes, &header, sizeof(header));
	str_add_bytes(ret_bytes, &segment, sizeof(segment));
	str_add_bytes(ret_bytes, text.text, text.length);
}

/* Without segments: a section of a type and a name with the notes. */
static void make_sections(const struct one *notes, uint32_t type, const char *name,
			  struct str *ret_bytes)
{
	_cleanup_str_ struct str text = {0};
	Elf64_Ehdr header = {.e_machine = EM_X86_64,
			     .e_shoff = sizeof(Elf64_Ehdr),
			     .e_shentsize = sizeof(Elf64_Shdr),
			     .e_shnum = 3,
			     .e_shstrndx = 1};
	Elf64_Shdr sections[3] = {{0},
				  {.sh_type = SHT_STRTAB,
				   .sh_offset = sizeof(header) + sizeof(sections),
				   .sh_size = 16},
				  {.sh_type = type, .sh_name = 2}};
	char names[16] = "";

	memcpy(header.e_ident, ELFMAG "\2\1", 6);
	(void)snprintf(names + 2, sizeof(names) - 2, "%s", name);
	make_notes(notes, &text);
	sections[2].sh_offset = sections[1].sh_offset + sizeof(names);
	sections[2].sh_size = text.length;
	str_add_bytes(ret_bytes, &header, sizeof(header));
	str_add_bytes(ret_bytes, sections, sizeof(sections));
	str_add_bytes(ret_bytes, names, sizeof(names));
	str_add_bytes(ret_bytes, text.text, text.length);
}

static struct note judge(const struct str *bytes)
{
	return note_judge((const uint8_t *)bytes->text, bytes->length);
}

static void assert_note(struct note note, enum facts_answer dom0, enum facts_answer pv,
			enum facts_answer pvh)
{
	assert_int_equal(note.dom0, dom0);
	assert_int_equal(note.pv, pv);
	assert_int_equal(note.pvh, pvh);
}

/* ---- notes ---- */

static void notes_tell_as_what_xen_starts_a_kernel(void **state)
{
	static const struct {
		struct one notes[NOTES_ROOM];
		enum facts_answer dom0, pv, pvh;
	} kernels[] = {
		{{LINUX, ENTERED, HAS_PHYS32, DOM0}, YES, YES, YES},
		{{LINUX, ENTERED, HAS_PHYS32, NO_DOM0}, NO, YES, YES},
		/* Before Linux 2.6.39, and others that do not tell. */
		{{LINUX, ENTERED}, YES, YES, NO},
		/* Without CONFIG_XEN_PV. */
		{{LINUX, HAS_PHYS32, DOM0}, YES, NO, YES},
		{{LINUX, NO_DOM0}, NO, NO, NO},
		/* Mini-OS is entered where its header says. */
		{{{OS, "Mini-OS", 0}, {VERSION, "xen-3.0", 0}, {LOADER, "generic", 0}},
		 YES,
		 YES,
		 NO},
		{{{OS, "plan9", 0}, {VERSION, "xen-3.0", 0}, ENTERED}, NO, NO, NO},
		{{{OS, "linux", 0}, {VERSION, "xen-2.0", 0}, ENTERED}, NO, NO, NO},
		{{{PHYS32, "\0\0\0\1", 4}}, YES, NO, YES},
		{{{0}}, NO, NO, NO},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		_cleanup_str_ struct str wide = {0}, narrow = {0};

		make_elf(kernels[i].notes, &wide);
		assert_note(judge(&wide), kernels[i].dom0, kernels[i].pv, kernels[i].pvh);
		make_narrow(kernels[i].notes, &narrow);
		assert_note(judge(&narrow), kernels[i].dom0, kernels[i].pv,
			    kernels[i].pvh);
	}
}

static void features_are_words_too(void **state)
{
	static const struct {
		const char *features;
		enum facts_answer dom0, guest;
	} kernels[] = {
		{"!writable_page_tables|pae_pgdir_above_4gb", NO, YES},
		{"!writable_page_tables|dom0", YES, YES},
		{"dom0|a_new_one", YES, YES},
		{"!dom0", YES, NO},
		{"dom0|!a_new_one", NO, NO},
		{"", NO, YES},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		const struct one notes[] = {LINUX,
					    ENTERED,
					    HAS_PHYS32,
					    NO_DOM0,
					    {FEATURES, kernels[i].features, 0},
					    {0}};
		_cleanup_str_ struct str elf = {0};

		make_elf(notes, &elf);
		assert_note(judge(&elf), kernels[i].dom0, kernels[i].guest,
			    kernels[i].guest);
	}
}

static void sections_count_where_no_segment_has_notes(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, NO_DOM0, {0}}, none[] = {{0}};
	_cleanup_str_ struct str sections = {0}, data = {0}, old = {0};

	(void)state;
	make_sections(notes, SHT_NOTE, ".notes", &sections);
	assert_note(judge(&sections), NO, YES, NO);
	make_sections(notes, SHT_PROGBITS, ".notes", &data);
	assert_note(judge(&data), NO, NO, NO);
	make_sections(none, SHT_PROGBITS, "__xen_guest", &old);
	assert_note(judge(&old), UNKNOWN, UNKNOWN, UNKNOWN);
}

static void the_last_note_may_go_on_behind_its_segment(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, {0}};
	_cleanup_str_ struct str elf = {0};

	(void)state;
	make_elf(notes, &elf);
	elf.text[sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) +
		 offsetof(Elf64_Phdr, p_filesz)] -= 4;
	assert_note(judge(&elf), YES, YES, NO);
}

static void a_damaged_file_is_unknown(void **state)
{
	static const struct one notes[] = {{OS, "Linux", 0}, {0}};
	_cleanup_str_ struct str elf = {0}, sections = {0};

	(void)state;
	make_elf(notes, &elf);
	for (size_t length = 0;
	     length < elf.length - sizeof("plan9") - 4 - sizeof(Elf32_Nhdr) - 2; length++)
		assert_note(note_judge((uint8_t *)elf.text, length), UNKNOWN, UNKNOWN,
			    UNKNOWN);
	make_sections(notes, SHT_NOTE, ".notes", &sections);
	sections.text[offsetof(Elf64_Ehdr, e_shoff) + 7] = 0x7f;
	assert_note(judge(&sections), UNKNOWN, UNKNOWN, UNKNOWN);
	sections.text[offsetof(Elf64_Ehdr, e_shoff) + 7] = 0;
	sections.text[offsetof(Elf64_Ehdr, e_shentsize)] = 1;
	assert_note(judge(&sections), UNKNOWN, UNKNOWN, UNKNOWN);
}

static void another_processor_is_unknown(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, {0}};
	_cleanup_str_ struct str elf = {0};

	(void)state;
	make_elf(notes, &elf);
	elf.text[offsetof(Elf64_Ehdr, e_machine)] = (char)EM_AARCH64;
	assert_note(judge(&elf), UNKNOWN, UNKNOWN, UNKNOWN);
}

static void more_notes_than_anybody_has_are_unknown(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, {0}};
	const size_t at =
		sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, p_filesz);
	_cleanup_str_ struct str elf = {0};
	uint64_t length;

	(void)state;
	make_elf(notes, &elf);
	length = elf.length - sizeof(Elf64_Ehdr) - 2 * sizeof(Elf64_Phdr);
	for (size_t i = 0; i < 5000; i++) {
		if (i == 4000)
			assert_note(judge(&elf), YES, YES, NO);
		add_note(&elf, "GNU", &(struct one){3, "", 0});
		length += sizeof(Elf32_Nhdr) + 4 + 4;
		memcpy(elf.text + at, &length, sizeof(length));
	}
	assert_note(judge(&elf), UNKNOWN, UNKNOWN, UNKNOWN);
}

/* ---- files ---- */

static void write_file(const struct unit_tree *tree, const struct str *bytes)
{
	_cleanup_free_ char *path = mem_textf("%s/vmlinuz", tree->path);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes->text, 1, bytes->length, file), bytes->length);
	assert_int_equal(fclose(file), 0);
}

static void pack(const char *const *argv, const struct str *bytes, struct str *ret_packed)
{
	_cleanup_close_ int input = memfd_create("input", MFD_CLOEXEC);
	const struct run run = {.argv = argv, .output_limit = 1 << 20, .input = &input};

	assert_int_equal(write(input, bytes->text, bytes->length), bytes->length);
	assert_int_equal(lseek(input, 0, SEEK_SET), 0);
	assert_int_equal(run_capture(&run, ret_packed, NULL), 0);
}

/* A bzImage, with a signature behind what it holds. */
static void write_image(const struct unit_tree *tree, const struct str *payload)
{
	uint8_t head[2048] = "MZ";
	_cleanup_str_ struct str image = {0};

	head[0x1f1] = 3;
	memcpy(head + 0x202, "HdrS\x0f\x02", 6);
	head[0x248] = 5;
	memcpy(head + 0x24c, &payload->length, 4);
	str_add_bytes(&image, head, sizeof(head));
	str_add_bytes(&image, "start", 5);
	str_add_bytes(&image, payload->text, payload->length);
	str_add(&image, "signature");
	write_file(tree, &image);
}

static const struct {
	const char *argv[4];
	bool has_own_length;
} packers[] = {
	{{"gzip", "-c", NULL}, true},
	{{"bzip2", "-c", NULL}, false},
	{{"xz", "-c", "--format=lzma", NULL}, false},
	{{"xz", "-c", "--check=crc32", NULL}, false},
	{{"lzop", "-c", NULL}, false},
	{{"lz4", "-l", "-c", NULL}, false},
	{{"zstd", "-c", NULL}, false},
};

static void what_is_packed_is_unpacked(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, NO_DOM0, {0}};
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str elf = {0};

	make_elf(notes, &elf);
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		_cleanup_str_ struct str packed = {0};

		pack(packers[i].argv, &elf, &packed);
		if (!packers[i].has_own_length)
			str_add_bytes(&packed, "\0\1\2\3", 4);
		write_image(tree, &packed);
		assert_note(note_unpack(&tree->fs, "vmlinuz"), NO, YES, NO);
		assert_note(note_read(&tree->fs, "vmlinuz"), UNKNOWN, UNKNOWN, UNKNOWN);
	}
}

static void what_is_not_packed_is_read(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, NO_DOM0, {0}};
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str elf = {0};

	make_elf(notes, &elf);
	write_file(tree, &elf);
	assert_note(note_read(&tree->fs, "vmlinuz"), NO, YES, NO);
	write_image(tree, &elf);
	assert_note(note_read(&tree->fs, "vmlinuz"), NO, YES, NO);
}

static void a_payload_that_cannot_be_unpacked_is_unknown(void **state)
{
	static const struct one notes[] = {LINUX, ENTERED, {0}};
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str elf = {0}, packed = {0};

	make_elf(notes, &elf);
	pack(packers[0].argv, &elf, &packed);
	write_image(tree, &packed);
	assert_note(note_unpack(&tree->fs, "vmlinuz"), YES, YES, NO);
	packed.text[packed.length / 2] ^= 0x55;
	write_image(tree, &packed);
	assert_note(note_unpack(&tree->fs, "vmlinuz"), UNKNOWN, UNKNOWN, UNKNOWN);
	packed.length = 2;
	write_image(tree, &packed);
	assert_note(note_unpack(&tree->fs, "vmlinuz"), UNKNOWN, UNKNOWN, UNKNOWN);
	assert_note(note_unpack(&tree->fs, "absent"), UNKNOWN, UNKNOWN, UNKNOWN);
}

static void a_payload_beyond_the_file_is_unknown(void **state)
{
	uint8_t head[1024] = "MZ";
	struct unit_tree *tree = *state;
	_cleanup_str_ struct str image = {0};

	head[0x1f1] = 1;
	memcpy(head + 0x202, "HdrS\x0f\x02", 6);
	memcpy(head + 0x24c, "\xff\xff\xff\xff", 4);
	str_add_bytes(&image, head, sizeof(head));
	str_add_bytes(&image, "\x1f\x8b\x08\0", 4);
	write_file(tree, &image);
	assert_note(note_unpack(&tree->fs, "vmlinuz"), UNKNOWN, UNKNOWN, UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_tell_as_what_xen_starts_a_kernel),
		cmocka_unit_test(features_are_words_too),
		cmocka_unit_test(sections_count_where_no_segment_has_notes),
		cmocka_unit_test(the_last_note_may_go_on_behind_its_segment),
		cmocka_unit_test(a_damaged_file_is_unknown),
		cmocka_unit_test(another_processor_is_unknown),
		cmocka_unit_test(more_notes_than_anybody_has_are_unknown),
		unit_test_in_tree(what_is_packed_is_unpacked),
		unit_test_in_tree(what_is_not_packed_is_read),
		unit_test_in_tree(a_payload_that_cannot_be_unpacked_is_unknown),
		unit_test_in_tree(a_payload_beyond_the_file_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
