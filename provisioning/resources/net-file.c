/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the network stacks' files have in common: reading, editing and owning them. */
#include <errno.h>
#include <string.h>

#include "base/edit.h"
#include "resources/net.h"
#include "resources/resources.h"

int net_read(const struct planner *planner, const char *path, struct str *ret_text,
	     struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = planner_read(planner, path, &text, err);

	if (rc < 0)
		return rc;
	if (text.length && memchr(text.text, '\0', text.length))
		return err_say(err, EINVAL, "read '%s': it has a NUL byte", path);
	if (str_starts(str_text(&text), PLANNER_MARK))
		return err_set(err, ENOENT, "read '%s'", path);
	edit_revert(str_text(&text), ret_text);
	return 0;
}

int net_edit(struct planner *planner, const char *path, struct str **ret_text,
	     struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = net_read(planner, path, &text, err);

	if (rc == -ENOENT)
		err_clear(err);
	else if (rc < 0)
		return rc;
	return planner_edit(planner, &resource_net, path, COMMAND_NONE, ret_text, err);
}

int net_take_back(struct planner *planner, const char *path, struct err *err)
{
	_cleanup_str_ struct str text = {0}, own = {0};
	struct str *edited;

	if (planner_read(planner, path, &text, NULL) < 0 ||
	    net_read(planner, path, &own, NULL) < 0 ||
	    strcmp(str_text(&text), str_text(&own)) == 0)
		return 0;
	return planner_edit(planner, &resource_net, path, COMMAND_NONE, &edited, err);
}

int net_take_back_all(struct planner *planner, const char *directory, const char *prefix,
		      const char *suffix, struct err *err)
{
	_cleanup_str_list_ struct str_list names = {0};
	int rc = 0;

	planner_list(planner, directory, &names);
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, names.item[i]);

		if (str_starts(names.item[i], prefix) && str_ends(names.item[i], suffix))
			rc = net_take_back(planner, path, err);
	}
	return rc;
}

int net_own(struct planner *planner, const char *directory, const char *name,
	    const char *text, struct str_list *names, struct err *err)
{
	_cleanup_free_ char *path = mem_textf("%s/%s", directory, name);

	str_list_add(names, name);
	return planner_own(planner, &resource_net, path, text, COMMAND_NONE, err);
}

int net_sweep(struct planner *planner, const char *directory, const char *prefix,
	      const char *suffix, const struct str_list *names, struct err *err)
{
	_cleanup_str_list_ struct str_list found = {0};
	int rc = 0;

	planner_list(planner, directory, &found);
	for (size_t i = 0; rc == 0 && i < found.count; i++) {
		_cleanup_free_ char *path = mem_textf("%s/%s", directory, found.item[i]);
		_cleanup_str_ struct str text = {0};

		if (!str_starts(found.item[i], prefix) ||
		    !str_ends(found.item[i], suffix) ||
		    str_list_has(names, found.item[i]) ||
		    planner_read(planner, path, &text, NULL) < 0)
			continue;
		rc = planner_own(planner, &resource_net, path, NULL, COMMAND_NONE, err);
	}
	return rc;
}

static bool is_name_byte(char c)
{
	return c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			   "0123456789_.-",
			   c);
}

/* A key of sysctl(8) has the name between dots; in a name its dots are slashes there. */
static void rename_in_key(struct str *result, const char *key, size_t length,
			  const char *from, const char *to)
{
	while (length) {
		size_t part = 0;

		while (part < length && key[part] != '.')
			part++;
		if (part == strlen(from) && strncmp(key, from, part) == 0)
			str_add(result, to);
		else
			str_add_bytes(result, key, part);
		if (part < length)
			str_add_char(result, key[part++]);
		key += part;
		length -= part;
	}
}

char *net_rename(const char *text, const char *from, const char *to)
{
	_cleanup_str_ struct str result = {0};

	for (const char *at = text; *at;) {
		size_t word = 0;

		while (is_name_byte(at[word]))
			word++;
		if (word == strlen(from) && strncmp(at, from, word) == 0)
			str_add(&result, to);
		else if (str_starts(at, "net.ipv") && at[word] != '/')
			rename_in_key(&result, at, word, from, to);
		else
			str_add_bytes(&result, at, word ? word : 1);
		at += word ? word : 1;
	}
	return result.length ? str_take(&result) : mem_text("");
}

char *net_port_list(const struct net_bridge *bridge)
{
	_cleanup_str_ struct str list = {0};

	for (size_t i = 0; i < bridge->port_count; i++)
		str_addf(&list, "%s%s", i ? " " : "", bridge->port[i].device);
	return list.length ? str_take(&list) : NULL;
}

const char *net_bridge_mac(const struct net_bridge *bridge)
{
	if (bridge->desc->mac.text)
		return bridge->desc->mac.text;
	return bridge->port_count ? bridge->port[0].mac : NULL;
}

int net_forward_delay(const struct net_bridge *bridge)
{
	const struct desc_number *delay = &bridge->desc->forward_delay;

	if (bridge->desc->stp.value && !delay->entry)
		return -1;
	return (int)delay->value;
}

bool net_is_v6(const char *address)
{
	return strchr(address, ':') != NULL;
}
