/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk.h - a breadth-first walk in one direction
 *
 * Level by level, each level in order of ids.  A level's nodes are those that
 * the answer may show: with LEVEL_MIXED every dataset and job, else the nodes
 * of the level's kind, and the roots whatever they are.
 */
#pragma once

#include "graph/bitset.h"
#include "graph/frontier.h"
#include "graph/standing.h"

/* The kind of node that a level shows, and the one it hides between them; 0: neither. */
struct level_kinds {
	uint8_t shown;
	uint8_t hidden;
};

struct level_kinds level_kinds(enum lineage_level level);

struct walk {
	struct standing *standing;
	enum direction direction;
	uint32_t max_depth;
	struct level_kinds kinds;

	struct bitset seen;	/* of the level's nodes: exactly those found */
	struct frontier found;	/* by (depth, id) */
	struct frontier starts; /* the place in found where each depth begins */

	/* In work: the next level, and what lies between it and this one. */
	struct frontier level;
	struct frontier next;
	struct frontier middle;
	struct frontier beyond;
	struct frontier scratch;
	struct span_buffer buffer;
};

/*
 * Walks from the roots (datasets and jobs).  When the meter cuts it, found has
 * what was reached until then.  walk_fini() also after a failure.
 */
NODISCARD int walk_run(struct walk *walk, const node_id *roots, size_t root_count);
void walk_fini(struct walk *walk);

/* Whether the walk found this node, which is of the level or a root. */
static inline bool walk_found(const struct walk *walk, node_id id)
{
	return walk->seen.places && bitset_has(&walk->seen, id);
}
