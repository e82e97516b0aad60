/* SPDX-License-Identifier: Apache-2.0 */

/*
 * selectorin.h - parameters that are selectors
 */
#pragma once

#include "api/params.h"
#include "graph/select.h"

struct selected {
	node_id *ids; /* sorted, in the arena */
	size_t count;
	enum lineage_cut cut; /* not CUT_NONE: there are others */
};

/*
 * What the selector in a parameter selects; walk is the question that stands
 * beside it.  Returns 0, also when p has a fault now: then nothing is selected.
 */
NODISCARD int selector_read(struct call *call, struct params *p, const char *name,
	const struct lineage_query *walk, struct selected *out);
