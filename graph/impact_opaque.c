/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_opaque.c - where columns are not told
 *
 * A dataset with a taint leads on over each job that reads it and tells nothing
 * of what it takes for what it writes, and over each flow between datasets beside
 * which no column's flow is told.  What is reached so may be affected, or not.
 */
#include "graph/impact_spread.h"

#include "graph/image_ring.h"

/* A write that tells no flows, or a flow out of the job as such. */
static bool is_open(uint32_t flags)
{
	return ((flags & EDGE_IO_NOW) && !(flags & EDGE_COVERED)) ||
	       (flags & EDGE_FLOW_NOW);
}

/* Whether a node is a column, or the columns of a dataset. */
static bool of_columns(const struct spread *spread, node_id id)
{
	uint8_t kind = spread_node(spread, id)->kind;

	return kind == NODE_FIELD || kind == NODE_WHOLE;
}

/* What is known of a job, filled in; until the next call. */
static int know_job(struct spread *spread, node_id job, struct spot *out)
{
	struct spot *spot;
	struct span span;
	int r = spread_spot(spread, job, &spot);

	if (r)
		return r;
	if (spot->known)
		goto out;
	spot->known = true;
	r = spread_edges(spread, job, DOWNSTREAM, &spread->far, &span);
	if (r)
		return r;
	spot->ends = span.count == 0;
	for (size_t i = 0; i < span.count; i++)
		spot->open |= is_open(span.flags[i]);
	r = spread_edges(spread, job, UPSTREAM, &spread->far, &span);
	for (size_t i = 0; !r && i < span.count; i++)
		spot->named |= (span.flags[i] & EDGE_FLOW_NOW) &&
			       of_columns(spread, span.peers[i]);
out:
	*out = *spot;
	return r;
}

/* Whether columns of a dataset flow into a node: 1 or 0.  Checks count, or not. */
static int takes_columns(
	struct spread *spread, node_id dataset, node_id into, bool checks)
{
	struct span span;
	int r = spread_edges(spread, into, UPSTREAM, &spread->far, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		if ((span.flags[i] & EDGE_FLOW_NOW) &&
			of_columns(spread, span.peers[i]) &&
			(checks || !flow_is_check(EDGE_CLASSES(span.flags[i]))) &&
			spread_dataset(spread, span.peers[i]) == dataset)
			r = 1;
	}
	return r;
}

/* The same for any field of a whole. */
static int field_takes_columns(struct spread *spread, node_id dataset, node_id whole)
{
	const struct image_edges *edges = &spread_node(spread, whole)->edges[DOWNSTREAM];
	size_t count = meter_take(&spread->standing.meter, edges->total);
	int r = 0;

	for (size_t i = 0; !r && i < count && spread_goes_on(spread); i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = takes_columns(spread, dataset, edges->peers[i], true);
	}
	return r;
}

/* Whether columns of a dataset are told to flow into columns of another: 1 or 0. */
static int columns_told(struct spread *spread, node_id source, node_id target)
{
	struct ring ring = ring_from(spread->standing.image, target);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		node_id whole = spread_node(spread, ring.at)->parent;

		if (!whole)
			continue;
		r = takes_columns(spread, source, whole, true);
		if (!r)
			r = field_takes_columns(spread, source, whole);
	}
	return r;
}

static void note_hop(struct spread *spread, node_id job, node_id source, node_id target)
{
	spread->opaque_hops++;
	if (spread->opaque_count < spread->query->opaque_max)
		spread->opaque[spread->opaque_count++] =
			(struct lineage_opaque){ job, source, target };
}

int spread_reads_untold(
	struct spread *spread, node_id dataset, node_id job, uint32_t flags)
{
	struct spot known;
	bool open;
	int r = know_job(spread, job, &known);

	if (r)
		return r;
	open = known.open || (flags & EDGE_FLOW_NOW);
	if (!open && !known.ends)
		return 0;
	if (!known.named)
		return 1;
	/* What leads nowhere reads for its checks alone, where it has any. */
	r = takes_columns(spread, dataset, job, !open);
	return r < 0 ? r : !r;
}

/* From a dataset to a job that reads it. */
static int enter_job(struct spread *spread, const struct reach *read, node_id dataset)
{
	int r = spread_reads_untold(spread, dataset, read->node, read->flags);

	return r > 0 ? spread_reach(spread, read) : r;
}

/* From a dataset to one that takes from it. */
static int enter_dataset(struct spread *spread, struct reach *flow, node_id dataset)
{
	uint32_t forms = EDGE_CLASSES(flow->flags) & CLASSES_FORM;
	int r = 0;

	flow->node = walk_shown(spread->standing.image, flow->node);
	flow->rule = RULE_OPAQUE_FLOW;
	flow->inferred = true;
	if (!(flow->flags & EDGE_FLOW_NOW) || flow->node == dataset)
		return 0;
	/* The facet columnLineage always tells columns. */
	if (forms == CLASS_FORM_COLUMNS)
		return 0;
	r = columns_told(spread, dataset, flow->node);
	if (r)
		return r < 0 ? r : 0;
	note_hop(spread, 0, dataset, flow->node);
	return spread_reach(spread, flow);
}

static int leave_dataset(
	struct spread *spread, uint32_t place, node_id dataset, node_id alias)
{
	struct span span;
	int r = spread_edges(spread, alias, DOWNSTREAM, &spread->near, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		uint8_t kind = spread_node(spread, span.peers[i])->kind;
		struct reach reach = {
			.node = span.peers[i],
			.state = STATE_OPAQUE,
			.rule = RULE_OPAQUE_READER,
			.from = place,
			.flags = span.flags[i],
		};

		if (kind == NODE_JOB)
			r = enter_job(spread, &reach, dataset);
		else if (kind == NODE_DATASET)
			r = enter_dataset(spread, &reach, dataset);
	}
	return r;
}

/* Out of a job, over one edge. */
static int leave_job_by(struct spread *spread, const struct mark *mark,
	struct reach *reach, node_id from, bool counted)
{
	bool target_job = spread_node(spread, reach->node)->kind == NODE_JOB;

	/* What flows out of a job that tells columns goes by the table. */
	if (!is_open(reach->flags) ||
		(mark->state != STATE_OPAQUE && (reach->flags & EDGE_FLOW_NOW)))
		return 0;
	if (!target_job)
		reach->node = spread_dataset(spread, reach->node);
	if ((reach->node == from && mark->state == STATE_OPAQUE) ||
		reach->node == mark->node || (mark->only && reach->node != mark->only))
		return 0;
	if (!target_job && !counted)
		note_hop(spread, mark->node, from, reach->node);
	return spread_reach(spread, reach);
}

static int leave_job(struct spread *spread, uint32_t place)
{
	const struct mark mark = spread->marks[place - 1];
	node_id from = spread->marks[mark.from - 1].node;
	struct spot *spot;
	struct span span;
	bool counted;
	int r = spread_spot(spread, mark.node, &spot);

	if (r)
		return r;
	/* Met again for another taint, its hops are the same. */
	counted = spot->counted && !mark.only;
	spot->counted = true;
	r = spread_edges(spread, mark.node, DOWNSTREAM, &spread->near, &span);
	from = spread_node(spread, from)->kind == NODE_JOB ? 0
							   : spread_dataset(spread, from);
	for (size_t i = 0; !r && i < span.count; i++) {
		struct reach reach = {
			.node = span.peers[i],
			.state = STATE_OPAQUE,
			.rule = RULE_OPAQUE_HOP,
			.from = place,
			.flags = span.flags[i],
			.inferred = true,
		};

		r = leave_job_by(spread, &mark, &reach, from, counted);
	}
	return r;
}

int spread_opaque(struct spread *spread, uint32_t place)
{
	node_id node = spread->marks[place - 1].node;
	struct ring ring;
	node_id dataset;
	int r;

	if (spread_node(spread, node)->kind == NODE_JOB)
		return leave_job(spread, place);
	dataset = spread_dataset(spread, node);
	r = bitset_reserve(&spread->touched, 1);
	if (r || !bitset_add(&spread->touched, dataset))
		return r;
	ring = ring_from(spread->standing.image, dataset);
	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring))
		r = leave_dataset(spread, place, dataset, ring.at);
	return r;
}
