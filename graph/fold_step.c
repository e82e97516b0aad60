/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_step.c - what bears on the edges of one lane
 *
 * Every segment that came or went, and every set that stands now and did not or
 * the other way round, is a step for each edge it has; they are sorted by edge
 * and summed.
 */
#include "graph/fold_step.h"

#include "base/arena.h"
#include "graph/fold.h"
#include "graph/idlist.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
	struct fold *fold;
	struct step *list;
	size_t count;
	size_t cap;
};

static int reserve(struct gathering *g, const struct ioset *set)
{
	size_t cap = g->cap ? g->cap : 64;
	struct step *list;
	size_t need;

	if (__builtin_add_overflow(g->count, set->input_count, &need) ||
		__builtin_add_overflow(need, set->output_count, &need) ||
		__builtin_add_overflow(need, set->flow_count, &need))
		return ERR_NOMEM;
	while (cap < need)
		if (__builtin_mul_overflow(cap, 2, &cap))
			return ERR_NOMEM;
	if (cap == g->cap)
		return 0;
	list = arena_array(g->fold->work, cap, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (g->count)
		memcpy(list, g->list, g->count * sizeof(*list));
	g->list = list;
	g->cap = cap;
	return 0;
}

/* A pair that is told in several forms is one edge, and counts once. */
static void gather_flows(struct gathering *g, const struct ioset *set, struct step model)
{
	int32_t segments = model.segments;

	model.kind = STEP_FLOW;
	for (size_t i = 0; i < set->flow_count; i++) {
		const struct flow *flow = &set->flows[i];
		bool again = i > 0 && flow[-1].target == flow->target &&
			     flow[-1].source == flow->source;

		model.peer = flow->target;
		model.source = flow->source;
		model.classes = flow->classes;
		model.open = !flow->implied;
		model.segments = again ? 0 : segments;
		g->list[g->count++] = model;
	}
}

/* model: what the set is to each of its edges. */
static int gather(struct gathering *g, const struct ioset *set, struct step model)
{
	int r = reserve(g, set);

	if (r)
		return r;
	assert(g->list);
	model.kind = STEP_READ;
	for (size_t i = 0; i < set->input_count; i++) {
		model.peer = set->inputs[i];
		g->list[g->count++] = model;
	}
	model.kind = STEP_WRITE;
	for (size_t i = 0; i < set->output_count; i++) {
		model.peer = set->outputs[i];
		model.open = !set->covers || !set->covers[i];
		g->list[g->count++] = model;
	}
	gather_flows(g, set, model);
	return 0;
}

static int gather_counts(struct gathering *g, const struct lane_change *change)
{
	for (size_t i = 0; i < change->count_total; i++) {
		const struct segment_count *count = &change->counts[i];
		struct ioset set;
		int r;

		r = ioset_get(g->fold->txn, count->io, g->fold->work, &set);
		if (!r)
			r = gather(g, &set, (struct step){ .segments = count->delta });
		if (r)
			return r;
	}
	return 0;
}

/* The settled set among those that stand; 0: there is none. */
static ioset_id settled_of(const struct ioset_list *list)
{
	return list->settled_count ? *list->settled : 0;
}

/*
 * What the settled set has, a run that is not completed does not open: there it
 * counts as if it covered it, and the flag stays what it was.
 */
static int spare_settled(struct gathering *g, ioset_id settled, struct ioset *set)
{
	struct ioset base;
	int r;

	if (!settled || !set->output_count)
		return 0;
	r = ioset_get(g->fold->txn, settled, g->fold->work, &base);
	if (!r && !set->covers) {
		set->covers = arena_array(g->fold->work, set->output_count, 1);
		if (!set->covers)
			return ERR_NOMEM;
	}
	for (size_t i = 0; !r && i < set->output_count; i++)
		if (idlist_place(base.outputs, base.output_count, set->outputs[i]) <
			base.output_count)
			set->covers[i] |= COVER_COLUMNS;
	return r;
}

/* The sets that only came, beside what stood already. */
static int gather_came(
	struct gathering *g, const struct ioset_list *list, ioset_id settled)
{
	struct ioset set;
	int r;

	if (!list->count)
		return 0;
	r = ioset_unite(g->fold->txn, list, JOIN_TIME, g->fold->work, &set);
	if (!r)
		r = spare_settled(g, settled, &set);
	return r ? r : gather(g, &set, (struct step){ .standing = CAME });
}

static int gather_all(
	struct gathering *g, const struct ioset_list *list, enum standing_bit standing)
{
	struct ioset set;
	int r;

	r = ioset_unite(g->fold->txn, list, JOIN_TIME, g->fold->work, &set);
	if (r)
		return r;
	return gather(g, &set, (struct step){ .standing = (uint8_t)standing });
}

/* There may be that many more in a list of ids. */
#define MORE_IDS 2

/* The ids of a that are not in b; both are sorted. */
static int subtract(struct arena *arena, const struct ioset_list *a,
	const struct ioset_list *b, struct ioset_list *out)
{
	size_t k = 0;

	*out = (struct ioset_list){ 0 };
	out->ids = arena_array(arena, a->count + MORE_IDS, sizeof(*out->ids));
	if (!out->ids)
		return ERR_NOMEM;
	for (size_t i = 0; i < a->count; i++) {
		while (k < b->count && b->ids[k] < a->ids[i])
			k++;
		if (k == b->count || b->ids[k] != a->ids[i])
			out->ids[out->count++] = a->ids[i];
	}
	return 0;
}

/* Another set is the settled one: what either has is to be seen anew. */
static void add_settled(const struct lane_change *change, struct ioset_list *left)
{
	ioset_id was = settled_of(&change->was);
	ioset_id now = settled_of(&change->now);

	if (was == now)
		return;
	if (was)
		left->ids[left->count++] = was;
	if (now)
		left->ids[left->count++] = now;
}

/*
 * When iosets only come, the others need not be read: a job whose runs never
 * complete may have very many.
 */
static int gather_standing(struct gathering *g, const struct lane_change *change)
{
	struct arena *arena = g->fold->work;
	struct ioset_list came;
	struct ioset_list left;
	size_t first = g->count;
	int r;

	r = subtract(arena, &change->now, &change->was, &came);
	if (!r)
		r = subtract(arena, &change->was, &change->now, &left);
	if (r)
		return r;
	add_settled(change, &left);
	if (!left.count)
		return gather_came(g, &came, settled_of(&change->now));
	r = gather_all(g, &came, CAME);
	/* What is open is told by all that stand. */
	for (size_t i = first; i < g->count; i++)
		g->list[i].open = false;
	if (!r)
		r = gather_all(g, &left, LEFT);
	return r ? r : gather_all(g, &change->now, STANDS);
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a;
	const struct step *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

/* Of a set that left, or of which segments are counted, only that is known. */
static void add(struct step *total, const struct step *step)
{
	bool stands = step->standing & (CAME | STANDS);

	total->segments += step->segments;
	total->standing |= step->standing;
	total->open = total->open || (stands && step->open);
	total->classes |= stands ? step->classes : 0;
}

/* One step for each edge; those that change nothing go. */
static void sum(struct gathering *g, struct steps *out)
{
	size_t n = 0;
	size_t i = 0;

	if (g->count)
		qsort(g->list, g->count, sizeof(*g->list), compare_steps);
	while (i < g->count) {
		const struct step *first = &g->list[i];
		struct step total = {
			.kind = first->kind,
			.peer = first->peer,
			.source = first->source,
		};

		while (i < g->count && compare_steps(&total, &g->list[i]) == 0)
			add(&total, &g->list[i++]);
		if (total.segments || (total.standing & (CAME | LEFT)))
			g->list[n++] = total;
	}
	*out = (struct steps){ g->list, n };
}

int fold_steps(struct fold *fold, const struct lane_change *change, struct steps *out)
{
	struct gathering g = { .fold = fold };
	int r;

	r = gather_counts(&g, change);
	if (!r)
		r = gather_standing(&g, change);
	if (r)
		return r;
	sum(&g, out);
	return 0;
}
