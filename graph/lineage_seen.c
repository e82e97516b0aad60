/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_seen.c - when an edge was first and last there
 *
 * An edge of an answer may stand for several of the image: its ends have
 * aliases, a dataset may be its whole, and the flows of a whole are also those
 * of its fields.  It was seen when any of them was.
 */
#include "graph/budget.h"
#include "graph/edge_list.h"
#include "graph/flow.h"
#include "graph/image_ring.h"
#include "graph/lineage.h"
#include "graph/timeline.h"

/* An answer has many edges: so much may be looked at for one of them. */
#define SEEN_BUDGET ((uint64_t)1 << 22)

struct seen {
	int64_t first_us;
	int64_t last_us;
};

static const struct seen never = { INT64_MAX, INT64_MIN };

/* What one pair of nodes is looked for with. */
struct sight {
	struct store_txn *txn;
	struct meter *meter;
	node_id from;
	node_id to;
	struct seen seen;
};

static void widen(struct seen *seen, const struct timeline_span *span)
{
	if (span->first.start_us < seen->first_us)
		seen->first_us = span->first.start_us;
	if (span->last.start_us > seen->last_us)
		seen->last_us = span->last.start_us;
}

/* Returns 1 when the meter ended it, as all that call it do. */
static int look_for(struct sight *sight, const struct timeline_item *item)
{
	struct timeline_span span;
	int r = timeline_seen(sight->txn, item, sight->meter, &span);

	if (r == 0)
		widen(&sight->seen, &span);
	if (r < 0)
		return r;
	return sight->meter->cut != CUT_NONE ? 1 : 0;
}

static int see_flow(void *ctx, const struct flow_row *row)
{
	const struct timeline_item item = {
		.owner = row->owner,
		.lane = row->lane,
		.what = ITEM_FLOW,
		.node = row->target,
		.source = row->source,
	};

	return look_for(ctx, &item);
}

static const uint32_t lane_ever[] = {
	[EVIDENCE_OBSERVED] = EDGE_OBSERVED_EVER,
	[EVIDENCE_DECLARED] = EDGE_DECLARED_EVER,
};

/* A job's own input or output, in those of its lanes that the flags tell. */
static int see_io(struct sight *sight, bool output, uint32_t flags)
{
	struct timeline_item item = {
		.owner = output ? sight->from : sight->to,
		.what = output ? ITEM_OUTPUT : ITEM_INPUT,
		.node = output ? sight->to : sight->from,
	};
	int r = 0;

	for (int lane = EVIDENCE_OBSERVED; !r && lane <= EVIDENCE_DECLARED; lane++) {
		item.lane = (enum evidence)lane;
		if (flags & lane_ever[lane])
			r = look_for(sight, &item);
	}
	return r;
}

/* One edge of the image, when there is one. */
static int see_pair(const struct snapshot *snapshot, struct sight *sight)
{
	const struct image_node *from = image_node(snapshot->image, sight->from);
	uint32_t flags = 0;
	int r;

	if (!from || !edge_list_find(&from->edges[DOWNSTREAM], sight->to, &flags))
		return 0;
	r = see_io(sight, from->kind == NODE_JOB, flags);
	if (!r && (flags & EDGE_FLOW_EVER))
		r = flow_each(sight->txn, sight->to, sight->from, see_flow, sight);
	return r;
}

/* From one node to another one and all that are one with that. */
static int see_ring(const struct snapshot *snapshot, struct sight *sight, node_id to)
{
	struct ring ring = ring_from(snapshot->image, to);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring)) {
		sight->to = ring.at;
		r = see_pair(snapshot, sight);
	}
	return r;
}

/* The whole whose edges an end of a kind of edge may have: 0: none. */
static node_id whole_of(const struct snapshot *snapshot, node_id id, bool fields)
{
	const struct image_node *node = image_node(snapshot->image, id);

	return node && fields && node->kind != NODE_JOB ? node->parent : 0;
}

static bool is_field(const struct snapshot *snapshot, node_id id)
{
	const struct image_node *node = image_node(snapshot->image, id);

	return node && node->kind == NODE_FIELD;
}

/* From a node and all that are one with it. */
static int see_rings(const struct snapshot *snapshot, struct sight *sight, node_id from,
	const node_id to[2])
{
	struct ring ring = ring_from(snapshot->image, from);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring)) {
		sight->from = ring.at;
		for (int i = 0; !r && i < 2; i++)
			r = to[i] ? see_ring(snapshot, sight, to[i]) : 0;
	}
	return r;
}

/* An edge without anything between; 1 when nobody told it, or the meter ended it. */
static int see_step(const struct snapshot *snapshot, node_id from, node_id to,
	struct meter *meter, struct seen *out)
{
	bool fields = is_field(snapshot, from) || is_field(snapshot, to);
	const node_id froms[2] = { from, whole_of(snapshot, from, fields) };
	const node_id tos[2] = { to, whole_of(snapshot, to, fields) };
	struct sight sight = { .txn = snapshot->txn, .meter = meter, .seen = never };
	int r = 0;

	for (int i = 0; !r && i < 2; i++)
		r = froms[i] ? see_rings(snapshot, &sight, froms[i], tos) : 0;
	if (r)
		return r;
	if (sight.seen.first_us > sight.seen.last_us)
		return 1;
	*out = sight.seen;
	return 0;
}

/* From when on both halves were known, and until when; the edge began with the later. */
static void narrow(struct seen *seen, const struct seen *other)
{
	if (other->first_us > seen->first_us)
		seen->first_us = other->first_us;
	if (other->last_us < seen->last_us)
		seen->last_us = other->last_us;
	if (seen->last_us < seen->first_us)
		seen->last_us = seen->first_us;
}

int lineage_edge_seen(struct snapshot *snapshot, const struct lineage_edge *edge,
	int64_t *first_us_out, int64_t *last_us_out)
{
	struct meter meter = meter_of(SEEN_BUDGET, 0);
	node_id middle = edge->via ? edge->via : edge->to;
	struct seen seen;
	struct seen second;
	int r = see_step(snapshot, edge->from, middle, &meter, &seen);

	if (r)
		return r;
	if (edge->via) {
		r = see_step(snapshot, edge->via, edge->to, &meter, &second);
		if (r)
			return r;
		narrow(&seen, &second);
	}
	*first_us_out = seen.first_us;
	*last_us_out = seen.last_us;
	return 0;
}
