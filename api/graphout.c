/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graphout.c - graph answers as our own JSON
 */
#include "api/graphout.h"

#include "api/graph_edge.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "base/idset.h"

#define EDGES_A_LOOK 64 /* between looks at the clock */

void jsonw_query_time(struct jsonw *w, const struct lineage_query *query)
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

const char *cut_text(enum lineage_cut cut)
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

void jsonw_cut(struct jsonw *w, const char *reason)
{
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

void jsonw_walk(struct jsonw *w, const struct lineage_query *query)
{
	const bool evidence[EVIDENCE_COUNT] = {
		[EVIDENCE_OBSERVED] = query->observed,
		[EVIDENCE_DECLARED] = query->declared,
		[EVIDENCE_INFERRED] = query->inferred,
	};

	jsonw_key(w, "level");
	jsonw_text(w, lineage_level_text(query->level));
	jsonw_evidence(w, evidence);
}

static const char *node_direction(const struct view_node *node)
{
	if (node->root)
		return "root";
	if (node->upstream && node->downstream)
		return "both";
	return node->upstream ? "upstream" : "downstream";
}

/* What only nodes of the store have. */
static int write_stored(struct jsonw *w, struct call *call, const struct graph_page *page,
	const struct view_node *node)
{
	struct entity_times times;
	struct entity entity;
	int r = node_times(call, node->id, &times);

	if (r)
		return r;
	jsonw_seen(w, "lastSeen", times.last_seen_us);
	if (node->key.kind != NODE_FIELD && node_has_aliases(call, node->id))
		r = jsonw_aliases(w, call, node->id);
	if (!r)
		r = jsonw_lifecycle(w, call, node->id, &times, false);
	if (r || !facet_choice_any(&page->request->facets))
		return r;
	r = node_get(call, node->id, &entity);
	return r ? r : jsonw_facets(w, call, &entity, &page->request->facets);
}

static bool is_kind(const struct image_version *image, node_id id, enum node_kind kind)
{
	const struct image_node *node = image_node(image, id);

	return node && node->kind == kind;
}

/* Groups have none, and columns that are no nodes have that of their dataset. */
static bool has_id(const struct image_version *image, const struct view_node *node)
{
	return node->id &&
	       (node->key.kind != NODE_FIELD || is_kind(image, node->id, NODE_FIELD));
}

static void write_id(struct jsonw *w, const char *name, bool known, node_id id)
{
	jsonw_key(w, name);
	if (known)
		jsonw_uint(w, id);
	else
		jsonw_null(w);
}

static void write_key(struct jsonw *w, const struct view_node *node, bool stored)
{
	write_id(w, "id", stored, node->id);
	if (node->key.kind) {
		jsonw_node_key(w, &node->key);
		return;
	}
	jsonw_key(w, "kind");
	jsonw_text(w, "group");
	jsonw_key(w, "namespace");
	jsonw_string(w, node->key.namespace);
	jsonw_key(w, "name");
	jsonw_string(w, node->key.name);
}

static int write_node(struct jsonw *w, struct call *call, const struct graph_page *page,
	const struct view_node *node)
{
	bool dataset = node->key.kind == NODE_DATASET || node->key.kind == NODE_WHOLE;
	bool stored = has_id(call->snapshot->image, node);
	int r = 0;

	jsonw_object(w);
	write_key(w, node, stored);
	jsonw_key(w, "depth");
	jsonw_uint(w, node->depth);
	jsonw_key(w, "direction");
	jsonw_text(w, node_direction(node));
	if (stored)
		r = write_stored(w, call, page, node);
	if (dataset && page->request->query.level == LEVEL_FIELD) {
		jsonw_key(w, "whole");
		jsonw_bool(w, true);
	}
	if (page->view->grouped) {
		jsonw_key(w, "members");
		jsonw_uint(w, node->members);
	}
	if (page->changes) {
		jsonw_key(w, "change");
		jsonw_text(w, view_change_text(node->change));
	}
	jsonw_object_end(w);
	return r;
}

static int write_nodes(struct jsonw *w, struct call *call, struct graph_page *page)
{
	size_t i;
	int r = 0;

	jsonw_key(w, "nodes");
	jsonw_array(w);
	for (i = 0; i < page->keep && !r; i++) {
		if (page->lineage && page_must_end(call, w->buf, i))
			break;
		r = write_node(w, call, page, &page->view->nodes[i]);
	}
	jsonw_array_end(w);
	page->keep = i;
	return r;
}

/* A whole is in an answer as a column that is no node. */
static void write_end(
	struct jsonw *w, const char *name, const struct image_version *image, node_id id)
{
	write_id(w, name, !image || !is_kind(image, id, NODE_WHOLE), id);
}

void jsonw_edge(struct jsonw *w, const struct image_version *image,
	enum lineage_level level, const struct lineage_edge *edge)
{
	struct edge_facts facts;

	edge_facts_of(level, edge->via, edge->flags, &facts);
	write_end(w, "from", image, edge->from);
	write_end(w, "to", image, edge->to);
	if (edge->via) {
		jsonw_key(w, "via");
		jsonw_uint(w, edge->via);
	}
	jsonw_edge_facts(w, &facts);
}

static void write_time(struct jsonw *w, const char *name, bool known, int64_t us)
{
	jsonw_seen(w, name, known ? us : TIME_NEVER);
}

int jsonw_edge_seen(struct jsonw *w, struct call *call, const struct lineage_edge *edge)
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

static void count_edge(struct graph_page *page, const struct lineage_edge *edge)
{
	struct edge_facts facts;

	edge_facts_of(page->request->query.level, edge->via, edge->flags, &facts);
	page->edges++;
	page->products += strcmp(facts.basis, "product") == 0;
}

/* changed: the edge of a diff, else NULL. */
static int write_edge(struct jsonw *w, struct call *call, struct graph_page *page,
	const struct lineage_edge *edge, const struct view_edge *changed)
{
	int r = 0;

	if (page->edges % EDGES_A_LOOK == 0 && page->times)
		page->times = !call_is_late(call);
	count_edge(page, edge);
	jsonw_object(w);
	jsonw_edge(w, page->view->grouped ? NULL : call->snapshot->image,
		page->request->query.level, edge);
	if (page->times && !page->view->grouped)
		r = jsonw_edge_seen(w, call, edge);
	if (changed)
		jsonw_edge_change(w, page->request->query.level, changed);
	jsonw_object_end(w);
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

static int write_page_edges(struct jsonw *w, struct call *call, struct graph_page *page)
{
	const struct lineage *lineage = page->lineage;
	AUTO(idset) struct idset *left = NULL;
	int r = collect_left(lineage, page->keep, &left);

	for (size_t i = 0; i < lineage->edge_count && !r; i++) {
		if (buf_error(w->buf))
			break;
		if (!is_left(left, &lineage->edges[i]))
			r = write_edge(w, call, page, &lineage->edges[i], NULL);
	}
	return r;
}

/* In groups the ends are places in nodes; else they are ids. */
static struct lineage_edge edge_of_view(
	const struct view *view, const struct view_edge *edge)
{
	return (struct lineage_edge){
		.from = view->grouped ? edge->from : view->nodes[edge->from].id,
		.to = view->grouped ? edge->to : view->nodes[edge->to].id,
		.via = view->grouped ? 0 : edge->via,
		.flags = edge->flags,
	};
}

static int write_view_edges(struct jsonw *w, struct call *call, struct graph_page *page)
{
	const struct view *view = page->view;
	int r = 0;

	for (size_t i = 0; i < view->edge_count && !r && !buf_error(w->buf); i++) {
		const struct lineage_edge edge = edge_of_view(view, &view->edges[i]);
		const struct view_edge *changed = page->changes ? &view->edges[i] : NULL;

		r = write_edge(w, call, page, &edge, changed);
	}
	return r;
}

int jsonw_graph(struct jsonw *w, struct call *call, struct graph_page *page)
{
	int r = write_nodes(w, call, page);

	if (r)
		return r;
	page->edges = 0;
	page->products = 0;
	jsonw_key(w, "edges");
	jsonw_array(w);
	r = page->lineage ? write_page_edges(w, call, page)
			  : write_view_edges(w, call, page);
	jsonw_array_end(w);
	return r;
}
