/* SPDX-License-Identifier: Apache-2.0 */

/*
 * standing.c - edges that stand now, as of a time, or in a window
 */
#include "graph/standing.h"

#include <stdlib.h>

#include "base/idset.h"
#include "graph/flow.h"
#include "graph/idlist.h"
#include "graph/timeline.h"

/* For the timelines of the owners that one question passes. */
#define TIMELINES_CHUNK ((size_t)64 << 10)
#define TIMELINES_MAX	((size_t)1 << 30)

#define IO_ANY	 (EDGE_IO_NOW | EDGE_IO_EVER)
#define FLOW_ANY (EDGE_FLOW_NOW | EDGE_FLOW_EVER)

/* What an edge that stands says of then; the other flags say what was ever. */
#define OF_THEN                                   \
	(EDGE_NOW | EDGE_COVERED | EDGE_IMPLIED | \
		(uint32_t)UINT16_MAX << EDGE_CLASS_SHIFT)

/* What the lanes of an owner hold for the question; by enum evidence. */
struct owner_lanes {
	struct ioset lane[EVIDENCE_COUNT];
};

static const uint32_t io_now[EVIDENCE_COUNT] = {
	[EVIDENCE_OBSERVED] = EDGE_OBSERVED_NOW,
	[EVIDENCE_DECLARED] = EDGE_DECLARED_NOW,
};

static const uint32_t flow_now[EVIDENCE_COUNT] = {
	[EVIDENCE_OBSERVED] = EDGE_FLOW_OBSERVED_NOW,
	[EVIDENCE_DECLARED] = EDGE_FLOW_DECLARED_NOW,
	[EVIDENCE_INFERRED] = EDGE_FLOW_INFERRED_NOW,
};

void span_buffer_fini(struct span_buffer *buffer)
{
	free(buffer->peers);
	free(buffer->flags);
	*buffer = (struct span_buffer){ 0 };
}

static int buffer_reserve(struct span_buffer *buffer, size_t count)
{
	node_id *peers;
	uint32_t *flags;

	if (count <= buffer->capacity)
		return 0;
	peers = malloc(count * sizeof(*peers));
	flags = malloc(count * sizeof(*flags));
	if (!peers || !flags) {
		free(peers);
		free(flags);
		return ERR_NOMEM;
	}
	span_buffer_fini(buffer);
	*buffer = (struct span_buffer){ peers, flags, count };
	return 0;
}

void standing_refill(struct standing *standing, bool eager)
{
	const struct lineage_query *query = standing->query;

	standing->meter = (struct meter){
		.left = query->budget_edges ? query->budget_edges : UINT64_MAX,
		.deadline_us = query->deadline_us ? query->deadline_us : INT64_MAX,
		.since = eager ? METER_CLOCK_EVERY : 0,
		.cut = CUT_NONE,
	};
}

int standing_init(struct standing *standing, const struct snapshot *snapshot,
	const struct lineage_query *query)
{
	*standing = (struct standing){
		.image = snapshot->image,
		.txn = snapshot->txn,
		.query = query,
		.rings = image_ring_count(snapshot->image) != 0,
	};
	for (int lane = 0; lane < EVIDENCE_COUNT; lane++) {
		if (lineage_wants(query, (enum evidence)lane))
			standing->wanted |= io_now[lane] | flow_now[lane];
	}
	standing->plain = query->time == LINEAGE_CURRENT && standing->wanted == EDGE_NOW;
	if (standing->plain)
		return 0;

	standing->owners = idset_new(image_last(standing->image));
	standing->arena = arena_new(TIMELINES_CHUNK, TIMELINES_MAX);
	if (!standing->owners || !standing->arena) {
		standing_fini(standing);
		return ERR_NOMEM;
	}
	return 0;
}

void standing_fini(struct standing *standing)
{
	idset_free(standing->owners);
	arena_free(standing->arena);
	free(standing->lanes);
	standing->owners = NULL;
	standing->arena = NULL;
	standing->lanes = NULL;
}

static struct timeline_question question_of(
	const struct lineage_query *query, node_id owner)
{
	struct timeline_question question = {
		.job = owner, .from_us = INT64_MAX, .to_us = INT64_MAX
	};

	switch (query->time) {
	case LINEAGE_CURRENT:
		break;
	case LINEAGE_AS_OF:
		question.from_us = query->as_of_us;
		question.to_us = query->as_of_us;
		break;
	case LINEAGE_WINDOW:
		question.from_us = query->from_us;
		question.to_us = query->to_us;
		break;
	}
	return question;
}

/* Returns 1 when the meter ends it. */
static int read_lanes(struct standing *standing, node_id owner, struct owner_lanes *out)
{
	struct timeline_question question = question_of(standing->query, owner);

	*out = (struct owner_lanes){ 0 };
	for (int lane = 0; lane < EVIDENCE_COUNT; lane++) {
		int r;

		if (!(standing->wanted & flow_now[lane]))
			continue;
		question.lane = (enum evidence)lane;
		r = timeline_held(standing->txn, &question, &standing->meter,
			standing->arena, &out->lane[lane]);
		if (r)
			return r;
	}
	return 0;
}

static int lanes_reserve(struct standing *standing)
{
	size_t capacity = standing->lanes_capacity ? standing->lanes_capacity * 2 : 16;
	struct owner_lanes *lanes;

	if (standing->lanes_count < standing->lanes_capacity)
		return 0;
	lanes = realloc(standing->lanes, capacity * sizeof(*lanes));
	if (!lanes)
		return ERR_NOMEM;
	standing->lanes = lanes;
	standing->lanes_capacity = capacity;
	return 0;
}

/* The lanes of an owner, until those of another are asked for. */
static int owner_lanes(
	struct standing *standing, node_id owner, const struct owner_lanes **out)
{
	uint64_t place;
	int r;

	if (idset_get(standing->owners, owner, &place) == 0) {
		*out = &standing->lanes[place];
		return 0;
	}
	r = lanes_reserve(standing);
	if (r)
		return r;
	place = standing->lanes_count;
	r = read_lanes(standing, owner, &standing->lanes[place]);
	if (r < 0)
		return r;
	*out = &standing->lanes[place];
	if (r)
		return 0; /* half of what it holds: good for this edge only */
	r = idset_put(standing->owners, owner, place);
	if (r < 0)
		return r;
	standing->lanes_count++;
	return 0;
}

/* What sets say of one edge: in which lanes it is, and what all of them say. */
struct verdict {
	uint32_t lanes;
	uint32_t classes;
	bool open; /* some set says neither covered nor implied */
};

static void judge_io(struct verdict *verdict, const struct ioset *set, node_id dataset,
	bool output, uint32_t lane)
{
	const node_id *ids = output ? set->outputs : set->inputs;
	size_t count = output ? set->output_count : set->input_count;
	size_t at = idlist_place(ids, count, dataset);

	if (at == count)
		return;
	verdict->lanes |= lane;
	if (!output || !set->covers || !set->covers[at])
		verdict->open = true;
}

/* The job's own input or output: what its lanes say. */
static int io_then(struct standing *standing, const struct edge_source *source,
	node_id peer, uint32_t *then)
{
	bool from_job = source->node->kind == NODE_JOB;
	bool output = from_job == (source->direction == DOWNSTREAM);
	const struct owner_lanes *lanes;
	struct verdict verdict = { 0 };
	int r = owner_lanes(standing, from_job ? source->id : peer, &lanes);

	if (r)
		return r;
	for (int lane = EVIDENCE_OBSERVED; lane <= EVIDENCE_DECLARED; lane++)
		judge_io(&verdict, &lanes->lane[lane], from_job ? peer : source->id,
			output, io_now[lane]);
	*then |= verdict.lanes;
	if (verdict.lanes && !verdict.open)
		*then |= EDGE_COVERED;
	return 0;
}

static int compare_pair(const struct flow *flow, node_id target, node_id source)
{
	if (flow->target != target)
		return flow->target < target ? -1 : 1;
	return (flow->source > source) - (flow->source < source);
}

static void judge_flow(struct verdict *verdict, const struct ioset *set,
	const struct flow_row *row, uint32_t lane)
{
	size_t first = 0;
	size_t end = set->flow_count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (compare_pair(&set->flows[middle], row->target, row->source) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	for (; first < set->flow_count; first++) {
		const struct flow *flow = &set->flows[first];

		if (compare_pair(flow, row->target, row->source))
			break;
		verdict->lanes |= lane;
		verdict->classes |= flow->classes;
		verdict->open |= !flow->implied;
	}
}

struct flow_judge {
	struct standing *standing;
	struct verdict verdict;
};

/* One owner's lane that tells, or told, a flow. */
static int hear_flow(void *ctx, const struct flow_row *row)
{
	struct flow_judge *judge = ctx;
	struct standing *standing = judge->standing;
	const struct owner_lanes *lanes;
	int r;

	if (!(standing->wanted & flow_now[row->lane]))
		return 0;
	if (meter_take(&standing->meter, 1) == 0)
		return 1;
	r = owner_lanes(standing, row->owner, &lanes);
	if (r)
		return r;
	judge_flow(&judge->verdict, &lanes->lane[row->lane], row, flow_now[row->lane]);
	return 0;
}

static int flow_then(struct standing *standing, const struct edge_source *source,
	node_id peer, uint32_t *then)
{
	bool down = source->direction == DOWNSTREAM;
	struct flow_judge judge = { .standing = standing };
	int r = flow_each(standing->txn, down ? peer : source->id,
		down ? source->id : peer, hear_flow, &judge);

	if (r < 0)
		return r;
	*then |= judge.verdict.lanes | judge.verdict.classes << EDGE_CLASS_SHIFT;
	if (judge.verdict.lanes && !judge.verdict.open)
		*then |= EDGE_IMPLIED;
	return 0;
}

/*
 * Whether an edge's flags do not tell what the lanes asked for say: those of now
 * are what all lanes say together.
 */
static bool must_ask(const struct standing *standing, uint32_t flags, uint32_t now)
{
	return standing->query->time != LINEAGE_CURRENT ||
	       ((flags & now & standing->wanted) && (flags & now & ~standing->wanted));
}

/* Turns the flags of now into those of the time and the evidence asked for. */
static int flags_then(struct standing *standing, const struct edge_source *source,
	node_id peer, uint32_t *flags)
{
	uint32_t all = *flags;
	uint32_t then = all & OF_THEN & (standing->wanted | ~(uint32_t)EDGE_NOW);
	bool ask_io = (all & IO_ANY) && must_ask(standing, all, EDGE_IO_NOW);
	bool ask_flow = (all & FLOW_ANY) && must_ask(standing, all, EDGE_FLOW_NOW);
	int r = 0;

	if (ask_io) {
		then &= ~(uint32_t)(EDGE_IO_NOW | EDGE_COVERED);
		r = io_then(standing, source, peer, &then);
	}
	if (!r && ask_flow) {
		then &= EDGE_IO_NOW | EDGE_COVERED;
		r = flow_then(standing, source, peer, &then);
	}
	if (!(then & EDGE_IO_NOW))
		then &= ~(uint32_t)EDGE_COVERED;
	if (!(then & EDGE_FLOW_NOW))
		then &= EDGE_IO_NOW | EDGE_COVERED;
	*flags = (all & ~OF_THEN) | then;
	return r;
}

int standing_gather(struct standing *standing, const struct edge_source *source,
	struct span_buffer *buffer, struct span *out)
{
	const struct image_edges *edges = &source->node->edges[source->direction];
	bool current = standing->query->time == LINEAGE_CURRENT;
	size_t looked = meter_take(&standing->meter, current ? edges->now : edges->total);
	size_t count = 0;
	int r = buffer_reserve(buffer, looked);

	for (size_t i = 0; !r && i < looked; i++) {
		uint32_t flags = edges->flags[i];

		r = flags_then(standing, source, edges->peers[i], &flags);
		if (!r && (flags & standing->wanted)) {
			buffer->peers[count] = edges->peers[i];
			buffer->flags[count] = flags;
			count++;
		}
	}
	if (r)
		return r;
	*out = (struct span){ buffer->peers, buffer->flags, count };
	return 0;
}
