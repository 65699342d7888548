/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netplan's files: which definitions there are, and on which lines; netplan-yaml(5). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

#include "resources/net-netplan.h"

/* A document and the text that its marks count in. */
struct source {
	yaml_document_t document;
	const char *path;
};

static const yaml_node_t *node_at(struct source *source, int index)
{
	return yaml_document_get_node(&source->document, index);
}

/* A scalar's text, or NULL. One with a NUL inside is none. */
static const char *scalar(const yaml_node_t *node)
{
	const char *text;

	if (!node || node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

/* The value of a key in a mapping, or NULL. */
static const yaml_node_t *member(struct source *source, const yaml_node_t *mapping,
				 const char *name)
{
	const yaml_node_pair_t *pair;

	if (!mapping || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = mapping->data.mapping.pairs.start;
	     pair < mapping->data.mapping.pairs.top; pair++)
		if (str_same(scalar(node_at(source, pair->key)), name))
			return node_at(source, pair->value);
	return NULL;
}

/* The line after a node: what is in block style ends where the next thing begins. */
static size_t line_after(const yaml_node_t *node)
{
	bool is_block = false;

	if (node->type == YAML_MAPPING_NODE)
		is_block = node->data.mapping.style == YAML_BLOCK_MAPPING_STYLE;
	else if (node->type == YAML_SEQUENCE_NODE)
		is_block = node->data.sequence.style == YAML_BLOCK_SEQUENCE_STYLE;
	else
		is_block = node->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
			   node->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
	return node->end_mark.line + !is_block;
}

static void read_values(struct source *source, const yaml_node_t *node,
			struct str_list *values)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return;
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++) {
		const char *text = scalar(node_at(source, *item));

		if (text)
			str_list_add(values, text);
	}
}

static void add_key(struct source *source, struct netplan_definition *definition,
		    const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = node_at(source, pair->key);
	const yaml_node_t *value = node_at(source, pair->value);
	const char *name = scalar(key), *text = scalar(value);
	struct netplan_key *added;

	if (!name || !value)
		return;
	if (definition->count &&
	    key->start_mark.line < definition->key[definition->count - 1].end)
		definition->is_block = false;
	definition->key =
		mem_grow(definition->key, definition->count, sizeof(*definition->key));
	added = &definition->key[definition->count++];
	*added = (struct netplan_key){
		.name = mem_text(name),
		.value = text ? mem_text(text) : NULL,
		.line = key->start_mark.line,
		.end = line_after(value),
	};
	if (added->end <= added->line)
		added->end = added->line + 1;
	read_values(source, value, &added->values);
}

static void add_definition(struct source *source, struct netplan *netplan,
			   const char *kind, const char *id, const yaml_node_t *node)
{
	const yaml_node_t *match = member(source, node, "match");
	const char *set_name = scalar(member(source, node, "set-name"));
	const char *matched = scalar(member(source, match, "name"));
	const char *mac = scalar(member(source, match, "macaddress"));
	struct netplan_definition *definition;
	const yaml_node_pair_t *pair;

	netplan->definition = mem_grow(netplan->definition, netplan->count,
				       sizeof(*netplan->definition));
	definition = &netplan->definition[netplan->count++];
	*definition = (struct netplan_definition){
		.path = mem_text(source->path),
		.kind = mem_text(kind),
		.id = mem_text(id),
		.name = mem_text(set_name  ? set_name
				 : matched ? matched
					   : id),
		.mac = mac ? mem_text(mac) : NULL,
		.is_block = node->type == YAML_MAPPING_NODE &&
			    node->data.mapping.style == YAML_BLOCK_MAPPING_STYLE,
	};
	if (node->type != YAML_MAPPING_NODE)
		return;
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
	     pair++)
		add_key(source, definition, pair);
}

static void add_kind(struct source *source, struct netplan *netplan, const char *kind,
		     const yaml_node_t *node)
{
	const yaml_node_pair_t *pair;

	if (!node || node->type != YAML_MAPPING_NODE)
		return;
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
	     pair++) {
		const char *id = scalar(node_at(source, pair->key));
		const yaml_node_t *value = node_at(source, pair->value);

		if (id && value)
			add_definition(source, netplan, kind, id, value);
	}
}

static void add_document(struct source *source, struct netplan *netplan)
{
	static const char *const kinds[] = {"ethernets", "wifis", "modems",
					    "bonds",	 "vlans", "bridges",
					    "tunnels",	 "vrfs",  "dummy-devices"};
	const yaml_node_t *network =
		member(source, yaml_document_get_root_node(&source->document), "network");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		add_kind(source, netplan, kinds[i], member(source, network, kinds[i]));
}

void netplan_parse(const char *path, const char *text, struct netplan *netplan)
{
	/* A last line without its end would be counted as the one after it. */
	_cleanup_free_ char *whole = mem_textf("%s\n", text);
	struct source source = {.path = path};
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		mem_abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)whole,
				     strlen(whole));
	if (yaml_parser_load(&parser, &source.document)) {
		add_document(&source, netplan);
		yaml_document_delete(&source.document);
	} else if (!netplan->trouble) {
		netplan->trouble = mem_textf(
			"'%s': line %zu: %s", path, parser.problem_mark.line + 1,
			parser.problem ? parser.problem : "not YAML");
	}
	yaml_parser_delete(&parser);
}

void netplan_read(const struct planner *planner, struct netplan *ret_netplan)
{
	_cleanup_str_list_ struct str_list names = {0};

	*ret_netplan = (struct netplan){0};
	planner_list(planner, NETPLAN_DIRECTORY, &names);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path =
			mem_textf(NETPLAN_DIRECTORY "/%s", names.item[i]);
		_cleanup_str_ struct str text = {0};

		if (str_ends(path, ".yaml") && net_read(planner, path, &text, NULL) == 0)
			netplan_parse(path, str_text(&text), ret_netplan);
	}
}

void netplan_clear(struct netplan *netplan)
{
	if (!netplan)
		return;
	for (size_t i = 0; i < netplan->count; i++) {
		struct netplan_definition *definition = &netplan->definition[i];

		for (size_t j = 0; j < definition->count; j++) {
			free(definition->key[j].name);
			free(definition->key[j].value);
			str_list_clear(&definition->key[j].values);
		}
		free(definition->key);
		free(definition->path);
		free(definition->kind);
		free(definition->id);
		free(definition->name);
		free(definition->mac);
	}
	free(netplan->definition);
	free(netplan->trouble);
	*netplan = (struct netplan){0};
}

const struct netplan_key *netplan_get(const struct netplan_definition *definition,
				      const char *name)
{
	for (size_t i = 0; i < definition->count; i++)
		if (strcmp(definition->key[i].name, name) == 0)
			return &definition->key[i];
	return NULL;
}

bool netplan_has_address(const struct netplan_definition *definition)
{
	const struct netplan_key *v4 = netplan_get(definition, "dhcp4");
	const struct netplan_key *v6 = netplan_get(definition, "dhcp6");
	static const char *const yes[] = {"true", "yes", "on", "y"};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if ((v4 && v4->value && strcasecmp(v4->value, yes[i]) == 0) ||
		    (v6 && v6->value && strcasecmp(v6->value, yes[i]) == 0))
			return true;
	return netplan_get(definition, "addresses") != NULL;
}
