/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodes.c - GET /api/v2/nodes and GET /api/v2/namespaces: lists of names
 */
#include "api/cursor.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/nodeout.h"
#include "graph/idlist.h"

#define NODES_LIMIT_MAX 10000

static const struct param_range nodes_limit = { 1, NODES_LIMIT_MAX, 100 };
static const struct param_range namespaces_limit = { 1, NODES_LIMIT_MAX, 1000 };

static const struct param_rule nodes_rules[] = {
	{ "kind", 1 },
	{ "namespace", 1 },
	{ "name", 1 },
	{ "prefix", 1 },
	{ "facets", 1 },
	{ "limit", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

static const char *const any_kinds[] = { "any", "dataset", "job", "field", NULL };

struct nodes_query {
	struct entity_range range;
	struct facet_choice facets;
	size_t limit;
	bool nothing;	 /* the namespace is not there */
	node_id dataset; /* of kind=field: whose; 0: it is not there */
};

/* Fields are listed by dataset: under any of its names. */
static int read_dataset(struct call *call, struct params *p, struct nodes_query *out)
{
	const struct node_key key = { .kind = NODE_DATASET,
		.namespace = param_get(p, "namespace"),
		.name = param_get(p, "name") };
	int r;

	if (out->range.kind != NODE_FIELD) {
		if (param_given(p, "name"))
			params_fault(p, "name", "is for kind=field");
		return 0;
	}
	if (!param_given(p, "namespace") || !param_given(p, "name"))
		params_fault(p, "kind", "field needs namespace and name beside it");
	if (param_given(p, "prefix"))
		params_fault(p, "prefix", "is not for kind=field");
	if (params_error(p))
		return 0;
	r = entity_find(call->snapshot->txn, &key, &out->dataset);
	if (r == 0)
		out->dataset = image_canonical(call->snapshot->image, out->dataset);
	return r < 0 ? r : 0;
}

/* Returns 0, also when p has a fault. */
static int read_query(struct call *call, struct params *p, struct nodes_query *out)
{
	struct cursor cursor;
	int r;

	params_parse(p, call->query, nodes_rules, call->arena);
	*out = (struct nodes_query){ .limit = param_uint(p, "limit", &nodes_limit) };
	facet_choice_read(p, &out->facets);
	out->range.kind = (enum node_kind)param_choice(p, "kind", any_kinds, 0);
	out->range.prefix = param_get(p, "prefix");
	if (param_cursor(p, "nodes", &cursor))
		out->range.after = (node_id)cursor.at[0];
	r = read_dataset(call, p, out);
	if (r)
		return r;
	if (!param_given(p, "namespace")) {
		if (param_given(p, "prefix"))
			params_fault(p, "prefix", "needs a namespace beside it");
		return 0;
	}
	r = namespace_find(
		call->snapshot->txn, param_get(p, "namespace"), &out->range.namespace_id);
	out->nothing = r == 1;
	return r < 0 ? r : 0;
}

/* Keeps the ids of nodes that lists have. */
static int keep_listed(
	const struct call *call, node_id *ids, size_t count, size_t *kept_out)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		int r = snapshot_lists(call->snapshot, ids[i]);

		if (r < 0)
			return r;
		if (r == 1)
			ids[kept++] = ids[i];
	}
	*kept_out = kept;
	return 0;
}

static int list_entities(struct call *call, const struct nodes_query *query, size_t max,
	node_id *ids, size_t *count_out)
{
	struct entity_range range = query->range;
	size_t count = 0;

	while (count < max) {
		size_t found;
		int r = entity_list(
			call->snapshot->txn, &range, ids + count, max - count, &found);

		if (r)
			return r;
		if (found == 0)
			break;
		range.after = ids[count + found - 1];
		r = keep_listed(call, ids + count, found, &found);
		if (r)
			return r;
		count += found;
	}
	*count_out = count;
	return 0;
}

/* The fields that one name of a dataset has. */
static int add_fields(struct call *call, node_id name, struct idlist *out)
{
	const struct image_version *image = call->snapshot->image;
	const struct image_node *dataset = image_node(image, name);
	const struct image_node *whole =
		dataset && dataset->parent ? image_node(image, dataset->parent) : NULL;
	const struct image_edges *edges;
	int r = 0;

	if (!whole)
		return 0;
	edges = &whole->edges[DOWNSTREAM];
	for (uint32_t i = 0; i < edges->total && !r; i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = idlist_add(out, image_canonical(image, edges->peers[i]));
	}
	return r;
}

static int list_fields(struct call *call, const struct nodes_query *query, size_t max,
	node_id *ids, size_t *count_out)
{
	struct idlist fields = { .arena = call->arena };
	size_t count = 0;

	for (node_id at = query->dataset; at; at = ring_next(call, query->dataset, at)) {
		int r = add_fields(call, at, &fields);

		if (r)
			return r;
	}
	idlist_finish(&fields);
	for (size_t i = 0; i < fields.count && count < max; i++) {
		if (fields.ids[i] > query->range.after)
			ids[count++] = fields.ids[i];
	}
	*count_out = count;
	return 0;
}

/* One more than the page holds, so as to know whether there is another. */
static int list_ids(struct call *call, const struct nodes_query *query, node_id **out,
	size_t *count_out)
{
	size_t max = query->limit + 1;
	node_id *ids = arena_array(call->arena, max, sizeof(*ids));

	if (!ids)
		return ERR_NOMEM;
	*out = ids;
	*count_out = 0;
	if (query->nothing)
		return 0;
	return query->range.kind == NODE_FIELD
		       ? list_fields(call, query, max, ids, count_out)
		       : list_entities(call, query, max, ids, count_out);
}

static int write_nodes(struct call *call, struct reply *reply, const struct params *p,
	const struct nodes_query *query)
{
	struct jsonw w;
	node_id *ids;
	size_t count;
	size_t written;
	int r = list_ids(call, query, &ids, &count);

	if (r)
		return r;
	answer_open(&w, call, reply);
	jsonw_key(&w, "nodes");
	jsonw_array(&w);
	r = jsonw_node_list(&w, call, &query->facets, ids,
		count < query->limit ? count : query->limit, &written);
	if (r)
		return r;
	jsonw_array_end(&w);
	jsonw_next(&w, p, "nodes",
		written < count ? &(struct cursor){ { ids[written - 1] } } : NULL);
	jsonw_object_end(&w);
	return 0;
}

int api_nodes(struct call *call, struct reply *reply)
{
	struct nodes_query query;
	struct params p;
	int r = read_query(call, &p, &query);

	if (r)
		return r;
	if (params_error(&p))
		return params_refuse(&p, reply);
	return write_nodes(call, reply, &p, &query);
}

static const struct param_rule namespaces_rules[] = {
	{ "limit", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

/* Writes namespaces behind *id; *id is the last one written, *more says if there are
 * others. */
static int write_namespaces(
	struct jsonw *w, struct call *call, size_t limit, uint32_t *id, bool *more)
{
	struct slice name;
	int r;

	for (size_t i = 0; i < limit; i++, (*id)++) {
		r = namespace_get(call->snapshot->txn, *id + 1, &name);
		if (r)
			return r < 0 ? r : 0;
		jsonw_object(w);
		jsonw_key(w, "name");
		jsonw_string(w, name);
		jsonw_object_end(w);
	}
	r = namespace_get(call->snapshot->txn, *id + 1, &name);
	*more = r == 0;
	return r < 0 ? r : 0;
}

int api_namespaces(struct call *call, struct reply *reply)
{
	struct cursor cursor = { { 0 } };
	struct params p;
	struct jsonw w;
	uint32_t id;
	size_t limit;
	bool more = false;
	int r;

	params_parse(&p, call->query, namespaces_rules, call->arena);
	limit = param_uint(&p, "limit", &namespaces_limit);
	(void)param_cursor(&p, "namespaces", &cursor);
	if (params_error(&p))
		return params_refuse(&p, reply);

	id = (uint32_t)cursor.at[0];
	answer_open(&w, call, reply);
	jsonw_key(&w, "namespaces");
	jsonw_array(&w);
	r = write_namespaces(&w, call, limit, &id, &more);
	if (r)
		return r;
	jsonw_array_end(&w);
	jsonw_next(&w, &p, "namespaces", more ? &(struct cursor){ { id } } : NULL);
	jsonw_object_end(&w);
	return 0;
}
