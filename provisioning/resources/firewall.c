/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a firewall of dom0 lets through between the guests of a bridge. */
#include <string.h>

#include "base/edit.h"
#include "resources/resources.h"

#define SUSEFIREWALL "etc/sysconfig/SuSEfirewall2"
#define VARIABLE "FW_FORWARD_ALWAYS_INOUT_DEV"
#define FIREWALLD_DIRECTORY "etc/firewalld"
#define ZONE FIREWALLD_DIRECTORY "/zones/xenhost.xml"

/* README.SUSE, "Networking": bridges must be named there. */
static int plan_susefirewall(struct planner *planner, const struct conf_entry *forward,
			     struct err *err)
{
	_cleanup_str_ struct str words = {0};
	struct str *text;
	int rc = planner_edit(planner, &resource_firewall, SUSEFIREWALL, COMMAND_NONE,
			      &text, err);

	for (size_t i = 0; rc == 0 && forward && i < forward->count; i++)
		str_addf(&words, "%s%s", i ? " " : "", forward->word[i].text);
	if (rc == 0 && words.length)
		rc = edit_append_words(text, VARIABLE, NULL, words.text, err);
	return rc < 0 ? err_wrap(err, "'" SUSEFIREWALL "'") : 0;
}

/* Whether dom0 has no address on a bridge of the description. */
static bool is_closed(const struct planner *planner, const char *name)
{
	const struct desc *desc = planner->desc;

	for (size_t i = 0; i < desc->bridge_count; i++)
		if (strcmp(desc->bridge[i].name, name) == 0)
			return desc->bridge[i].address_kind == DESC_NONE;
	return false;
}

/*
 * firewalld.zone(5). A zone that accepts opens dom0 too, so only bridges without an
 * address go there; what the zone of any other forwards is the administrator's choice.
 */
static int plan_firewalld(struct planner *planner, const struct conf_entry *forward,
			  struct err *err)
{
	_cleanup_str_ struct str text = {0};

	str_add(&text, "<zone target=\"ACCEPT\">\n"
		       "  <short>Xen bridges</short>\n"
		       "  <description>Bridges on which dom0 has no "
		       "address.</description>\n"
		       "  <forward/>\n");
	for (size_t i = 0; i < forward->count; i++) {
		const char *name = forward->word[i].text;

		if (is_closed(planner, name))
			str_addf(&text, "  <interface name=\"%s\"/>\n", name);
		else
			planner_warn(planner,
				     "dom0 may have an address on '%s', so it stays in "
				     "its firewalld zone: see that this one forwards "
				     "(firewall-cmd --permanent --zone ZONE "
				     "--add-forward)",
				     name);
	}
	str_add(&text, "</zone>\n");
	return planner_own(planner, &resource_firewall, ZONE,
			   strstr(text.text, "<interface") ? text.text : NULL,
			   COMMAND_NONE, err);
}

/* Where all bridges are somebody else's, their names are not known here. */
static void warn_of_unknown(struct planner *planner, const struct conf_entry *forward)
{
	const struct desc *desc = planner->desc;
	_cleanup_str_list_ struct str_list names = {0};

	for (size_t i = 0; i < desc->bridge_count; i++)
		str_list_add(&names, desc->bridge[i].name);
	for (size_t i = 0; names.count && forward && i < forward->count; i++)
		if (!str_list_has(&names, forward->word[i].text))
			planner_warn(planner,
				     "the firewall shall forward on '%s', which is no "
				     "bridge of this description",
				     forward->word[i].text);
}

static int plan(struct planner *planner, struct err *err)
{
	const struct conf_entry *forward = planner->desc->forward.entry;
	bool has_susefirewall = planner_has(planner, SUSEFIREWALL);
	bool has_firewalld = planner_has(planner, FIREWALLD_DIRECTORY);
	int rc = 0;

	warn_of_unknown(planner, forward);
	if (has_susefirewall)
		rc = plan_susefirewall(planner, forward, err);
	if (rc == 0 && (!has_firewalld || !forward))
		rc = planner_own(planner, &resource_firewall, ZONE, NULL, COMMAND_NONE,
				 err);
	else if (rc == 0)
		rc = plan_firewalld(planner, forward, err);
	if (rc == 0 && forward && !has_susefirewall && !has_firewalld)
		planner_warn(planner, "neither SuSEfirewall2 nor firewalld is here: "
				      "'forward' in [firewall] does nothing");
	return rc;
}

const struct resource resource_firewall = {.name = "firewall", .plan = plan};
