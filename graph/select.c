/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select.c - evaluating a selector: sets of nodes, put together
 *
 * One loop over the tree makes the set of each of its nodes from those of its
 * children.  Patterns within an intersection are not sets: its first set, or that
 * of its cheapest pattern, is filtered by them.
 */
#include "graph/select_eval.h"

#include "graph/budget.h"

bool select_holds_id(const struct idlist *list, uint32_t id)
{
	return idlist_place(list->ids, list->count, id) < list->count;
}

node_id select_subject(const struct select_eval *eval, node_id id)
{
	const struct image_node *node = image_node(eval->image, id);
	const struct image_node *whole;

	if (!node || node->kind != NODE_FIELD)
		return id;
	whole = image_node(eval->image, node->parent);
	return whole ? image_canonical(eval->image, whole->parent) : id;
}

bool select_set_has(
	const struct select_eval *eval, const struct select_set *set, node_id id)
{
	if (select_holds_id(&set->list, id))
		return true;
	return !set->fields && select_holds_id(&set->list, select_subject(eval, id));
}

static const struct select_node *node_at(const struct select_eval *eval, uint32_t node)
{
	return &eval->selector->nodes[node];
}

/* An atom, or one that is taken away, within an intersection. */
static bool only_filters(const struct select_eval *eval, uint32_t node)
{
	uint32_t parent = node_at(eval, node)->parent;

	if (node_at(eval, node)->op == SELECT_ATOM && parent != SELECT_NONE &&
		node_at(eval, parent)->op == SELECT_NOT)
		parent = node_at(eval, parent)->parent;
	return parent != SELECT_NONE && node_at(eval, parent)->op == SELECT_AND;
}

static int factor_holds(struct select_eval *eval, uint32_t factor, node_id id, bool *out)
{
	const struct select_node *node = node_at(eval, factor);
	bool wanted = true;
	int r = 0;

	if (node->op == SELECT_NOT) {
		wanted = false;
		factor = node->child;
	}
	if (node_at(eval, factor)->op == SELECT_ATOM)
		r = select_atom_holds(eval, factor, id, out);
	else
		*out = select_set_has(eval, &eval->sets[factor], id);
	*out = *out == wanted;
	return r;
}

/* A walk's result and the like are there already: the smallest of them is best. */
static uint64_t factor_cost(const struct select_eval *eval, uint32_t factor)
{
	if (node_at(eval, factor)->op == SELECT_NOT)
		return UINT64_MAX;
	if (node_at(eval, factor)->op == SELECT_ATOM)
		return (uint64_t)1 << (32 + select_cost(eval, factor));
	return eval->sets[factor].list.count;
}

/* The factor that the others filter; SELECT_NONE: all are taken away. */
static uint32_t cheapest(const struct select_eval *eval, const struct select_node *term)
{
	uint32_t best = SELECT_NONE;
	uint64_t best_cost = UINT64_MAX;

	for (uint32_t i = term->child; i != SELECT_NONE; i = node_at(eval, i)->next) {
		uint64_t cost = factor_cost(eval, i);

		if (cost < best_cost) {
			best = i;
			best_cost = cost;
		}
	}
	return best;
}

static bool any_names_fields(
	const struct select_eval *eval, const struct select_node *term)
{
	for (uint32_t i = term->child; i != SELECT_NONE; i = node_at(eval, i)->next) {
		if (select_names_fields(eval, i))
			return true;
	}
	return false;
}

/* What the factors of an intersection are held against. */
static int candidates(
	struct select_eval *eval, const struct select_node *term, struct select_set *out)
{
	uint32_t first = cheapest(eval, term);
	bool fields = any_names_fields(eval, term);
	const struct select_set *set;
	int r;

	out->list.arena = eval->arena;
	if (first == SELECT_NONE)
		return select_everything(eval, out);
	if (node_at(eval, first)->op == SELECT_ATOM)
		return select_atom_all(eval, first, fields, out);
	set = &eval->sets[first];
	r = idlist_append(&out->list, set->list.ids, set->list.count);
	if (!r && fields && !set->fields)
		r = select_add_fields(eval, &out->list);
	return r;
}

static int intersect(
	struct select_eval *eval, const struct select_node *term, struct select_set *out)
{
	struct select_set all = { 0 };
	int r = candidates(eval, term, &all);

	for (size_t i = 0; !r && i < all.list.count && select_spend(eval); i++) {
		node_id id = all.list.ids[i];
		bool holds = true;

		for (uint32_t f = term->child; !r && holds && f != SELECT_NONE;
			f = node_at(eval, f)->next)
			r = factor_holds(eval, f, id, &holds);
		if (!r && holds)
			r = idlist_add(&out->list, id);
	}
	return r;
}

static int unite(
	struct select_eval *eval, const struct select_node *sum, struct select_set *out)
{
	int r = 0;

	for (uint32_t i = sum->child; !r && i != SELECT_NONE; i = node_at(eval, i)->next)
		r = idlist_append(
			&out->list, eval->sets[i].list.ids, eval->sets[i].list.count);
	return r;
}

static int complement(
	struct select_eval *eval, const struct select_set *set, struct select_set *out)
{
	struct select_set all = { .list = { .arena = eval->arena } };
	int r = select_everything(eval, &all);

	for (size_t i = 0; !r && i < all.list.count; i++) {
		if (!select_holds_id(&set->list, all.list.ids[i]))
			r = idlist_add(&out->list, all.list.ids[i]);
	}
	return r;
}

static int make_set(struct select_eval *eval, uint32_t place, struct select_set *out)
{
	const struct select_node *node = node_at(eval, place);

	switch (node->op) {
	case SELECT_ATOM:
		return select_atom_all(
			eval, place, select_names_fields(eval, place), out);
	case SELECT_WALK:
		return select_walk(eval, node, &eval->sets[node->child], out);
	case SELECT_NOT:
		return complement(eval, &eval->sets[node->child], out);
	case SELECT_AND:
		return intersect(eval, node, out);
	case SELECT_OR:
		return unite(eval, node, out);
	}
	return ERR_INVALID;
}

static int evaluate_node(struct select_eval *eval, uint32_t place)
{
	const struct select_node *node = node_at(eval, place);
	struct select_set set = { .list = { .arena = eval->arena } };
	int r = 0;

	if (node->op == SELECT_ATOM)
		r = select_prepare(eval, place);
	if (r || ((node->op == SELECT_ATOM || node->op == SELECT_NOT) &&
			 only_filters(eval, place)))
		return r;
	r = make_set(eval, place, &set);
	if (r)
		return r;
	idlist_finish(&set.list);
	set.fields = select_has_fields(eval, &set.list);
	eval->sets[place] = set;
	return 0;
}

/* Leaves out what lists have not. */
static int keep_listed(
	struct select_eval *eval, const struct idlist *all, struct idlist *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		int r = snapshot_lists(eval->snapshot, all->ids[i]);

		if (r < 0)
			return r;
		if (r == 1)
			all->ids[kept++] = all->ids[i];
	}
	*out = *all;
	out->count = kept;
	return 0;
}

int selector_evaluate(struct snapshot *snapshot, const struct selector *selector,
	const struct select_options *options, struct arena *arena, struct idlist *out,
	enum lineage_cut *cut_out)
{
	struct select_eval eval = {
		.snapshot = snapshot,
		.image = snapshot->image,
		.selector = selector,
		.options = options,
		.arena = arena,
		.meter = meter_of(options->budget, options->walk->deadline_us),
	};
	int r = 0;

	eval.sets = arena_array(arena, selector->count, sizeof(*eval.sets));
	if (!eval.sets)
		return ERR_NOMEM;
	for (uint32_t i = 0; !r && i < selector->count; i++)
		r = evaluate_node(&eval, i);
	if (r)
		return r;
	*cut_out = eval.meter.cut;
	return keep_listed(&eval, &eval.sets[selector->count - 1].list, out);
}
