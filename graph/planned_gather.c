/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned_gather.c - what tells that a column, or a dataset, is read
 */
#include "base/arena.h"
#include "graph/flow.h"
#include "graph/image_ring.h"
#include "graph/level.h"
#include "graph/planned_impl.h"

/* What readings are gathered for. */
struct gathering {
	struct watching *watching;
	/* What the dataset, or the column, does to itself is no reading. */
	node_id self;		     /* the dataset, whose readers are jobs; or 0 */
	const struct idlist *fields; /* of the column, where self is 0 */
	bool whole;		     /* the source is the whole dataset */
	node_id target; /* of the edge that is looked at, as answers have it */
};

static int add(struct sightings *sightings, struct arena *arena, struct sighting **out)
{
	struct sighting *list = arena_grow(arena, sightings->list, sightings->count,
		&sightings->room, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	sightings->list = list;
	*out = &list[sightings->count++];
	return 0;
}

static bool is_job(const struct image_version *image, node_id id)
{
	const struct image_node *node = image_node(image, id);

	return node && node->kind == NODE_JOB;
}

static bool is_own(const struct idlist *fields, node_id target)
{
	return idlist_place(fields->ids, fields->count, target) < fields->count;
}

/* Who is the reader of a flow; 0: it is none. */
static node_id reader_of(const struct gathering *g, node_id job)
{
	const struct image_version *image = g->watching->snapshot->image;
	const struct image_node *node = image_node(image, g->target);

	if (!g->self)
		return is_own(g->fields, g->target) ? 0 : g->target;
	if (job)
		return job;
	if (node && node->kind == NODE_FIELD)
		return walk_shown(image, node->parent) == g->self
			       ? 0
			       : walk_shown(image, node->parent);
	return g->target == g->self ? 0 : g->target;
}

/* One who tells a flow (flow_visit).  That names change (a rename) is no reading. */
static int see_flow(void *ctx, const struct flow_row *row)
{
	struct gathering *g = ctx;
	struct watching *watching = g->watching;
	node_id job = is_job(watching->snapshot->image, row->owner) ? row->owner : 0;
	node_id reader = reader_of(g, job);
	struct sighting *sighting;
	int r;

	if (row->lane == EVIDENCE_INFERRED || !reader)
		return 0;
	if (!meter_allows(&watching->meter, 1))
		return 1;
	r = add(&watching->sightings, watching->arena, &sighting);
	if (r)
		return r;
	sighting->item = (struct timeline_item){
		.owner = row->owner,
		.lane = row->lane,
		.what = ITEM_FLOW,
		.node = row->target,
		.source = row->source,
	};
	sighting->reader = (struct planned_reader){
		.node = reader,
		.job = job,
		.whole = g->whole,
		.now = row->now != 0,
	};
	return 0;
}

/* A job reads the dataset, in some of its lanes. */
static int see_read(
	struct watching *watching, node_id dataset, node_id job, uint32_t flags)
{
	static const struct {
		enum evidence lane;
		uint32_t ever;
		uint32_t now;
	} lanes[] = {
		{ EVIDENCE_OBSERVED, EDGE_OBSERVED_EVER, EDGE_OBSERVED_NOW },
		{ EVIDENCE_DECLARED, EDGE_DECLARED_EVER, EDGE_DECLARED_NOW },
	};

	for (size_t i = 0; i < ARRAY_LEN(lanes); i++) {
		struct sighting *sighting;
		int r;

		if (!(flags & lanes[i].ever))
			continue;
		r = add(&watching->sightings, watching->arena, &sighting);
		if (r)
			return r;
		sighting->item = (struct timeline_item){
			.owner = job,
			.lane = lanes[i].lane,
			.what = ITEM_INPUT,
			.node = dataset,
		};
		sighting->reader = (struct planned_reader){
			.node = job,
			.job = job,
			.whole = true,
			.now = (flags & lanes[i].now) != 0,
		};
	}
	return 0;
}

/* All flows out of one node; and of a dataset, the jobs that read it. */
static int gather_from(struct gathering *g, node_id source)
{
	struct watching *watching = g->watching;
	const struct image_version *image = watching->snapshot->image;
	const struct image_node *node = image_node(image, source);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;
	int r = 0;

	for (uint32_t i = 0; edges && r >= 0 && i < edges->total; i++) {
		uint32_t flags = edges->flags[i];

		if (!meter_allows(&watching->meter, 1))
			return 0;
		g->target = walk_shown(image, edges->peers[i]);
		if (flags & EDGE_IO_EVER)
			r = see_read(watching, source, edges->peers[i], flags);
		if (r >= 0 && (flags & EDGE_FLOW_EVER))
			r = flow_each(watching->snapshot->txn, edges->peers[i], source,
				see_flow, g);
	}
	return r < 0 ? r : 0;
}

static int gather_list(struct gathering *g, const struct idlist *sources)
{
	int r = 0;

	for (size_t i = 0; !r && i < sources->count; i++)
		r = gather_from(g, sources->ids[i]);
	return r;
}

/* The flows out of a field, by all of its names. */
static int gather_field(struct gathering *g, node_id field)
{
	struct ring ring = ring_from(g->watching->snapshot->image, field);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring))
		r = gather_from(g, ring.at);
	return r;
}

int planned_gather_column(struct watching *watching, const struct idlist *fields)
{
	struct gathering g = { .watching = watching, .fields = fields, .whole = true };
	int r = gather_list(&g, &watching->wholes);

	g.whole = false;
	for (size_t i = 0; !r && i < fields->count; i++)
		r = gather_field(&g, fields->ids[i]);
	return r;
}

/* The fields of a whole. */
static int gather_fields(struct gathering *g, node_id whole)
{
	const struct image_node *node = image_node(g->watching->snapshot->image, whole);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;
	int r = 0;

	for (uint32_t i = 0; edges && !r && i < edges->total; i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = gather_from(g, edges->peers[i]);
	}
	return r;
}

int planned_gather_dataset(struct watching *watching)
{
	struct gathering g = {
		.watching = watching,
		.self = walk_shown(watching->snapshot->image, watching->datasets.ids[0]),
		.whole = true,
	};
	int r = gather_list(&g, &watching->datasets);

	if (!r)
		r = gather_list(&g, &watching->wholes);
	for (size_t i = 0; !r && i < watching->wholes.count; i++)
		r = gather_fields(&g, watching->wholes.ids[i]);
	return r;
}
