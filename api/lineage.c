/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage.c - GET /api/v2/lineage: what is upstream and downstream of a node
 */
#include "graph/lineage.h"

#include "api/cursor.h"
#include "api/graphout.h"
#include "api/handlers.h"

#define OPAQUE_SHOWN 20

static const struct param_rule lineage_rules[] = { REACH_RULES, WALK_RULES, TIME_RULES,
	{ "only", 1 }, { "limit", 1 }, { "cursor", 1 }, { NULL, 0 } };

/* All that is known when an answer is written. */
struct answer {
	const struct params *p;
	const struct lineage_request *request;
	const struct lineage *lineage;
	struct view view;
	struct lineage_opaques opaques; /* at the level of fields */
	enum lineage_cut shape_cut;
	size_t keep;
};

static void read_cursor(struct params *p, struct lineage_request *request)
{
	struct cursor cursor;

	if (!param_cursor(p, "lineage", &cursor))
		return;
	request->query.after_depth = (uint32_t)cursor.at[0];
	request->query.after_node = (node_id)cursor.at[1];
	if (request->format != DRAW_JSON || lineage_is_reshaped(request))
		params_fault(p, "cursor",
			"is for json without through and groupBy: other answers have "
			"no pages");
}

/* Why the answer is not all there is; NULL: it is. */
static const char *cut_reason(const struct answer *answer, bool paged)
{
	const struct lineage *lineage = answer->lineage;
	const char *reason = cut_text(lineage->cut);

	if (!reason)
		reason = cut_text(answer->request->cut);
	if (!reason)
		reason = cut_text(answer->shape_cut);
	if (!reason)
		reason = cut_text(answer->opaques.cut);
	if (!reason && !paged && lineage->more)
		reason = "limit";
	return reason;
}

static void write_head(struct jsonw *w, const struct answer *answer, bool paged)
{
	const struct lineage_request *request = answer->request;
	const struct lineage_query *query = &request->query;

	jsonw_query_time(w, query);
	jsonw_cut(w, cut_reason(answer, paged));
	jsonw_key(w, "grouped");
	jsonw_bool(w, answer->view.grouped);
	jsonw_key(w, "roots");
	jsonw_array(w);
	for (size_t i = 0; i < query->root_count && !request->lone.kind; i++)
		jsonw_uint(w, query->roots[i]);
	jsonw_array_end(w);
}

static int write_short(struct jsonw *w, struct call *call, const char *name, node_id id)
{
	struct entity entity;
	int r;

	jsonw_key(w, name);
	if (!id) {
		jsonw_null(w);
		return 0;
	}
	r = node_get(call, id, &entity);
	if (r)
		return r;
	jsonw_node_short(w, &entity);
	return 0;
}

static int write_opaques(
	struct jsonw *w, struct call *call, const struct lineage_opaques *opaques)
{
	int r = 0;

	jsonw_object(w);
	jsonw_key(w, "opaque");
	jsonw_uint(w, opaques->total);
	jsonw_key(w, "jobs");
	jsonw_array(w);
	for (size_t i = 0; i < opaques->count && !r; i++) {
		jsonw_object(w);
		r = write_short(w, call, "job", opaques->list[i].job);
		if (!r)
			r = write_short(w, call, "source", opaques->list[i].source);
		if (!r)
			r = write_short(w, call, "target", opaques->list[i].target);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
	return r;
}

static int write_columns(struct jsonw *w, struct call *call, const struct answer *answer,
	const struct graph_page *page)
{
	jsonw_key(w, "columns");
	switch (answer->request->query.level) {
	case LEVEL_FIELD:
		return write_opaques(w, call, &answer->opaques);
	case LEVEL_DATASET:
		jsonw_object(w);
		jsonw_key(w, "inferredEdges");
		jsonw_uint(w, page->products);
		jsonw_object_end(w);
		return 0;
	case LEVEL_MIXED:
	case LEVEL_JOB:
		break;
	}
	jsonw_null(w);
	return 0;
}

static int write_coverage(struct jsonw *w, struct call *call, const struct answer *answer,
	const struct graph_page *page)
{
	const struct lineage_query *query = &answer->request->query;
	bool both = query->upstream && query->downstream;
	int r;

	jsonw_key(w, "coverage");
	jsonw_object(w);
	jsonw_key(w, "nodes");
	jsonw_uint(w, page->lineage ? page->lineage->total_nodes : page->keep);
	jsonw_key(w, "depth");
	jsonw_uint(w, answer->lineage->depth);
	jsonw_walk(w, query);
	jsonw_key(w, "direction");
	jsonw_text(w, both ? "both" : query->upstream ? "upstream" : "downstream");
	r = write_columns(w, call, answer, page);
	jsonw_key(w, "edgeTimes");
	jsonw_bool(w, page->times);
	jsonw_object_end(w);
	return r;
}

static void write_next(
	struct jsonw *w, const struct answer *answer, const struct graph_page *page)
{
	const struct lineage *lineage = page->lineage;
	const struct lineage_node *last;

	if (!lineage || page->keep == 0 ||
		(page->keep == lineage->node_count && !lineage->more)) {
		jsonw_next(w, answer->p, "lineage", NULL);
		return;
	}
	last = &lineage->nodes[page->keep - 1];
	jsonw_next(
		w, answer->p, "lineage", &(struct cursor){ { last->depth, last->id } });
}

/* Writes at most answer->keep nodes, which is then how many there are. */
static int write_json(struct call *call, struct reply *reply, struct answer *answer)
{
	bool paged = !lineage_is_reshaped(answer->request);
	struct graph_page page = { .request = answer->request,
		.view = &answer->view,
		.lineage = paged ? answer->lineage : NULL,
		.keep = answer->keep,
		.times = answer->request->edge_times };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	write_head(&w, answer, paged);
	r = jsonw_graph(&w, call, &page);
	if (!r)
		r = write_coverage(&w, call, answer, &page);
	write_next(&w, answer, &page);
	jsonw_object_end(&w);
	answer->keep = page.keep;
	return r;
}

static int answer_pages(struct call *call, struct reply *reply, struct answer *answer)
{
	int r = 0;

	answer->keep = answer->view.node_count;
	if (answer->request->query.level == LEVEL_FIELD &&
		answer->request->query.root_count)
		r = lineage_opaque_hops(call->snapshot, &answer->request->query,
			answer->lineage, OPAQUE_SHOWN, call->arena, &answer->opaques);
	if (!r)
		r = write_json(call, reply, answer);
	/* Nodes with very many edges: fewer of them. */
	while (!r && answer->keep > 1 && !lineage_is_reshaped(answer->request) &&
		buf_error(&reply->body) == ERR_TOO_LARGE) {
		answer->keep /= 2;
		buf_clear(&reply->body);
		r = write_json(call, reply, answer);
	}
	return r;
}

static int draw(struct call *call, struct reply *reply, const struct answer *answer)
{
	const struct lineage_request *request = answer->request;
	const struct graph_picture picture = { .view = &answer->view,
		.query = &request->query,
		.complete = !cut_reason(answer, false),
		.edge_times = request->edge_times };

	return graph_draw(call, request->format, &picture, reply);
}

static int make_view(struct call *call, const struct lineage_request *request,
	const struct lineage *lineage, struct answer *out)
{
	struct lineage shown = *lineage;
	int r;

	/* A page prints its edges from the lineage. */
	if (request->format == DRAW_JSON && !lineage_is_reshaped(request))
		shown.edge_count = 0;
	r = view_from_lineage(call->snapshot, &shown, call->arena, &out->view);
	if (r)
		return r;
	lineage_name_column(&out->view, request->root, &request->lone);
	if (!lineage_is_reshaped(request))
		return 0;
	r = view_reshape(call->snapshot, &request->shape, call->arena, &out->view);
	if (r == 1)
		out->shape_cut = CUT_BUDGET;
	return r < 0 ? r : 0;
}

int api_lineage(struct call *call, struct reply *reply)
{
	struct lineage_request request = { .edge_times = true };
	struct lineage lineage = { .cut = CUT_NONE };
	struct params p;
	struct answer answer = { .p = &p, .request = &request, .lineage = &lineage };
	int r;

	params_parse(&p, call->query, lineage_rules, call->arena);
	walk_read_time(&p, &request.query);
	r = lineage_request_read(call, &p, reply, &request);
	if (!r)
		r = lineage_only_read(call, &p, reply, &request);
	if (!r) {
		read_cursor(&p, &request);
		if (params_error(&p))
			return params_refuse(&p, reply);
	}
	if (!r && request.query.root_count)
		r = lineage_walk(call->snapshot, &request.query, call->arena, &lineage);
	if (r)
		return r < 0 ? r : 0;
	r = make_view(call, &request, &lineage, &answer);
	if (r)
		return r;
	return request.format == DRAW_JSON ? answer_pages(call, reply, &answer)
					   : draw(call, reply, &answer);
}
