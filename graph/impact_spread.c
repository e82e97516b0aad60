/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_spread.c - marks, and the order in which they are followed
 */
#include "graph/impact_spread.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/idset.h"

#define FIRST_ROOM 64
#define JOBS	   0
#define OTHERS	   1

_Static_assert(STATES <= 32 && TAINT_EXPOSE < 32, "a spot has a bit for each");

void spread_fini(struct spread *spread)
{
	span_buffer_fini(&spread->near);
	span_buffer_fini(&spread->far);
	span_buffer_fini(&spread->back);
	frontier_fini(&spread->queue[JOBS]);
	frontier_fini(&spread->queue[OTHERS]);
	bitset_fini(&spread->touched);
	nests_fini(&spread->nests);
	standing_fini(&spread->standing);
	idset_free(spread->places);
	free(spread->spots);
	free(spread->marks);
	free(spread->opaque);
}

int spread_init(struct spread *spread, struct snapshot *snapshot,
	const struct impact_query *query)
{
	int r;

	*spread = (struct spread){ .snapshot = snapshot, .query = query };
	r = standing_init(&spread->standing, snapshot, &query->graph);
	if (r)
		return r;
	standing_refill(&spread->standing, true);
	spread->places = idset_new(image_last(snapshot->image));
	spread->opaque = calloc(query->opaque_max + 1, sizeof(*spread->opaque));
	if (!spread->places || !spread->opaque)
		return ERR_NOMEM;
	return bitset_init(&spread->touched, image_last(snapshot->image));
}

/* Room for one more in a list of count. */
static int grow(void **list, uint32_t *capacity, uint32_t count, size_t size)
{
	uint32_t wanted;
	size_t bytes;
	void *larger;

	if (LIKELY(count < *capacity))
		return 0;
	wanted = FIRST_ROOM;
	if ((*capacity && __builtin_mul_overflow(*capacity, 2U, &wanted)) ||
		__builtin_mul_overflow(wanted, size, &bytes))
		return ERR_NOMEM;
	larger = realloc(*list, bytes);
	if (!larger)
		return ERR_NOMEM;
	*list = larger;
	*capacity = wanted;
	return 0;
}

int spread_spot(struct spread *spread, node_id node, struct spot **out)
{
	void *list = spread->spots;
	uint64_t place;
	int r;

	if (idset_get(spread->places, node, &place) == 0) {
		*out = &spread->spots[place];
		return 0;
	}
	r = grow(&list, &spread->spot_capacity, spread->spot_count, sizeof(struct spot));
	if (r)
		return r;
	spread->spots = list;
	r = idset_put(spread->places, node, spread->spot_count);
	if (r < 0)
		return r;
	*out = &spread->spots[spread->spot_count++];
	**out = (struct spot){ .node = node };
	return 0;
}

const struct spot *spread_known(const struct spread *spread, node_id node)
{
	uint64_t place;

	return idset_get(spread->places, node, &place) ? NULL : &spread->spots[place];
}

/* Puts a mark among the others and into the queue; it is not yet its node's. */
static int add_mark(struct spread *spread, const struct mark *mark, bool job)
{
	struct frontier *queue = &spread->queue[job ? JOBS : OTHERS];
	void *list = spread->marks;
	int r = grow(
		&list, &spread->mark_capacity, spread->mark_count, sizeof(struct mark));

	if (r)
		return r;
	spread->marks = list;
	r = frontier_reserve(queue, 1);
	if (r)
		return r;
	spread->marks[spread->mark_count++] = *mark;
	frontier_push(queue, spread->mark_count);
	return 0;
}

int spread_seed(struct spread *spread, const struct mark *seed)
{
	struct spot *spot;
	int r;

	if (!seed->unnamed) {
		r = spread_spot(spread, seed->node, &spot);
		if (r)
			return r;
		spot->has[0] |= UINT32_C(1) << seed->state;
	}
	return add_mark(spread, seed, false);
}

static bool is_job(const struct spread *spread, node_id id)
{
	return spread_node(spread, id)->kind == NODE_JOB;
}

/* An edge is as sure as the best evidence for it, and as what it tells. */
static uint8_t certainty_of(const struct reach *reach)
{
	uint8_t certainty = CERTAIN_INFERRED;

	if (reach->flags & (EDGE_OBSERVED_NOW | EDGE_FLOW_OBSERVED_NOW))
		certainty = CERTAIN_OBSERVED;
	else if (reach->flags & (EDGE_DECLARED_NOW | EDGE_FLOW_DECLARED_NOW))
		certainty = CERTAIN_DECLARED;
	if (reach->doubtful && certainty < CERTAIN_INFERRED)
		certainty++;
	return reach->inferred ? CERTAIN_INFERRED : certainty;
}

/* Only what a change of values, rows or schema has done to a column. */
static bool may_be_masked(enum state state)
{
	switch (state_taint(state)) {
	case TAINT_DROP:
	case TAINT_OPAQUE:
	case TAINT_STALE:
	case TAINT_DOUBT:
	case TAINT_TABLE:
	case TAINT_ADD:
	case TAINT_MAY_ADD:
	case TAINT_EXPOSE:
	case TAINT_NONE:
		return false;
	case TAINT_WIDEN:
	case TAINT_GRAIN:
	case TAINT_NARROW:
	case TAINT_RETYPE:
	case TAINT_NULLABLE:
	case TAINT_VALUES:
	case TAINT_MASK:
	case TAINT_UNTOLD:
	case TAINT_ROWS:
		break;
	}
	return true;
}

static struct mark mark_of(const struct spread *spread, const struct reach *reach)
{
	const struct mark *from = &spread->marks[reach->from - 1];
	struct mark mark = {
		.node = reach->node,
		.from = reach->from,
		.classes = EDGE_CLASSES(reach->flags),
		.depth = from->depth + !is_job(spread, from->node),
		.change = from->change,
		.rule = reach->rule,
		.state = (uint8_t)reach->state,
		.certainty = certainty_of(reach),
	};

	mark.masked = may_be_masked(reach->state) &&
		      (from->masked || flow_masked(mark.classes));
	if (mark.certainty < from->certainty)
		mark.certainty = from->certainty;
	return mark;
}

/*
 * A job that tells no columns leads to all it writes but where one comes from:
 * when a second dataset leads to it, it leads to the first one as well.
 */
static bool leads_back(const struct spread *spread, struct spot *spot, struct mark *mark)
{
	uint32_t place = spot->first;
	const struct mark *first;

	if (mark->state != STATE_OPAQUE || spot->again || !is_job(spread, mark->node))
		return false;
	while (spread->marks[place - 1].state != STATE_OPAQUE)
		place = spread->marks[place - 1].next;
	first = &spread->marks[spread->marks[place - 1].from - 1];
	if (is_job(spread, first->node))
		return false;
	mark->only = spread_dataset(spread, first->node);
	spot->again =
		mark->only != spread_dataset(spread, spread->marks[mark->from - 1].node);
	return spot->again;
}

/* Unmasked, a node has all that it would have masked. */
static bool is_found(const uint32_t found[2], const struct mark *mark)
{
	uint32_t bit = UINT32_C(1) << mark->state;

	return (found[0] & bit) || (mark->masked && (found[1] & bit));
}

/* Puts a mark at its node, which was not found so. */
static int put_mark(struct spread *spread, struct spot *spot, struct mark *mark)
{
	int r;

	mark->next = spot->first;
	r = add_mark(spread, mark, is_job(spread, mark->node));
	if (r)
		return r;
	spot->has[mark->masked] |= UINT32_C(1) << mark->state;
	spot->first = spread->mark_count;
	return 0;
}

int spread_beside(struct spread *spread, struct mark *mark)
{
	struct spot *spot;
	int r = spread_spot(spread, mark->node, &spot);

	return r || is_found(spot->has, mark) ? r : put_mark(spread, spot, mark);
}

/*
 * Whether the fields in and around this one are to know of its state.  It may have
 * been found in it before, as one of those itself.
 */
static bool tells_nested(
	const struct spread *spread, struct spot *spot, const struct mark *mark)
{
	if (spread_node(spread, mark->node)->kind != NODE_FIELD ||
		is_found(spot->told, mark) ||
		state_taint((enum state)mark->state) == TAINT_NONE)
		return false;
	spot->told[mark->masked] |= UINT32_C(1) << mark->state;
	return spread_may_nest(spread, mark->node);
}

int spread_reach(struct spread *spread, const struct reach *reach)
{
	struct mark mark = mark_of(spread, reach);
	struct spot *spot;
	bool nested;
	int r = spread_spot(spread, mark.node, &spot);

	if (r)
		return r;
	nested = tells_nested(spread, spot, &mark);
	if (!is_found(spot->has, &mark))
		r = put_mark(spread, spot, &mark);
	else if (nested || leads_back(spread, spot, &mark))
		r = add_mark(spread, &mark, is_job(spread, mark.node));
	return r || !nested ? r : spread_nested(spread, spread->mark_count);
}

/* Whether the mark's taint is new to its node, or to be followed all the same. */
static bool begin(struct spot *spot, const struct mark *mark)
{
	uint32_t bit = UINT32_C(1) << state_taint((enum state)mark->state);

	if ((spot->done[0] & bit) || (mark->masked && (spot->done[1] & bit)))
		return mark->only != 0;
	spot->done[mark->masked] |= bit;
	return true;
}

/* A column that loses its fields one by one is of another type, until it is gone. */
static bool is_past(
	const struct spread *spread, const struct spot *spot, const struct mark *mark)
{
	uint32_t place = spot->first;

	if (mark->state != STATE_RETYPED || !(spot->has[0] >> STATE_GONE & 1))
		return false;
	while (place && spread->marks[place - 1].state != STATE_GONE)
		place = spread->marks[place - 1].next;
	/* A changed column has no mark in its list. */
	return !place || spread->marks[place - 1].depth <= mark->depth;
}

static int follow(struct spread *spread, uint32_t place)
{
	const struct mark *mark = &spread->marks[place - 1];
	struct spot *spot;
	int r;

	if (!mark->unnamed) {
		r = spread_spot(spread, mark->node, &spot);
		if (r || is_past(spread, spot, mark) || !begin(spot, mark))
			return r;
	}
	switch (state_taint((enum state)mark->state)) {
	case TAINT_NONE:
		return 0;
	case TAINT_STALE:
	case TAINT_DOUBT:
	case TAINT_TABLE:
		return spread_tables(spread, place);
	case TAINT_ADD:
	case TAINT_MAY_ADD:
		r = spread_mirrors(spread, place);
		return r ? r : spread_opaque(spread, place);
	case TAINT_DROP:
	case TAINT_WIDEN:
	case TAINT_GRAIN:
	case TAINT_NARROW:
	case TAINT_RETYPE:
	case TAINT_NULLABLE:
	case TAINT_VALUES:
	case TAINT_MASK:
	case TAINT_UNTOLD:
	case TAINT_ROWS:
	case TAINT_OPAQUE:
	case TAINT_EXPOSE:
		break;
	}
	r = spread_columns(spread, place);
	return r ? r : spread_opaque(spread, place);
}

/* The next mark: the nearest one, and of those a job's. */
static uint32_t take_next(struct spread *spread)
{
	uint32_t next[2] = { 0 };
	int which = JOBS;

	for (int q = JOBS; q <= OTHERS; q++) {
		if (spread->head[q] < spread->queue[q].count)
			next[q] = spread->queue[q].ids[spread->head[q]];
	}
	if (!next[JOBS] || (next[OTHERS] && spread->marks[next[OTHERS] - 1].depth <
						    spread->marks[next[JOBS] - 1].depth))
		which = OTHERS;
	spread->head[which] += next[which] != 0;
	return next[which];
}

int spread_run(struct spread *spread)
{
	int r = 0;

	while (!r && spread_goes_on(spread)) {
		uint32_t place = take_next(spread);

		if (!place)
			break;
		r = follow(spread, place);
	}
	return r;
}

struct impact_step *spread_steps(const struct spread *spread, struct arena *arena)
{
	struct impact_step *steps =
		arena_array(arena, (size_t)spread->mark_count + 1, sizeof(*steps));

	for (uint32_t i = 0; steps && i < spread->mark_count; i++) {
		const struct mark *mark = &spread->marks[i];

		steps[i] = (struct impact_step){
			.from = mark->from ? &steps[mark->from - 1] : NULL,
			.node = mark->node,
			.classes = mark->classes,
			.rule = mark->rule,
		};
	}
	return steps;
}
