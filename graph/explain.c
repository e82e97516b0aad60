/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain.c - who says that there is an edge
 *
 * Each end is a few nodes: its aliases and, among fields, the whole of its
 * dataset, since what flows into the whole flows into each field.  The pairs of
 * them are looked up; two datasets are also joined by the jobs between them.
 */
#include "base/arena.h"
#include "graph/budget.h"
#include "graph/edge_list.h"
#include "graph/explain_impl.h"
#include "graph/idlist.h"
#include "graph/image_ring.h"

#include <stdlib.h>

#define SCRATCH_CHUNK ((size_t)64 * 1024)
#define SCRATCH_MAX   ((size_t)256 * 1024 * 1024)

uint32_t explain_flags(
	struct explaining *x, node_id node, enum direction direction, node_id peer)
{
	const struct image_node *at = image_node(x->snapshot->image, node);
	uint32_t flags = 0;

	if (at)
		(void)edge_list_find(&at->edges[direction], peer, &flags);
	return flags;
}

/* Adds a node and those that are one with it. */
static int add_ring(const struct image_version *image, node_id id, struct idlist *list)
{
	struct ring ring = ring_from(image, id);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring))
		r = idlist_add(list, ring.at);
	return r;
}

/* The whole of a dataset or field, or 0. */
static node_id whole_of(const struct image_version *image, node_id id)
{
	const struct image_node *node = image_node(image, id);

	return node ? node->parent : 0;
}

static node_id dataset_of(
	const struct image_version *image, const struct image_node *node, node_id id)
{
	switch ((enum node_kind)node->kind) {
	case NODE_DATASET:
		return id;
	case NODE_FIELD:
		return whole_of(image, node->parent);
	case NODE_WHOLE:
		return node->parent;
	case NODE_JOB:
		break;
	}
	return 0;
}

/* A whole is asked for as a column that no lineage names. */
static enum node_kind kind_of(const struct image_node *node)
{
	return node->kind == NODE_WHOLE ? NODE_FIELD : (enum node_kind)node->kind;
}

/* The end's nodes, and the datasets they are of. */
static int find_end(
	struct explaining *x, node_id id, bool column, struct explain_end *out)
{
	const struct image_version *image = x->snapshot->image;
	const struct image_node *node = image_node(image, id);
	struct idlist ids = { .arena = x->arena };
	struct idlist datasets = { .arena = x->arena };
	node_id dataset;
	int r;

	if (!node)
		return ERR_INVALID;
	dataset = dataset_of(image, node, id);
	r = column ? 0 : add_ring(image, id, &ids);
	if (!r && dataset)
		r = add_ring(image, dataset, &datasets);
	if (r)
		return r;
	idlist_finish(&ids);
	idlist_finish(&datasets);
	*out = (struct explain_end){
		.node = id,
		.kind = column ? NODE_FIELD : kind_of(node),
		.unnamed = column,
		.ids = ids.ids,
		.count = ids.count,
		.datasets = datasets.ids,
		.dataset_count = datasets.count,
	};
	return 0;
}

/* Among fields: adds the wholes; a dataset stands for them alone. */
static int add_wholes(struct explaining *x, struct explain_end *end)
{
	const struct image_version *image = x->snapshot->image;
	struct idlist ids = { .arena = x->arena };
	int r = 0;

	if (end->kind == NODE_FIELD)
		r = idlist_append(&ids, end->ids, end->count);
	for (size_t i = 0; !r && i < end->dataset_count; i++) {
		node_id whole = whole_of(image, end->datasets[i]);

		if (whole)
			r = idlist_add(&ids, whole);
	}
	if (r)
		return r;
	idlist_finish(&ids);
	end->ids = ids.ids;
	end->count = ids.count;
	return 0;
}

static int find_ends(struct explaining *x)
{
	const struct explain_question *question = x->question;
	int r = find_end(x, question->from, question->from_column, &x->from);

	if (!r)
		r = find_end(x, question->to, question->to_column, &x->to);
	if (r || (x->from.kind != NODE_FIELD && x->to.kind != NODE_FIELD))
		return r;
	if (x->from.kind != NODE_JOB)
		r = add_wholes(x, &x->from);
	if (!r && x->to.kind != NODE_JOB)
		r = add_wholes(x, &x->to);
	return r;
}

/* A job's own input or output. */
static int explain_side(
	struct explaining *x, node_id job, node_id dataset, enum direction direction)
{
	struct explain_half half;
	int r = explain_io(x, job, dataset, direction, &half);

	x->now |= half.now;
	x->ever |= half.ever;
	return r;
}

static int explain_pair(struct explaining *x, node_id source, node_id target)
{
	int r = explain_flow(x, target, source);

	if (r)
		return r;
	if (x->from.kind == NODE_DATASET && x->to.kind == NODE_JOB)
		return explain_side(x, target, source, UPSTREAM);
	if (x->from.kind == NODE_JOB && x->to.kind == NODE_DATASET)
		return explain_side(x, source, target, DOWNSTREAM);
	return 0;
}

static int explain_pairs(struct explaining *x)
{
	for (size_t i = 0; i < x->from.count; i++) {
		for (size_t j = 0; j < x->to.count; j++) {
			int r;

			if (!meter_allows(&x->meter, 1))
				return 0;
			r = explain_pair(x, x->from.ids[i], x->to.ids[j]);
			if (r)
				return r;
		}
	}
	return 0;
}

/* A job reads the one and writes the other now: does it tell its flows? */
static void note_job(struct explaining *x, node_id job, uint32_t read, uint32_t write)
{
	if (!(read & EDGE_IO_NOW) || !(write & EDGE_IO_NOW))
		return;
	if ((write & EDGE_COVERED) && !x->covering)
		x->covering = job;
}

/* Both halves, now or once. */
static int explain_halves(
	struct explaining *x, node_id job, node_id source, node_id target)
{
	struct explain_half read;
	struct explain_half write;
	size_t count = x->count;
	bool open = true;
	int r = explain_io(x, job, source, UPSTREAM, &read);

	if (!r)
		r = explain_io(x, job, target, DOWNSTREAM, &write);
	if (!r && write.covered)
		r = explain_was_open(x, job, source, target, &open);
	if (r)
		return r;
	/* Its flows always told what leads there, and this is not among them. */
	if (!open) {
		x->count = count;
		return 0;
	}
	x->ever = true;
	x->now |= read.now && write.now && !write.covered;
	return 0;
}

static int explain_job(struct explaining *x, node_id job, node_id source, node_id target)
{
	uint32_t read = explain_flags(x, job, UPSTREAM, source);
	uint32_t write = explain_flags(x, job, DOWNSTREAM, target);

	if (!(read & (EDGE_IO_NOW | EDGE_IO_EVER)) ||
		!(write & (EDGE_IO_NOW | EDGE_IO_EVER)))
		return 0;
	note_job(x, job, read, write);
	/* Between fields only flows tell of the pair, and jobs why there is none. */
	if (x->from.kind != NODE_DATASET || x->to.kind != NODE_DATASET)
		return 0;
	return explain_halves(x, job, source, target);
}

/* The jobs between two datasets, found at the one that has fewer. */
static int explain_product(struct explaining *x, node_id source, node_id target)
{
	const struct image_version *image = x->snapshot->image;
	const struct image_node *from = image_node(image, source);
	const struct image_node *to = image_node(image, target);
	bool up = from->edges[DOWNSTREAM].total > to->edges[UPSTREAM].total;
	const struct image_edges *edges =
		up ? &to->edges[UPSTREAM] : &from->edges[DOWNSTREAM];
	int r = 0;

	for (uint32_t i = 0; !r && i < edges->total; i++) {
		node_id job = edges->peers[i];
		const struct image_node *peer = image_node(image, job);

		if (!meter_allows(&x->meter, 1))
			return 0;
		if (peer && peer->kind == NODE_JOB)
			r = explain_job(x, job, source, target);
	}
	return r;
}

static int explain_products(struct explaining *x)
{
	int r = 0;

	for (size_t i = 0; !r && i < x->from.dataset_count; i++)
		for (size_t j = 0; !r && j < x->to.dataset_count; j++)
			r = explain_product(x, x->from.datasets[i], x->to.datasets[j]);
	return r;
}

static int compare_assertions(const void *a, const void *b)
{
	const struct assertion *x = a;
	const struct assertion *y = b;
	int r;

	if (x->now != y->now)
		return x->now ? -1 : 1;
	r = run_position_compare(&y->last, &x->last);
	if (r)
		return r;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return (x->lane > y->lane) - (x->lane < y->lane);
}

/* Through several aliases the same may be told twice. */
static bool same_assertion(const struct assertion *x, const struct assertion *y)
{
	return compare_assertions(x, y) == 0 && x->classes == y->classes &&
	       run_position_compare(&x->first, &y->first) == 0;
}

static void sort_assertions(struct explaining *x)
{
	size_t n = 0;

	if (!x->count)
		return;
	qsort(x->list, x->count, sizeof(*x->list), compare_assertions);
	for (size_t i = 1; i < x->count; i++)
		if (!same_assertion(&x->list[i], &x->list[n]))
			x->list[++n] = x->list[i];
	x->count = n + 1;
}

static bool same_node(const struct explaining *x)
{
	const struct image_version *image = x->snapshot->image;

	return x->from.kind == x->to.kind &&
	       image_canonical(image, x->from.node) == image_canonical(image, x->to.node);
}

static int explain_all(struct explaining *x, struct explanation *out)
{
	int r = find_ends(x);

	if (!r && same_node(x)) {
		*out = (struct explanation){ .absence = ABSENCE_SAME };
		return 0;
	}
	if (!r)
		r = explain_pairs(x);
	if (!r)
		r = explain_products(x);
	if (r)
		return r;
	sort_assertions(x);
	*out = (struct explanation){
		.now = x->now,
		.ever = x->ever,
		.list = x->list,
		.count = x->count < x->question->max ? x->count : x->question->max,
		.more = x->count > x->question->max || x->meter.cut != CUT_NONE,
	};
	return x->now ? 0 : explain_absence(x, out);
}

int explain_edge(struct snapshot *snapshot, const struct explain_question *question,
	struct arena *arena, struct explanation *out)
{
	AUTO(arena) struct arena *scratch = arena_new(SCRATCH_CHUNK, SCRATCH_MAX);
	struct explaining x = {
		.snapshot = snapshot,
		.question = question,
		.arena = arena,
		.scratch = scratch,
		.meter = meter_of(question->budget_edges, question->deadline_us),
	};

	return scratch ? explain_all(&x, out) : ERR_NOMEM;
}
