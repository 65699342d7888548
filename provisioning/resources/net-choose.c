/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network stack is in charge: found in its files, not guessed. */
#include <string.h>

#include "resources/net.h"

#define STACKS_MAX 8

/* The stacks that have something to say about an interface, and in which file. */
struct candidates {
	const struct net_stack *stack[STACKS_MAX];
	char *where[STACKS_MAX];
	size_t count;
};

static void candidates_clear(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		mem_free_ref(&candidates->where[i]);
}

enum facts_answer net_is_enabled(const struct planner *planner, const char *fact)
{
	const struct facts *facts = planner->facts;

	if (!fact || !facts->stack_count)
		return FACTS_UNKNOWN;
	for (size_t i = 0; i < facts->stack_count; i++)
		if (strcmp(facts->stack[i].name, fact) == 0)
			return facts->stack[i].is_enabled ? FACTS_YES : FACTS_NO;
	return FACTS_NO;
}

static void find(const struct net *net, const struct net_stack *const *stacks,
		 const char *interface, struct candidates *candidates)
{
	for (; *stacks && candidates->count < STACKS_MAX; stacks++) {
		bool is_made = false;
		char *where = (*stacks)->find(net->planner, interface, &is_made);

		if (!where)
			continue;
		candidates->stack[candidates->count] = *stacks;
		candidates->where[candidates->count++] = where;
	}
}

/* Keeps the candidates for which a test holds, unless it holds for none. */
static void keep(struct candidates *candidates, const bool *is_wanted)
{
	struct candidates kept = {0};

	for (size_t i = 0; i < candidates->count; i++) {
		if (!is_wanted[i])
			continue;
		kept.stack[kept.count] = candidates->stack[i];
		kept.where[kept.count++] = TAKE_PTR(candidates->where[i]);
	}
	if (!kept.count)
		return;
	candidates_clear(candidates);
	*candidates = kept;
}

/*
 * netplan writes for the others, so it comes first. Files of a stack that is not in use
 * are left-overs, if one of the others is.
 */
static void narrow(const struct net *net, struct candidates *candidates)
{
	bool is_wanted[STACKS_MAX] = {0};

	for (size_t i = 0; i < candidates->count; i++)
		is_wanted[i] = candidates->stack[i]->choice == DESC_NETPLAN;
	keep(candidates, is_wanted);
	if (candidates->count < 2)
		return;
	for (size_t i = 0; i < candidates->count; i++)
		is_wanted[i] = net_is_enabled(net->planner, candidates->stack[i]->fact) ==
			       FACTS_YES;
	keep(candidates, is_wanted);
}

/* Where the description asks for what cannot be decided. */
static int refuse(const struct net *net, const struct net_port *port, struct err *err,
		  const char *text)
{
	const struct desc *desc = net->planner->desc;

	if (port)
		return net_refuse(net, port, err, "%s", text);
	return desc_refuse_place(
		desc, desc->bridge_count ? desc->bridge[0].place : desc->dummy[0].place,
		err, "%s", text);
}

static int refuse_many(const struct net *net, const struct net_port *port,
		       const struct candidates *candidates, struct err *err)
{
	_cleanup_str_ struct str text = {0};

	for (size_t i = 0; i < candidates->count; i++)
		str_addf(&text, "%s%s ('%s')",
			 i == 0			     ? ""
			 : i + 1 < candidates->count ? ", "
						     : " and ",
			 candidates->stack[i]->name, candidates->where[i]);
	str_addf(&text, " configure %s%s%s; say which with 'stack' in [network]",
		 port ? "'" : "interfaces", port ? port->name : "", port ? "'" : "");
	return refuse(net, port, err, text.text);
}

/* A left-over of a stack that is off, while another one is in use. */
static int check_is_in_use(const struct net *net, const struct net_stack *const *stacks,
			   const struct net_port *port,
			   const struct candidates *candidates, struct err *err)
{
	if (net_is_enabled(net->planner, candidates->stack[0]->fact) != FACTS_NO)
		return 0;
	for (; *stacks; stacks++) {
		_cleanup_free_ char *text = NULL;

		if (net_is_enabled(net->planner, (*stacks)->fact) != FACTS_YES)
			continue;
		text = mem_textf("'%s' of %s configures '%s', but %s is in use here; say "
				 "which with 'stack' in [network]",
				 candidates->where[0], candidates->stack[0]->name,
				 port->name, (*stacks)->name);
		return refuse(net, port, err, text);
	}
	return 0;
}

/* The stack of one port; *ret_stack stays NULL if none knows it. */
static int choose_for_port(const struct net *net, const struct net_stack *const *stacks,
			   const struct net_port *port,
			   const struct net_stack **ret_stack, struct err *err)
{
	_cleanup_(candidates_clear) struct candidates candidates = {0};
	int rc;

	find(net, stacks, port->device, &candidates);
	if (!candidates.count)
		find(net, stacks, port->name, &candidates);
	if (!candidates.count)
		return 0;
	narrow(net, &candidates);
	if (candidates.count > 1)
		return refuse_many(net, port, &candidates, err);
	rc = check_is_in_use(net, stacks, port, &candidates, err);
	if (rc == 0)
		*ret_stack = candidates.stack[0];
	return rc;
}

/* Where no port is known to any: the one that configures anything, or is in use. */
static int choose_for_machine(const struct net *net,
			      const struct net_stack *const *stacks,
			      const struct net_stack **ret_stack, struct err *err)
{
	_cleanup_(candidates_clear) struct candidates candidates = {0};
	const struct net_port *port = net->bridge_count && net->bridge[0].port_count
					      ? &net->bridge[0].port[0]
					      : NULL;
	const struct net_stack *in_use = NULL;
	size_t count = 0;

	find(net, stacks, NULL, &candidates);
	narrow(net, &candidates);
	if (candidates.count > 1)
		return refuse_many(net, port, &candidates, err);
	if (candidates.count == 1) {
		*ret_stack = candidates.stack[0];
		return 0;
	}
	for (; *stacks; stacks++) {
		if (net_is_enabled(net->planner, (*stacks)->fact) != FACTS_YES)
			continue;
		in_use = *stacks;
		count++;
	}
	if (count != 1)
		return refuse(net, port, err,
			      "no network stack's files configure an interface here; say "
			      "which is to be used with 'stack' in [network]");
	*ret_stack = in_use;
	return 0;
}

static int choose_by_ports(const struct net *net, const struct net_stack *const *stacks,
			   const struct net_stack **ret_stack, struct err *err)
{
	const struct net_stack *chosen = NULL;
	const char *first = NULL;

	for (size_t i = 0; i < net->bridge_count; i++) {
		for (size_t j = 0; j < net->bridge[i].port_count; j++) {
			const struct net_port *port = &net->bridge[i].port[j];
			const struct net_stack *stack = NULL;
			int rc = port->is_dummy ? 0
						: choose_for_port(net, stacks, port,
								  &stack, err);

			if (rc < 0)
				return rc;
			if (chosen && stack && stack != chosen)
				return net_refuse(net, port, err,
						  "%s configures '%s', but %s "
						  "configures '%s'",
						  stack->name, port->name, chosen->name,
						  first);
			if (chosen || !stack)
				continue;
			chosen = stack;
			first = port->name;
		}
	}
	*ret_stack = chosen;
	return 0;
}

int net_choose(const struct net *net, const struct net_stack *const *stacks,
	       const struct net_stack **ret_stack, struct err *err)
{
	unsigned int choice = net->planner->desc->network.stack.value;
	const struct net_stack *stack = NULL;
	int rc;

	for (size_t i = 0; choice != DESC_STACK_AUTO && stacks[i]; i++) {
		if (stacks[i]->choice != choice)
			continue;
		*ret_stack = stacks[i];
		return 0;
	}
	rc = choose_by_ports(net, stacks, &stack, err);
	if (rc == 0 && !stack)
		rc = choose_for_machine(net, stacks, &stack, err);
	if (rc == 0)
		*ret_stack = stack;
	return rc;
}
