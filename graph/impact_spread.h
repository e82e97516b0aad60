/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_spread.h - effects on their way through the graph
 *
 * A mark is a state that a node is found in, with the mark it came from.  Marks
 * are processed by depth, so that the first mark of a state is the nearest one.
 * A job is one hop together with what it writes: it comes before whatever else
 * is as deep.
 *
 * Nodes are what answers have: of aliases the one that stands for them, of a
 * whole its dataset.  Places are those of lists here, plus 1; 0 is none.
 */
#pragma once

#include "graph/bitset.h"
#include "graph/frontier.h"
#include "graph/impact_rules.h"
#include "graph/level.h"
#include "graph/standing.h"

struct mark {
	node_id node;
	uint32_t from; /* the mark it came from */
	uint32_t next; /* of the same node */
	uint32_t classes;
	uint32_t depth;
	uint32_t change;
	uint16_t rule;
	uint8_t state;
	uint8_t certainty;
	bool masked;
	bool unnamed; /* a column of the dataset, that no lineage names */
	node_id only; /* of a job met again: it leads on to this dataset alone */
};

/* What is known of a node. */
struct spot {
	node_id node;
	uint32_t first;	  /* its marks */
	uint32_t has[2];  /* states, one bit each: clear, masked */
	uint32_t done[2]; /* taints that were followed */
	uint32_t told[2]; /* of a field: states that the fields in and around it know */
	bool known;	  /* of a job: what comes next is filled in */
	bool ends;	  /* it leads nowhere */
	bool open;	  /* it writes what it tells no flows of */
	bool named;	  /* it is told which columns it takes */
	bool again;	  /* two different datasets led to it */
	bool counted;	  /* its hops are among the opaque ones */
};

/* A field among those of its dataset; the fields in it follow it. */
struct nest {
	node_id node;
	uint32_t around; /* the place of the nearest one that it is in */
	uint32_t within; /* so many are in it */
};

/* The fields of datasets that have some in others. */
struct nests {
	struct idset *places; /* of fields in the list; and datasets that were read */
	struct nest *list;
	size_t count;
	size_t capacity;
};

struct spread {
	struct snapshot *snapshot;
	const struct impact_query *query;
	struct standing standing;
	struct span_buffer near; /* edges of the node at hand */
	struct span_buffer far;	 /* of one beside it */
	struct span_buffer back; /* what a target takes from */
	struct idset *places;	 /* of a node in spots */
	struct spot *spots;
	uint32_t spot_count;
	uint32_t spot_capacity;
	struct mark *marks;
	uint32_t mark_count;
	uint32_t mark_capacity;
	struct frontier queue[2]; /* marks: of jobs, of others */
	size_t head[2];
	/* Of an exposure: a flow carries values or it does not, whatever its class. */
	bool carries;
	bool indirect; /* those that do not count as well */
	struct nests nests;
	struct bitset touched;	       /* datasets some column of which has a taint */
	struct lineage_opaque *opaque; /* with room for query->opaque_max */
	size_t opaque_count;
	uint64_t opaque_hops;
};

NODISCARD int spread_init(struct spread *spread, struct snapshot *snapshot,
	const struct impact_query *query);
void spread_fini(struct spread *spread);

/* An edge over which a node is found to be in a state. */
struct reach {
	node_id node;
	enum state state;
	uint16_t rule;
	uint32_t from;	/* a mark; 0: a change */
	uint32_t flags; /* of the edge */
	bool inferred;	/* it is a guess, whatever evidence it is made of */
	bool doubtful;	/* its class was not told: one step less certain */
};

NODISCARD int spread_reach(struct spread *spread, const struct reach *reach);

/* A mark as deep as the one it came from, of a field in or around that one's. */
NODISCARD int spread_beside(struct spread *spread, struct mark *mark);

/* The changed node itself: its marks are not in the answer. */
NODISCARD int spread_seed(struct spread *spread, const struct mark *seed);

/* The spot of a node, made when there is none; until the next call. */
NODISCARD int spread_spot(struct spread *spread, node_id node, struct spot **out);

/* The same, or NULL when there is none. */
const struct spot *spread_known(const struct spread *spread, node_id node);

/* The marks as steps, each knowing the one before it; NULL without memory. */
struct impact_step *spread_steps(const struct spread *spread, struct arena *arena);

/* Follows all marks to their ends, or until the meter ends it. */
NODISCARD int spread_run(struct spread *spread);

static inline bool spread_goes_on(const struct spread *spread)
{
	return spread->standing.meter.cut == CUT_NONE;
}

static inline const struct image_node *spread_node(
	const struct spread *spread, node_id id)
{
	return image_at(spread->standing.image, id);
}

static inline int spread_edges(struct spread *spread, node_id id,
	enum direction direction, struct span_buffer *buffer, struct span *out)
{
	struct edge_source source = { id, spread_node(spread, id), direction };

	return standing_edges(&spread->standing, &source, buffer, out);
}

/* A flow that carries values: what tells no class may. */
static inline bool spread_is_direct(uint32_t flags)
{
	uint32_t classes = EDGE_CLASSES(flags);

	return (flags & EDGE_FLOW_NOW) && ((classes & (CLASSES_DIRECT | CLASS_UNKNOWN)) ||
						  !(classes & CLASSES_INDIRECT));
}

/* The dataset of a field, a whole or a dataset, as answers have it. */
static inline node_id spread_dataset(const struct spread *spread, node_id id)
{
	const struct image_node *node = spread_node(spread, id);

	return walk_shown(
		spread->standing.image, node->kind == NODE_FIELD ? node->parent : id);
}

/* impact_columns.c: what a mark leads to by the table. */
NODISCARD int spread_columns(struct spread *spread, uint32_t place);

/*
 * impact_nested.c: whether some field of the same dataset may be in another one;
 * marks for the fields in that of a mark, and for those that it is in.
 */
bool spread_may_nest(const struct spread *spread, node_id field);
NODISCARD int spread_nested(struct spread *spread, uint32_t place);
void nests_fini(struct nests *nests);

/* impact_mirror.c: what takes all columns of its dataset, and so a new one. */
NODISCARD int spread_mirrors(struct spread *spread, uint32_t place);

/* impact_opaque.c: what it leads to over hops that tell no columns. */
NODISCARD int spread_opaque(struct spread *spread, uint32_t place);

/* Whether a job reads a dataset, by this edge, and tells no columns of it: 1 or 0. */
NODISCARD int spread_reads_untold(
	struct spread *spread, node_id dataset, node_id job, uint32_t flags);

/* impact_tables.c: what it leads to table by table. */
NODISCARD int spread_tables(struct spread *spread, uint32_t place);

/*
 * impact_readers.c: the jobs that read the changed column (in this state), or
 * may; that read the changed dataset; that write it.
 */
NODISCARD int spread_column_readers(
	struct spread *spread, uint32_t seed, enum state state);
NODISCARD int spread_dataset_readers(struct spread *spread, uint32_t seed);
NODISCARD int spread_writers(struct spread *spread, uint32_t seed, enum state state);
