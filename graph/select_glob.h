/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_glob.h - patterns of names: '*' any run of characters, '?' any one
 *
 * Both cross dots and slashes.  A character is one of UTF-8, or a byte that is
 * part of none.
 */
#pragma once

#include "graph/meter.h"

enum glob_mark { GLOB_BYTE, GLOB_ANY, GLOB_ONE };

struct glob {
	const char *bytes;
	const uint8_t *marks; /* enum glob_mark, beside bytes */
	size_t len;
	size_t prefix; /* so many bytes come before the first mark; len: it has none */
};

static inline bool glob_exact(const struct glob *glob)
{
	return glob->prefix == glob->len;
}

static inline struct slice glob_prefix(const struct glob *glob)
{
	return slice_of(glob->bytes, glob->prefix);
}

/* Long searches are taken from the meter; once that is cut, nothing matches. */
bool glob_matches(const struct glob *glob, struct slice text, struct meter *meter);
