/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jsonscan.h - single members of stored JSON, without a tree
 *
 * For text that was checked when it was stored; of other text the answers mean
 * nothing, but nothing beyond its bytes is looked at.
 *
 *	struct jsonscan scan;
 *	struct slice name, value;
 *
 *	jsonscan_init(&scan, event);
 *	while (jsonscan_next(&scan, &name, &value))
 *		...
 */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

struct jsonscan {
	struct slice text;
	size_t at;
	char open; /* '{' or '['; 0: it is neither, and has no members */
};

void jsonscan_init(struct jsonscan *scan, struct slice text);

/*
 * The next member of an object or item of an array, as slices of the text: a name
 * without its quotes, and not decoded (of an item it is empty).  False at the end.
 */
bool jsonscan_next(
	struct jsonscan *scan, struct slice *name_out, struct slice *value_out);

/* The last member of this plain name; false when there is none. */
bool jsonscan_member(struct slice object, struct slice name, struct slice *value_out);

/* Decodes a string into the arena: 0, 1 when it is none, or ERR_NOMEM. */
NODISCARD int jsonscan_text(struct slice value, struct arena *arena, struct slice *out);
