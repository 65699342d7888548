/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's name: host name, hosts, mailname. */
#include <string.h>

#include "guest/identity-parts.h"

/* Debian Policy and the installer: what names a host by itself that has no fixed address. */
#define OWN_ADDRESS "127.0.1.1"

static const char tail[] = "\n::1 localhost ip6-localhost ip6-loopback\n"
			   "ff02::1 ip6-allnodes\n"
			   "ff02::2 ip6-allrouters\n";

/* "ADDRESS FULL.NAME NAME"; without blanks twice. The caller frees it. */
static char *hosts_line(const struct guest *guest, const char *address, int length)
{
	_cleanup_free_ char *full = identity_full_name(guest);
	_cleanup_free_ char *name = mem_text_part(guest->name, strcspn(guest->name, "."));

	if (strcmp(full, name) == 0)
		return mem_textf("%.*s %s\n", length, address, name);
	return mem_textf("%.*s %s %s\n", length, address, full, name);
}

/* Its addresses, those of the first interface that has fixed ones. */
static void add_own_lines(const struct guest *guest, struct str *text)
{
	for (size_t i = 0; i < guest->nic_count; i++) {
		const struct str_list *list = &guest->nic[i].addresses;

		for (size_t k = 0; k < list->count; k++) {
			_cleanup_free_ char *line = hosts_line(
				guest, list->item[k], (int)strcspn(list->item[k], "/"));

			str_add(text, line);
		}
		if (list->count)
			return;
	}

	_cleanup_free_ char *line =
		hosts_line(guest, OWN_ADDRESS, sizeof(OWN_ADDRESS) - 1);

	str_add(text, line);
}

/* dom0's, but for what names dom0 by a loopback address: that would be the guest. */
static int add_host_lines(const struct fs *host, struct str *text, struct err *err)
{
	_cleanup_str_ struct str hosts = {0};
	const char *cursor, *line;
	size_t length;
	int rc = identity_get(host, "etc/hosts", &hosts, err);

	if (rc < 0)
		return rc;
	cursor = str_text(&hosts);
	while (str_next_line(&cursor, &line, &length)) {
		const char *at = line + strspn(line, " \t");

		if (str_starts(at, "127.") && !str_starts(at, "127.0.0.1"))
			continue;
		str_add_bytes(text, line, length);
		str_add_char(text, '\n');
	}
	return 0;
}

static int write_hosts(struct identity *id, struct err *err)
{
	_cleanup_str_ struct str text = {0};
	int rc = 0;

	if (id->guest->has_copied_hosts)
		rc = add_host_lines(id->host, &text, err);
	else
		str_add(&text, "127.0.0.1 localhost\n");
	if (rc < 0)
		return rc;
	add_own_lines(id->guest, &text);
	if (!id->guest->has_copied_hosts)
		str_add(&text, tail);
	return identity_put(id->root, "etc/hosts", str_text(&text), 0644, err);
}

/* Red Hat up to 6 keeps it there. */
static int write_sysconfig(struct identity *id, struct err *err)
{
	_cleanup_free_ char *line = mem_textf("HOSTNAME=%s", id->guest->name);
	_cleanup_str_ struct str text = {0};
	struct stat st;
	int rc;

	if (fs_stat(id->root, "etc/sysconfig/network", &st, NULL) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	rc = identity_get(id->root, "etc/sysconfig/network", &text, err);
	if (rc < 0)
		return rc;
	identity_set(&text, "HOSTNAME", line);
	return identity_put(id->root, "etc/sysconfig/network", str_text(&text), 0644,
			    err);
}

/* hostname(5): without dots; hosts has the full name. */
int identity_name(struct identity *id, struct err *err)
{
	_cleanup_free_ char *name =
		mem_textf("%.*s\n", (int)strcspn(id->guest->name, "."), id->guest->name);
	_cleanup_free_ char *full = identity_full_name(id->guest);
	_cleanup_free_ char *mailname = mem_textf("%s\n", full);
	int rc = identity_put(id->root, "etc/hostname", name, 0644, err);

	if (rc == 0)
		rc = identity_put(id->root, "etc/mailname", mailname, 0644, err);
	if (rc == 0)
		rc = write_sysconfig(id, err);
	return rc == 0 ? write_hosts(id, err) : rc;
}
