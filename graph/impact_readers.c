/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_readers.c - the jobs that read what is changed, and those that write it
 *
 * A flow does not have its job in the image.  Its rows in the store name who
 * tells it; where that is no job (a dataset event), it is any job that reads the
 * one dataset and writes the other.
 */
#include "graph/impact_spread.h"

#include "base/idset.h"
#include "graph/image_ring.h"

struct readers {
	struct spread *spread;
	uint32_t seed;
	enum state state;
	node_id dataset;
	struct idset *targets; /* datasets with a flow that no job is named for */
	/* The flow whose rows are heard. */
	uint32_t flags;
	bool named;
};

/* Whether a job reads the dataset, at the time asked for: 1 or 0. */
static int reads_dataset(struct readers *readers, node_id job)
{
	struct spread *spread = readers->spread;
	struct span span;
	int r = spread_edges(spread, job, UPSTREAM, &spread->far, &span);

	for (size_t i = 0; !r && i < span.count; i++)
		r = walk_shown(spread->standing.image, span.peers[i]) == readers->dataset;
	return r;
}

/* Whether a row counts: it stands now, or, of other times, its job reads then. */
static int row_counts(struct readers *readers, const struct flow_row *row)
{
	const struct image_node *owner = spread_node(readers->spread, row->owner);
	const struct lineage_query *query = &readers->spread->query->graph;

	if (!owner || owner->kind != NODE_JOB || !lineage_wants(query, row->lane))
		return 0;
	return query->time == LINEAGE_CURRENT ? row->now != 0
					      : reads_dataset(readers, row->owner);
}

static int reach_job(
	struct readers *readers, node_id job, uint32_t flags, enum state state)
{
	const struct reach reach = {
		.node = job,
		.state = state,
		.rule = state == STATE_DOUBT ? RULE_OPAQUE_READER : RULE_READER,
		.from = readers->seed,
		.flags = flags,
	};

	return spread_reach(readers->spread, &reach);
}

static int hear_row(void *ctx, const struct flow_row *row)
{
	struct readers *readers = ctx;
	int r;

	if (meter_take(&readers->spread->standing.meter, 1) == 0)
		return 1;
	r = row_counts(readers, row);
	if (r <= 0)
		return r;
	readers->named = true;
	return reach_job(readers, row->owner, readers->flags, readers->state);
}

/* One flow out of the column. */
static int hear_flow(struct readers *readers, node_id source, node_id peer)
{
	struct spread *spread = readers->spread;
	int r;

	if (spread_node(spread, peer)->kind == NODE_JOB)
		return reach_job(readers, peer, readers->flags, readers->state);
	readers->named = false;
	r = flow_each(spread->standing.txn, peer, source, hear_row, readers);
	if (r < 0 || readers->named)
		return r < 0 ? r : 0;
	r = idset_put(readers->targets, spread_dataset(spread, peer), readers->flags);
	return r < 0 ? r : 0;
}

/* All flows out of one node, and of those that are one with it. */
static int hear_flows(struct readers *readers, node_id id)
{
	struct spread *spread = readers->spread;
	struct ring ring = ring_from(spread->standing.image, id);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		struct span span;

		r = spread_edges(spread, ring.at, DOWNSTREAM, &spread->near, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			readers->flags = span.flags[i];
			if (span.flags[i] & EDGE_FLOW_NOW)
				r = hear_flow(readers, ring.at, span.peers[i]);
		}
	}
	return r;
}

/* The flows of the changed column: its own, and those of its whole. */
static int hear_column(struct readers *readers)
{
	struct spread *spread = readers->spread;
	const struct mark mark = spread->marks[readers->seed - 1];
	struct ring ring = ring_from(spread->standing.image, readers->dataset);
	int r = mark.unnamed ? 0 : hear_flows(readers, mark.node);

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		node_id whole = spread_node(spread, ring.at)->parent;

		/* Its ring is gone round by the datasets'. */
		if (whole && image_canonical(spread->standing.image, whole) == whole)
			r = hear_flows(readers, whole);
	}
	return r;
}

/* Whether a job writes where a flow goes that no job is named for: 1 or 0. */
static int writes_target(struct readers *readers, node_id job)
{
	struct spread *spread = readers->spread;
	struct span span;
	int r = spread_edges(spread, job, DOWNSTREAM, &spread->far, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		node_id target = walk_shown(spread->standing.image, span.peers[i]);

		r = idset_get(readers->targets, target, NULL) == 0;
	}
	return r;
}

/* A job that reads the dataset. */
static int judge_job(struct readers *readers, node_id job, uint32_t flags)
{
	const struct spot *spot = spread_known(readers->spread, job);
	int r;

	if (spot && (spot->has[0] >> readers->state & 1))
		return 0;
	r = writes_target(readers, job);
	if (r)
		return r < 0 ? r : reach_job(readers, job, flags, readers->state);
	r = spread_reads_untold(readers->spread, readers->dataset, job, flags);
	return r > 0 ? reach_job(readers, job, flags, STATE_DOUBT) : r;
}

static int judge_jobs(struct readers *readers)
{
	struct spread *spread = readers->spread;
	struct ring ring = ring_from(spread->standing.image, readers->dataset);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		struct span span;

		r = spread_edges(spread, ring.at, DOWNSTREAM, &spread->near, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			if (spread_node(spread, span.peers[i])->kind == NODE_JOB)
				r = judge_job(readers, span.peers[i], span.flags[i]);
		}
	}
	return r;
}

int spread_column_readers(struct spread *spread, uint32_t seed, enum state state)
{
	AUTO(idset) struct idset *targets = idset_new(image_last(spread->standing.image));
	struct readers readers = {
		.spread = spread,
		.seed = seed,
		.state = state,
		.dataset = spread_dataset(spread, spread->marks[seed - 1].node),
		.targets = targets,
	};
	int r;

	if (!targets)
		return ERR_NOMEM;
	r = hear_column(&readers);
	return r ? r : judge_jobs(&readers);
}

/* The neighbours of a changed dataset that a change of all of it is about. */
static int reach_beside(struct spread *spread, uint32_t seed, enum direction direction,
	const struct reach *job_reach)
{
	node_id dataset = spread->marks[seed - 1].node;
	struct ring ring = ring_from(spread->standing.image, dataset);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		struct span span;

		r = spread_edges(spread, ring.at, direction, &spread->near, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			uint8_t kind = spread_node(spread, span.peers[i])->kind;
			struct reach reach = *job_reach;

			reach.node = walk_shown(spread->standing.image, span.peers[i]);
			reach.flags = span.flags[i];
			if (kind == NODE_DATASET) {
				reach.state = STATE_STALE;
				reach.rule = RULE_STALE;
			}
			/* What is told beside the way over a job is that job's. */
			if (reach.node != dataset &&
				(kind == NODE_JOB ||
					(kind == NODE_DATASET &&
						direction == DOWNSTREAM &&
						!(reach.flags & EDGE_IMPLIED))))
				r = spread_reach(spread, &reach);
		}
	}
	return r;
}

int spread_dataset_readers(struct spread *spread, uint32_t seed)
{
	const struct reach reach = {
		.state = STATE_READER_FAILS,
		.rule = RULE_DATASET_READER,
		.from = seed,
	};

	return reach_beside(spread, seed, DOWNSTREAM, &reach);
}

int spread_writers(struct spread *spread, uint32_t seed, enum state state)
{
	const struct reach reach = { .state = state, .rule = RULE_WRITER, .from = seed };

	return reach_beside(spread, seed, UPSTREAM, &reach);
}
