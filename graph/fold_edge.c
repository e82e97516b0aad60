/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_edge.c - from segments that came and went to edges
 *
 * Everything that bears on the edges of a lane is summed (fold_step.h), and
 * each of them is touched once, if at all.
 */
#include "graph/fold_edge.h"

#include "base/arena.h"
#include "graph/adjacency.h"
#include "graph/flow.h"
#include "graph/fold.h"
#include "graph/fold_lane.h"
#include "graph/fold_step.h"
#include "graph/fold_watch.h"
#include "graph/idlist.h"
#include "graph/image.h"

/* What flows say of an edge; the rest is not theirs. */
#define EDGE_FLOW_HALF                                               \
	((uint32_t)(EDGE_FLOW_NOW | EDGE_FLOW_EVER | EDGE_IMPLIED) | \
		(UINT32_MAX << EDGE_CLASS_SHIFT))

/* What fold_edges() works on. */
struct work {
	struct fold *fold;
	const struct lane_change *change;
	struct ioset *other; /* what stands in the job's other lane, once it is read */
};

/* The bits of the lanes of a job's own inputs and outputs. */
static uint32_t io_now(enum evidence lane)
{
	return lane == EVIDENCE_DECLARED ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW;
}

static uint32_t io_ever(enum evidence lane)
{
	return lane == EVIDENCE_DECLARED ? EDGE_DECLARED_EVER : EDGE_OBSERVED_EVER;
}

static enum evidence other_lane(enum evidence lane)
{
	return lane == EVIDENCE_DECLARED ? EVIDENCE_OBSERVED : EVIDENCE_DECLARED;
}

/* One side of an edge; without flags when it is not there. */
static int get_side(struct fold *fold, node_id node, enum direction direction,
	node_id peer, struct edge *out)
{
	int r = adjacency_get(fold->txn, node, direction, peer, out);

	if (r == 1)
		*out = (struct edge){ .peer = peer };
	return r < 0 ? r : 0;
}

static int remove_side(
	struct fold *fold, node_id node, enum direction direction, node_id peer)
{
	int r = adjacency_remove(fold->txn, node, direction, peer);

	return r < 0 ? r : image_remove_edge(fold->image, node, direction, peer);
}

/* The image knows nothing of counts: what it has is left alone. */
static int put_side(struct fold *fold, node_id node, enum direction direction,
	const struct edge *edge, bool flags_differ)
{
	int r;

	if (!edge->flags)
		return remove_side(fold, node, direction, edge->peer);
	r = adjacency_put(fold->txn, node, direction, edge);
	if (r < 0 || !flags_differ)
		return r < 0 ? r : 0;
	return image_put_edge(fold->image, node, direction, edge->peer, edge->flags);
}

static int set_side(struct fold *fold, node_id node, enum direction direction,
	node_id peer, uint32_t flags)
{
	struct edge edge;
	int r = get_side(fold, node, direction, peer, &edge);

	if (r || edge.flags == flags)
		return r;
	edge.flags = flags;
	return put_side(fold, node, direction, &edge, true);
}

int fold_put_edge(struct fold *fold, node_id from, node_id to, uint32_t flags)
{
	int r = set_side(fold, from, DOWNSTREAM, to, flags);

	/* A whole has its fields on one side only. */
	return r ? r : set_side(fold, to, UPSTREAM, from, flags & ~EDGE_CONTAINS);
}

static int add_segments(uint32_t *segments, int32_t delta)
{
	int64_t sum = (int64_t)*segments + delta;

	if (sum < 0 || sum > UINT32_MAX)
		return ERR_CORRUPT;
	*segments = (uint32_t)sum;
	return 0;
}

static int load_other(struct work *work)
{
	const struct lane_key key = { work->change->owner,
		other_lane(work->change->evidence) };
	struct arena *arena = work->fold->work;
	struct ioset_list standing;
	struct ioset *set;
	int r;

	set = arena_array(arena, 1, sizeof(*set));
	if (!set)
		return ERR_NOMEM;
	r = lane_standing(work->fold, key, arena, &standing);
	if (!r)
		r = ioset_unite(work->fold->txn, &standing, JOIN_TIME, arena, set);
	if (r)
		return r;
	work->other = set;
	return 0;
}

/* Whether all sets that stand in the other lane cover an output that they have. */
static int other_covers(struct work *work, node_id output)
{
	size_t at;
	int r;

	if (!work->other) {
		r = load_other(work);
		if (r)
			return r;
	}
	at = idlist_place(work->other->outputs, work->other->output_count, output);
	return at < work->other->output_count && work->other->covers &&
	       work->other->covers[at];
}

/*
 * Whether all sets of both lanes that have an output now cover it.  Before, the
 * flags were such; the other lane is read only when they do not tell.
 */
static int is_covered(struct work *work, uint32_t before, const struct step *step)
{
	bool stood = before & EDGE_IO_NOW;
	bool was = before & EDGE_COVERED;
	bool other = before & io_now(other_lane(work->change->evidence));
	bool stands = step->standing & (CAME | STANDS);

	if (stands && step->open)
		return false;
	if (!step_is_whole(step))
		return was || !stood;
	if (!other)
		return stands;
	return was ? true : other_covers(work, step->peer);
}

/* How a step changes an edge as the job sees it. */
static int change_io(struct work *work, const struct step *step, struct edge *edge)
{
	enum evidence lane = work->change->evidence;
	uint32_t before = edge->flags;
	int r = add_segments(&edge->segments[lane], step->segments);

	if (r)
		return r;
	edge->flags &= ~io_ever(lane);
	if (edge->segments[lane])
		edge->flags |= io_ever(lane);
	if (!(step->standing & (CAME | LEFT)))
		return 0;
	edge->flags &= ~(io_now(lane) | EDGE_COVERED);
	if (step->standing & (CAME | STANDS))
		edge->flags |= io_now(lane);
	if (step->kind == STEP_READ)
		return 0;
	r = is_covered(work, before, step);
	if (r > 0)
		edge->flags |= EDGE_COVERED;
	return r < 0 ? r : 0;
}

static bool began(uint32_t before, uint32_t flags)
{
	return !(before & EDGE_IO_NOW) && (flags & EDGE_IO_NOW);
}

static int apply_io(struct work *work, const struct step *step)
{
	enum direction direction = step->kind == STEP_WRITE ? DOWNSTREAM : UPSTREAM;
	enum direction back = direction == UPSTREAM ? DOWNSTREAM : UPSTREAM;
	node_id job = work->change->owner;
	struct edge edge;
	uint32_t before;
	int r;

	if (work->change->evidence == EVIDENCE_INFERRED)
		return ERR_CORRUPT;
	r = get_side(work->fold, job, direction, step->peer, &edge);
	if (r)
		return r;
	before = edge.flags;
	r = change_io(work, step, &edge);
	if (!r)
		r = put_side(work->fold, job, direction, &edge, edge.flags != before);
	if (!r && step->kind == STEP_READ && began(before, edge.flags))
		r = fold_watch_read(work->fold, step->peer);
	/* Counts are kept on the job's side alone. */
	if (r || edge.flags == before)
		return r;
	return set_side(work->fold, step->peer, back, job, edge.flags);
}

static void change_now(struct flow_row *row, const struct step *step)
{
	bool stands = step->standing & (CAME | STANDS);
	bool stood = row->now;

	if (!(step->standing & (CAME | LEFT)))
		return;
	if (step_is_whole(step)) {
		row->now = stands ? step->classes : 0;
		row->implied = stands && !step->open;
	} else {
		row->now |= step->classes;
		row->implied = !step->open && (row->implied || !stood);
	}
}

/* The edge of a pair, as all who tell it say together. */
static int renew_flow(struct fold *fold, node_id source, node_id target)
{
	struct edge edge;
	uint32_t flow;
	int r;

	r = flow_flags(fold->txn, target, source, &flow);
	if (!r)
		r = get_side(fold, source, DOWNSTREAM, target, &edge);
	if (r || (edge.flags & EDGE_FLOW_HALF) == flow)
		return r;
	return fold_put_edge(fold, source, target, (edge.flags & ~EDGE_FLOW_HALF) | flow);
}

static int apply_flow(struct work *work, const struct step *step)
{
	struct fold *fold = work->fold;
	struct flow_row row = {
		.target = step->peer,
		.source = step->source,
		.owner = work->change->owner,
		.lane = work->change->evidence,
	};
	struct flow_row before;
	int r;

	r = flow_get(fold->txn, &row);
	if (r < 0)
		return r;
	before = row;
	r = add_segments(&row.segments, step->segments);
	if (r)
		return r;
	change_now(&row, step);
	r = flow_put(fold->txn, &row);
	if (!r && row.now && !before.now)
		r = fold_watch_flow(fold, &row);
	if (r || (!row.segments == !before.segments && row.now == before.now &&
			 row.implied == before.implied))
		return r;
	return renew_flow(fold, step->source, step->peer);
}

static int apply(struct work *work, const struct step *step)
{
	switch (step->kind) {
	case STEP_READ:
	case STEP_WRITE:
		return apply_io(work, step);
	case STEP_FLOW:
		return apply_flow(work, step);
	}
	return ERR_INVALID;
}

int fold_edges(struct fold *fold, const struct lane_change *change)
{
	struct work work = { .fold = fold, .change = change };
	struct steps steps;
	int r;

	r = fold_steps(fold, change, &steps);
	if (r)
		return r;
	for (size_t i = 0; i < steps.count; i++) {
		r = apply(&work, &steps.list[i]);
		if (r)
			return r;
	}
	return 0;
}
