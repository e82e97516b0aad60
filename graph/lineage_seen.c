/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_seen.c - when an edge was first and last there
 */
#include "graph/edge_list.h"
#include "graph/lineage.h"
#include "graph/timeline.h"

struct seen {
	int64_t first_us;
	int64_t last_us;
};

static uint8_t kind_of(const struct snapshot *snapshot, node_id id)
{
	const struct image_node *node = image_node(snapshot->image, id);

	return node ? node->kind : 0;
}

static void widen(struct seen *seen, const struct seen *other)
{
	if (other->first_us < seen->first_us)
		seen->first_us = other->first_us;
	if (other->last_us > seen->last_us)
		seen->last_us = other->last_us;
}

static const uint16_t lane_ever[2] = {
	[EVIDENCE_OBSERVED] = EDGE_OBSERVED_EVER,
	[EVIDENCE_DECLARED] = EDGE_DECLARED_EVER,
};

/* Flags of a job's edge: they tell which lanes there is no need to read. */
static uint16_t flags_of(
	const struct snapshot *snapshot, node_id job, node_id dataset, bool output)
{
	const struct image_node *node = image_node(snapshot->image, job);
	uint16_t flags = 0;

	if (node)
		(void)edge_list_find(
			&node->edges[output ? DOWNSTREAM : UPSTREAM], dataset, &flags);
	return flags;
}

/* An edge between a job and a dataset, in both of the job's lanes; else 1. */
static int seen_step(
	const struct snapshot *snapshot, node_id from, node_id to, struct seen *out)
{
	bool output = kind_of(snapshot, from) == NODE_JOB;
	node_id job = output ? from : to;
	node_id dataset = output ? to : from;
	struct seen seen = { INT64_MAX, INT64_MIN };
	uint16_t flags;

	if (kind_of(snapshot, job) != NODE_JOB ||
		kind_of(snapshot, dataset) != NODE_DATASET)
		return 1;
	flags = flags_of(snapshot, job, dataset, output);
	for (int lane = EVIDENCE_OBSERVED; lane <= EVIDENCE_DECLARED; lane++) {
		struct seen once;
		int r;

		if (!(flags & lane_ever[lane]))
			continue;
		r = timeline_seen(snapshot->txn, job, (enum evidence)lane, dataset,
			output, &once.first_us, &once.last_us);
		if (r < 0)
			return r;
		if (r == 0)
			widen(&seen, &once);
	}
	if (seen.first_us > seen.last_us)
		return 1;
	*out = seen;
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
	struct seen seen;
	struct seen second;
	int r = seen_step(snapshot, edge->from, edge->via ? edge->via : edge->to, &seen);

	if (r)
		return r;
	if (edge->via) {
		r = seen_step(snapshot, edge->via, edge->to, &second);
		if (r)
			return r;
		narrow(&seen, &second);
	}
	*first_us_out = seen.first_us;
	*last_us_out = seen.last_us;
	return 0;
}
