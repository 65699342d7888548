/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's "test" and "[": the same reading from left to right, with its oddities. */
#include <string.h>

#include "boot/grub-run.h"

#define DEPTH_MAX 100 /* GRUB's own */

struct expression {
	struct grub_machine *machine;
	char **word;
	size_t count, at;
	size_t depth;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned int)(c - 'A') + 10;
	return 99;
}

bool grub_number(const char *text, unsigned long *ret_number, const char **ret_end)
{
	unsigned long number = 0, base = 10;
	bool is_found = false;

	while (is_space(*text))
		text++;
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
		base = 8;
	}
	for (; digit_of(*text) < base; text++) {
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, digit_of(*text), &number))
			return false;
		is_found = true;
	}
	*ret_number = number;
	if (ret_end)
		*ret_end = text;
	return is_found;
}

/* What is no number counts as 0. */
static long signed_number(const char *text)
{
	unsigned long number = 0;
	bool is_negative = *text == '-';

	if (!grub_number(text + is_negative, &number, NULL))
		number = 0;
	return is_negative ? (long)-number : (long)number;
}

/* ---- files ---- */

static const char *without_device(const char *path)
{
	const char *close = *path == '(' ? strchr(path, ')') : NULL;

	return close ? close + 1 : path;
}

char *grub_find_file(const struct grub_machine *machine, const char *path)
{
	static const char *const below[] = {"", "boot"};
	const struct fs *fs = machine->platform->fs;

	path = without_device(path);
	/* A /boot of its own is GRUB's root. */
	for (size_t i = 0; fs && *path == '/' && i < ARRAY_SIZE(below); i++) {
		_cleanup_free_ char *found = mem_textf("%s%s", below[i], path);

		if (fs_exists(fs, found))
			return TAKE_PTR(found);
	}
	return NULL;
}

bool grub_is_env(const struct grub_machine *machine, const char *path)
{
	const char *directory = machine->directory ? machine->directory : "boot/grub";
	_cleanup_free_ char *name = mem_textf("/%s/grubenv", directory);

	return strcmp(without_device(path), name) == 0;
}

static bool test_file(const struct grub_machine *machine, char kind, const char *path)
{
	_cleanup_free_ char *found = grub_find_file(machine, path);
	struct stat st;

	if (grub_is_env(machine, path))
		return machine->env.size && kind != 'd';
	if (!found || fs_stat(machine->platform->fs, found, &st, NULL) < 0)
		return false;
	switch (kind) {
	case 'd':
		return S_ISDIR(st.st_mode);
	case 'f':
		return !S_ISDIR(st.st_mode);
	case 's':
		return S_ISREG(st.st_mode) && st.st_size;
	default:
		return true;
	}
}

/* ---- comparing ---- */

/* Numbers behind what both begin with: "vmlinuz-2" -plt "vmlinuz-11". */
static int compare_versions(const char *a, const char *b)
{
	unsigned long x = 0, y = 0;
	size_t i = 0;

	while (a[i] == b[i] && a[i])
		i++;
	while (i > 0 && a[i - 1] >= '0' && a[i - 1] <= '9')
		i--;
	if (!grub_number(a + i, &x, NULL))
		x = 0;
	if (!grub_number(b + i, &y, NULL))
		y = 0;
	return x < y ? -1 : x > y;
}

enum comparing { BY_TEXT, BY_NUMBER, BY_VERSION };

static int compare(enum comparing how, const char *a, const char *b)
{
	long x, y;

	switch (how) {
	case BY_NUMBER:
		x = signed_number(a);
		y = signed_number(b);
		return x < y ? -1 : x > y;
	case BY_VERSION:
		return compare_versions(a, b);
	case BY_TEXT:
	default:
		return strcmp(a, b);
	}
}

/* Sets whether `a OPERATOR b` holds. False if there is no such operator. */
static bool compares(const char *operator, const char * a, const char *b, bool *ret_holds)
{
	static const struct {
		const char *name;
		enum comparing how;
		bool less, equal, more;
	} operators[] = {
		{"=", BY_TEXT, false, true, false},
		{"==", BY_TEXT, false, true, false},
		{"!=", BY_TEXT, true, false, true},
		{"<", BY_TEXT, true, false, false},
		{"<=", BY_TEXT, true, true, false},
		{">", BY_TEXT, false, false, true},
		{">=", BY_TEXT, false, true, true},
		{"-eq", BY_NUMBER, false, true, false},
		{"-ne", BY_NUMBER, true, false, true},
		{"-lt", BY_NUMBER, true, false, false},
		{"-le", BY_NUMBER, true, true, false},
		{"-gt", BY_NUMBER, false, false, true},
		{"-ge", BY_NUMBER, false, true, true},
		{"-plt", BY_VERSION, true, false, false},
		{"-pgt", BY_VERSION, false, false, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		int order;

		if (strcmp(operators[i].name, operator) != 0)
			continue;
		order = compare(operators[i].how, a, b);
		*ret_holds = order < 0	 ? operators[i].less
			     : order > 0 ? operators[i].more
					 : operators[i].equal;
		return true;
	}
	return false;
}

/* ---- the expression ---- */

static bool evaluate(struct expression *expression);

/* A test of three, two or one words; nothing is taken if it is none of them. */
static bool simple_test(struct expression *expression, bool *ret_holds)
{
	char **word = expression->word + expression->at;
	size_t left = expression->count - expression->at;

	if (left > 2 && compares(word[1], word[0], word[2], ret_holds)) {
		expression->at += 3;
		return true;
	}
	if (left > 1 && word[0][0] == '-' && word[0][1] && strchr("defsnz", word[0][1]) &&
	    !word[0][2]) {
		char kind = word[0][1];

		if (kind == 'n' || kind == 'z')
			*ret_holds = (word[1][0] != '\0') == (kind == 'n');
		else
			*ret_holds = test_file(expression->machine, kind, word[1]);
		expression->at += 2;
		return true;
	}
	return false;
}

/* Behind "(": up to its ")". */
static bool nested(struct expression *expression)
{
	bool holds = false;

	if (expression->depth >= DEPTH_MAX) {
		expression->at = expression->count;
		return false;
	}
	expression->depth++;
	holds = evaluate(expression);
	expression->depth--;
	return holds;
}

/*
 * "-a" is what stands between any two tests, "-o" begins anew with what was before as
 * one choice; so all before an "-o" is one, and "!" is of the next test.
 */
static bool evaluate(struct expression *expression)
{
	bool any = false, all = true, is_inverted = false;

	while (expression->at < expression->count) {
		const char *word = expression->word[expression->at];
		bool holds = false;

		grub_spend(expression->machine, 1 + strlen(word));
		if (simple_test(expression, &holds)) {
			all = all && holds != is_inverted;
			is_inverted = false;
			continue;
		}
		expression->at++;
		if (strcmp(word, ")") == 0)
			break;
		if (strcmp(word, "!") == 0) {
			is_inverted = !is_inverted;
			continue;
		}
		if (strcmp(word, "-a") == 0)
			continue;
		if (strcmp(word, "-o") == 0) {
			any = any || all;
			all = true;
			continue;
		}
		holds = strcmp(word, "(") == 0 ? nested(expression) : word[0] != '\0';
		all = all && holds != is_inverted;
		is_inverted = false;
	}
	return any || all;
}

bool grub_test(struct grub_machine *machine, const struct str_list *words)
{
	struct expression expression = {
		.machine = machine,
		.word = words->item + 1,
		.count = words->count - 1,
	};

	if (expression.count && strcmp(expression.word[expression.count - 1], "]") == 0)
		expression.count--;
	return evaluate(&expression);
}
