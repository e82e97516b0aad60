/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exposure.c - marks that go on until a mask hides them
 */
#include "graph/exposure.h"

#include <stdlib.h>

#include "base/arena.h"
#include "graph/idlist.h"
#include "graph/impact_spread.h"
#include "graph/label.h"

struct exposing {
	struct snapshot *snapshot;
	const struct exposure_query *query;
	struct arena *arena;
	struct idlist sources;
	struct spread spread;
	struct exposures answer;
};

const char *exposure_text(enum exposure_kind kind)
{
	switch (kind) {
	case EXPOSURE_CLEAR:
		return "exposed";
	case EXPOSURE_UNKNOWN:
		return "unknown";
	case EXPOSURE_MASKED:
		break;
	}
	return "masked";
}

static bool makes_sense(const struct exposure_query *query)
{
	const struct lineage_query *graph = &query->graph;

	return query->tag.len &&
	       (graph->observed || graph->declared || graph->inferred) &&
	       !(graph->time == LINEAGE_WINDOW && graph->from_us > graph->to_us);
}

/* ---- the sources ---- */

/* Rows come by text: behind those that have it, those that begin with it. */
static int hear_label(void *ctx, struct slice text, node_id id)
{
	struct exposing *exposing = ctx;
	const struct image_version *image = exposing->snapshot->image;
	const struct image_node *node = image_node(image, id);

	if (text.len > exposing->query->tag.len)
		return 1;
	if (!node || (node->kind != NODE_FIELD && node->kind != NODE_DATASET))
		return 0;
	return idlist_add(&exposing->sources, walk_shown(image, id));
}

static int find_sources(struct exposing *exposing)
{
	struct slice tag = exposing->query->tag;
	int r;

	r = label_each(exposing->snapshot->txn, LABEL_TAG, tag, hear_label, exposing);
	if (r < 0)
		return r;
	idlist_finish(&exposing->sources);
	exposing->answer.sources = exposing->sources.ids;
	exposing->answer.source_count = exposing->sources.count;
	return 0;
}

static bool is_source(const struct exposing *exposing, node_id id)
{
	return idlist_place(exposing->sources.ids, exposing->sources.count, id) <
	       exposing->sources.count;
}

static bool is_field(const struct spread *spread, node_id id)
{
	return spread_node(spread, id)->kind == NODE_FIELD;
}

/* The sources are the first marks.  What is in one, or around it, has its values. */
static int seed(struct spread *spread, const struct idlist *sources)
{
	int r = 0;

	for (size_t i = 0; !r && i < sources->count; i++) {
		const struct mark mark = { .node = sources->ids[i],
			.state = STATE_EXPOSED };

		r = spread_seed(spread, &mark);
	}
	for (size_t i = 0; !r && i < sources->count && spread_goes_on(spread); i++) {
		if (is_field(spread, sources->ids[i]) &&
			spread_may_nest(spread, sources->ids[i]))
			r = spread_nested(spread, (uint32_t)i + 1);
	}
	return r;
}

/* Unlike a changed column, one with the tag is told of when others lead to it. */
static int forget(struct spread *spread, const struct idlist *sources)
{
	int r = 0;

	for (size_t i = 0; !r && i < sources->count; i++) {
		struct spot *spot;

		r = spread_spot(spread, sources->ids[i], &spot);
		if (!r)
			spot->has[0] = 0;
	}
	return r;
}

static int walk(struct exposing *exposing, const struct impact_query *query)
{
	struct spread *spread = &exposing->spread;
	int r = spread_init(spread, exposing->snapshot, query);

	spread->carries = true;
	spread->indirect = exposing->query->indirect;
	if (!r)
		r = seed(spread, &exposing->sources);
	if (!r)
		r = forget(spread, &exposing->sources);
	return r ? r : spread_run(spread);
}

/* ---- the answer ---- */

static enum exposure_kind kind_of(const struct mark *mark)
{
	if (mark->state == STATE_EXPOSED)
		return EXPOSURE_CLEAR;
	return mark->state == STATE_OPAQUE ? EXPOSURE_UNKNOWN : EXPOSURE_MASKED;
}

/* The mark that says most about a node; of each state there is one. */
static const struct mark *best_mark(const struct spread *spread, const struct spot *spot)
{
	const struct mark *best = &spread->marks[spot->first - 1];

	for (uint32_t place = best->next; place; place = spread->marks[place - 1].next) {
		const struct mark *mark = &spread->marks[place - 1];

		if (kind_of(mark) < kind_of(best))
			best = mark;
	}
	return best;
}

static void add_node(struct exposing *exposing, const struct spot *spot,
	const struct impact_step *steps)
{
	const struct spread *spread = &exposing->spread;
	const struct mark *mark = best_mark(spread, spot);
	struct exposures *answer = &exposing->answer;
	const struct exposure exposure = {
		.node = spot->node,
		.kind = kind_of(mark),
		.certainty = (enum impact_certainty)mark->certainty,
		.depth = mark->depth,
		.tagged = is_source(exposing, spot->node) ||
			  is_source(exposing, spread_dataset(spread, spot->node)),
		.because = &steps[mark - spread->marks],
	};

	answer->counts[exposure.kind]++;
	answer->list[answer->count++] = exposure;
}

static int compare(const void *x, const void *y)
{
	const struct exposure *a = x;
	const struct exposure *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static int list_all(struct exposing *exposing)
{
	const struct spread *spread = &exposing->spread;
	const struct impact_step *steps = spread_steps(spread, exposing->arena);
	struct exposures *answer = &exposing->answer;

	answer->list = arena_array(
		exposing->arena, (size_t)spread->spot_count + 1, sizeof(*answer->list));
	if (!steps || !answer->list)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < spread->spot_count; i++) {
		if (spread->spots[i].first)
			add_node(exposing, &spread->spots[i], steps);
	}
	qsort(answer->list, answer->count, sizeof(*answer->list), compare);
	return 0;
}

static int tell_unknown(struct exposing *exposing)
{
	const struct spread *spread = &exposing->spread;
	struct exposures *answer = &exposing->answer;

	answer->cut = spread->standing.meter.cut;
	answer->opaque_hops = spread->opaque_hops;
	answer->lower_bound = answer->cut != CUT_NONE || spread->opaque_hops ||
			      answer->counts[EXPOSURE_UNKNOWN];
	answer->opaque = arena_array(
		exposing->arena, spread->opaque_count + 1, sizeof(*answer->opaque));
	if (!answer->opaque)
		return ERR_NOMEM;
	memcpy(answer->opaque, spread->opaque,
		spread->opaque_count * sizeof(*answer->opaque));
	answer->opaque_count = spread->opaque_count;
	return 0;
}

int exposure_find(struct snapshot *snapshot, const struct exposure_query *query,
	struct arena *arena, struct exposures *out)
{
	const struct impact_query walked = { .graph = query->graph,
		.opaque_max = query->opaque_max };
	struct exposing exposing = { .snapshot = snapshot,
		.query = query,
		.arena = arena,
		.sources.arena = arena };
	int r;

	if (!makes_sense(query))
		return ERR_INVALID;
	r = find_sources(&exposing);
	if (!r)
		r = walk(&exposing, &walked);
	if (!r)
		r = list_all(&exposing);
	if (!r)
		r = tell_unknown(&exposing);
	spread_fini(&exposing.spread);
	if (!r)
		*out = exposing.answer;
	return r;
}
