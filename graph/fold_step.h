/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_step.h - what bears on the edges of one lane
 */
#pragma once

#include "graph/fold_edge.h"

/* What is known of an edge that stands now, or did. */
enum standing_bit {
	CAME = 1,   /* a set with it stands that did not */
	LEFT = 2,   /* a set with it stands no more */
	STANDS = 4, /* a set with it stands; told of all of them where some left */
};

enum step_kind { STEP_READ, STEP_WRITE, STEP_FLOW };

/* All that changes one edge. */
struct step {
	enum step_kind kind;
	node_id peer;	/* the dataset that is read or written, or the flow's target */
	node_id source; /* the flow's */
	uint8_t standing;
	bool open;	  /* a set that came or stands does not cover it, or imply it */
	uint32_t classes; /* of a flow, in those sets */
	int32_t segments;
};

struct steps {
	struct step *list; /* in order of kind, peer and source */
	size_t count;
};

/* Whether all sets that stand were told, and not only those that came. */
static inline bool step_is_whole(const struct step *step)
{
	return step->standing & (LEFT | STANDS);
}

/* The steps of a change, one for each edge that it may touch. */
NODISCARD int fold_steps(
	struct fold *fold, const struct lane_change *change, struct steps *out);
