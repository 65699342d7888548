/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the words of [pci] hide mean: addresses, identities, paths through bridges. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "resources/pci.h"

/* The kernel takes no longer text for a parameter: kernel/params.c, param_set_charp(). */
#define HIDE_MAX 1024

static const struct conf_entry *entry_of(const struct planner *planner)
{
	return planner->desc->pci_hide.entry;
}

bool pci_is_hidden(const struct hidden_list *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->item[i].address, address) == 0)
			return true;
	return false;
}

int pci_hidden_add(const struct planner *planner, struct hidden_list *list,
		   const char *address, const struct facts_pci *pci, size_t word,
		   struct err *err)
{
	size_t length = list->length + strlen(address) + strlen("()");

	if (pci_is_hidden(list, address))
		return 0;
	if (length > HIDE_MAX)
		return desc_refuse(planner->desc, entry_of(planner), word, err,
				   "too many devices: Linux takes %d characters",
				   HIDE_MAX);
	list->length = length;
	list->item = mem_grow(list->item, list->count, sizeof(*list->item));
	list->item[list->count++] =
		(struct hidden){.address = mem_text(address), .pci = pci, .word = word};
	return 0;
}

void pci_hidden_clear(struct hidden_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i].address);
	free(list->item);
	*list = (struct hidden_list){0};
}

static bool is_same_before(const char *a, const char *b, char end)
{
	const char *stop = strrchr(a, end);

	return strncmp(a, b, (size_t)(stop - a) + 1) == 0;
}

bool pci_is_same_slot(const char *a, const char *b)
{
	return is_same_before(a, b, '.');
}

bool pci_is_same_bus(const char *a, const char *b)
{
	return is_same_before(a, b, ':');
}

bool pci_is_bridge(const struct facts_pci *pci)
{
	return pci->class >> 16 == 0x06;
}

static const struct facts_pci *find(const struct facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->pci_count; i++)
		if (strcmp(facts->pci[i].address, address) == 0)
			return &facts->pci[i];
	return NULL;
}

/* "[DDDD:]BB:DD.F" with a domain and in small letters, or NULL if it is none. */
static char *full_address(const char *text)
{
	_cleanup_free_ char *address =
		mem_textf("%s%s", strlen(text) == strlen("BB:DD.F") ? "0000:" : "", text);

	for (char *c = address; *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	/* 5 bits are the device's. */
	if (!facts_is_pci_address(address) || strrchr(address, ':')[1] > '1')
		return NULL;
	return TAKE_PTR(address);
}

/* One word that is being resolved. */
struct word {
	struct planner *planner;
	struct hidden_list *list;
	size_t index;
	const char *text;
	struct err *err;
};

static int refuse(const struct word *word, const char *cause)
{
	return desc_refuse(word->planner->desc, entry_of(word->planner), word->index,
			   word->err, "%s", cause);
}

static int refuse_absent(const struct word *word)
{
	_cleanup_free_ char *cause =
		mem_textf("no PCI device of this machine is %s", word->text);

	return refuse(word, cause);
}

static int add(const struct word *word, const char *address, const struct facts_pci *pci)
{
	return pci_hidden_add(word->planner, word->list, address, pci, word->index,
			      word->err);
}

static int add_address(const struct word *word, const char *address)
{
	const struct facts *facts = word->planner->facts;
	const struct facts_pci *pci = find(facts, address);

	if (!pci && facts->pci_count)
		return refuse_absent(word);
	return add(word, address, pci);
}

/* Adds each function for which `is_meant`, and says which they are. */
static int add_all(const struct word *word,
		   bool (*is_meant)(const struct facts_pci *pci, const void *data),
		   const void *data)
{
	const struct facts *facts = word->planner->facts;
	_cleanup_str_ struct str found = {0};
	int rc = 0;

	if (!facts->pci_count)
		return refuse(word, "the PCI devices of this machine are not known here: "
				    "only addresses can be hidden");
	for (size_t i = 0; rc == 0 && i < facts->pci_count; i++) {
		if (!is_meant(&facts->pci[i], data))
			continue;
		str_addf(&found, " %s", facts->pci[i].address);
		rc = add(word, facts->pci[i].address, &facts->pci[i]);
	}
	if (rc == 0 && !found.length)
		return refuse_absent(word);
	if (rc == 0)
		planner_note(word->planner, "pci: %s is%s", word->text, found.text);
	return rc;
}

static bool is_in_slot(const struct facts_pci *pci, const void *data)
{
	return pci_is_same_slot(pci->address, data);
}

static bool has_identity(const struct facts_pci *pci, const void *data)
{
	const uint32_t *identity = data;

	return pci->vendor == identity[0] && pci->device == identity[1];
}

static bool is_function(const struct facts_pci *pci, const void *data)
{
	return strcmp(pci->address, data) == 0;
}

/* "VVVV:DDDD" */
static bool parse_identity(const char *text, uint32_t identity[2])
{
	size_t length = strlen("VVVV");

	if (strlen(text) != 2 * length + 1 || text[length] != ':')
		return false;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_free_ char *part =
			mem_text_part(text + i * (length + 1), length);
		uint64_t number;

		if (part[strspn(part, "0123456789abcdefABCDEF")] ||
		    !str_to_hex(part, 0xffff, &number))
			return false;
		identity[i] = (uint32_t)number;
	}
	return true;
}

/* The function "DD.F" on the bus below a bridge, or NULL. */
static const struct facts_pci *find_below(const struct facts *facts, const char *bridge,
					  const char *step)
{
	for (size_t i = 0; i < facts->pci_count; i++)
		if (str_same(facts->pci[i].bridge, bridge) &&
		    strcmp(strrchr(facts->pci[i].address, ':') + 1, step) == 0)
			return &facts->pci[i];
	return NULL;
}

/*
 * "BB:DD.F/DD.F...": -EINVAL if it is malformed, -ENOENT if nothing is there, else the
 * address of its end. What is below a bridge is numbered anew when a card is added; its
 * place is not.
 */
static int follow(const struct facts *facts, const char *path, char **ret_address)
{
	const char *slash = strchr(path, '/');
	_cleanup_free_ char *root = mem_text_part(path, (size_t)(slash - path));
	_cleanup_free_ char *address = full_address(root);
	bool is_there = address && find(facts, address);

	if (!address)
		return -EINVAL;
	while (slash) {
		const char *next = strchr(slash + 1, '/');
		size_t length = next ? (size_t)(next - slash - 1) : strlen(slash + 1);
		_cleanup_free_ char *part = mem_text_part(slash + 1, length);
		_cleanup_free_ char *whole = mem_textf("00:%s", part);
		_cleanup_free_ char *step = full_address(whole);
		const struct facts_pci *pci;

		if (!step || length != strlen("DD.F"))
			return -EINVAL;
		pci = is_there ? find_below(facts, address, strrchr(step, ':') + 1)
			       : NULL;
		is_there = pci != NULL;
		if (pci) {
			free(address);
			address = mem_text(pci->address);
		}
		slash = next;
	}
	if (!is_there)
		return -ENOENT;
	*ret_address = TAKE_PTR(address);
	return 0;
}

static int refuse_syntax(const struct word *word)
{
	_cleanup_free_ char *cause =
		mem_textf("'%s' is not a PCI device: an address such as 03:00.0 or "
			  "0000:03:00.0, all of a device as 03:00.*, vendor and device "
			  "as 8086:1533, or a path through bridges as 00:1c.0/00.0",
			  word->text);

	return refuse(word, cause);
}

static int resolve_path(const struct word *word)
{
	_cleanup_free_ char *address = NULL;
	int rc = follow(word->planner->facts, word->text, &address);

	if (rc == -EINVAL)
		return refuse_syntax(word);
	if (rc == -ENOENT && word->planner->facts->pci_count)
		return refuse_absent(word);
	return add_all(word, is_function, address);
}

static int resolve(const struct word *word)
{
	_cleanup_free_ char *address = NULL;
	uint32_t identity[2];

	if (strchr(word->text, '/'))
		return resolve_path(word);
	if (parse_identity(word->text, identity))
		return add_all(word, has_identity, identity);
	if (str_ends(word->text, ".*")) {
		_cleanup_free_ char *first = mem_text(word->text);

		first[strlen(first) - 1] = '0';
		address = full_address(first);
		return address ? add_all(word, is_in_slot, address) : refuse_syntax(word);
	}
	address = full_address(word->text);
	return address ? add_address(word, address) : refuse_syntax(word);
}

int pci_resolve(struct planner *planner, struct hidden_list *ret_list, struct err *err)
{
	_cleanup_hidden_ struct hidden_list list = {0};
	const struct conf_entry *entry = entry_of(planner);
	struct word word = {.planner = planner, .list = &list, .err = err};

	for (size_t i = 0; i < entry->count; i++) {
		int rc;

		word.index = i;
		word.text = entry->word[i].text;
		rc = resolve(&word);
		if (rc < 0)
			return rc;
	}
	*ret_list = list;
	list = (struct hidden_list){0};
	return 0;
}
