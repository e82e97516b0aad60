/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_list.c - all nodes that a pattern of a selector may hold for
 *
 * Exact names are looked up in every namespace, names with a known beginning and
 * namespaces are listed, and all else is a scan over the image's nodes.
 */
#include "graph/select_eval.h"

#include "graph/entity.h"

#define PAGE 256

/* A lookup in one namespace after the other. */
struct listing {
	struct select_eval *eval;
	uint32_t atom;
	const struct glob *glob;
	struct idlist *into;
};

unsigned int select_cost(const struct select_eval *eval, uint32_t atom)
{
	const struct select_atom *it = eval->selector->nodes[atom].atom;

	switch (it->method) {
	case METHOD_OWNER:
	case METHOD_TAG:
		return 0;
	case METHOD_NAME:
		if (glob_exact(&it->glob))
			return 1;
		return it->glob.prefix ? 2 : 4;
	case METHOD_NS:
		return 3;
	case METHOD_FIELD:
	case METHOD_KIND:
	case METHOD_EDGE:
	case METHOD_SEEN:
		break;
	}
	return 4;
}

static int add_canonical(struct select_eval *eval, struct idlist *into, node_id id)
{
	return idlist_add(into, image_canonical(eval->image, id));
}

/* Adds the dataset and the job of a name in a namespace. */
static int find_exact(void *ctx, uint32_t namespace_id, struct slice namespace)
{
	static const enum node_kind kinds[] = { NODE_DATASET, NODE_JOB };
	struct listing *l = ctx;
	struct node_key key = { .namespace = namespace, .name = glob_prefix(l->glob) };

	(void)namespace_id;
	if (!select_spend(l->eval))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		node_id id;
		int r;

		key.kind = kinds[i];
		r = entity_find(l->eval->snapshot->txn, &key, &id);
		if (r == 0)
			r = add_canonical(l->eval, l->into, id);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Adds those of a page that the atom holds for. */
static int take_page(struct listing *l, const node_id *ids, size_t count)
{
	int r = 0;

	for (size_t i = 0; !r && i < count && select_spend(l->eval); i++) {
		node_id id = image_canonical(l->eval->image, ids[i]);
		bool holds;

		r = select_atom_holds(l->eval, l->atom, id, &holds);
		if (!r && holds)
			r = idlist_add(l->into, id);
	}
	return r;
}

/* Adds the nodes of a namespace whose names begin as the pattern does. */
static int list_namespace(struct listing *l, uint32_t namespace_id, struct slice prefix)
{
	static const enum node_kind kinds[] = { NODE_DATASET, NODE_JOB };
	node_id ids[PAGE];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct entity_range range = {
			.kind = kinds[i], .namespace_id = namespace_id, .prefix = prefix
		};
		size_t count = PAGE;

		while (count == PAGE && select_spend(l->eval)) {
			int r = entity_list(
				l->eval->snapshot->txn, &range, ids, PAGE, &count);

			if (!r)
				r = take_page(l, ids, count);
			if (r)
				return r;
			range.after = count ? ids[count - 1] : 0;
		}
	}
	return 0;
}

static int list_prefix(void *ctx, uint32_t namespace_id, struct slice namespace)
{
	struct listing *l = ctx;

	(void)namespace;
	if (!select_spend(l->eval))
		return 1;
	return list_namespace(l, namespace_id, glob_prefix(l->glob));
}

static int list_namespaces(struct listing *l)
{
	const struct idlist *ids = &l->eval->sets[l->atom].list;
	int r = 0;

	for (size_t i = 0; !r && i < ids->count; i++)
		r = list_namespace(l, ids->ids[i], SLICE(""));
	return r;
}

/* Whether a node may be in a set at all. */
static bool selectable(const struct image_node *node, bool fields)
{
	return node && !node->alias &&
	       (node->kind == NODE_DATASET || node->kind == NODE_JOB ||
		       (fields && node->kind == NODE_FIELD));
}

int select_everything(struct select_eval *eval, struct select_set *out)
{
	uint64_t last = image_last(eval->image);
	int r = 0;

	for (uint64_t id = 1; !r && id <= last && select_spend(eval); id++) {
		if (selectable(image_node(eval->image, (node_id)id), false))
			r = idlist_add(&out->list, (node_id)id);
	}
	return r;
}

static int scan(struct listing *l, bool fields)
{
	struct select_eval *eval = l->eval;
	uint64_t last = image_last(eval->image);
	int r = 0;

	for (uint64_t i = 1; !r && i <= last && select_spend(eval); i++) {
		node_id id = (node_id)i;
		bool holds = false;

		if (selectable(image_node(eval->image, id), fields))
			r = select_atom_holds(eval, l->atom, id, &holds);
		if (!r && holds)
			r = idlist_add(l->into, id);
	}
	return r;
}

/* Adds the fields that are known of one of a dataset's names. */
static int add_fields_of(struct select_eval *eval, node_id dataset, struct idlist *into)
{
	const struct image_node *node = image_node(eval->image, dataset);
	const struct image_node *whole = node && node->kind == NODE_DATASET
						 ? image_node(eval->image, node->parent)
						 : NULL;
	const struct image_edges *edges;
	int r = 0;

	if (!whole)
		return 0;
	edges = &whole->edges[DOWNSTREAM];
	for (uint32_t i = 0; !r && i < edges->total && select_spend(eval); i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = add_canonical(eval, into, edges->peers[i]);
	}
	return r;
}

int select_add_fields(struct select_eval *eval, struct idlist *list)
{
	size_t count = list->count;
	struct idlist fields = { .arena = eval->arena };
	int r = 0;

	for (size_t i = 0; !r && i < count; i++) {
		node_id first = list->ids[i];
		node_id name = first;

		do {
			const struct image_node *node = image_node(eval->image, name);

			r = add_fields_of(eval, name, &fields);
			name = node && node->ring ? node->ring : first;
		} while (!r && name != first && select_spend(eval));
	}
	if (!r)
		r = idlist_append(list, fields.ids, fields.count);
	idlist_finish(list);
	return r;
}

/* The datasets and jobs that an atom may hold for, and more. */
static int list_nodes(struct listing *l, unsigned int cost)
{
	struct store_txn *txn = l->eval->snapshot->txn;
	const struct idlist *prepared = &l->eval->sets[l->atom].list;

	if (cost == 0)
		return idlist_append(l->into, prepared->ids, prepared->count);
	if (cost == 1)
		return namespace_each(txn, find_exact, l);
	if (cost == 2)
		return namespace_each(txn, list_prefix, l);
	return list_namespaces(l);
}

int select_atom_all(
	struct select_eval *eval, uint32_t atom, bool fields, struct select_set *out)
{
	const struct select_atom *it = eval->selector->nodes[atom].atom;
	struct listing l = { eval, atom, &it->glob, &out->list };
	unsigned int cost = select_cost(eval, atom);
	int r;

	if (cost > 3)
		return scan(&l, fields);
	r = list_nodes(&l, cost);
	if (r < 0)
		return r;
	idlist_finish(&out->list);
	if (fields && !select_names_fields(eval, atom))
		return select_add_fields(eval, &out->list);
	return 0;
}
