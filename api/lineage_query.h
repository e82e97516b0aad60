/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_query.h - the parameters of a lineage question
 */
#pragma once

#include "api/nodeout.h"
#include "api/params.h"
#include "graph/lineage.h"

#define IN_NAMESPACES_MAX 32

struct lineage_request {
	struct lineage_query query; /* points into this request: do not copy it */
	struct facet_choice facets;
	node_id root;
	bool edge_times; /* print when edges were seen */
	uint32_t namespaces[IN_NAMESPACES_MAX];
};

/*
 * Returns 0, or 1 when the reply says what is wrong.  p keeps the parameters
 * for the cursor of the next page.
 */
NODISCARD int lineage_request_read(struct call *call, struct params *p,
	struct reply *reply, struct lineage_request *out);

const char *lineage_level_text(enum lineage_level level);
