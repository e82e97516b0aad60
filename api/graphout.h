/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graphout.h - graph answers as our own JSON
 */
#pragma once

#include "api/lineage_query.h"

struct graph_page {
	const struct lineage_request *request;
	const struct view *view;
	/* NULL, or the page of a lineage: then its edges are printed, and not those
	   of the view, which lacks those to other pages. */
	const struct lineage *lineage;
	bool changes;	   /* it is a diff */
	size_t keep;	   /* nodes to print; then: that were printed */
	bool times;	   /* print when edges were seen; then: all have been */
	uint64_t edges;	   /* printed */
	uint64_t products; /* of them, inferred from inputs and outputs */
};

/* The members nodes and edges; fewer nodes when the page gets long. */
NODISCARD int jsonw_graph(struct jsonw *w, struct call *call, struct graph_page *page);

/* The members asOf and window. */
void jsonw_query_time(struct jsonw *w, const struct lineage_query *query);

/* The members complete and truncated; reason NULL: nothing was cut. */
void jsonw_cut(struct jsonw *w, const char *reason);

/* NULL for CUT_NONE. */
const char *cut_text(enum lineage_cut cut);

/* The members level and evidence, as they were asked for. */
void jsonw_walk(struct jsonw *w, const struct lineage_query *query);

/* The members firstSeen and lastSeen of an edge. */
NODISCARD int jsonw_edge_seen(
	struct jsonw *w, struct call *call, const struct lineage_edge *edge);

/*
 * The members of one edge but its times, without braces.  An end that is a whole
 * is null: it is a column that has no id.  image NULL: the ends are places.
 */
void jsonw_edge(struct jsonw *w, const struct image_version *image,
	enum lineage_level level, const struct lineage_edge *edge);
