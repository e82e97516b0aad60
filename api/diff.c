/* SPDX-License-Identifier: Apache-2.0 */

/*
 * diff.c - GET /api/v2/diff: what changed in a lineage between two times
 */
#include "graph/diff.h"

#include "api/graphout.h"
#include "api/handlers.h"
#include "base/clock.h"

static const struct param_rule diff_rules[] = { REACH_RULES, WALK_RULES, { "from", 1 },
	{ "to", 1 }, { "only", 1 }, { NULL, 0 } };

struct diff_request {
	struct lineage_request walk;
	struct diff_times times;
	bool changes_only;
};

/* How many of a kind there are, by enum view_change; nodes do not change. */
struct diff_counts {
	uint64_t nodes[VIEW_REMOVED + 1];
	uint64_t edges[VIEW_CHANGED + 1];
};

static void read_times(struct params *p, struct diff_times *out)
{
	if (!param_given(p, "from"))
		params_fault(p, "from", "is missing: the earlier time");
	out->from_us = param_time(p, "from", 0);
	out->to_us = param_time(p, "to", clock_now_us());
	if (out->from_us > out->to_us)
		params_fault(p, "from", "must not be later than to");
}

/* Here `only` is a word, and no selector. */
static bool read_only(struct params *p)
{
	static const char *const words[] = { "changes", NULL };

	return param_given(p, "only") && param_choice(p, "only", words, 0) == 0;
}

static void count_changes(const struct view *view, struct diff_counts *out)
{
	*out = (struct diff_counts){ .nodes = { 0 } };
	for (size_t i = 0; i < view->node_count; i++)
		out->nodes[view->nodes[i].change]++;
	for (size_t i = 0; i < view->edge_count; i++)
		out->edges[view->edges[i].change]++;
}

/*
 * Takes away what did not change, but for nodes at which an edge did: an edge
 * without its ends says nothing.
 */
static int keep_changes(struct call *call, struct view *view)
{
	uint32_t *places =
		arena_array(call->arena, view->node_count + 1, sizeof(*places));
	size_t nodes = 0;
	size_t edges = 0;

	if (!places)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->edge_count; i++) {
		if (view->edges[i].change == VIEW_SAME)
			continue;
		places[view->edges[i].from] = 1;
		places[view->edges[i].to] = 1;
		view->edges[edges++] = view->edges[i];
	}
	for (size_t i = 0; i < view->node_count; i++) {
		if (!places[i] && view->nodes[i].change == VIEW_SAME)
			continue;
		places[i] = (uint32_t)nodes;
		view->nodes[nodes++] = view->nodes[i];
	}
	for (size_t i = 0; i < edges; i++) {
		view->edges[i].from = places[view->edges[i].from];
		view->edges[i].to = places[view->edges[i].to];
	}
	view->node_count = nodes;
	view->edge_count = edges;
	return 0;
}

/* Of the changes up to one. */
static void write_counts(
	struct jsonw *w, const char *name, const uint64_t *counts, enum view_change last)
{
	jsonw_key(w, name);
	jsonw_object(w);
	for (int i = VIEW_SAME; i <= (int)last; i++) {
		jsonw_key(w, view_change_text((enum view_change)i));
		jsonw_uint(w, counts[i]);
	}
	jsonw_object_end(w);
}

static int write_json(struct call *call, struct reply *reply,
	const struct diff_request *request, const struct view *view,
	const struct diff_counts *counts, const char *reason)
{
	struct graph_page page = { .request = &request->walk,
		.view = view,
		.changes = true,
		.keep = view->node_count,
		.times = request->walk.edge_times };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "from");
	jsonw_time(&w, request->times.from_us);
	jsonw_key(&w, "to");
	jsonw_time(&w, request->times.to_us);
	jsonw_cut(&w, reason);
	jsonw_key(&w, "grouped");
	jsonw_bool(&w, view->grouped);
	jsonw_walk(&w, &request->walk.query);
	r = jsonw_graph(&w, call, &page);
	jsonw_key(&w, "counts");
	jsonw_object(&w);
	write_counts(&w, "nodes", counts->nodes, VIEW_REMOVED);
	write_counts(&w, "edges", counts->edges, VIEW_CHANGED);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return r;
}

static int answer(struct call *call, struct reply *reply,
	const struct diff_request *request, struct view *view, const char *reason)
{
	const struct graph_picture picture = { .view = view,
		.query = &request->walk.query,
		.complete = !reason,
		.edge_times = request->walk.edge_times,
		.changes = true };
	struct diff_counts counts;
	int r = 0;

	count_changes(view, &counts);
	if (request->changes_only)
		r = keep_changes(call, view);
	if (r)
		return r;
	if (request->walk.format != DRAW_JSON)
		return graph_draw(call, request->walk.format, &picture, reply);
	return write_json(call, reply, request, view, &counts, reason);
}

static int compare(struct call *call, const struct diff_request *request,
	struct view *view, enum lineage_cut *cut)
{
	const struct lineage_request *walk = &request->walk;
	int r;

	*view = (struct view){ .node_count = 0 };
	*cut = CUT_NONE;
	if (!walk->query.root_count)
		return 0;
	r = lineage_diff(
		call->snapshot, &walk->query, &request->times, call->arena, view, cut);
	if (r)
		return r;
	lineage_name_column(view, walk->root, &walk->lone);
	if (!lineage_is_reshaped(walk))
		return 0;
	r = view_reshape(call->snapshot, &walk->shape, call->arena, view);
	if (r == 1)
		*cut = CUT_BUDGET;
	return r < 0 ? r : 0;
}

int api_diff(struct call *call, struct reply *reply)
{
	struct diff_request request = { .changes_only = false };
	enum lineage_cut cut;
	struct params p;
	struct view view;
	int r;

	params_parse(&p, call->query, diff_rules, call->arena);
	read_times(&p, &request.times);
	request.changes_only = read_only(&p);
	if (graph_format_read(call, &p) == DRAW_NDJSON)
		params_fault(&p, "format", "must be another: events tell no changes");
	request.walk.query.time = LINEAGE_AS_OF;
	request.walk.query.as_of_us = request.times.to_us;
	r = lineage_request_read(call, &p, reply, &request.walk);
	if (r)
		return r < 0 ? r : 0;
	r = compare(call, &request, &view, &cut);
	if (r)
		return r;
	if (cut == CUT_NONE)
		cut = request.walk.cut;
	return answer(call, reply, &request, &view, cut_text(cut));
}
