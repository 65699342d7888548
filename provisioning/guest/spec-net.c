/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's interfaces: addresses, gateways, bridges, and who answers for names. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/inet.h"
#include "guest/lease.h"
#include "guest/mac.h"
#include "guest/spec-parts.h"

/* Where errors about an interface come from: a setting, and a word of its value. */
struct place {
	const struct spec *spec;
	const char *setting;
	struct guest_nic *nic;
};

bool spec_mask_length(const char *mask, unsigned int *ret_length)
{
	struct in_addr address;
	uint32_t bits;

	if (inet_pton(AF_INET, mask, &address) != 1)
		return false;
	bits = ntohl(address.s_addr);
	if (!bits || (~bits & (~bits + 1)) != 0)
		return false;
	*ret_length = (unsigned int)__builtin_popcount(bits);
	return true;
}

void guest_netmask(const char *prefix, char ret_mask[16])
{
	const char *slash = strchr(prefix, '/');
	uint64_t length = 32;
	struct in_addr mask;

	if (slash)
		(void)str_to_number(slash + 1, 32, &length);
	mask.s_addr = htonl(length ? (uint32_t)(UINT32_MAX << (32 - length)) : 0);
	(void)inet_ntop(AF_INET, &mask, ret_mask, 16);
}

static int check_prefix(const struct place *place, const char *prefix, struct err *err)
{
	const char *fault = inet_prefix_fault(prefix);
	const struct str_list *have = &place->nic->addresses;

	if (fault)
		return setting_error(place->spec->settings, place->setting, err,
				     "'%s' %s", prefix, fault);
	for (size_t i = 0; i < have->count; i++)
		if (inet_is_same(have->item[i], prefix))
			return setting_error(place->spec->settings, place->setting, err,
					     "'%s' is given twice", prefix);
	return 0;
}

/* "ADDRESS/LENGTH", or "ADDRESS" with the netmask. */
static int add_address(const struct place *place, const char *text, struct err *err)
{
	const struct settings *settings = place->spec->settings;
	const char *mask = setting_text(settings, "netmask");
	_cleanup_free_ char *prefix = NULL;
	unsigned int length = 0;
	size_t address_length;
	int family;

	if (inet_is_prefix(text, &family, &length, &address_length)) {
		prefix = mem_text(text);
	} else if (!inet_is_address(text, &family)) {
		return setting_error(settings, place->setting, err, "'%s' is no address",
				     text);
	} else if (family == AF_INET && mask) {
		if (!spec_mask_length(mask, &length))
			return setting_error(settings, "netmask", err,
					     "'%s' is no network mask", mask);
		prefix = mem_textf("%s/%u", text, length);
	} else {
		return setting_error(settings, place->setting, err,
				     "how large is the network of '%s'? Write %s/%d%s",
				     text, text, family == AF_INET ? 24 : 64,
				     family == AF_INET ? ", or give --netmask" : "");
	}
	if (check_prefix(place, prefix, err) < 0)
		return -EINVAL;
	str_list_add(&place->nic->addresses, prefix);
	return 0;
}

static bool is_on_link(const struct guest_nic *nic, const char *address)
{
	for (size_t i = 0; i < nic->addresses.count; i++)
		if (inet_contains(nic->addresses.item[i], address))
			return true;
	return nic->p2p && strcmp(nic->p2p, address) == 0;
}

static bool is_link_local(const char *address)
{
	return inet_contains("fe80::/10", address);
}

static int set_gateway(const struct place *place, const char *setting, const char *text,
		       struct err *err)
{
	const struct settings *settings = place->spec->settings;
	char **member;
	int family;

	if (!inet_is_address(text, &family))
		return setting_error(settings, setting, err, "'%s' is no address", text);
	member = family == AF_INET ? &place->nic->gateway4 : &place->nic->gateway6;
	if (*member)
		return setting_error(settings, setting, err,
				     "a second one of its family: '%s'", text);
	if (place->nic->is_dhcp && family == AF_INET)
		return setting_error(settings, setting, err, "DHCP gives the gateway");
	if (!is_on_link(place->nic, text) && !(family == AF_INET6 && is_link_local(text)))
		return setting_error(settings, setting, err,
				     "'%s' is in none of the guest's networks", text);
	*member = mem_text(text);
	return 0;
}

static int set_ipv4(const struct place *place, const char *setting, const char *text,
		    char **member, struct err *err)
{
	int family;

	if (!inet_is_address(text, &family) || family != AF_INET)
		return setting_error(place->spec->settings, setting, err,
				     "'%s' is no IPv4 address", text);
	*member = mem_text(text);
	return 0;
}

/* A bridge with a VLAN is "NAME.N": Open vSwitch's form, and how Linux calls such bridges. */
static int set_bridge(const struct place *place, const char *setting, const char *text,
		      struct err *err)
{
	if (!inet_is_interface(text))
		return setting_error(place->spec->settings, setting, err,
				     "'%s' is no name of a bridge", text);
	place->nic->bridge = mem_text(text);
	return 0;
}

static int set_vifname(const struct place *place, const char *setting, const char *text,
		       struct err *err)
{
	if (!inet_is_interface(text))
		return setting_error(place->spec->settings, setting, err,
				     "'%s' is no name of an interface", text);
	place->nic->vifname = mem_text(text);
	return 0;
}

static int set_mac(const struct place *place, const char *setting, const char *text,
		   struct err *err)
{
	if (!inet_is_mac(text) || !inet_is_station(text))
		return setting_error(place->spec->settings, setting, err,
				     "'%s' is no MAC address that one interface can have",
				     text);
	for (size_t i = 0; i < 17; i++)
		place->nic->mac[i] = (char)tolower((unsigned char)text[i]);
	return 0;
}

/* Both, or the one of the higher level if the other is of a file. */
static int decide_dhcp(const struct spec *spec, bool *ret_is_dhcp, bool *ret_has_ip,
		       struct err *err)
{
	const struct settings *settings = spec->settings;
	const struct str_list *ips = setting_list(settings, "ip");
	bool is_dhcp = setting_is_yes(settings, "dhcp"), has_ip = ips->count > 0,
	     has_ipv4 = false;

	if (is_dhcp && has_ip &&
	    setting_level(settings, "ip") != setting_level(settings, "dhcp")) {
		is_dhcp = setting_level(settings, "dhcp") > setting_level(settings, "ip");
		has_ip = !is_dhcp;
	}
	for (size_t i = 0; i < ips->count; i++)
		has_ipv4 |= !strchr(ips->item[i], ':');
	if (is_dhcp && has_ip && has_ipv4)
		return setting_error(settings, "ip", err,
				     "--dhcp is given as well; with it, only IPv6 "
				     "addresses are set");
	/* The installer asks for it. */
	if (!is_dhcp && !has_ip && !spec->guest->has_installer)
		return err_say(err, EINVAL, "no address is given: --dhcp or --ip");
	*ret_is_dhcp = is_dhcp;
	*ret_has_ip = has_ip;
	return 0;
}

static int add_addresses(const struct place *place, struct err *err)
{
	const struct spec *spec = place->spec;
	const struct settings *settings = spec->settings;
	const struct str_list *ips = setting_list(settings, "ip");

	for (size_t i = 0; i < ips->count; i++) {
		_cleanup_free_ char *found = NULL;
		const char *text = ips->item[i];
		int rc;

		if (strcmp(text, "auto") == 0) {
			if (spec->guest->pool)
				return setting_error(settings, "ip", err,
						     "only one address can be 'auto'");
			spec->guest->pool = mem_text(setting_text(settings, "ipfile"));
			rc = lease_find(spec->host, spec->guest->pool, &found, err);
			if (rc < 0)
				return err ? err_wrap(err, "--ip") : rc;
			text = found;
			spec->guest->pool_address = place->nic->addresses.count;
		}
		rc = add_address(place, text, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Settings that are one text of the first interface. */
static int set_first_texts(const struct place *place, struct err *err)
{
	const struct settings *settings = place->spec->settings;
	const char *text;

	text = setting_text(settings, "p2p");
	if (text && set_ipv4(place, "p2p", text, &place->nic->p2p, err) < 0)
		return -EINVAL;
	text = setting_text(settings, "broadcast");
	if (text && !place->nic->is_dhcp &&
	    set_ipv4(place, "broadcast", text, &place->nic->broadcast, err) < 0)
		return -EINVAL;
	text = setting_text(settings, "bridge");
	if (text && set_bridge(place, "bridge", text, err) < 0)
		return -EINVAL;
	text = setting_text(settings, "vifname");
	if (text && set_vifname(place, "vifname", text, err) < 0)
		return -EINVAL;
	place->nic->vlan = (unsigned int)setting_number(settings, "vlan");
	return 0;
}

/* Gateways of a file do not matter to a guest with DHCP. */
static int set_gateways(const struct place *place, struct err *err)
{
	const struct settings *settings = place->spec->settings;
	const struct str_list *list = setting_list(settings, "gateway");
	bool is_of_file = setting_level(settings, "gateway") < LEVEL_LINE;

	for (size_t i = 0; i < list->count; i++) {
		if (place->nic->is_dhcp && is_of_file && !strchr(list->item[i], ':'))
			continue;
		if (set_gateway(place, "gateway", list->item[i], err) < 0)
			return -EINVAL;
	}
	return 0;
}

/* As given, "auto" too, commas between: so xen-tools hashes them. */
static char *old_addresses(const struct spec *spec, bool has_ip)
{
	const struct str_list *ips = setting_list(spec->settings, "ip");
	struct str text = {0};

	for (size_t i = 0; has_ip && i < ips->count; i++)
		str_addf(&text, "%s%s", i ? "," : "", ips->item[i]);
	return str_take(&text);
}

static int set_first_mac(const struct place *place, bool has_ip, struct err *err)
{
	const struct spec *spec = place->spec;
	const char *text = setting_text(spec->settings, "mac");
	const char *suite = spec->guest->recipe.suite;
	_cleanup_free_ char *addresses = NULL;

	if (setting_is_yes(spec->settings, "randommac"))
		mac_make_random(place->nic->mac);
	else if (strcmp(text, "auto") == 0)
		mac_make(spec->guest->name, 0, place->nic->mac);
	else if (strcmp(text, "xen-tools") == 0) {
		addresses = old_addresses(spec, has_ip);
		mac_make_old(spec->guest->name, addresses ? addresses : "",
			     place->nic->is_dhcp, suite ? suite : "", place->nic->mac);
	} else {
		return set_mac(place, "mac", text, err);
	}
	return 0;
}

static int check_nic(const struct place *place, const char *setting, struct err *err)
{
	const struct guest_nic *nic = place->nic;
	_cleanup_free_ char *name =
		mem_textf("%s.%u", nic->bridge ? nic->bridge : "", nic->vlan);

	if (nic->vlan && !nic->bridge)
		return setting_error(place->spec->settings, setting, err,
				     "a VLAN needs a bridge");
	if (nic->vlan && !inet_is_interface(name))
		return setting_error(place->spec->settings, setting, err,
				     "'%s' is too long for a bridge", name);
	for (const struct guest_nic *other = place->spec->guest->nic; other != nic;
	     other++)
		if (strcmp(other->mac, nic->mac) == 0)
			return setting_error(place->spec->settings, setting, err,
					     "two interfaces have the address %s",
					     nic->mac);
	return 0;
}

static struct guest_nic *add_nic(struct guest *guest)
{
	guest->nic = mem_grow(guest->nic, guest->nic_count, sizeof(*guest->nic));
	guest->nic[guest->nic_count] = (struct guest_nic){0};
	return &guest->nic[guest->nic_count++];
}

static int add_first(struct spec *spec, struct err *err)
{
	struct place place = {spec, "ip", add_nic(spec->guest)};
	bool is_dhcp = false, has_ip = false;
	int rc = decide_dhcp(spec, &is_dhcp, &has_ip, err);

	if (rc < 0)
		return rc;
	place.nic->is_dhcp = is_dhcp;
	if (has_ip && add_addresses(&place, err) < 0)
		return -EINVAL;
	if (set_first_texts(&place, err) < 0 || set_gateways(&place, err) < 0 ||
	    set_first_mac(&place, has_ip, err) < 0)
		return -EINVAL;
	return check_nic(&place, "vlan", err);
}

/* One "KEY=VALUE" of --nic, or "dhcp". Gateways come when the addresses are there. */
static int set_word(const struct place *place, const char *key, const char *value,
		    bool is_second_round, struct err *err)
{
	struct guest_nic *nic = place->nic;
	uint64_t number;

	if (strcmp(key, "gateway") == 0)
		return is_second_round ? set_gateway(place, "nic", value, err) : 0;
	if (is_second_round)
		return 0;
	if (strcmp(key, "dhcp") == 0 && !*value) {
		nic->is_dhcp = true;
		return 0;
	}
	if (strcmp(key, "ip") == 0)
		return add_address(place, value, err);
	if (strcmp(key, "bridge") == 0 && !nic->bridge)
		return set_bridge(place, "nic", value, err);
	if (strcmp(key, "vifname") == 0 && !nic->vifname)
		return set_vifname(place, "nic", value, err);
	if (strcmp(key, "mac") == 0)
		return set_mac(place, "nic", value, err);
	if (strcmp(key, "p2p") == 0 && !nic->p2p)
		return set_ipv4(place, "nic", value, &nic->p2p, err);
	if (strcmp(key, "broadcast") == 0 && !nic->broadcast)
		return set_ipv4(place, "nic", value, &nic->broadcast, err);
	if (strcmp(key, "vlan") == 0 && str_to_number(value, 4094, &number) && number) {
		nic->vlan = (unsigned int)number;
		return 0;
	}
	return setting_error(place->spec->settings, "nic", err,
			     "'%s%s%s': an interface has bridge, vlan, ip, gateway, mac, "
			     "vifname, p2p, broadcast (each =VALUE) or dhcp",
			     key, *value ? "=" : "", value);
}

static int set_words(const struct place *place, const char *text, bool is_second_round,
		     struct err *err)
{
	while (*(text += strspn(text, ", "))) {
		size_t length = strcspn(text, ", ");
		size_t key_length = strcspn(text, "=, ");
		_cleanup_free_ char *key = mem_text_part(text, key_length);
		_cleanup_free_ char *value =
			key_length < length ? mem_text_part(text + key_length + 1,
							    length - key_length - 1)
					    : mem_text("");
		int rc = set_word(place, key, value, is_second_round, err);

		if (rc < 0)
			return rc;
		text += length;
	}
	return 0;
}

static int add_further(struct spec *spec, const char *text, struct err *err)
{
	struct place place = {spec, "nic", add_nic(spec->guest)};

	if (set_words(&place, text, false, err) < 0 ||
	    set_words(&place, text, true, err) < 0)
		return -EINVAL;
	if (!place.nic->mac[0])
		mac_make(spec->guest->name, spec->guest->nic_count - 1, place.nic->mac);
	return check_nic(&place, "nic", err);
}

int spec_network(struct spec *spec, struct err *err)
{
	const struct str_list *further = setting_list(spec->settings, "nic");

	if (add_first(spec, err) < 0)
		return -EINVAL;
	for (size_t i = 0; i < further->count; i++)
		if (add_further(spec, further->item[i], err) < 0)
			return -EINVAL;
	return spec_names(spec, err);
}
