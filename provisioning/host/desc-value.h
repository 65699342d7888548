/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of a description: each reader takes one key. Private to desc*.c. */
#pragma once

#include "host/desc.h"

/*
 * The first error stays in `rc` and `err`; after it every function here does nothing, so
 * that a schema is a flat list of calls. A NULL section is one that the text does not
 * have.
 */
struct desc_reader {
	struct desc *desc;
	struct err *err;
	int rc;
};

void desc_fail(struct desc_reader *reader, const struct conf_entry *entry, size_t word,
	       const char *format, ...) _printf_(4, 5);
void desc_fail_place(struct desc_reader *reader, struct conf_place place,
		     const char *format, ...) _printf_(3, 4);

void desc_take_number(struct desc_reader *reader, struct conf_section *section,
		      const char *key, uint64_t min, uint64_t max,
		      struct desc_number *number);
void desc_take_flag(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_flag *flag);
void desc_take_choice(struct desc_reader *reader, struct conf_section *section,
		      const char *key, const char *const *choices,
		      struct desc_choice *choice);
void desc_take_list(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_list *list);

/*
 * An amount of memory in MiB: "512", "512M", "4G", "1T". `automatic` (may be NULL) is a
 * word that stands for 0.
 */
void desc_take_size(struct desc_reader *reader, struct conf_section *section,
		    const char *key, const char *automatic, struct desc_number *size);

void desc_take_vcpus(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_dom0 *dom0);
void desc_take_pin(struct desc_reader *reader, struct conf_section *section,
		   const char *key, struct desc_dom0 *dom0);

/* A rate that termios(3) knows. */
void desc_take_speed(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_number *speed);
void desc_take_port(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_serial *serial);

/* Words of letters, digits, "_", "-", "." and "+": names of modules and volume groups. */
void desc_take_names(struct desc_reader *reader, struct conf_section *section,
		     const char *key, struct desc_list *list);

/* One such word. */
void desc_take_name(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_word *name);

/* An absolute path of printable characters without blanks, quotes, '$' or '\'. */
void desc_take_path(struct desc_reader *reader, struct conf_section *section,
		    const char *key, struct desc_word *path);

/* Network interfaces' names: at most 15 of the characters of names. */
void desc_check_interface(struct desc_reader *reader, struct conf_place place,
			  const char *name);
void desc_take_interface(struct desc_reader *reader, struct conf_section *section,
			 const char *key, struct desc_word *word);
void desc_take_interfaces(struct desc_reader *reader, struct conf_section *section,
			  const char *key, struct desc_list *list);

/* IPv4 and IPv6 addresses, with "/LENGTH" or without. */
void desc_take_addresses(struct desc_reader *reader, struct conf_section *section,
			 const char *key, bool has_length, struct desc_list *list);
void desc_take_bridge_address(struct desc_reader *reader, struct conf_section *section,
			      const char *key, struct desc_bridge *bridge);
void desc_take_mac(struct desc_reader *reader, struct conf_section *section,
		   const char *key, struct desc_word *mac);
void desc_check_bridge(struct desc_reader *reader, const struct desc_bridge *bridge);
