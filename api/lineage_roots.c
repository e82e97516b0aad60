/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_roots.c - where a walk begins, and which nodes it shows
 */
#include "api/lineage_query.h"
#include "api/nodelife.h"
#include "api/selectorin.h"
#include "graph/entity.h"

/* A namespace that is not there is kept as 0, which no node has. */
static int read_namespaces(
	struct call *call, struct params *p, struct lineage_request *out)
{
	struct slice name;
	size_t count = 0;

	for (size_t at = 0; param_next(p, "inNamespace", &at, &name); count++) {
		int r = namespace_find(
			call->snapshot->txn, name, &out->namespaces[count]);

		if (r < 0)
			return r;
		if (r == 1)
			out->namespaces[count] = 0;
	}
	out->query.filter.namespaces = out->namespaces;
	out->query.filter.namespace_count = count;
	return 0;
}

/* The one that can be a root at the level: of a field its dataset; 0: there is none. */
static node_id root_of(const struct call *call, enum lineage_level level, node_id id)
{
	const struct image_node *node = image_node(call->snapshot->image, id);

	if (level != LEVEL_FIELD)
		return node_dataset(call, id);
	if (!node || node->kind == NODE_JOB)
		return 0;
	return node->kind == NODE_FIELD ? id : node_dataset(call, id);
}

static int select_roots(struct call *call, struct params *p, struct lineage_request *out)
{
	struct lineage_query *query = &out->query;
	struct idlist roots = { .arena = call->arena };
	struct selected selected;
	int r = selector_read(call, p, "select", query, &selected);

	for (size_t i = 0; i < selected.count && !r; i++) {
		node_id root = root_of(call, query->level, selected.ids[i]);

		if (root)
			r = idlist_add(&roots, root);
	}
	if (r)
		return r;
	idlist_finish(&roots);
	out->cut = selected.cut;
	query->roots = roots.ids;
	query->root_count = roots.count;
	return 0;
}

void lineage_name_column(struct view *view, node_id id, const struct node_key *key)
{
	for (size_t i = 0; key->kind && i < view->node_count; i++) {
		if (view->nodes[i].id == id)
			view->nodes[i].key = *key;
	}
}

static int find_root(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	const struct noderef ref = { .names = &noderef_plain, .lone = &out->lone };
	struct lineage_query *query = &out->query;
	int r = noderef_find_as(call, p, &ref, reply, &out->root);

	if (r || !out->root)
		return r;
	if (!root_of(call, query->level, out->root)) {
		params_fault(p, "level", "field is for datasets and their fields");
		return 0;
	}
	query->roots = &out->root;
	query->root_count = 1;
	return 0;
}

static int read_roots(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	if (!param_given(p, "select"))
		return find_root(call, p, reply, out);
	if (noderef_given(p))
		params_fault(p, "select", "stands beside a node: give one of both");
	return select_roots(call, p, out);
}

/* Answers with a fault of p, if it has one. */
static int refuse_if_wrong(const struct params *p, struct reply *reply)
{
	int r;

	if (!params_error(p))
		return 0;
	r = params_refuse(p, reply);
	return r ? r : 1;
}

int lineage_only_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	struct selected selected;
	int r;

	if (!param_given(p, "only"))
		return 0;
	r = selector_read(call, p, "only", &out->query, &selected);
	if (r)
		return r;
	out->only = (struct idlist){
		.arena = call->arena, .ids = selected.ids, .count = selected.count
	};
	out->query.filter.only = &out->only;
	if (selected.cut != CUT_NONE)
		out->cut = selected.cut;
	return refuse_if_wrong(p, reply);
}

int lineage_roots_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	int r = read_namespaces(call, p, out);

	if (!r)
		r = read_roots(call, p, reply, out);
	return r ? r : refuse_if_wrong(p, reply);
}
