/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write-identity ROOT dhcp|static MAC: what identity_write() makes of a root, for tests that run it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest/identity.h"

static void add(struct str_list *list, const char *text)
{
	str_list_add(list, text);
}

static void fill_network(struct guest *guest, bool is_dhcp, const char *mac)
{
	struct guest_nic *nic = mem_alloc(sizeof(*nic));

	guest->nic = nic;
	guest->nic_count = 1;
	(void)snprintf(nic->mac, sizeof(nic->mac), "%s", mac);
	nic->is_dhcp = is_dhcp;
	if (is_dhcp)
		return;
	add(&nic->addresses, "192.0.2.10/24");
	add(&nic->addresses, "192.0.2.12/24");
	add(&nic->addresses, "2001:db8::10/64");
	nic->gateway4 = mem_text("192.0.2.1");
	nic->gateway6 = mem_text("2001:db8::1");
	add(&guest->nameservers, "192.0.2.1");
	guest->search = mem_text("example.org");
}

static void fill_volumes(struct guest *guest)
{
	static const char *const fields[][5] = {
		{"xvda2", "ext4", "/", "noatime,errors=remount-ro",
		 "11111111-2222-3333-4444-555555555555"},
		{"xvda1", "swap", NULL, "sw", "66666666-7777-8888-9999-000000000000"},
		{"xvda3", "xfs", "/srv/data", "nodev,nosuid",
		 "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"},
	};

	guest->volume_count = ARRAY_SIZE(fields);
	guest->volume = mem_alloc(sizeof(*guest->volume) * ARRAY_SIZE(fields));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct guest_volume *volume = &guest->volume[i];

		volume->device = mem_text(fields[i][0]);
		volume->fs = mem_text(fields[i][1]);
		volume->mountpoint = fields[i][2] ? mem_text(fields[i][2]) : NULL;
		volume->options = mem_text(fields[i][3]);
		(void)snprintf(volume->uuid, sizeof(volume->uuid), "%s", fields[i][4]);
	}
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What a guest owns is not freed: the process ends with it. */
int main(int argc, char **argv)
{
	struct guest guest = {.name = mem_text("web"),
			      .hash_method = mem_text("yescrypt")};
	_cleanup_fs_ struct fs root = FS_CLOSED, host = FS_CLOSED;
	_cleanup_free_ char *password = NULL;
	struct err err = {0};
	int64_t start;
	int rc;

	if (argc != 4)
		return 2;
	guest.password_kind = PASSWORD_GENERATE;
	guest.password_length = 23;
	guest.serial_device = mem_text("hvc0");
	guest.recipe.arch = mem_text("amd64");
	add(&guest.ssh_keys, "ssh-ed25519 AAAAC3 admin@example.org");
	fill_network(&guest, strcmp(argv[2], "dhcp") == 0, argv[3]);
	fill_volumes(&guest);
	rc = fs_open(argv[1], &root, &err);
	if (rc == 0)
		rc = fs_open("/", &host, &err);
	/* Roots without a kernel are those of tests of the network alone. */
	guest.boot = fs_exists(&root, "boot/grub") ? GUEST_PVGRUB : GUEST_KERNEL;
	start = now_us();
	if (rc == 0)
		rc = identity_write(&guest, &root, &host, &password, &err);
	if (rc < 0) {
		fprintf(stderr, "write-identity: %s\n", err.text);
		return 1;
	}
	fprintf(stderr, "%lld us\n", (long long)(now_us() - start));
	printf("%s\n", password);
	return 0;
}
