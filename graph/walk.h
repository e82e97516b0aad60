/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk.h - a breadth-first walk in one direction
 *
 * Level by level, each level in order of ids.  A level's nodes are those that
 * the answer may show: with LEVEL_MIXED every dataset and job, with LEVEL_FIELD
 * fields and whole datasets, else the nodes of the level's kind, and the roots
 * whatever they are.
 *
 * Nodes that are one hop together - aliases, a whole and its fields - are put
 * into a level together, before any of them is asked for its edges.
 */
#pragma once

#include "graph/bitset.h"
#include "graph/frontier.h"
#include "graph/level.h"
#include "graph/standing.h"

struct walk {
	/* To be set; the rest is zeroed. */
	struct standing *standing;
	enum direction direction;

	struct level_kinds kinds;
	struct level_rule rule;
	bool fields;	/* LEVEL_FIELD */
	node_id column; /* level_column() */
	bool closing;	/* levels may have to be made whole */
	uint8_t met;  /* marks of the fields whose edges were looked at for this level */
	bool jumbled; /* answers have other ids than the level: not in order */

	struct bitset
		seen; /* of the level's nodes: exactly those found, and their aliases */
	struct bitset datasets; /* LEVEL_FIELD: found as a whole, and the column */
	struct bitset spread;	/* LEVEL_FIELD: wholes whose edges were looked at */
	struct frontier found;	/* by (depth, id), as answers have them */
	struct frontier starts; /* the place in found where each depth begins */

	/* In work: the next level, and what lies between it and this one. */
	struct frontier level;
	struct frontier next;
	struct frontier roots;	/* of the hidden kind */
	struct frontier middle; /* LEVEL_FIELD: room to sort in */
	struct frontier beyond;
	struct frontier scratch;
	struct span_buffer buffer;
};

/*
 * Walks from the query's roots.  When the meter cuts it, found has what was
 * reached until then.  walk_fini() also after a failure.
 */
NODISCARD int walk_run(struct walk *walk);
void walk_fini(struct walk *walk);

/* Whether the walk found this node, by the id that answers have. */
static inline bool walk_found(const struct walk *walk, node_id id)
{
	return walk->seen.places &&
	       (bitset_has(&walk->seen, id) ||
		       (walk->fields && bitset_has(&walk->datasets, id)));
}
