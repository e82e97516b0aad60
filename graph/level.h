/* SPDX-License-Identifier: Apache-2.0 */

/*
 * level.h - which nodes and edges a level of lineage is about
 */
#pragma once

#include "graph/image_layout.h"
#include "graph/lineage.h"

/* The kind of node that a level shows, and the one it hides between them; 0: neither. */
struct level_kinds {
	uint8_t shown;
	uint8_t hidden;
	uint8_t walked; /* one bit a kind: those a level has at all */
};

struct level_kinds level_kinds(enum lineage_level level);

static inline bool level_walks(struct level_kinds kinds, uint8_t kind)
{
	return (kinds.walked >> kind & 1) != 0;
}

/* Edges that a level does not go over. */
struct level_rule {
	uint32_t blocked; /* flags */
	uint32_t unless;  /* one of these is there as well */
};

struct level_rule level_rule(const struct lineage_query *query);

/* Blocks nothing. */
extern const struct level_rule level_any;

static inline bool rule_passes(struct level_rule rule, uint32_t flags)
{
	return !(flags & rule.blocked) || (flags & rule.unless);
}

/*
 * The whole that is the only end of a question at LEVEL_FIELD: there it is a
 * column that no lineage names, and no dataset.  0: there is none.
 */
node_id level_column(const struct image_version *image, enum lineage_level level,
	const node_id *ends, size_t count);

/* The id that answers have for a node: an alias' dataset's, a whole's dataset's. */
node_id walk_shown(const struct image_version *image, node_id id);
