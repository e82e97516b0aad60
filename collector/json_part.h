/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_part.h - parts of checked JSON text, as slices of it
 *
 * No tree is made, so that what is passed on keeps its bytes.
 *
 *	struct json_parts parts;
 *
 *	parts_init(&parts, array);
 *	while (parts_next(&parts, &element))
 *		...
 */
#pragma once

#include "base/arena.h"
#include "collector/json_scan.h"

struct json_parts {
	struct scan scan;
	bool more;
};

/* In front of the first element; of what is no array there is none. */
void parts_init(struct json_parts *parts, struct slice array);

/* The next element; false behind the last. */
bool parts_next(struct json_parts *parts, struct slice *out);

/* The last member of this plain name; false when there is none, or it is no object. */
bool part_member(struct slice object, const char *name, struct slice *out);

/* Decodes a string, into the arena if need be: 0, 1 when it is none, or ERR_NOMEM. */
NODISCARD int part_text(struct slice value, struct arena *arena, struct slice *out);
