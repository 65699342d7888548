/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration format: from bytes to sections. Asking for them is in conf-take.c. */
#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

/* Where the reader is. */
struct reader {
	const struct conf *conf;
	const char *at, *end;
	const char *line_start;
	size_t line;
	struct err *err;
	void *titles; /* of all sections, as tsearch(3) keeps them; owned texts */
	void *keys;   /* of the section that is read; the entries' texts */
};

static struct conf_place reader_place(const struct reader *reader)
{
	return (struct conf_place){
		.line = reader->line,
		.column = (size_t)(reader->at - reader->line_start) + 1,
	};
}

/* The next byte, or a newline at the end of the text. */
static char reader_peek(const struct reader *reader)
{
	if (reader->at >= reader->end)
		return '\n';
	return *reader->at;
}

static void skip_blanks(struct reader *reader)
{
	while (reader_peek(reader) == ' ' || reader_peek(reader) == '\t')
		reader->at++;
}

#define reader_error(reader, ...) \
	conf_error((reader)->conf, reader_place(reader), (reader)->err, __VA_ARGS__)

/* Control characters hide in editors: none is allowed but tab and newline. */
static int check_controls(struct reader *reader)
{
	const char *start = reader->at;

	for (; reader_peek(reader) != '\n'; reader->at++) {
		unsigned char c = (unsigned char)*reader->at;

		if (c == '\r')
			return reader_error(reader,
					    "carriage return: lines must end as on Unix");
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return reader_error(reader, "control character 0x%02x", c);
	}
	reader->at = start;
	return 0;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_name_byte(char c)
{
	return is_lower(c) || (c >= '0' && c <= '9') || c == '-';
}

/* The name of a kind or a key. */
static int read_name(struct reader *reader, const char *what, char **ret_name)
{
	const char *start = reader->at;

	if (!is_lower(reader_peek(reader)))
		return reader_error(reader, "expected %s (a lower-case letter)", what);
	while (is_name_byte(reader_peek(reader)))
		reader->at++;
	*ret_name = mem_text_part(start, (size_t)(reader->at - start));
	return 0;
}

static int read_quoted(struct reader *reader, char **ret_text)
{
	_cleanup_str_ struct str text = {0};
	struct conf_place start = reader_place(reader);

	for (reader->at++; reader_peek(reader) != '"'; reader->at++) {
		if (reader_peek(reader) == '\n')
			return conf_error(reader->conf, start, reader->err,
					  "this quote is not closed on its line");
		if (*reader->at == '\\') {
			reader->at++;
			if (reader_peek(reader) != '"' && reader_peek(reader) != '\\') {
				reader->at--;
				return reader_error(reader,
						    "only \\\" and \\\\ are escapes");
			}
		}
		str_add_char(&text, *reader->at);
	}
	reader->at++;
	*ret_text = str_take(&text);
	return 0;
}

static bool is_word_end(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static int read_bare(struct reader *reader, char **ret_text)
{
	const char *start = reader->at;

	for (; !is_word_end(reader_peek(reader)); reader->at++) {
		if (*reader->at == '"')
			return reader_error(
				reader, "a quote inside a word: quote the whole word");
		if (*reader->at == '#')
			return reader_error(reader,
					    "'#' inside a word: quote the word, or put "
					    "a blank before the comment");
	}
	*ret_text = mem_text_part(start, (size_t)(reader->at - start));
	return 0;
}

static int read_word(struct reader *reader, char **ret_text)
{
	int rc;

	if (reader_peek(reader) != '"')
		return read_bare(reader, ret_text);
	rc = read_quoted(reader, ret_text);
	if (rc == 0 && !is_word_end(reader_peek(reader))) {
		mem_free_ref(ret_text);
		rc = reader_error(reader, "expected a blank after the quote");
	}
	return rc;
}

/* What may follow a statement: blanks and a comment. */
static int read_line_end(struct reader *reader)
{
	skip_blanks(reader);
	if (reader_peek(reader) != '\n' && reader_peek(reader) != '#')
		return reader_error(reader, "expected the end of the line");
	return 0;
}

static void print_title(const struct conf_section *section, struct str *title)
{
	if (section->name)
		str_addf(title, "[%s \"%s\"]", section->kind, section->name);
	else
		str_addf(title, "[%s]", section->kind);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Whether a text was not in the set, in which it is now. */
static bool set_add(void **set, const char *text)
{
	const char *const *found = tsearch(text, set, compare_texts);

	if (!found)
		mem_abort();
	return *found == text;
}

static void keep(void *text)
{
	(void)text;
}

static int check_section_is_new(struct reader *reader, const struct conf_section *section)
{
	_cleanup_str_ struct str title = {0};
	char *text;

	print_title(section, &title);
	text = mem_text(title.text);
	if (set_add(&reader->titles, text))
		return 0;
	free(text);
	for (size_t i = 0;; i++) {
		const struct conf_section *other = &reader->conf->section[i];

		if (strcmp(section->kind, other->kind) == 0 &&
		    str_same(section->name, other->name))
			return conf_error(reader->conf, section->place, reader->err,
					  "%s was already on line %zu", title.text,
					  other->place.line);
	}
}

static int read_section(struct reader *reader, struct conf *conf)
{
	struct conf_section *section;
	int rc;

	tdestroy(reader->keys, keep);
	reader->keys = NULL;
	conf->section = mem_grow(conf->section, conf->count, sizeof(*conf->section));
	section = &conf->section[conf->count++];
	*section = (struct conf_section){.place = reader_place(reader)};
	reader->at++;
	skip_blanks(reader);
	rc = read_name(reader, "the kind of a section", &section->kind);
	if (rc < 0)
		return rc;
	skip_blanks(reader);
	if (reader_peek(reader) == '"') {
		rc = read_quoted(reader, &section->name);
		if (rc < 0)
			return rc;
		if (section->name[0] == '\0')
			return conf_error(conf, section->place, reader->err,
					  "the name is empty");
		skip_blanks(reader);
	}
	if (reader_peek(reader) != ']')
		return reader_error(reader,
				    "expected ']', or a name in quotes before it");
	reader->at++;
	return check_section_is_new(reader, section);
}

static int check_key_is_new(struct reader *reader, const struct conf_section *section)
{
	const struct conf_entry *entry = &section->entry[section->count - 1];

	if (set_add(&reader->keys, entry->key))
		return 0;
	for (size_t i = 0;; i++)
		if (strcmp(entry->key, section->entry[i].key) == 0)
			return conf_error(reader->conf, entry->place, reader->err,
					  "'%s' was already set on line %zu", entry->key,
					  section->entry[i].place.line);
}

static int read_entry(struct reader *reader, struct conf_section *section)
{
	struct conf_entry *entry;
	int rc;

	section->entry =
		mem_grow(section->entry, section->count, sizeof(*section->entry));
	entry = &section->entry[section->count++];
	*entry = (struct conf_entry){.place = reader_place(reader)};
	rc = read_name(reader, "a key", &entry->key);
	if (rc < 0)
		return rc;
	skip_blanks(reader);
	if (reader_peek(reader) != '=')
		return reader_error(reader, "expected '=' after '%s'", entry->key);
	reader->at++;
	for (;;) {
		struct conf_word *word;

		skip_blanks(reader);
		if (reader_peek(reader) == '\n' || reader_peek(reader) == '#')
			break;
		entry->word = mem_grow(entry->word, entry->count, sizeof(*entry->word));
		word = &entry->word[entry->count++];
		*word = (struct conf_word){.place = reader_place(reader)};
		rc = read_word(reader, &word->text);
		if (rc < 0)
			return rc;
	}
	if (entry->count == 0)
		return reader_error(reader,
				    "'%s' has no value; write \"\" for an empty one",
				    entry->key);
	return check_key_is_new(reader, section);
}

static int read_line(struct reader *reader, struct conf *conf)
{
	int rc = check_controls(reader);

	if (rc < 0)
		return rc;
	skip_blanks(reader);
	if (reader_peek(reader) == '\n' || reader_peek(reader) == '#')
		return 0;
	if (reader_peek(reader) == '[')
		rc = read_section(reader, conf);
	else if (conf->count == 0)
		rc = reader_error(reader, "expected a section like [dom0] first");
	else
		rc = read_entry(reader, &conf->section[conf->count - 1]);
	return rc < 0 ? rc : read_line_end(reader);
}

static void reader_clear(struct reader *reader)
{
	tdestroy(reader->titles, free);
	tdestroy(reader->keys, keep);
}

int conf_parse(const char *file, const char *text, size_t length, struct conf *ret_conf,
	       struct err *err)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_(reader_clear) struct reader reader = {
		.conf = &conf, .line = 1, .err = err};

	conf.file = mem_text(file);
	conf.bytes = mem_text_part(text, length);
	reader.at = reader.line_start = conf.bytes;
	reader.end = conf.bytes + length;
	while (reader.at < reader.end) {
		int rc = read_line(&reader, &conf);

		if (rc < 0)
			return rc;
		while (reader_peek(&reader) != '\n')
			reader.at++;
		reader.at++;
		reader.line_start = reader.at;
		reader.line++;
	}
	*ret_conf = conf;
	conf = (struct conf){0};
	return 0;
}

static void entry_clear(struct conf_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		free(entry->word[i].text);
	free(entry->word);
	free(entry->key);
}

static void section_clear(struct conf_section *section)
{
	for (size_t i = 0; i < section->count; i++)
		entry_clear(&section->entry[i]);
	free(section->entry);
	free(section->kind);
	free(section->name);
	str_list_clear(&section->asked);
}

void conf_clear(struct conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->count; i++)
		section_clear(&conf->section[i]);
	free(conf->section);
	free(conf->file);
	free(conf->bytes);
	str_list_clear(&conf->asked_plain);
	str_list_clear(&conf->asked_named);
	*conf = (struct conf){0};
}

/*
 * The line, and under it a caret below the place. Tabs stay tabs so that both lines
 * align; bytes that continue a UTF-8 sequence take no room; other control characters
 * become '?'.
 */
static char *render_caret(const struct conf *conf, struct conf_place place)
{
	const char *cursor = conf->bytes, *line = "";
	_cleanup_str_ struct str text = {0}, caret = {0};
	size_t length = 0;

	for (size_t i = 0; i < place.line; i++) {
		line = cursor;
		length = strcspn(line, "\n");
		cursor = line + length + (line[length] == '\n');
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];
		bool is_control = (c < ' ' && c != '\t') || c == 0x7f;

		if (is_control)
			str_add_char(&text, '?');
		else
			str_add_char(&text, line[i]);
		if (i + 1 < place.column && (c & 0xc0) != 0x80)
			str_add_char(&caret, c == '\t' ? '\t' : ' ');
	}
	return mem_textf("\t%s\n\t%s^\n", str_text(&text), str_text(&caret));
}

#undef conf_error
int conf_error(const struct conf *conf, struct conf_place place, struct err *err,
	       const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (!err)
		return -EINVAL;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	(void)err_say(err, EINVAL, "%s:%zu:%zu: %s", conf->file, place.line, place.column,
		      text);
	err->detail = render_caret(conf, place);
	return -EINVAL;
}
