/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a guest's specification that decides its template. */
#include "guest/spec-template.h"
#include "guest/spec-parts.h"

int spec_make_template(const struct settings *settings, const struct fs *host,
		       struct guest *ret_guest, struct storage *ret_storage,
		       struct err *err)
{
	struct spec spec = {settings, host, ret_guest, ret_storage,
			    suite_host_is_suse(host)};
	int rc;

	*ret_guest = (struct guest){0};
	*ret_storage = (struct storage){0};
	ret_guest->name = mem_text(STORAGE_TEMPLATES);
	spec_kind(&spec);
	rc = spec_recipe(&spec, err);
	return rc < 0 ? rc : spec_layout(&spec, err);
}
