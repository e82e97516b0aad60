/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage.c - GET /api/v2/lineage: what is upstream and downstream of a node
 */
#include "graph/lineage.h"

#include "api/cursor.h"
#include "api/handlers.h"
#include "api/lineage_query.h"
#include "base/idset.h"

#define EDGES_A_LOOK 64 /* between looks at the clock */

static void write_times(struct jsonw *w, const struct lineage_query *query)
{
	jsonw_key(w, "asOf");
	if (query->time == LINEAGE_AS_OF)
		jsonw_time(w, query->as_of_us);
	else
		jsonw_null(w);
	jsonw_key(w, "window");
	if (query->time != LINEAGE_WINDOW) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "from");
	jsonw_time(w, query->from_us);
	jsonw_key(w, "to");
	jsonw_time(w, query->to_us);
	jsonw_object_end(w);
}

static const char *cut_text(enum lineage_cut cut)
{
	switch (cut) {
	case CUT_NONE:
		break;
	case CUT_BUDGET:
		return "budget";
	case CUT_DEADLINE:
		return "deadline";
	}
	return NULL;
}

static void write_cut(struct jsonw *w, const struct lineage *lineage)
{
	const char *reason = cut_text(lineage->cut);

	jsonw_key(w, "complete");
	jsonw_bool(w, !reason);
	jsonw_key(w, "truncated");
	if (!reason) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_text(w, reason);
	jsonw_object_end(w);
}

static void write_evidence(struct jsonw *w, bool observed, bool declared)
{
	jsonw_key(w, "evidence");
	jsonw_array(w);
	if (observed)
		jsonw_text(w, "observed");
	if (declared)
		jsonw_text(w, "declared");
	jsonw_array_end(w);
}

static const char *node_direction(const struct lineage_node *node)
{
	if (node->root)
		return "root";
	if (node->upstream && node->downstream)
		return "both";
	return node->upstream ? "upstream" : "downstream";
}

static int write_node(struct jsonw *w, struct call *call,
	const struct facet_choice *facets, const struct lineage_node *node)
{
	struct entity entity;
	int r = node_get(call, node->id, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_key(w, "depth");
	jsonw_uint(w, node->depth);
	jsonw_key(w, "direction");
	jsonw_text(w, node_direction(node));
	jsonw_key(w, "lastSeen");
	jsonw_time(w, entity.times.last_seen_us);
	if (facet_choice_any(facets))
		r = jsonw_facets(w, call, &entity, facets);
	jsonw_object_end(w);
	return r;
}

/* Writes *keep nodes, or fewer when the page gets long or the deadline passes. */
static int write_nodes(struct jsonw *w, struct call *call,
	const struct facet_choice *facets, const struct lineage *lineage, size_t *keep)
{
	size_t i;
	int r = 0;

	jsonw_key(w, "nodes");
	jsonw_array(w);
	for (i = 0; i < *keep && !r; i++) {
		if (page_must_end(call, w->buf, i))
			break;
		r = write_node(w, call, facets, &lineage->nodes[i]);
	}
	jsonw_array_end(w);
	*keep = i;
	return r;
}

/*
 * The nodes that were left for the next page.  An edge is in the page of the
 * later of its ends, so theirs are left as well.
 */
static int collect_left(const struct lineage *lineage, size_t keep, struct idset **out)
{
	AUTO(idset) struct idset *left = NULL;

	if (keep == lineage->node_count)
		return 0;
	left = idset_new(lineage->node_count - keep);
	if (!left)
		return ERR_NOMEM;
	for (size_t i = keep; i < lineage->node_count; i++) {
		int r = idset_put(left, lineage->nodes[i].id, 0);

		if (r < 0)
			return r;
	}
	*out = TAKE(left);
	return 0;
}

static bool is_left(const struct idset *left, const struct lineage_edge *edge)
{
	return left &&
	       (!idset_get(left, edge->from, NULL) || !idset_get(left, edge->to, NULL));
}

static void write_time(struct jsonw *w, const char *name, bool known, int64_t us)
{
	jsonw_key(w, name);
	if (known)
		jsonw_time(w, us);
	else
		jsonw_null(w);
}

static int write_seen(struct jsonw *w, struct call *call, const struct lineage_edge *edge)
{
	int64_t first_us = 0;
	int64_t last_us = 0;
	int r = lineage_edge_seen(call->snapshot, edge, &first_us, &last_us);

	if (r < 0)
		return r;
	write_time(w, "firstSeen", r == 0, first_us);
	write_time(w, "lastSeen", r == 0, last_us);
	return 0;
}

static int write_edge(
	struct jsonw *w, struct call *call, const struct lineage_edge *edge, bool times)
{
	int r = 0;

	jsonw_object(w);
	jsonw_key(w, "from");
	jsonw_uint(w, edge->from);
	jsonw_key(w, "to");
	jsonw_uint(w, edge->to);
	if (edge->via) {
		jsonw_key(w, "via");
		jsonw_uint(w, edge->via);
	}
	write_evidence(
		w, edge->flags & EDGE_OBSERVED_NOW, edge->flags & EDGE_DECLARED_NOW);
	if (times)
		r = write_seen(w, call, edge);
	jsonw_object_end(w);
	return r;
}

/* *times: whether edges have their times; false when the deadline ended that. */
static int write_edges(struct jsonw *w, struct call *call, const struct lineage *lineage,
	size_t keep, bool *times)
{
	AUTO(idset) struct idset *left = NULL;
	int r = collect_left(lineage, keep, &left);

	if (r)
		return r;
	jsonw_key(w, "edges");
	jsonw_array(w);
	for (size_t i = 0; i < lineage->edge_count && !r; i++) {
		if (i % EDGES_A_LOOK == 0 && *times)
			*times = !call_is_late(call);
		if (is_left(left, &lineage->edges[i]))
			continue;
		r = write_edge(w, call, &lineage->edges[i], *times);
	}
	jsonw_array_end(w);
	return r;
}

static void write_coverage(struct jsonw *w, const struct lineage_query *query,
	const struct lineage *lineage, bool times)
{
	bool both = query->upstream && query->downstream;

	jsonw_key(w, "coverage");
	jsonw_object(w);
	jsonw_key(w, "nodes");
	jsonw_uint(w, lineage->total_nodes);
	jsonw_key(w, "depth");
	jsonw_uint(w, lineage->depth);
	jsonw_key(w, "level");
	jsonw_text(w, lineage_level_text(query->level));
	jsonw_key(w, "direction");
	jsonw_text(w, both ? "both" : query->upstream ? "upstream" : "downstream");
	write_evidence(w, query->observed, query->declared);
	jsonw_key(w, "columns");
	jsonw_text(w, "not answered at this level");
	jsonw_key(w, "edgeTimes");
	jsonw_bool(w, times);
	jsonw_object_end(w);
}

static void write_next(struct jsonw *w, const struct params *p,
	const struct lineage *lineage, size_t keep)
{
	const struct lineage_node *last;

	if (keep == 0 || (keep == lineage->node_count && !lineage->more)) {
		jsonw_next(w, p, "lineage", NULL);
		return;
	}
	last = &lineage->nodes[keep - 1];
	jsonw_next(w, p, "lineage", &(struct cursor){ { last->depth, last->id } });
}

static void write_head(struct jsonw *w, const struct lineage_request *request,
	const struct lineage *lineage)
{
	write_times(w, &request->query);
	write_cut(w, lineage);
	jsonw_key(w, "roots");
	jsonw_array(w);
	jsonw_uint(w, request->root);
	jsonw_array_end(w);
}

/* Writes at most *keep nodes; *keep is then how many there are. */
static int write_answer(struct call *call, struct reply *reply, const struct params *p,
	const struct lineage_request *request, const struct lineage *lineage,
	size_t *keep)
{
	bool times = request->edge_times;
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	write_head(&w, request, lineage);
	r = write_nodes(&w, call, &request->facets, lineage, keep);
	if (!r)
		r = write_edges(&w, call, lineage, *keep, &times);
	write_coverage(&w, &request->query, lineage, times);
	write_next(&w, p, lineage, *keep);
	jsonw_object_end(&w);
	return r;
}

int api_lineage(struct call *call, struct reply *reply)
{
	struct lineage_request request;
	struct lineage lineage;
	struct params p;
	size_t keep;
	int r = lineage_request_read(call, &p, reply, &request);

	if (r)
		return r < 0 ? r : 0;
	r = lineage_walk(call->snapshot, &request.query, call->arena, &lineage);
	if (r)
		return r;
	keep = lineage.node_count;
	r = write_answer(call, reply, &p, &request, &lineage, &keep);
	/* Nodes with very many edges: fewer of them. */
	while (!r && keep > 1 && buf_error(&reply->body) == ERR_TOO_LARGE) {
		keep /= 2;
		buf_clear(&reply->body);
		r = write_answer(call, reply, &p, &request, &lineage, &keep);
	}
	return r;
}
