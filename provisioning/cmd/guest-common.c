/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands for guests share: which there are, and safe output of names. */
#include <stdarg.h>

#include "cmd/guests.h"
#include "guest/places.h"

int guests_open(const struct call *call, struct fs *ret_host,
		struct settings *ret_settings, struct err *err)
{
	int rc = fs_open(call->root, ret_host, err);

	settings_init(ret_settings);
	return rc < 0 ? rc : settings_load(ret_settings, ret_host, call->config, err);
}

int guests_inventory(const struct call *call, const struct settings *settings,
		     const struct fs *host, struct inventory *ret_inventory,
		     struct err *err)
{
	const char *output = call_value(call, "output");
	const char *extension = call_value(call, "extension");
	int rc;

	if (!output)
		output = setting_text(settings, "output");
	if (!extension)
		extension = call_has(call, "extension")
				    ? ""
				    : setting_text(settings, "extension");
	if (output)
		return inventory_read(host, output,
				      extension ? extension : places_of(host)->extension,
				      ret_inventory, err);
	rc = inventory_read(host, "/etc/xen", extension ? extension : ".cfg",
			    ret_inventory, err);
	if (rc == 0)
		rc = inventory_read(host, INVENTORY_VM_DIR, "", ret_inventory, err);
	return rc;
}

void guests_print(FILE *file, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		mem_abort();
	va_end(args);
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		bool is_end = byte == '\n' && !c[1];

		(void)fputc((byte < ' ' && !is_end) || byte == 0x7f ? '?' : byte, file);
	}
}
