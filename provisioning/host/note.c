/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the notes in a kernel's ELF file tell: as what Xen can start it. */
#include <elf.h>
#include <endian.h>
#include <string.h>

#include "host/note-parts.h"

/* Of Xen's elfnote.h and features.h. */
#define NOTE_ENTRY 1
#define NOTE_XEN_VERSION 5
#define NOTE_GUEST_OS 6
#define NOTE_LOADER 8
#define NOTE_FEATURES 10
#define NOTE_SUPPORTED_FEATURES 17
#define NOTE_PHYS32_ENTRY 18
#define FEATURE_DOM0 11

#define NOTES_MAX 4096 /* in all; Linux has 20 */
#define TEXT_ROOM 512

struct range {
	uint64_t at, length;
};

struct table {
	uint64_t at, stride;
	size_t count;
};

struct elf {
	const struct note_source *source;
	bool is_wide; /* of 64 bits */
	struct table segments, sections;
	size_t names; /* the section with the names of sections */
};

struct found {
	size_t total, count; /* all notes, those of Xen */
	bool has_entry, has_phys32, has_supported;
	bool is_linux, is_generic, is_for_xen3;
	bool is_dom0, needs_dom0, needs_unknown;
};

static bool read_at(const struct note_source *source, uint64_t at, void *buffer,
		    size_t length)
{
	size_t done = 0;

	if (at > source->length || length > source->length - at)
		return false;
	if (source->bytes) {
		memcpy(buffer, source->bytes + at, length);
		return true;
	}
	while (done < length) {
		ssize_t r = pread(source->fd, (uint8_t *)buffer + done, length - done,
				  (off_t)(source->start + at + done));

		if (r <= 0)
			return false;
		done += (size_t)r;
	}
	return true;
}

/* ---- the file ---- */

static bool is_x86(uint16_t machine)
{
	return le16toh(machine) == EM_386 || le16toh(machine) == EM_X86_64;
}

static bool open_wide(struct elf *elf)
{
	Elf64_Ehdr header;

	if (!read_at(elf->source, 0, &header, sizeof(header)) ||
	    !is_x86(header.e_machine))
		return false;
	elf->segments =
		(struct table){le64toh(header.e_phoff), le16toh(header.e_phentsize),
			       le16toh(header.e_phnum)};
	elf->sections =
		(struct table){le64toh(header.e_shoff), le16toh(header.e_shentsize),
			       le16toh(header.e_shnum)};
	elf->names = le16toh(header.e_shstrndx);
	return true;
}

static bool open_narrow(struct elf *elf)
{
	Elf32_Ehdr header;

	if (!read_at(elf->source, 0, &header, sizeof(header)) ||
	    !is_x86(header.e_machine))
		return false;
	elf->segments =
		(struct table){le32toh(header.e_phoff), le16toh(header.e_phentsize),
			       le16toh(header.e_phnum)};
	elf->sections =
		(struct table){le32toh(header.e_shoff), le16toh(header.e_shentsize),
			       le16toh(header.e_shnum)};
	elf->names = le16toh(header.e_shstrndx);
	return true;
}

static bool elf_open(const struct note_source *source, struct elf *ret_elf)
{
	struct elf elf = {.source = source};
	uint8_t ident[EI_NIDENT];

	if (!read_at(source, 0, ident, sizeof(ident)) ||
	    memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_DATA] != ELFDATA2LSB)
		return false;
	elf.is_wide = ident[EI_CLASS] == ELFCLASS64;
	if (!elf.is_wide && ident[EI_CLASS] != ELFCLASS32)
		return false;
	if (!(elf.is_wide ? open_wide(&elf) : open_narrow(&elf)))
		return false;
	*ret_elf = elf;
	return true;
}

/* An item of a table, which is at most 65535 items of 65535 bytes. */
static bool read_item(const struct elf *elf, const struct table *table, size_t i,
		      void *item, size_t size)
{
	uint64_t behind = i * table->stride;

	return table->stride >= size && table->at <= elf->source->length &&
	       read_at(elf->source, table->at + behind, item, size);
}

/* The notes of a segment; of length 0 if it has none. */
static bool read_segment(const struct elf *elf, size_t i, struct range *ret_notes)
{
	Elf64_Phdr wide = {0};
	Elf32_Phdr narrow = {0};
	struct range range;
	uint32_t type;

	if (elf->is_wide ? !read_item(elf, &elf->segments, i, &wide, sizeof(wide))
			 : !read_item(elf, &elf->segments, i, &narrow, sizeof(narrow)))
		return false;
	type = le32toh(elf->is_wide ? wide.p_type : narrow.p_type);
	range = elf->is_wide
			? (struct range){le64toh(wide.p_offset), le64toh(wide.p_filesz)}
			: (struct range){le32toh(narrow.p_offset),
					 le32toh(narrow.p_filesz)};
	/* "Some versions of binutils do not correctly set p_offset": Xen's libelf. */
	*ret_notes = type == PT_NOTE && range.at ? range : (struct range){0};
	return true;
}

struct section {
	uint32_t type, name;
	struct range range;
};

static bool read_section(const struct elf *elf, size_t i, struct section *ret_section)
{
	Elf64_Shdr wide;
	Elf32_Shdr narrow;

	if (elf->is_wide) {
		if (!read_item(elf, &elf->sections, i, &wide, sizeof(wide)))
			return false;
		*ret_section = (struct section){
			le32toh(wide.sh_type),
			le32toh(wide.sh_name),
			{le64toh(wide.sh_offset), le64toh(wide.sh_size)},
		};
		return true;
	}
	if (!read_item(elf, &elf->sections, i, &narrow, sizeof(narrow)))
		return false;
	*ret_section = (struct section){
		le32toh(narrow.sh_type),
		le32toh(narrow.sh_name),
		{le32toh(narrow.sh_offset), le32toh(narrow.sh_size)},
	};
	return true;
}

/* ---- notes ---- */

/* "!writable_page_tables|dom0": what it can do, with a '!' what it cannot do without. */
static void take_features(const char *text, struct found *found)
{
	static const char *const known[] = {
		"writable_page_tables",
		"writable_descriptor_tables",
		"auto_translated_physmap",
		"supervisor_mode_kernel",
		"pae_pgdir_above_4gb",
		"hvm_callback_vector",
		"dom0",
	};

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "|");
		bool is_needed = at[0] == '!';
		_cleanup_free_ char *name =
			mem_text_part(at + is_needed, length - is_needed);
		bool is_known = false, is_dom0 = strcmp(name, "dom0") == 0;

		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			is_known |= strcmp(known[i], name) == 0;
		found->is_dom0 |= is_dom0;
		found->needs_dom0 |= is_dom0 && is_needed;
		found->needs_unknown |= !is_known && is_needed;
		at += length + (at[length] == '|');
	}
}

static void take_text(uint32_t type, const char *text, struct found *found)
{
	uint32_t features;

	switch (type) {
	case NOTE_XEN_VERSION:
		found->is_for_xen3 = str_starts(text, "xen-3.0");
		break;
	case NOTE_GUEST_OS:
		found->is_linux = str_starts(text, "linux");
		break;
	case NOTE_LOADER:
		found->is_generic = str_starts(text, "generic");
		break;
	case NOTE_FEATURES:
		take_features(text, found);
		break;
	case NOTE_SUPPORTED_FEATURES:
		memcpy(&features, text, sizeof(features));
		found->has_supported = true;
		found->is_dom0 |= le32toh(features) >> FEATURE_DOM0 & 1;
		break;
	default:
		break;
	}
}

/* One of Xen's notes; false if what it says is not there, or too long. */
static bool take_note(const struct elf *elf, uint32_t type, struct range description,
		      struct found *found)
{
	char text[TEXT_ROOM] = "";

	found->count++;
	found->has_entry |= type == NOTE_ENTRY;
	found->has_phys32 |= type == NOTE_PHYS32_ENTRY;
	if (type != NOTE_XEN_VERSION && type != NOTE_GUEST_OS && type != NOTE_LOADER &&
	    type != NOTE_FEATURES && type != NOTE_SUPPORTED_FEATURES)
		return true;
	if (description.length >= sizeof(text) ||
	    !read_at(elf->source, description.at, text, description.length))
		return false;
	take_text(type, text, found);
	return true;
}

/*
 * False if they are not whole; what is too short for one more is no note. The last one
 * may go on behind the segment, as in GRUB for i386.
 */
static bool read_notes(const struct elf *elf, struct range range, struct found *found)
{
	while (range.length >= sizeof(Elf32_Nhdr)) {
		uint64_t name, description, size;
		Elf32_Nhdr header; /* of 64 bits it is the same */
		char owner[4] = "";

		if (++found->total > NOTES_MAX ||
		    !read_at(elf->source, range.at, &header, sizeof(header)))
			return false;
		name = ((uint64_t)le32toh(header.n_namesz) + 3) & ~UINT64_C(3);
		description = le32toh(header.n_descsz);
		range.at += sizeof(header);
		if (name == sizeof(owner) &&
		    !read_at(elf->source, range.at, owner, sizeof(owner)))
			return false;
		range.at += name;
		if (memcmp(owner, "Xen", sizeof(owner)) == 0 &&
		    !take_note(elf, le32toh(header.n_type),
			       (struct range){range.at, description}, found))
			return false;
		description = (description + 3) & ~UINT64_C(3);
		range.at += description;
		size = sizeof(header) + name + description;
		range.length -= size < range.length ? size : range.length;
	}
	return true;
}

static bool read_segments(const struct elf *elf, struct found *found)
{
	for (size_t i = 0; i < elf->segments.count; i++) {
		struct range range;

		if (!read_segment(elf, i, &range) || !read_notes(elf, range, found))
			return false;
	}
	return true;
}

static bool read_sections(const struct elf *elf, struct found *found)
{
	for (size_t i = 1; i < elf->sections.count; i++) {
		struct section section;

		if (!read_section(elf, i, &section) ||
		    (section.type == SHT_NOTE && !read_notes(elf, section.range, found)))
			return false;
	}
	return true;
}

/* What came before notes: one string, in a section of its own. */
static bool has_guest_section(const struct elf *elf)
{
	static const char wanted[] = "__xen_guest";
	struct section names, section;
	char name[sizeof(wanted)];

	if (!elf->sections.count || !read_section(elf, elf->names, &names))
		return false;
	for (size_t i = 1; i < elf->sections.count; i++)
		if (read_section(elf, i, &section) &&
		    names.range.at <= elf->source->length &&
		    read_at(elf->source, names.range.at + section.name, name,
			    sizeof(name)) &&
		    memcmp(name, wanted, sizeof(wanted)) == 0)
			return true;
	return false;
}

/* ---- judging ---- */

static enum facts_answer answer(bool is_so)
{
	return is_so ? FACTS_YES : FACTS_NO;
}

static struct note judge(const struct found *found)
{
	bool is_pv = found->is_for_xen3 && (found->is_linux || found->is_generic);
	bool is_guest = !found->needs_dom0;

	/*
	 * Without the note Xen enters where the ELF header says. Small systems mean that;
	 * Linux means its entry for boot loaders, and was built without CONFIG_XEN_PV.
	 */
	if (found->is_linux && !found->has_entry)
		is_pv = false;
	if (found->needs_unknown)
		return (struct note){FACTS_NO, FACTS_NO, FACTS_NO};
	return (struct note){
		.dom0 = answer((is_pv || found->has_phys32) &&
			       (found->is_dom0 || !found->has_supported)),
		.pv = answer(is_pv && is_guest),
		.pvh = answer(found->has_phys32 && is_guest),
	};
}

struct note note_judge_source(const struct note_source *source)
{
	const struct note unknown = {FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN};
	struct found found = {0};
	struct elf elf;

	if (!elf_open(source, &elf) || !read_segments(&elf, &found))
		return unknown;
	if (!found.count && !read_sections(&elf, &found))
		return unknown;
	if (!found.count && has_guest_section(&elf))
		return unknown;
	return judge(&found);
}

struct note note_judge(const uint8_t *bytes, size_t length)
{
	return note_judge_source(
		&(struct note_source){.bytes = bytes, .fd = -1, .length = length});
}
