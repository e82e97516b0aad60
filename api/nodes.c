/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodes.c - GET /api/v2/nodes and GET /api/v2/namespaces: lists of names
 */
#include "api/cursor.h"
#include "api/handlers.h"
#include "api/nodeout.h"

#define NODES_LIMIT_MAX 10000

static const struct param_range nodes_limit = { 1, NODES_LIMIT_MAX, 100 };
static const struct param_range namespaces_limit = { 1, NODES_LIMIT_MAX, 1000 };

static const struct param_rule nodes_rules[] = {
	{ "kind", 1 },
	{ "namespace", 1 },
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
	bool nothing; /* the namespace is not there */
};

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
	return entity_list(call->snapshot->txn, &query->range, ids, max, count_out);
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
