/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of versions in the names of kernels and hypervisors. */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "host/version.h"

/* A part of a text. Ctype's functions are the locale's: digits and letters are ours. */
struct span {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether a version that is not released begins here, as in "-rc1". */
static bool is_before_release(struct span span)
{
	static const char *const words[] = {"pre", "rc", "test", "git", "trunk"};

	if (*span.at != '.' && *span.at != '_' && *span.at != '-')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if ((size_t)(span.end - span.at) > strlen(words[i]) &&
		    strncmp(span.at + 1, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static int rank(struct span span)
{
	if (span.at == span.end)
		return -1;
	if (is_digit(*span.at))
		return 0;
	if (is_letter(*span.at))
		return *span.at;
	if (*span.at == '~' || is_before_release(span))
		return -2;
	return (unsigned char)*span.at + UCHAR_MAX + 1;
}

static bool is_word(struct span span)
{
	return span.at < span.end && !is_digit(*span.at);
}

static int compare_words(struct span *a, struct span *b)
{
	while (is_word(*a) || is_word(*b)) {
		int order = rank(*a) - rank(*b);

		if (order)
			return order;
		a->at++;
		b->at++;
	}
	return 0;
}

/* A number of any length: the longer one is larger, zeros in front aside. */
static struct span take_number(struct span *from)
{
	struct span number;

	while (from->at < from->end && *from->at == '0')
		from->at++;
	number = *from;
	while (from->at < from->end && is_digit(*from->at))
		from->at++;
	number.end = from->at;
	return number;
}

static int compare_numbers(struct span *a, struct span *b)
{
	struct span left = take_number(a), right = take_number(b);
	long length = (left.end - left.at) - (right.end - right.at);

	if (length)
		return length < 0 ? -1 : 1;
	return memcmp(left.at, right.at, (size_t)(left.end - left.at));
}

static int compare_spans(struct span a, struct span b)
{
	while (a.at < a.end || b.at < b.end) {
		int order = compare_words(&a, &b);

		if (order == 0)
			order = compare_numbers(&a, &b);
		if (order)
			return order;
	}
	return 0;
}

/* From the first digit, if there is one, without ".old". */
static struct span numbers_of(const char *version)
{
	size_t length = strlen(version), skipped = strcspn(version, "0123456789");

	if (skipped == length)
		skipped = 0;
	if (str_ends(version, ".old"))
		length -= strlen(".old");
	return (struct span){version + skipped, version + length};
}

int version_compare(const char *a, const char *b)
{
	int order = compare_spans(numbers_of(a), numbers_of(b));

	if (order == 0)
		order = str_ends(b, ".old") - str_ends(a, ".old");
	return order ? order : strcmp(a, b);
}
