/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_atom.c - one pattern of a selector, held against one node
 *
 * Owners and tags are looked up in the index of labels, and namespaces by their
 * ids, before any node is looked at.
 */
#include "graph/select_eval.h"

#include "base/clock.h"
#include "graph/entity.h"
#include "graph/label.h"

/* Labels are cut to so many bytes in their index. */
#define LABEL_BYTES_MAX 400

/* A lookup of labels or namespaces for one atom. */
struct gathering {
	struct select_eval *eval;
	const struct glob *glob;
	struct idlist *into;
};

static const struct select_atom *atom_at(const struct select_eval *eval, uint32_t atom)
{
	return eval->selector->nodes[atom].atom;
}

/* Returns 1 when the meter ends it. */
static int gather_label(void *ctx, struct slice text, node_id node)
{
	struct gathering *g = ctx;

	if (!select_spend(g->eval))
		return 1;
	if (!glob_matches(g->glob, text, &g->eval->meter))
		return 0;
	return idlist_add(g->into, image_canonical(g->eval->image, node));
}

static int gather_namespace(void *ctx, uint32_t id, struct slice name)
{
	struct gathering *g = ctx;

	if (!select_spend(g->eval))
		return 1;
	return glob_matches(g->glob, name, &g->eval->meter) ? idlist_add(g->into, id) : 0;
}

static int gather_labels(struct gathering *g, enum label_kind kind)
{
	struct slice prefix = glob_prefix(g->glob);
	struct glob cut = *g->glob;

	if (prefix.len > LABEL_BYTES_MAX)
		prefix.len = LABEL_BYTES_MAX;
	if (glob_exact(&cut))
		cut.len = cut.prefix = prefix.len;
	g->glob = &cut;
	return label_each(g->eval->snapshot->txn, kind, prefix, gather_label, g);
}

bool select_has_fields(const struct select_eval *eval, const struct idlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct image_node *node = image_node(eval->image, list->ids[i]);

		if (node && node->kind == NODE_FIELD)
			return true;
	}
	return false;
}

int select_prepare(struct select_eval *eval, uint32_t atom)
{
	const struct select_atom *it = atom_at(eval, atom);
	struct select_set *set = &eval->sets[atom];
	struct gathering g = { eval, &it->glob, &set->list };
	int r = 0;

	set->list.arena = eval->arena;
	if (it->method == METHOD_OWNER)
		r = gather_labels(&g, LABEL_OWNER);
	else if (it->method == METHOD_TAG)
		r = gather_labels(&g, LABEL_TAG);
	else if (it->method == METHOD_NS)
		r = namespace_each(eval->snapshot->txn, gather_namespace, &g);
	if (r < 0)
		return r;
	idlist_finish(&set->list);
	set->fields = it->method == METHOD_TAG && select_has_fields(eval, &set->list);
	return 0;
}

bool select_names_fields(const struct select_eval *eval, uint32_t node)
{
	const struct select_node *it = &eval->selector->nodes[node];

	switch (it->op) {
	case SELECT_NOT:
		return false;
	case SELECT_ATOM:
		if (it->atom->method == METHOD_FIELD ||
			(it->atom->method == METHOD_KIND && it->atom->kind == NODE_FIELD))
			return true;
		break;
	case SELECT_WALK:
	case SELECT_AND:
	case SELECT_OR:
		break;
	}
	return eval->sets[node].fields;
}

/* What is asked of the names of a node; by one of them is enough. */
typedef int name_holds(struct select_eval *eval, uint32_t atom, node_id name, bool *out);

static int in_namespaces(struct select_eval *eval, uint32_t atom, node_id name, bool *out)
{
	const struct image_node *node = image_node(eval->image, name);

	*out = node && select_holds_id(&eval->sets[atom].list, node->namespace_id);
	return 0;
}

static int get_entity(struct select_eval *eval, node_id id, struct entity *out)
{
	int r = entity_get(eval->snapshot->txn, id, out);

	return r > 0 ? ERR_CORRUPT : r;
}

static int name_matches(struct select_eval *eval, uint32_t atom, node_id name, bool *out)
{
	const struct select_atom *it = atom_at(eval, atom);
	struct entity entity;
	int r = get_entity(eval, name, &entity);

	if (!r)
		*out = glob_matches(&it->glob,
			it->method == METHOD_FIELD ? entity.key.field : entity.key.name,
			&eval->meter);
	return r;
}

static int has_edges(struct select_eval *eval, uint32_t atom, node_id name, bool *out)
{
	const struct image_node *node = image_node(eval->image, name);
	uint32_t wanted = atom_at(eval, atom)->edges;

	*out = false;
	if (!node)
		return 0;
	for (int d = UPSTREAM; d <= DOWNSTREAM && !*out; d++) {
		const struct image_edges *edges = &node->edges[d];
		uint32_t flags = wanted ? wanted : EDGE_NOW;

		for (uint32_t i = 0; i < edges->now && !*out && select_spend(eval); i++)
			*out = (edges->flags[i] & flags) != 0;
	}
	return 0;
}

static int was_seen(struct select_eval *eval, uint32_t atom, node_id name, bool *out)
{
	const struct select_seen *seen = &atom_at(eval, atom)->seen;
	int64_t from_us = seen->from_us;
	struct entity entity;
	int r = get_entity(eval, name, &entity);
	int64_t last_us;

	if (r)
		return r;
	last_us = entity.times.last_seen_us;
	if (seen->ago &&
		__builtin_sub_overflow(eval->options->now_us, seen->within_us, &from_us))
		from_us = TIME_MIN_US;
	*out = last_us != TIME_NEVER && last_us >= from_us &&
	       (seen->ago || last_us <= seen->to_us);
	return 0;
}

/* Goes around the ring of a node until one of its names holds. */
static int any_name(
	struct select_eval *eval, uint32_t atom, node_id id, name_holds *holds, bool *out)
{
	node_id name = id;
	int r;

	do {
		const struct image_node *node = image_node(eval->image, name);

		r = holds(eval, atom, name, out);
		name = node && node->ring ? node->ring : id;
	} while (!r && !*out && name != id && select_spend(eval));
	return r;
}

int select_atom_holds(struct select_eval *eval, uint32_t atom, node_id id, bool *out)
{
	const struct select_atom *it = atom_at(eval, atom);
	const struct image_node *node = image_node(eval->image, id);
	node_id subject = select_subject(eval, id);
	int r = 0;

	*out = false;
	switch (it->method) {
	case METHOD_NAME:
		return any_name(eval, atom, subject, name_matches, out);
	case METHOD_NS:
		return any_name(eval, atom, subject, in_namespaces, out);
	case METHOD_FIELD:
		return node && node->kind == NODE_FIELD
			       ? name_matches(eval, atom, id, out)
			       : 0;
	case METHOD_OWNER:
		*out = select_holds_id(&eval->sets[atom].list, subject);
		return 0;
	case METHOD_TAG:
		*out = select_holds_id(&eval->sets[atom].list, id);
		return 0;
	case METHOD_KIND:
		*out = node && node->kind == it->kind;
		return 0;
	case METHOD_EDGE:
		r = any_name(eval, atom, id, has_edges, out);
		*out = *out != (it->edges == 0);
		return r;
	case METHOD_SEEN:
		r = any_name(eval, atom, subject, was_seen, out);
		*out = *out != it->seen.outside;
		return r;
	}
	return ERR_INVALID;
}
