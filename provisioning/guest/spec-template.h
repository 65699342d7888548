/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a guest's specification that decides its template. */
#pragma once

#include "base/err.h"
#include "base/fs.h"
#include "guest/setting.h"
#include "guest/spec.h"
#include "guest/storage.h"

/*
 * The recipe and the storage that spec_make() would give a guest with these settings;
 * nothing else of the guest is filled in that matters. The caller clears both, whatever the
 * result is.
 */
int spec_make_template(const struct settings *settings, const struct fs *host,
		       struct guest *ret_guest, struct storage *ret_storage,
		       struct err *err) _must_check_;
