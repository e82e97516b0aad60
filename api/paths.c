/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths.c - GET /api/v2/paths: ways from one node to another
 */
#include "graph/paths.h"

#include "api/ends.h"
#include "api/graphout.h"
#include "api/handlers.h"

#define PATHS_MAX 100

static const struct param_range path_count = { 1, PATHS_MAX, 1 };

static const struct param_rule paths_rules[] = { NODEREF_ENDS_RULES, WALK_RULES,
	TIME_RULES, { "k", 1 }, { "between", 1 }, { "facets", 1 }, { "edgeTimes", 1 },
	{ "format", 1 }, { NULL, 0 } };

struct paths_request {
	struct lineage_request walk;
	struct ends ends;
	size_t k;
	bool between;
};

/* Fields have ways at their own level only. */
static void settle_level(
	const struct call *call, struct params *p, struct paths_request *request)
{
	struct lineage_query *query = &request->walk.query;

	if (ends_have(call, &request->ends, NODE_FIELD)) {
		if (!param_given(p, "level"))
			query->level = LEVEL_FIELD;
		else if (query->level != LEVEL_FIELD)
			params_fault(p, "level", "must be field, as an end is one");
	}
	if (query->level == LEVEL_FIELD && ends_have(call, &request->ends, NODE_JOB))
		params_fault(p, "level", "field is for datasets and their fields");
}

/* Returns 0, or 1 when the reply says what is wrong. */
static int read_request(struct call *call, struct params *p, struct reply *reply,
	struct paths_request *out)
{
	struct lineage_request *walk = &out->walk;
	int r;

	params_parse(p, call->query, paths_rules, call->arena);
	walk_read_time(p, &walk->query);
	walk_read(call, p, &walk->query);
	facet_choice_read(p, &walk->facets);
	walk->edge_times = param_bool(p, "edgeTimes", true);
	walk->format = graph_format_read(call, p);
	out->k = param_uint(p, "k", &path_count);
	out->between = param_bool(p, "between", false);
	if (walk->format != DRAW_JSON && !out->between)
		params_fault(p, "format", "must be json without between=true");
	r = ends_read(call, p, reply, &out->ends);
	if (r)
		return r;
	settle_level(call, p, out);
	walk->query.roots = &out->ends.from;
	walk->query.root_count = 1;
	walk->query.downstream = true;
	walk->query.depth = DEPTH_ALL;
	if (!params_error(p))
		return 0;
	r = params_refuse(p, reply);
	return r ? r : 1;
}

static int write_edges(struct jsonw *w, struct call *call,
	const struct lineage_request *walk, const struct path *path)
{
	jsonw_key(w, "edges");
	jsonw_array(w);
	for (size_t i = 0; i + 1 < path->count; i++) {
		int r = 0;

		jsonw_object(w);
		jsonw_edge(w, call->snapshot->image, walk->query.level, &path->edges[i]);
		if (walk->edge_times && !call_is_late(call))
			r = jsonw_edge_seen(w, call, &path->edges[i]);
		if (r)
			return r;
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return 0;
}

static int write_path(struct jsonw *w, struct call *call,
	const struct paths_request *request, const struct path *path)
{
	int r;

	jsonw_object(w);
	jsonw_key(w, "length");
	jsonw_uint(w, path->count ? path->count - 1 : 0);
	jsonw_key(w, "nodes");
	jsonw_array(w);
	for (size_t i = 0; i < path->count; i++) {
		r = jsonw_ends_node(w, call, &request->ends, path->nodes[i]);
		if (r)
			return r;
	}
	jsonw_array_end(w);
	r = write_edges(w, call, &request->walk, path);
	jsonw_object_end(w);
	return r;
}

static int write_head(struct jsonw *w, struct call *call,
	const struct paths_request *request, enum lineage_cut cut)
{
	jsonw_query_time(w, &request->walk.query);
	jsonw_cut(w, cut_text(cut));
	jsonw_walk(w, &request->walk.query);
	return jsonw_ends(w, call, &request->ends);
}

static int answer_paths(
	struct call *call, struct reply *reply, const struct paths_request *request)
{
	struct paths paths = { .cut = CUT_NONE };
	struct jsonw w;
	int r = 0;

	if (!ends_no_way(call, &request->ends))
		r = paths_find(call->snapshot, &request->walk.query, &request->ends.to, 1,
			request->k, call->arena, &paths);
	if (r)
		return r;
	answer_open(&w, call, reply);
	r = write_head(&w, call, request, paths.cut);
	jsonw_key(&w, "paths");
	jsonw_array(&w);
	for (size_t i = 0; i < paths.count && !r; i++)
		r = write_path(&w, call, request, &paths.list[i]);
	jsonw_array_end(&w);
	jsonw_key(&w, "more");
	jsonw_bool(&w, paths.more);
	jsonw_object_end(&w);
	return r;
}

static int write_between(struct call *call, struct reply *reply,
	const struct paths_request *request, const struct lineage *lineage,
	const struct view *view)
{
	struct graph_page page = { .request = &request->walk,
		.view = view,
		.keep = view->node_count,
		.times = request->walk.edge_times };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	r = write_head(&w, call, request, lineage->cut);
	if (!r)
		r = jsonw_graph(&w, call, &page);
	jsonw_object_end(&w);
	return r;
}

static int answer_between(
	struct call *call, struct reply *reply, const struct paths_request *request)
{
	const struct lineage_query *query = &request->walk.query;
	struct graph_picture picture = { .query = query,
		.edge_times = request->walk.edge_times };
	struct lineage lineage = { .cut = CUT_NONE };
	struct view view;
	int r = 0;

	if (!ends_no_way(call, &request->ends))
		r = paths_between(call->snapshot, query, &request->ends.to, 1,
			call->arena, &lineage);
	if (!r)
		r = view_from_lineage(call->snapshot, &lineage, call->arena, &view);
	if (r)
		return r;
	lineage_name_column(&view, request->ends.from, &request->ends.lone_from);
	lineage_name_column(&view, request->ends.to, &request->ends.lone_to);
	if (request->walk.format == DRAW_JSON)
		return write_between(call, reply, request, &lineage, &view);
	picture.view = &view;
	picture.complete = lineage.cut == CUT_NONE;
	return graph_draw(call, request->walk.format, &picture, reply);
}

int api_paths(struct call *call, struct reply *reply)
{
	struct paths_request request = { .k = 1 };
	struct params p;
	int r = read_request(call, &p, reply, &request);

	if (r)
		return r < 0 ? r : 0;
	return request.between ? answer_between(call, reply, &request)
			       : answer_paths(call, reply, &request);
}
