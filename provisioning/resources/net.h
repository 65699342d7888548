/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges for the next boot: what is asked for, and the network stacks that can do it. */
#pragma once

#include "host/planner.h"

/* What becomes a port of a bridge. */
struct net_port {
	const char *name;		/* as the description has it */
	char *device;			/* NAME, or NAME.VLAN; owned */
	const struct conf_entry *entry; /* where it is asked for */
	size_t word;
	const char *mac; /* of the interface NAME, NULL: unknown */
	bool is_dummy;	 /* one of the description's */
};

struct net_bridge {
	const struct desc_bridge *desc;
	const char *name;
	struct net_port *port;
	size_t port_count;

	/*
	 * What a dummy port has is here already: a stack sees DESC_INHERIT only where a
	 * port of its own may have something to hand over.
	 */
	enum desc_address kind;
	const struct conf_entry *address; /* for DESC_STATIC */
};

struct net_dummy {
	const char *name;
	const struct conf_entry *address; /* or NULL */
};

/* All of it; without bridges and dummies a stack takes back what it once did. */
struct net {
	struct planner *planner;
	struct net_bridge *bridge;
	size_t bridge_count;
	struct net_dummy *dummy;
	size_t dummy_count;
};

struct net_stack {
	const char *name; /* as people know it */
	const char *fact; /* its name in the facts, or NULL */
	enum desc_stack choice;

	/*
	 * The file that configures an interface, or, for NULL, any but the loopback; NULL
	 * if there is none. *ret_is_made tells whether the stack makes the interface: a
	 * bond, a VLAN. The caller frees the result.
	 */
	char *(*find)(const struct planner *planner, const char *interface,
		      bool *ret_is_made);

	int (*plan)(struct net *net, struct err *err);

	bool waits_for_ports; /* it knows a bridge's wait-port */
	bool copies_mac;      /* it takes the port's MAC address at boot by itself */
};

extern const struct net_stack net_ifupdown, net_networkd, net_networkmanager, net_wicked,
	net_netplan;

/* The one in charge of the ports, or that the description names. */
int net_choose(const struct net *net, const struct net_stack *const *stacks,
	       const struct net_stack **ret_stack, struct err *err) _must_check_;

/* What a plan warns of and a check finds, in the same words: it is told once. */
#define NET_TAKEN_BY_NM                                                                \
	"NetworkManager is enabled and may take '%s' from its bridge: disable it, or " \
	"add interface-name:%s to its unmanaged-devices"
#define NET_TAKEN_BY_IFPLUGD "ifplugd manages '%s' and may take it from its bridge"

/* Warns of what the chosen stack does not do, and of who else may take the ports. */
void net_warn(const struct net *net, const struct net_stack *chosen);

/* FACTS_UNKNOWN where the facts tell of no stack at all. */
enum facts_answer net_is_enabled(const struct planner *planner, const char *fact);

/* desc_refuse() at a port's word. */
#define net_refuse(net, port, ...) \
	desc_refuse((net)->planner->desc, (port)->entry, (port)->word, __VA_ARGS__)

/* ---- files ---- */

/*
 * A file's own lines, without what we changed. -ENOENT if it is absent or wholly ours;
 * -EINVAL if it holds a NUL.
 */
int net_read(const struct planner *planner, const char *path, struct str *ret_text,
	     struct err *err) _must_check_;

/* planner_edit(), which would cut a file at a NUL, for files that net_read() takes. */
int net_edit(struct planner *planner, const char *path, struct str **ret_text,
	     struct err *err) _must_check_;

/* Puts a file's own lines back, if we changed some. */
int net_take_back(struct planner *planner, const char *path,
		  struct err *err) _must_check_;

/* Likewise each file in a directory whose name has this beginning and end. */
int net_take_back_all(struct planner *planner, const char *directory, const char *prefix,
		      const char *suffix, struct err *err) _must_check_;

/* planner_own() in a directory; the name is added to `names`. */
int net_own(struct planner *planner, const char *directory, const char *name,
	    const char *text, struct str_list *names, struct err *err) _must_check_;

/* Removes files of ours in a directory whose names begin and end so, but not `names`. */
int net_sweep(struct planner *planner, const char *directory, const char *prefix,
	      const char *suffix, const struct str_list *names,
	      struct err *err) _must_check_;

/* ---- words ---- */

/*
 * A text with an interface's name replaced wherever it is a whole word: "eth0", "eth0:1",
 * ".../conf/eth0/..." and "net.ipv4.conf.eth0.mtu", but not "eth0.5". The caller frees it.
 */
char *net_rename(const char *text, const char *from, const char *to);

/* "PORT PORT" of a bridge, NULL if it has none. The caller frees it. */
char *net_port_list(const struct net_bridge *bridge);

/* The MAC address that a bridge shall have: asked for, else its first port's if known. */
const char *net_bridge_mac(const struct net_bridge *bridge);

/* -1 where nothing is to be written: the kernel's own, with the spanning tree. */
int net_forward_delay(const struct net_bridge *bridge);

bool net_is_v6(const char *address);
