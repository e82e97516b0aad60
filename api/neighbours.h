/* SPDX-License-Identifier: Apache-2.0 */

/*
 * neighbours.h - how many neighbours a node has, and of which sort
 */
#pragma once

#include "api/call.h"
#include "api/jsonw.h"

struct peer_question {
	node_id node;
	enum direction direction;
	enum node_kind kind; /* of the neighbours; 0: any */
};

struct peer_counts {
	uint64_t now;
	uint64_t ever;
	bool complete; /* false: there were too many to look at all */
};

/*
 * Counts neighbours over all names of a node, each once.  Control flow and the
 * fields of a whole are no neighbours.
 */
NODISCARD int count_peers(const struct call *call, const struct peer_question *question,
	struct peer_counts *out);

/* The member "classes" of a field: its edges of now, by class, up and down. */
void jsonw_class_counts(struct jsonw *w, const struct call *call, node_id field);

/* The member "dependencies": jobs before and behind this one by control flow. */
NODISCARD int jsonw_dependencies(struct jsonw *w, struct call *call, node_id job);
