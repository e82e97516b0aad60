/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_columns.c - what a taint does over the flows of columns
 *
 * From a field go its own flows and those of its whole; from a dataset those of
 * its whole and of all of its fields; from a job what it tells of itself.
 */
#include "graph/impact_spread.h"

#include "graph/image_ring.h"

/* A flow at hand. */
struct flow_at {
	uint32_t place; /* of the mark it starts at */
	node_id source; /* as answers have it; of a whole, its dataset */
	bool whole;	/* the source is a whole */
	node_id target;
	uint8_t target_kind; /* NODE_DATASET for a whole */
	uint32_t flags;
};

static const struct mark *mark_at(const struct spread *spread, uint32_t place)
{
	return &spread->marks[place - 1];
}

static struct reach reach_of(const struct flow_at *flow)
{
	return (struct reach){
		.node = flow->target,
		.from = flow->place,
		.flags = flow->flags,
	};
}

/* What a target takes from directly, besides the column that is gone. */
struct sources {
	bool others;
	bool others_stay;
};

/* Never true of a whole. */
static bool is_gone(const struct spread *spread, node_id source)
{
	const struct spot *spot = spread_known(spread, source);

	return spot && (spot->done[0] >> TAINT_DROP & 1);
}

static void look_at_source(const struct spread *spread, const struct flow_at *flow,
	node_id peer, struct sources *out)
{
	node_id source = walk_shown(spread->standing.image, peer);

	if (source == flow->target || (!flow->whole && source == flow->source))
		return;
	out->others = true;
	if (!is_gone(spread, source))
		out->others_stay = true;
}

static int find_sources(
	struct spread *spread, const struct flow_at *flow, struct sources *out)
{
	struct ring ring = ring_from(spread->standing.image, flow->target);
	int r = 0;

	*out = (struct sources){ 0 };
	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		struct span span;

		r = spread_edges(spread, ring.at, UPSTREAM, &spread->back, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			if (spread_is_direct(span.flags[i]))
				look_at_source(spread, flow, span.peers[i], out);
		}
	}
	/* Of what was not looked at, some may stay. */
	out->others |= !spread_goes_on(spread);
	out->others_stay |= !spread_goes_on(spread);
	return r;
}

/* A column that is gone, for one that takes from it directly. */
static int lose_source(struct spread *spread, const struct flow_at *flow, uint32_t class)
{
	enum rule_place place = rule_place(class);
	struct reach reach = reach_of(flow);
	struct sources sources = { true, true };
	int r = 0;

	reach.doubtful = class == CLASS_UNKNOWN;
	if (flow->target_kind == NODE_FIELD && !flow->whole)
		r = find_sources(spread, flow, &sources);
	if (!r && sources.others) {
		reach.state = rule_state(TAINT_DROP, place);
		reach.rule = rule_number(TAINT_DROP, place);
		r = spread_reach(spread, &reach);
	}
	if (r || sources.others_stay)
		return r;
	reach.state = STATE_GONE;
	reach.rule = (uint16_t)(RULE_SOLE + (unsigned)place);
	return spread_reach(spread, &reach);
}

/* A column of another type, for one that takes it as it is: 1 when that is typed. */
static int is_typed(const struct spread *spread, const struct flow_at *flow)
{
	const struct impact_query *query = spread->query;

	if (flow->target_kind != NODE_FIELD)
		return 0;
	return query->typed ? query->typed(query->typed_ctx, flow->target) : 1;
}

/* One class of a flow. */
static int apply(struct spread *spread, const struct flow_at *flow, uint32_t class)
{
	enum taint taint = state_taint((enum state)mark_at(spread, flow->place)->state);
	enum rule_place place = rule_place(class);
	struct reach reach = reach_of(flow);

	reach.doubtful = class == CLASS_UNKNOWN;
	if (taint == TAINT_DROP && rule_direct(place))
		return lose_source(spread, flow, class);
	reach.state = rule_state(taint, place);
	reach.rule = rule_number(taint, place);
	if (reach.state == STATE_RETYPED) {
		int typed = is_typed(spread, flow);

		if (typed < 0)
			return typed;
		if (typed) {
			reach.state = STATE_FAILS_VALUES;
			reach.rule = RULE_TYPED;
		}
	}
	if (state_of_rows(reach.state) && flow->target_kind == NODE_FIELD)
		reach.node = spread_dataset(spread, flow->target);
	return spread_reach(spread, &reach);
}

/* An exposure: values go on as they are, or some mask hides them. */
static int carry(struct spread *spread, const struct flow_at *flow)
{
	enum state from = (enum state)mark_at(spread, flow->place)->state;
	uint32_t classes = EDGE_CLASSES(flow->flags);
	struct reach reach = reach_of(flow);

	if (!spread->indirect && !spread_is_direct(flow->flags))
		return 0;
	/* A job that checks a column passes nothing of it on. */
	if (flow->target_kind == NODE_JOB && flow_is_check(classes))
		return 0;
	reach.state = from;
	reach.doubtful = (classes & CLASS_UNKNOWN) ||
			 !(classes & (CLASSES_DIRECT | CLASSES_INDIRECT));
	if (flow_masked(classes)) {
		/* What may be hidden, or not be there at all, is not told. */
		if (from == STATE_OPAQUE)
			return 0;
		reach.state = STATE_SHIELDED;
	}
	return spread_reach(spread, &reach);
}

static int apply_all(struct spread *spread, const struct flow_at *flow)
{
	uint32_t classes = EDGE_CLASSES(flow->flags) &
			   (CLASSES_DIRECT | CLASSES_INDIRECT | CLASS_UNKNOWN);
	int r = 0;

	if (spread->carries)
		return carry(spread, flow);
	if (!classes)
		classes = CLASS_UNKNOWN;
	for (; !r && classes; classes &= classes - 1)
		r = apply(spread, flow, classes & -classes);
	return r;
}

/* The flows out of one node of the image. */
static int follow_flows(struct spread *spread, uint32_t place, node_id id)
{
	const struct image_version *image = spread->standing.image;
	struct flow_at flow = {
		.place = place,
		.source = walk_shown(image, id),
		.whole = spread_node(spread, id)->kind == NODE_WHOLE,
	};
	struct span span;
	int r = spread_edges(spread, id, DOWNSTREAM, &spread->near, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		uint8_t kind = spread_node(spread, span.peers[i])->kind;

		if (!(span.flags[i] & EDGE_FLOW_NOW))
			continue;
		flow.target = walk_shown(image, span.peers[i]);
		flow.target_kind = kind == NODE_WHOLE ? NODE_DATASET : kind;
		flow.flags = span.flags[i];
		if (flow.target != flow.source &&
			flow.target != mark_at(spread, place)->node)
			r = apply_all(spread, &flow);
	}
	return r;
}

static int follow_ring(struct spread *spread, uint32_t place, node_id id)
{
	struct ring ring = ring_from(spread->standing.image, id);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring))
		r = follow_flows(spread, place, ring.at);
	return r;
}

static int follow_fields(struct spread *spread, uint32_t place, node_id whole)
{
	const struct image_edges *edges = &spread_node(spread, whole)->edges[DOWNSTREAM];
	size_t count = meter_take(&spread->standing.meter, edges->total);
	int r = 0;

	for (size_t i = 0; !r && i < count && spread_goes_on(spread); i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = follow_flows(spread, place, edges->peers[i]);
	}
	return r;
}

/* The wholes of a dataset and its aliases; with their fields, or alone. */
static int follow_dataset(
	struct spread *spread, uint32_t place, node_id dataset, bool fields)
{
	struct ring ring = ring_from(spread->standing.image, dataset);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		node_id whole = spread_node(spread, ring.at)->parent;

		if (!whole)
			continue;
		r = follow_flows(spread, place, whole);
		if (!r && fields)
			r = follow_fields(spread, place, whole);
	}
	return r;
}

int spread_columns(struct spread *spread, uint32_t place)
{
	const struct mark mark = *mark_at(spread, place);
	int r;

	switch ((enum node_kind)spread_node(spread, mark.node)->kind) {
	case NODE_JOB:
		/* One that tells no columns is not asked for them. */
		return mark.state == STATE_OPAQUE
			       ? 0
			       : follow_flows(spread, place, mark.node);
	case NODE_FIELD:
		r = follow_ring(spread, place, mark.node);
		if (r)
			return r;
		return follow_dataset(
			spread, place, spread_dataset(spread, mark.node), false);
	case NODE_DATASET:
		return follow_dataset(spread, place, mark.node, !mark.unnamed);
	case NODE_WHOLE:
		break;
	}
	return ERR_CORRUPT;
}
