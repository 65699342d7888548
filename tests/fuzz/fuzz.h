/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one function of a fuzz target, named by libFuzzer. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
