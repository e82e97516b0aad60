/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_edge.c - from segments that came and went to edges
 *
 * Everything that bears on an edge of the job is gathered as a step, the steps
 * are sorted by edge and summed, and an edge is touched once, if at all.
 */
#include "graph/fold_edge.h"

#include "base/arena.h"
#include "graph/adjacency.h"
#include "graph/fold.h"
#include "graph/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a step knows of an edge that stands now, or did. */
enum standing {
	CAME = 1,   /* an ioset with it stands that did not */
	LEFT = 2,   /* an ioset with it stands no more */
	STANDS = 4, /* an ioset with it stands; only told where some left */
};

struct step {
	node_id peer;
	uint8_t output; /* the job writes it */
	uint8_t standing;
	int32_t segments;
};

struct steps {
	struct arena *arena;
	struct step *list;
	size_t count;
	size_t cap;
};

static int reserve(struct steps *steps, size_t more)
{
	size_t cap = steps->cap ? steps->cap : 64;
	struct step *list;
	size_t need;

	if (__builtin_add_overflow(steps->count, more, &need))
		return ERR_NOMEM;
	while (cap < need)
		if (__builtin_mul_overflow(cap, 2, &cap))
			return ERR_NOMEM;
	if (cap == steps->cap)
		return 0;
	list = arena_array(steps->arena, cap, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (steps->count)
		memcpy(list, steps->list, steps->count * sizeof(*list));
	steps->list = list;
	steps->cap = cap;
	return 0;
}

static int gather(struct steps *steps, const struct ioset *set, struct step model)
{
	int r = reserve(steps, set->input_count + set->output_count);

	if (r)
		return r;
	assert(steps->list);
	for (size_t i = 0; i < set->input_count; i++) {
		model.peer = set->inputs[i];
		model.output = 0;
		steps->list[steps->count++] = model;
	}
	for (size_t i = 0; i < set->output_count; i++) {
		model.peer = set->outputs[i];
		model.output = 1;
		steps->list[steps->count++] = model;
	}
	return 0;
}

static int gather_counts(
	struct fold *fold, const struct lane_change *change, struct steps *steps)
{
	for (size_t i = 0; i < change->count_total; i++) {
		const struct segment_count *count = &change->counts[i];
		struct ioset set;
		int r;

		r = ioset_get(fold->txn, count->io, fold->work, &set);
		if (!r)
			r = gather(
				steps, &set, (struct step){ .segments = count->delta });
		if (r)
			return r;
	}
	return 0;
}

static int gather_all(struct fold *fold, const struct ioset_list *list,
	enum standing standing, struct steps *steps)
{
	struct ioset set;
	int r;

	r = ioset_unite(fold->txn, list, fold->work, &set);
	if (r)
		return r;
	return gather(steps, &set, (struct step){ .standing = (uint8_t)standing });
}

/* The ids of a that are not in b; both are sorted. */
static int subtract(struct arena *arena, const struct ioset_list *a,
	const struct ioset_list *b, struct ioset_list *out)
{
	size_t k = 0;

	out->count = 0;
	out->ids = arena_array(arena, a->count + 1, sizeof(*out->ids));
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

/*
 * When iosets only come, the others need not be read: a job whose runs never
 * complete may have very many.
 */
static int gather_standing(
	struct fold *fold, const struct lane_change *change, struct steps *steps)
{
	struct ioset_list came;
	struct ioset_list left;
	int r;

	r = subtract(fold->work, &change->now, &change->was, &came);
	if (!r)
		r = subtract(fold->work, &change->was, &change->now, &left);
	if (!r)
		r = gather_all(fold, &came, CAME, steps);
	if (r || !left.count)
		return r;
	r = gather_all(fold, &left, LEFT, steps);
	return r ? r : gather_all(fold, &change->now, STANDS, steps);
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a;
	const struct step *y = b;

	if (x->output != y->output)
		return x->output - y->output;
	return (x->peer > y->peer) - (x->peer < y->peer);
}

/* One step for each edge; those that change nothing go. */
static void sum(struct steps *steps)
{
	size_t n = 0;
	size_t i = 0;

	if (!steps->count)
		return;
	qsort(steps->list, steps->count, sizeof(*steps->list), compare_steps);
	while (i < steps->count) {
		struct step total = steps->list[i++];

		while (i < steps->count && compare_steps(&total, &steps->list[i]) == 0) {
			total.segments += steps->list[i].segments;
			total.standing |= steps->list[i].standing;
			i++;
		}
		if (total.segments || (total.standing & (CAME | LEFT)))
			steps->list[n++] = total;
	}
	steps->count = n;
}

/* How a step changes an edge as the job sees it. */
static int change_edge(struct edge *edge, enum evidence lane, const struct step *step)
{
	uint16_t now = lane == EVIDENCE_DECLARED ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW;
	uint16_t ever =
		lane == EVIDENCE_DECLARED ? EDGE_DECLARED_EVER : EDGE_OBSERVED_EVER;
	int64_t segments = (int64_t)edge->segments[lane] + step->segments;

	if (segments < 0 || segments > UINT32_MAX)
		return ERR_CORRUPT;
	edge->segments[lane] = (uint32_t)segments;
	if (step->standing & (CAME | STANDS))
		edge->flags |= now;
	else if (step->standing & LEFT)
		edge->flags &= (uint16_t)~now;
	edge->flags &= (uint16_t)~ever;
	if (segments)
		edge->flags |= ever;
	return 0;
}

static int put_both(
	struct fold *fold, node_id job, enum direction direction, const struct edge *edge)
{
	enum direction back = direction == UPSTREAM ? DOWNSTREAM : UPSTREAM;
	struct edge mirror = { .peer = job, .flags = edge->flags };
	int r;

	r = adjacency_put(fold->txn, edge->peer, back, &mirror);
	if (r < 0)
		return r;
	r = image_put_edge(fold->image, job, direction, edge->peer, edge->flags);
	if (r)
		return r;
	return image_put_edge(fold->image, edge->peer, back, job, edge->flags);
}

static int remove_both(
	struct fold *fold, node_id job, enum direction direction, node_id peer)
{
	enum direction back = direction == UPSTREAM ? DOWNSTREAM : UPSTREAM;
	int r;

	r = adjacency_remove(fold->txn, job, direction, peer);
	if (!r)
		r = adjacency_remove(fold->txn, peer, back, job);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = image_remove_edge(fold->image, job, direction, peer);
	if (r)
		return r;
	return image_remove_edge(fold->image, peer, back, job);
}

static int apply(struct fold *fold, const struct lane_change *change, struct step *step)
{
	enum direction direction = step->output ? DOWNSTREAM : UPSTREAM;
	struct edge edge;
	uint16_t flags;
	int r;

	r = adjacency_get(fold->txn, change->job, direction, step->peer, &edge);
	if (r < 0)
		return r;
	if (r)
		edge = (struct edge){ .peer = step->peer };
	flags = edge.flags;
	r = change_edge(&edge, change->evidence, step);
	if (r)
		return r;
	if (!edge.flags)
		return remove_both(fold, change->job, direction, step->peer);

	r = adjacency_put(fold->txn, change->job, direction, &edge);
	if (r < 0)
		return r;
	/* Counts are kept on the job's side alone. */
	if (edge.flags == flags)
		return 0;
	return put_both(fold, change->job, direction, &edge);
}

int fold_edges(struct fold *fold, const struct lane_change *change)
{
	struct steps steps = { .arena = fold->work };
	int r;

	r = gather_counts(fold, change, &steps);
	if (!r)
		r = gather_standing(fold, change, &steps);
	if (r)
		return r;
	sum(&steps);
	for (size_t i = 0; i < steps.count; i++) {
		r = apply(fold, change, &steps.list[i]);
		if (r)
			return r;
	}
	return 0;
}
