/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_mirror.c - where a new column goes: into what takes all there are
 *
 * A mirror takes the columns of one dataset as they are.  The flows are looked at
 * here; what the columns are named, whether all of them are taken, and whether a
 * mirror took the last one that came, is for whoever knows schemas.
 */
#include "graph/impact_spread.h"

#include "base/idset.h"
#include "graph/image_ring.h"

/* What asking for a mirror's schema costs, in edges. */
#define SCHEMA_COST 64

struct mirroring {
	struct spread *spread;
	uint32_t place; /* of the mark of the dataset with the new column */
	node_id source;
	struct frontier found; /* datasets that take some column as it is */
	struct idset *flags;   /* of such a flow, by dataset */
	/* Of the one at hand: columns that are taken, and what takes them (or 0). */
	node_id target;
	struct frontier taken;
	struct frontier takers;
	bool more; /* something else is taken, too */
};

static bool is_copy(uint32_t flags)
{
	uint32_t classes = EDGE_CLASSES(flags);

	return (flags & EDGE_FLOW_NOW) && !flow_masked(classes) &&
	       (classes & (CLASSES_DIRECT | CLASS_UNKNOWN)) == CLASS_IDENTITY;
}

/* Something of a dataset: its whole, or one of its fields. */
typedef int visit_columns(struct mirroring *mirroring, node_id id);

static int visit_fields(struct mirroring *mirroring, node_id whole, visit_columns *visit)
{
	struct spread *spread = mirroring->spread;
	const struct image_edges *edges = &spread_node(spread, whole)->edges[DOWNSTREAM];
	size_t count = meter_take(&spread->standing.meter, edges->total);
	int r = 0;

	for (size_t i = 0; !r && i < count && spread_goes_on(spread); i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = visit(mirroring, edges->peers[i]);
	}
	return r;
}

/* Stops when visit returns not 0, and returns that. */
static int visit_dataset(
	struct mirroring *mirroring, node_id dataset, visit_columns *visit)
{
	struct spread *spread = mirroring->spread;
	struct ring ring = ring_from(spread->standing.image, dataset);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring)) {
		node_id whole = spread_node(spread, ring.at)->parent;

		if (!whole)
			continue;
		r = visit(mirroring, whole);
		if (!r)
			r = visit_fields(mirroring, whole, visit);
	}
	return r;
}

/* ---- what may be one ---- */

static int add_candidate(struct mirroring *mirroring, node_id dataset, uint32_t flags)
{
	int r;

	if (idset_get(mirroring->flags, dataset, NULL) == 0)
		return 0;
	r = frontier_reserve(&mirroring->found, 1);
	if (r)
		return r;
	frontier_push(&mirroring->found, dataset);
	return idset_put(mirroring->flags, dataset, flags);
}

/* What takes a column as it is. */
static int look_below(struct mirroring *mirroring, node_id id)
{
	struct spread *spread = mirroring->spread;
	struct span span;
	int r;

	if (spread_node(spread, id)->kind != NODE_FIELD)
		return 0;
	r = spread_edges(spread, id, DOWNSTREAM, &spread->near, &span);
	for (size_t i = 0; !r && i < span.count; i++) {
		node_id dataset;

		if (spread_node(spread, span.peers[i])->kind != NODE_FIELD ||
			!is_copy(span.flags[i]))
			continue;
		dataset = spread_dataset(spread, span.peers[i]);
		if (dataset != mirroring->source)
			r = add_candidate(mirroring, dataset, span.flags[i]);
	}
	return r;
}

/* ---- whether it is ---- */

static int add_pair(struct mirroring *mirroring, node_id taken, node_id taker)
{
	int r = frontier_reserve(&mirroring->taken, 1);

	if (!r)
		r = frontier_reserve(&mirroring->takers, 1);
	if (r)
		return r;
	frontier_push(&mirroring->taken, taken);
	frontier_push(&mirroring->takers, taker);
	return 0;
}

/* What it takes, and from where. */
static int look_above(struct mirroring *mirroring, node_id id)
{
	struct spread *spread = mirroring->spread;
	node_id taker = walk_shown(spread->standing.image, id);
	struct span span;
	int r = spread_edges(spread, id, UPSTREAM, &spread->near, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		node_id taken = walk_shown(spread->standing.image, span.peers[i]);
		bool copy = spread_node(spread, id)->kind == NODE_FIELD &&
			    is_copy(span.flags[i]);

		if (!spread_is_direct(span.flags[i]) || taken == taker)
			continue;
		if (spread_node(spread, taken)->kind != NODE_FIELD ||
			spread_dataset(spread, taken) != mirroring->source) {
			mirroring->more = true;
			continue;
		}
		mirroring->more |= !copy;
		r = add_pair(mirroring, taken, copy ? taker : 0);
	}
	return r;
}

/* The last event time that counts. */
static int64_t until(const struct lineage_query *query)
{
	switch (query->time) {
	case LINEAGE_CURRENT:
		break;
	case LINEAGE_AS_OF:
		return query->as_of_us;
	case LINEAGE_WINDOW:
		return query->to_us;
	}
	return INT64_MAX;
}

/* What its schema says: an enum impact_mirror. */
static int ask_schemas(const struct mirroring *mirroring)
{
	const struct impact_query *query = mirroring->spread->query;
	const struct impact_pairs pairs = {
		.source = mirroring->source,
		.target = mirroring->target,
		.taken = mirroring->taken.ids,
		.takers = mirroring->takers.ids,
		.count = mirroring->taken.count,
		.more = mirroring->more,
		.until_us = until(&query->graph),
	};

	return query->mirrors ? query->mirrors(query->mirrors_ctx, &pairs)
			      : MIRROR_POSSIBLE;
}

static int reach_mirror(
	struct mirroring *mirroring, node_id target, uint32_t flags, bool sure)
{
	struct spread *spread = mirroring->spread;
	enum state from = (enum state)spread->marks[mirroring->place - 1].state;
	const struct reach reach = {
		.node = target,
		.state = sure ? from : STATE_MAY_GROW,
		.rule = sure ? RULE_MIRROR : RULE_COPY,
		.from = mirroring->place,
		.flags = flags,
		.inferred = true,
	};

	return spread_reach(spread, &reach);
}

static int judge(struct mirroring *mirroring, node_id target)
{
	struct spread *spread = mirroring->spread;
	uint64_t flags = 0;
	int r;

	mirroring->target = target;
	mirroring->taken.count = 0;
	mirroring->takers.count = 0;
	mirroring->more = false;
	r = visit_dataset(mirroring, target, look_above);
	if (r)
		return r;
	if (meter_take(&spread->standing.meter, SCHEMA_COST) < SCHEMA_COST)
		return 0;
	r = ask_schemas(mirroring);
	if (r < 0 || r == MIRROR_NONE)
		return r;
	(void)idset_get(mirroring->flags, target, &flags);
	return reach_mirror(mirroring, target, (uint32_t)flags, r == MIRROR_SURE);
}

int spread_mirrors(struct spread *spread, uint32_t place)
{
	AUTO(idset) struct idset *flags = idset_new(image_last(spread->standing.image));
	struct mirroring mirroring = {
		.spread = spread,
		.place = place,
		.source = spread->marks[place - 1].node,
		.flags = flags,
	};
	int r;

	if (!flags)
		return ERR_NOMEM;
	r = visit_dataset(&mirroring, mirroring.source, look_below);
	for (size_t i = 0; !r && i < mirroring.found.count && spread_goes_on(spread); i++)
		r = judge(&mirroring, mirroring.found.ids[i]);
	frontier_fini(&mirroring.found);
	frontier_fini(&mirroring.taken);
	frontier_fini(&mirroring.takers);
	return r;
}
