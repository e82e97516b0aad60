/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_query.h - the parameters of questions that walk the graph
 */
#pragma once

#include "api/graph_format.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/params.h"
#include "graph/idlist.h"
#include "graph/lineage.h"

#define IN_NAMESPACES_MAX 32
#define LINEAGE_LIMIT_MAX 100000

/* What a walk goes over. */
#define WALK_RULES                        \
	{ "level", 1 }, { "precise", 1 }, \
	{                                 \
		"evidence", 1             \
	}

#define TIME_RULES          \
	{ "asOf", 1 },      \
	{                   \
		"window", 1 \
	}

/* Where it begins, how far it goes, and how the answer looks. */
#define REACH_RULES                                                                      \
	NODEREF_RULES, { "select", 1 }, { "direction", 1 }, { "depth", 1 },              \
		{ "onlyKind", 1 }, { "inNamespace", IN_NAMESPACES_MAX },                 \
		{ "through", 1 }, { "groupBy", 1 }, { "facets", 1 }, { "edgeTimes", 1 }, \
	{                                                                                \
		"format", 1                                                              \
	}

struct lineage_request {
	struct lineage_query query; /* points into this request: do not copy it */
	struct view_shape shape;
	struct facet_choice facets;
	enum graph_format format;
	bool edge_times; /* print when edges were seen */
	/* Kind NODE_FIELD: the only root is a column that is no node (noderef.h). */
	struct node_key lone;
	enum lineage_cut cut; /* what ended the selection of roots */
	node_id root;
	uint32_t namespaces[IN_NAMESPACES_MAX];
	struct idlist only;
};

/* WALK_RULES; and the budget and deadline of every walk. */
void walk_read(const struct call *call, struct params *p, struct lineage_query *out);

/* TIME_RULES. */
void walk_read_time(struct params *p, struct lineage_query *out);

/*
 * REACH_RULES and WALK_RULES; out is zeroed but for the query's time.  Returns
 * 0, or 1 when the reply says what is wrong.
 */
NODISCARD int lineage_request_read(struct call *call, struct params *p,
	struct reply *reply, struct lineage_request *out);

/*
 * Roots and filters that are names or selectors (lineage_roots.c).  Returns 0,
 * or 1 when the reply says what is wrong.
 */
NODISCARD int lineage_roots_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out);

/* The selector `only`, of the nodes to show; the same returns. */
NODISCARD int lineage_only_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out);

/*
 * Gives a column that is no node its name in a view, where it has the id that was
 * found for it (noderef.h).  A key of kind 0 names nothing.
 */
void lineage_name_column(struct view *view, node_id id, const struct node_key *key);

/* Whether the answer is a graph made of the lineage, and so has no pages. */
static inline bool lineage_is_reshaped(const struct lineage_request *request)
{
	return request->shape.through_temporary || request->shape.group != GROUP_NONE;
}

const char *lineage_level_text(enum lineage_level level);

/* The time asked for, or TIME_NEVER. */
int64_t lineage_time_us(const struct lineage_query *query);
