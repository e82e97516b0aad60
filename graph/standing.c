/* SPDX-License-Identifier: Apache-2.0 */

/*
 * standing.c - edges that stand now, as of a time, or in a window
 */
#include "graph/standing.h"

#include <stdlib.h>

#include "base/idset.h"
#include "graph/timeline.h"

/* For the timelines of the jobs that one question passes. */
#define TIMELINES_CHUNK ((size_t)64 << 10)
#define TIMELINES_MAX	((size_t)1 << 30)

/* What the lanes of a job hold for the question; by enum evidence. */
struct job_lanes {
	struct ioset lane[2];
};

static const uint16_t lane_now[2] = {
	[EVIDENCE_OBSERVED] = EDGE_OBSERVED_NOW,
	[EVIDENCE_DECLARED] = EDGE_DECLARED_NOW,
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
	uint16_t *flags;

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
		.wanted = (uint16_t)((query->observed ? EDGE_OBSERVED_NOW : 0) |
				     (query->declared ? EDGE_DECLARED_NOW : 0)),
	};
	standing->plain = query->time == LINEAGE_CURRENT && standing->wanted == EDGE_NOW;
	if (query->time == LINEAGE_CURRENT)
		return 0;

	standing->jobs = idset_new(image_last(standing->image));
	standing->arena = arena_new(TIMELINES_CHUNK, TIMELINES_MAX);
	if (!standing->jobs || !standing->arena) {
		standing_fini(standing);
		return ERR_NOMEM;
	}
	return 0;
}

void standing_fini(struct standing *standing)
{
	idset_free(standing->jobs);
	arena_free(standing->arena);
	free(standing->lanes);
	standing->jobs = NULL;
	standing->arena = NULL;
	standing->lanes = NULL;
}

/* Returns 1 when the meter ends it. */
static int read_lanes(struct standing *standing, node_id job, struct job_lanes *out)
{
	const struct lineage_query *query = standing->query;
	bool window = query->time == LINEAGE_WINDOW;
	struct timeline_question question = {
		.job = job,
		.from_us = window ? query->from_us : query->as_of_us,
		.to_us = window ? query->to_us : query->as_of_us,
	};

	*out = (struct job_lanes){ 0 };
	for (int lane = EVIDENCE_OBSERVED; lane <= EVIDENCE_DECLARED; lane++) {
		int r;

		if (!(standing->wanted & lane_now[lane]))
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
	struct job_lanes *lanes;

	if (standing->lanes_count < standing->lanes_capacity)
		return 0;
	lanes = realloc(standing->lanes, capacity * sizeof(*lanes));
	if (!lanes)
		return ERR_NOMEM;
	standing->lanes = lanes;
	standing->lanes_capacity = capacity;
	return 0;
}

/* The lanes of a job, until those of another are asked for. */
static int job_lanes(struct standing *standing, node_id job, const struct job_lanes **out)
{
	uint64_t place;
	int r;

	if (idset_get(standing->jobs, job, &place) == 0) {
		*out = &standing->lanes[place];
		return 0;
	}
	r = lanes_reserve(standing);
	if (r)
		return r;
	place = standing->lanes_count;
	r = read_lanes(standing, job, &standing->lanes[place]);
	if (r < 0)
		return r;
	*out = &standing->lanes[place];
	if (r)
		return 0; /* half of what it holds: good for this edge only */
	r = idset_put(standing->jobs, job, place);
	if (r < 0)
		return r;
	standing->lanes_count++;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const node_id *x = a;
	const node_id *y = b;

	return (*x > *y) - (*x < *y);
}

static bool ioset_has(const struct ioset *set, bool output, node_id dataset)
{
	const node_id *ids = output ? set->outputs : set->inputs;
	size_t count = output ? set->output_count : set->input_count;

	return count && bsearch(&dataset, ids, count, sizeof(*ids), compare_ids);
}

/* Which of the lanes asked for hold an edge, as flags of EDGE_NOW. */
static int timed_flags(struct standing *standing, const struct edge_source *source,
	node_id peer, uint16_t *flags)
{
	const struct image_node *other = image_at(standing->image, peer);
	bool from_job = source->node->kind == NODE_JOB;
	const struct job_lanes *lanes;
	uint16_t held = 0;
	bool output;
	int r;

	if (!other || from_job == (other->kind == NODE_JOB)) {
		*flags &= (uint16_t)(standing->wanted | ~EDGE_NOW);
		return 0;
	}
	r = job_lanes(standing, from_job ? source->id : peer, &lanes);
	if (r)
		return r;

	output = from_job == (source->direction == DOWNSTREAM);
	for (int lane = EVIDENCE_OBSERVED; lane <= EVIDENCE_DECLARED; lane++) {
		if (ioset_has(&lanes->lane[lane], output, from_job ? peer : source->id))
			held |= lane_now[lane];
	}
	*flags = (uint16_t)((*flags & ~EDGE_NOW) | held);
	return 0;
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
		uint16_t flags = edges->flags[i];

		if (!current)
			r = timed_flags(standing, source, edges->peers[i], &flags);
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
