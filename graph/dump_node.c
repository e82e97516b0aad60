/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_node.c - a node in the canonical text: facets, edges, timelines
 */
#include "base/arena.h"
#include "graph/adjacency.h"
#include "graph/dump_impl.h"
#include "graph/run.h"

#include <inttypes.h>
#include <stdlib.h>

static int dump_facet(
	struct dump *dump, const struct entity *node, const struct entity_facet *row)
{
	struct buf *out = &dump->text;
	struct facet facet;
	int r;

	buf_printf(out, "\tfacet %016" PRIx64, row->name_hash);
	if (!row->hash) {
		buf_str(out, " deleted");
	} else {
		r = facet_get(dump->txn, node->id, row->name_hash, &facet);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		buf_byte(out, ' ');
		dump_quoted(out, facet.name);
		buf_printf(out, " %016" PRIx64, hash64(facet.bytes));
	}
	dump_time(out, row->time_us);
	buf_byte(out, '\n');
	return 0;
}

static int dump_facets(struct dump *dump, const struct entity *node)
{
	struct entity_facet *rows;
	int r;

	if (!node->facet_count)
		return 0;
	rows = arena_array(dump->scratch, node->facet_count, sizeof(*rows));
	if (!rows)
		return ERR_NOMEM;
	r = entity_facets(dump->txn, node->id, rows, node->facet_count);
	for (size_t i = 0; !r && i < node->facet_count; i++)
		r = dump_facet(dump, node, &rows[i]);
	return r;
}

struct edges {
	struct dump *dump;
	struct ranked_edge {
		uint32_t rank;
		struct edge edge;
	} * list;
	size_t count;
	size_t cap;
};

static int gather_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct edges *edges = ctx;
	struct ranked_edge *list;
	size_t cap = edges->cap ? edges->cap * 2 : 64;

	(void)node;
	(void)direction;
	if (!dump_find(edges->dump, edge->peer))
		return ERR_CORRUPT;
	if (edges->count == edges->cap) {
		list = reallocarray(edges->list, cap, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		edges->list = list;
		edges->cap = cap;
	}
	edges->list[edges->count++] =
		(struct ranked_edge){ edges->dump->rank[edge->peer], *edge };
	return 0;
}

static int compare_edges(const void *a, const void *b)
{
	const struct ranked_edge *x = a;
	const struct ranked_edge *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void put_edges(struct dump *dump, const char *what, const struct edges *edges)
{
	for (size_t i = 0; i < edges->count; i++) {
		const struct ranked_edge *e = &edges->list[i];

		buf_str(&dump->text, what);
		dump_key(&dump->text, &dump->nodes[e->rank - 1].key);
		buf_printf(&dump->text, " flags %x segments %" PRIu32 " %" PRIu32 "\n",
			(unsigned)e->edge.flags, e->edge.segments[0],
			e->edge.segments[1]);
	}
}

static int dump_edges(
	struct dump *dump, const struct entity *node, enum direction direction)
{
	struct edges edges = { .dump = dump };
	int r;

	r = adjacency_each(dump->txn, node->id, direction, gather_edge, &edges);
	if (!r && edges.count) {
		qsort(edges.list, edges.count, sizeof(*edges.list), compare_edges);
		put_edges(dump, direction == UPSTREAM ? "\tupstream " : "\tdownstream ",
			&edges);
	}
	free(edges.list);
	return r;
}

/* Ids to ranks, sorted. */
static int compare_ranks(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static int put_members(struct dump *dump, const char *what, node_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!dump_find(dump, ids[i]))
			return ERR_CORRUPT;
		ids[i] = dump->rank[ids[i]];
	}
	if (count)
		qsort(ids, count, sizeof(*ids), compare_ranks);
	for (size_t i = 0; i < count; i++) {
		buf_str(&dump->text, what);
		dump_key(&dump->text, &dump->nodes[ids[i] - 1].key);
		buf_byte(&dump->text, '\n');
	}
	return 0;
}

int dump_ioset(struct dump *dump, ioset_id io)
{
	struct ioset set;
	int r;

	r = ioset_get(dump->txn, io, dump->scratch, &set);
	if (!r)
		r = put_members(dump, "\t\treads ", set.inputs, set.input_count);
	if (!r)
		r = put_members(dump, "\t\twrites ", set.outputs, set.output_count);
	return r;
}

static int dump_segment(
	struct dump *dump, enum evidence lane, const struct segment *segment)
{
	struct buf *out = &dump->text;
	char run[RUNID_TEXT_MAX];

	buf_str(out, lane == EVIDENCE_DECLARED ? "\tdeclared" : "\tobserved");
	dump_time(out, segment->first.start_us);
	buf_printf(out, " %s settled", runid_format(&segment->first.run, run));
	dump_time(out, segment->settled_us);
	buf_byte(out, '\n');
	return dump_ioset(dump, segment->io);
}

static int dump_timeline(struct dump *dump, const struct entity *node, enum evidence lane)
{
	struct run_position at = run_position_first;
	struct segment segment;
	int r;

	while ((r = segment_next(dump->txn, node->id, lane, &at, &segment)) == 0) {
		arena_reset(dump->scratch);
		r = dump_segment(dump, lane, &segment);
		if (!r)
			r = dump_flush(dump, DUMP_FLUSH);
		if (r)
			return r;
		at = segment.first;
	}
	return r < 0 ? r : 0;
}

int dump_node(struct dump *dump, const struct entity *node)
{
	struct buf *out = &dump->text;
	int r;

	arena_reset(dump->scratch);
	buf_str(out, "node ");
	dump_key(out, &node->key);
	buf_str(out, " seen");
	dump_time(out, node->first_seen_us);
	dump_time(out, node->last_seen_us);
	buf_byte(out, '\n');
	r = dump_facets(dump, node);
	if (!r)
		r = dump_edges(dump, node, UPSTREAM);
	if (!r)
		r = dump_edges(dump, node, DOWNSTREAM);
	if (!r && node->key.kind == NODE_JOB)
		r = dump_timeline(dump, node, EVIDENCE_OBSERVED);
	if (!r && node->key.kind == NODE_JOB)
		r = dump_timeline(dump, node, EVIDENCE_DECLARED);
	return r ? r : dump_flush(dump, DUMP_FLUSH);
}
