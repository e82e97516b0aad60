/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare_walk.c - whether the engine walks where the model walks
 */
#include "base/arena.h"
#include "tests/model/compare_impl.h"
#include "tests/model/random_events.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define PAGE_OF_TEXT 4000
#define ASKED	     4

struct level {
	enum lineage_level level;
	bool precise;
	const char *name;
};

static const struct level levels[] = {
	{ LEVEL_MIXED, true, "mixed" },
	{ LEVEL_DATASET, true, "dataset" },
	{ LEVEL_DATASET, false, "dataset, not precise" },
	{ LEVEL_JOB, true, "job" },
	{ LEVEL_FIELD, true, "field" },
};

/* One question to both. */
struct trial {
	struct comparison *c;
	const struct model_asked *asked;
	const struct level *level;
	const struct model_view *view;
	const struct model_hops *hops;
	struct model_walk walk;
};

static const char *time_text(const struct model_asked *asked)
{
	static char text[80];
	int64_t from = (asked->from_us - script_begin_us) / 60000000;
	int64_t to = (asked->to_us - script_begin_us) / 60000000;

	if (asked->time == LINEAGE_CURRENT)
		return "now";
	if (asked->time == LINEAGE_AS_OF)
		(void)snprintf(text, sizeof(text), "as of minute %" PRId64, from);
	else
		(void)snprintf(text, sizeof(text), "from minute %" PRId64 " to %" PRId64,
			from, to);
	return text;
}

static void wrong(const struct trial *t, const char *what)
{
	static const char *const directions[] = { "upstream", "downstream" };

	differ(t->c, "%s of %s at level %s, %s, evidence%s%s%s: %s",
		directions[t->walk.direction], compare_name(t->c->model, t->walk.root),
		t->level->name, time_text(t->asked),
		t->asked->lanes[0] ? " observed" : "",
		t->asked->lanes[1] ? " declared" : "",
		t->asked->lanes[2] ? " inferred" : "", what);
}

static bool ask(const struct trial *t, struct lineage *out)
{
	const node_id root = t->c->ids[t->walk.root];
	struct lineage_query query = { .roots = &root,
		.root_count = 1,
		.upstream = t->walk.direction == UPSTREAM,
		.downstream = t->walk.direction == DOWNSTREAM,
		.depth = DEPTH_ALL,
		.level = t->level->level,
		.precise = t->level->precise,
		.time = t->asked->time,
		.as_of_us = t->asked->from_us,
		.from_us = t->asked->from_us,
		.to_us = t->asked->to_us,
		.observed = t->asked->lanes[EVIDENCE_OBSERVED],
		.declared = t->asked->lanes[EVIDENCE_DECLARED],
		.inferred = t->asked->lanes[EVIDENCE_INFERRED] };
	int r = lineage_walk(t->c->snapshot, &query, t->c->arena, out);

	if (r)
		wrong(t, "the engine fails");
	return r == 0;
}

/* Answers show a whole as its dataset, unless it is a column that is asked for. */
static int shown(const struct model *model, int node)
{
	if (model->nodes[node].kind == NODE_WHOLE)
		node = model->nodes[node].dataset;
	return model->canonical[node];
}

static void model_depths(const struct trial *t, int depth[MODEL_NODES])
{
	const struct model *model = t->c->model;
	int reached[MODEL_NODES];

	model_walk(model, t->hops, &t->walk, reached);
	for (size_t i = 0; i < MODEL_NODES; i++)
		depth[i] = -1;
	for (int i = 0; i < (int)model->node_count; i++) {
		int at = shown(model, i);

		if (reached[i] >= 0 && (depth[at] < 0 || reached[i] < depth[at]))
			depth[at] = reached[i];
	}
	if (model->nodes[t->walk.root].kind == NODE_WHOLE)
		depth[model->canonical[t->walk.root]] = 0;
}

static void engine_depths(
	const struct trial *t, const struct lineage *lineage, int depth[MODEL_NODES])
{
	for (size_t i = 0; i < MODEL_NODES; i++)
		depth[i] = -1;
	for (size_t i = 0; i < lineage->node_count; i++) {
		int node = compare_node(t->c, lineage->nodes[i].id);

		if (node < 0) {
			wrong(t, "the engine reaches a node that the model has not");
			continue;
		}
		node = t->c->model->nodes[node].kind == NODE_WHOLE
			       ? t->c->model->canonical[node]
			       : shown(t->c->model, node);
		if (depth[node] >= 0)
			wrong(t, "the engine has a node twice");
		depth[node] = (int)lineage->nodes[i].depth;
	}
}

static void compare_depths(const struct trial *t, const int model[MODEL_NODES],
	const int engine[MODEL_NODES])
{
	char text[256];

	for (int i = 0; i < (int)t->c->model->node_count; i++) {
		if (model[i] == engine[i])
			continue;
		(void)snprintf(text, sizeof(text),
			"%s is at depth %d, engine: %d (-1: not reached)",
			compare_name(t->c->model, i), model[i], engine[i]);
		wrong(t, text);
	}
}

/* What the engine has of edges between shown nodes; over any node between. */
static void engine_hops(
	const struct trial *t, const struct lineage *lineage, struct model_hops *out)
{
	*out = (struct model_hops){ 0 };
	for (size_t i = 0; i < lineage->edge_count; i++) {
		int from = compare_node(t->c, lineage->edges[i].from);
		int to = compare_node(t->c, lineage->edges[i].to);

		if (from >= 0 && to >= 0)
			out->leads[shown(t->c->model, from)][shown(t->c->model, to)] =
				true;
	}
}

/* Edges of the answer are all those between its nodes. */
static void compare_edges(const struct trial *t, const struct lineage *lineage,
	const int depth[MODEL_NODES])
{
	const struct model *model = t->c->model;
	struct model_hops engine;
	char text[256];

	engine_hops(t, lineage, &engine);
	for (int i = 0; i < (int)model->node_count; i++) {
		for (int k = 0; k < (int)model->node_count; k++) {
			bool leads =
				depth[i] >= 0 && depth[k] >= 0 && t->hops->leads[i][k];

			if (leads == engine.leads[i][k])
				continue;
			(void)snprintf(text, sizeof(text), "%s %s -> %s",
				leads ? "the engine lacks the edge"
				      : "the model lacks the edge",
				compare_name(model, i), compare_name(model, k));
			wrong(t, text);
		}
	}
}

/* Whether an edge can be in an answer of this level: implied flows are not. */
static bool is_shown(const struct trial *t, const struct model_edge *edge)
{
	enum node_kind from = t->c->model->nodes[edge->from].kind;
	enum node_kind to = t->c->model->nodes[edge->to].kind;
	bool fields = from >= NODE_FIELD || to >= NODE_FIELD;
	bool told = edge->told[0] || edge->told[1] || edge->told[2];

	if (t->level->level == LEVEL_FIELD)
		return fields && from != NODE_JOB && to != NODE_JOB;
	return !fields && (told || !edge->implied);
}

static uint32_t flags_of(const struct model_edge *edge)
{
	uint32_t flags = (uint32_t)edge->classes << EDGE_CLASS_SHIFT;

	flags |= edge->told[0] ? EDGE_OBSERVED_NOW : 0;
	flags |= edge->told[1] ? EDGE_DECLARED_NOW : 0;
	flags |= edge->flow[0] ? EDGE_FLOW_OBSERVED_NOW : 0;
	flags |= edge->flow[1] ? EDGE_FLOW_DECLARED_NOW : 0;
	flags |= edge->flow[2] ? EDGE_FLOW_INFERRED_NOW : 0;
	return flags;
}

/* Whether an end of an edge is this node, or the whole that this field is part of. */
static bool means(const struct trial *t, int end, int node, bool whole)
{
	const struct model *model = t->c->model;

	if (shown(model, end) == node)
		return true;
	return whole && model->nodes[end].kind == NODE_WHOLE &&
	       model->nodes[node].kind == NODE_FIELD &&
	       shown(model, end) == shown(model, model->nodes[node].dataset);
}

/* What all edges that are one in the answer say together. */
static uint32_t model_flags(
	const struct trial *t, const int ends[2], bool from_whole, bool to_whole)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < t->view->edge_count; i++) {
		const struct model_edge *edge = &t->view->edges[i];

		if (is_shown(t, edge) && means(t, edge->from, ends[0], from_whole) &&
			means(t, edge->to, ends[1], to_whole))
			flags |= flags_of(edge);
	}
	return flags;
}

/* Where a whole is not in the answer, its fields have its flows. */
static bool explains(const struct trial *t, const int ends[2], uint32_t flags)
{
	return flags == model_flags(t, ends, false, false) ||
	       flags == model_flags(t, ends, true, false) ||
	       flags == model_flags(t, ends, false, true) ||
	       flags == model_flags(t, ends, true, true);
}

/* The starts of the first and the last place whose set has the edge. */
struct seen {
	const struct model *model;
	int from;
	int to;
	int64_t first_us;
	int64_t last_us;
};

static void see(struct seen *seen, const struct model_place *place, int from, int to)
{
	if (shown(seen->model, from) != seen->from || shown(seen->model, to) != seen->to)
		return;
	if (place->start_us < seen->first_us)
		seen->first_us = place->start_us;
	if (place->start_us > seen->last_us)
		seen->last_us = place->start_us;
}

static void see_place(struct seen *seen, const struct model_place *place)
{
	const struct model_set *set = &place->set;

	for (size_t i = 0; i < set->input_count; i++)
		see(seen, place, set->inputs[i], place->owner);
	for (size_t i = 0; i < set->output_count; i++)
		see(seen, place, place->owner, set->outputs[i]);
	for (size_t i = 0; i < set->flow_count; i++) {
		const struct model_flow *flow = &set->flows[i];

		if (seen->model->nodes[flow->source].kind <= NODE_JOB &&
			seen->model->nodes[flow->target].kind <= NODE_JOB)
			see(seen, place, flow->source, flow->target);
	}
}

static void compare_seen(
	const struct trial *t, const struct lineage_edge *edge, const int ends[2])
{
	struct seen seen = { t->c->model, ends[0], ends[1], INT64_MAX, INT64_MIN };
	int64_t first_us = 0;
	int64_t last_us = 0;
	char text[256];
	int r;

	for (size_t i = 0; i < seen.model->place_count; i++)
		see_place(&seen, &seen.model->places[i]);
	r = lineage_edge_seen(t->c->snapshot, edge, &first_us, &last_us);
	if (r == 0 && first_us == seen.first_us && last_us == seen.last_us)
		return;
	(void)snprintf(text, sizeof(text),
		"%s -> %s is seen from %" PRId64 " to %" PRId64 ", engine: %" PRId64
		" to %" PRId64,
		compare_name(seen.model, ends[0]), compare_name(seen.model, ends[1]),
		seen.first_us, seen.last_us, first_us, last_us);
	wrong(t, text);
}

#define COMPARED (EDGE_NOW | ~((UINT32_C(1) << EDGE_CLASS_SHIFT) - 1))

static void compare_flags(const struct trial *t, const struct lineage *lineage)
{
	const struct model *model = t->c->model;
	char text[256];

	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];
		int from = compare_node(t->c, edge->from);
		int to = compare_node(t->c, edge->to);

		if (from < 0 || to < 0 || (edge->flags & EDGE_CONTAINS))
			continue;
		const int ends[] = { shown(model, from), shown(model, to) };

		if (t->level->level == LEVEL_MIXED)
			compare_seen(t, edge, ends);
		if (explains(t, ends, edge->flags & COMPARED))
			continue;
		(void)snprintf(text, sizeof(text), "edge %s -> %s: engine has flags %x",
			compare_name(model, from), compare_name(model, to),
			edge->flags & COMPARED);
		wrong(t, text);
	}
}

static bool all_evidence(const struct model_asked *asked)
{
	return asked->lanes[0] && asked->lanes[1] && asked->lanes[2];
}

static void compare_walk(const struct trial *t)
{
	int model[MODEL_NODES];
	int engine[MODEL_NODES];
	struct lineage lineage;

	arena_reset(t->c->arena);
	if (!ask(t, &lineage))
		return;
	model_depths(t, model);
	engine_depths(t, &lineage, engine);
	compare_depths(t, model, engine);
	if (t->level->level != LEVEL_FIELD)
		compare_edges(t, &lineage, model);
	if ((t->level->level == LEVEL_MIXED || t->level->level == LEVEL_FIELD) &&
		all_evidence(t->asked))
		compare_flags(t, &lineage);
}

static bool hidden(const struct level *level, enum node_kind kind)
{
	return (level->level == LEVEL_DATASET && kind == NODE_JOB) ||
	       (level->level == LEVEL_JOB && kind == NODE_DATASET);
}

static bool is_root(const struct level *level, enum node_kind kind)
{
	if ((kind == NODE_WHOLE || kind == NODE_FIELD) && level->level != LEVEL_FIELD)
		return false;
	return kind != NODE_JOB || level->level != LEVEL_FIELD;
}

static void compare_level(struct comparison *c, const struct model_asked *asked,
	const struct model_view *view, const struct level *level)
{
	struct model_hops *plain = malloc(sizeof(*plain));
	struct model_hops *own = malloc(sizeof(*own));
	struct trial t = { .c = c, .asked = asked, .level = level, .view = view };
	int any = 0;

	assert(plain && own);
	while (any < (int)c->model->node_count &&
		hidden(level, c->model->nodes[any].kind))
		any++;
	t.walk = (struct model_walk){ any, level->level, level->precise, UPSTREAM };
	model_hops(c->model, view, &t.walk, plain);
	for (int i = 0; i < (int)c->model->node_count; i++) {
		enum node_kind kind = c->model->nodes[i].kind;

		if (!c->ids[i] || !is_root(level, kind) || c->out->len > PAGE_OF_TEXT)
			continue;
		t.walk.root = i;
		t.hops = hidden(level, kind) ? own : plain;
		if (hidden(level, kind))
			model_hops(c->model, view, &t.walk, own);
		t.walk.direction = UPSTREAM;
		compare_walk(&t);
		t.walk.direction = DOWNSTREAM;
		compare_walk(&t);
	}
	free(plain);
	free(own);
}

static int64_t random_time(unsigned *seed)
{
	int64_t length = script_end_us - script_begin_us;

	return script_begin_us + (rand_r(seed) / 7 % 24 - 2) * (length / 20) +
	       rand_r(seed) % 2 * INT64_C(30000000);
}

static void choose_times(struct model_asked asked[ASKED], unsigned seed)
{
	for (size_t i = 0; i < ASKED; i++) {
		asked[i] = (struct model_asked){ LINEAGE_CURRENT, random_time(&seed), 0,
			{ true, true, true } };
		asked[i].to_us = asked[i].from_us + rand_r(&seed) % 8 * INT64_C(60000000);
	}
	asked[1].time = LINEAGE_AS_OF;
	asked[2].time = LINEAGE_WINDOW;
	asked[3].time = (enum lineage_time)(rand_r(&seed) % 3);
	for (size_t lane = 0; lane < EVIDENCE_COUNT; lane++)
		asked[3].lanes[lane] = rand_r(&seed) % 2;
	asked[3].lanes[rand_r(&seed) % EVIDENCE_COUNT] = true;
}

void compare_walks(struct comparison *c, unsigned seed)
{
	struct model_view *view = malloc(sizeof(*view));
	struct model_asked asked[ASKED];

	assert(view);
	choose_times(asked, seed);
	for (size_t i = 0; i < ASKED; i++) {
		model_view_make(c->model, &asked[i], view);
		for (size_t k = 0; k < ARRAY_LEN(levels); k++)
			compare_level(c, &asked[i], view, &levels[k]);
	}
	free(view);
}
