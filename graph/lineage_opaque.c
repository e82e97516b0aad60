/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_opaque.c - where the columns' lineage ends without being known
 *
 * Each dataset of an answer, its own or of one of its fields, is asked for the
 * jobs beside it: those that read it for what they write without saying how,
 * and going up, those that write it so for what they read.  And for the datasets
 * beside it, when no column of the one is told to flow into a column of the other.
 */
#include "graph/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "graph/bitset.h"
#include "graph/image_ring.h"
#include "graph/walk.h"

struct hops {
	struct standing standing;
	struct bitset asked[2]; /* datasets, by direction */
	struct span_buffer near;
	struct span_buffer far;
	struct frontier beside; /* datasets at the other ends of flows */
	struct bitset untold;	/* those of them that no column leads to */
	struct lineage_opaque *list;
	size_t count;
	size_t capacity;
};

static void hops_fini(struct hops *hops)
{
	for (int d = UPSTREAM; d <= DOWNSTREAM; d++)
		bitset_fini(&hops->asked[d]);
	span_buffer_fini(&hops->near);
	span_buffer_fini(&hops->far);
	frontier_fini(&hops->beside);
	bitset_fini(&hops->untold);
	standing_fini(&hops->standing);
	free(hops->list);
}

static int hops_init(struct hops *hops, const struct snapshot *snapshot,
	const struct lineage_query *query)
{
	int r = standing_init(&hops->standing, snapshot, query);

	for (int d = UPSTREAM; !r && d <= DOWNSTREAM; d++)
		r = bitset_init(&hops->asked[d], image_last(snapshot->image));
	if (!r)
		r = bitset_init(&hops->untold, image_last(snapshot->image));
	standing_refill(&hops->standing, false);
	return r;
}

static int add_hop(struct hops *hops, const struct lineage_opaque *hop)
{
	size_t capacity = hops->capacity ? hops->capacity * 2 : 16;
	struct lineage_opaque *list;
	size_t bytes;

	if (hops->count == hops->capacity) {
		if (__builtin_mul_overflow(capacity, sizeof(*list), &bytes))
			return ERR_NOMEM;
		list = realloc(hops->list, bytes);
		if (!list)
			return ERR_NOMEM;
		hops->list = list;
		hops->capacity = capacity;
	}
	hops->list[hops->count++] = *hop;
	return 0;
}

/* A read or a write of a job's own that stands; a write only when nothing is told of it.
 */
static bool is_open_io(uint32_t flags)
{
	return (flags & EDGE_IO_NOW) && !(flags & EDGE_COVERED);
}

static int edges_at(struct hops *hops, node_id id, enum direction direction,
	struct span_buffer *buffer, struct span *out)
{
	struct edge_source source = {
		.id = id,
		.node = image_at(hops->standing.image, id),
		.direction = direction,
	};

	return standing_edges(&hops->standing, &source, buffer, out);
}

/* Over a job to the datasets on its other side. */
static int cross_job(
	struct hops *hops, node_id dataset, node_id job, enum direction direction)
{
	bool down = direction == DOWNSTREAM;
	struct span span;
	int r = edges_at(hops, job, direction, &hops->far, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		node_id other = walk_shown(hops->standing.image, span.peers[i]);
		struct lineage_opaque hop = {
			.job = job,
			.source = down ? dataset : other,
			.target = down ? other : dataset,
		};

		if (is_open_io(span.flags[i]) && other != dataset)
			r = add_hop(hops, &hop);
	}
	return r;
}

/* A flow between whole tables: does it say nothing of columns? */
static int note_flow(struct hops *hops, node_id dataset, node_id peer, uint32_t flags)
{
	const struct image_node *node = image_node(hops->standing.image, peer);
	node_id other = walk_shown(hops->standing.image, peer);
	int r;

	if (!(flags & EDGE_FLOW_NOW) || !node || node->kind != NODE_DATASET ||
		other == dataset)
		return 0;
	r = bitset_reserve(&hops->untold, 1);
	if (!r)
		r = frontier_reserve(&hops->beside, 1);
	if (!r && bitset_add(&hops->untold, other))
		frontier_push(&hops->beside, other);
	return r;
}

/* Where one column, or the whole, leads to is told. */
static int ask_column(struct hops *hops, node_id column, enum direction direction)
{
	const struct image_version *image = hops->standing.image;
	struct span span;
	int r = edges_at(hops, column, direction, &hops->far, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		const struct image_node *peer = image_node(image, span.peers[i]);
		node_id whole;
		node_id other;

		if (!(span.flags[i] & EDGE_FLOW_NOW) || !peer)
			continue;
		whole = peer->kind == NODE_FIELD ? peer->parent : span.peers[i];
		other = walk_shown(image, whole);
		if (bitset_has(&hops->untold, other))
			bitset_remove(&hops->untold, other);
	}
	return r;
}

static int ask_columns(struct hops *hops, node_id whole, enum direction direction)
{
	const struct image_node *node = image_at(hops->standing.image, whole);
	const struct image_edges *edges = &node->edges[DOWNSTREAM];
	int r = ask_column(hops, whole, direction);

	for (uint32_t i = 0; !r && i < edges->total; i++) {
		if (!meter_allows(&hops->standing.meter, 1))
			break;
		if (edges->flags[i] & EDGE_CONTAINS)
			r = ask_column(hops, edges->peers[i], direction);
	}
	return r;
}

/* Adds a hop to each dataset that no column leads to, as far as that is known. */
static int add_untold(struct hops *hops, node_id dataset, enum direction direction)
{
	bool down = direction == DOWNSTREAM;
	int r = 0;

	for (size_t i = 0; i < hops->beside.count; i++) {
		node_id other = hops->beside.ids[i];
		const struct lineage_opaque hop = {
			.source = down ? dataset : other,
			.target = down ? other : dataset,
		};

		if (!bitset_has(&hops->untold, other))
			continue;
		bitset_remove(&hops->untold, other);
		if (!r && hops->standing.meter.cut == CUT_NONE)
			r = add_hop(hops, &hop);
	}
	hops->beside.count = 0;
	return r;
}

static int cross_flows(struct hops *hops, node_id dataset, enum direction direction)
{
	struct ring ring = ring_from(hops->standing.image, dataset);
	int r = 0;

	if (!hops->beside.count)
		return 0;
	for (; !r && ring.at; ring_step(&ring)) {
		const struct image_node *node = image_at(ring.image, ring.at);

		if (node && node->parent)
			r = ask_columns(hops, node->parent, direction);
	}
	return r ? r : add_untold(hops, dataset, direction);
}

static int ask_dataset(struct hops *hops, node_id dataset, enum direction direction)
{
	struct ring ring = ring_from(hops->standing.image, dataset);
	int r = bitset_reserve(&hops->asked[direction], 1);

	if (r || !bitset_add(&hops->asked[direction], dataset))
		return r;
	for (; !r && ring.at; ring_step(&ring)) {
		struct span span;

		r = edges_at(hops, ring.at, direction, &hops->near, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			if (is_open_io(span.flags[i]))
				r = cross_job(hops, dataset, span.peers[i], direction);
			if (!r)
				r = note_flow(
					hops, dataset, span.peers[i], span.flags[i]);
		}
	}
	return r ? r : cross_flows(hops, dataset, direction);
}

/* The dataset of a node of the answer, in each direction in which that goes on. */
static int ask_node(struct hops *hops, const struct lineage_node *node)
{
	const struct lineage_query *query = hops->standing.query;
	const struct image_version *image = hops->standing.image;
	const struct image_node *at = image_node(image, node->id);
	node_id whole = at && at->kind == NODE_FIELD ? at->parent : node->id;
	node_id dataset = walk_shown(image, whole);
	int r = 0;

	if (node->depth == query->depth || !image_node(image, dataset))
		return 0;
	if (query->upstream && (node->root || node->upstream))
		r = ask_dataset(hops, dataset, UPSTREAM);
	if (!r && query->downstream && (node->root || node->downstream))
		r = ask_dataset(hops, dataset, DOWNSTREAM);
	return r;
}

static int compare(const void *x, const void *y)
{
	const struct lineage_opaque *a = x;
	const struct lineage_opaque *b = y;

	if (a->job != b->job)
		return a->job < b->job ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return (a->target > b->target) - (a->target < b->target);
}

/* Brings them in order, without doubles. */
static void tidy(struct hops *hops)
{
	size_t last = 0;

	if (hops->count < 2)
		return;
	qsort(hops->list, hops->count, sizeof(*hops->list), compare);
	for (size_t i = 1; i < hops->count; i++) {
		if (compare(&hops->list[last], &hops->list[i]))
			hops->list[++last] = hops->list[i];
	}
	hops->count = last + 1;
}

static int give(
	struct hops *hops, size_t max, struct arena *arena, struct lineage_opaques *out)
{
	struct lineage_opaques given = {
		.count = hops->count < max ? hops->count : max,
		.total = hops->count,
		.cut = hops->standing.meter.cut,
	};

	if (given.count) {
		given.list = arena_alloc(arena, given.count * sizeof(*given.list));
		if (!given.list)
			return ERR_NOMEM;
		memcpy(given.list, hops->list, given.count * sizeof(*given.list));
	}
	*out = given;
	return 0;
}

int lineage_opaque_hops(struct snapshot *snapshot, const struct lineage_query *query,
	const struct lineage *lineage, size_t max, struct arena *arena,
	struct lineage_opaques *out)
{
	struct hops hops = { 0 };
	int r = hops_init(&hops, snapshot, query);

	for (size_t i = 0; !r && i < lineage->node_count; i++)
		r = ask_node(&hops, &lineage->nodes[i]);
	if (!r) {
		tidy(&hops);
		r = give(&hops, max, arena, out);
	}
	hops_fini(&hops);
	return r;
}
