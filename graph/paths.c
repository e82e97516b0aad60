/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths.c - the shortest paths, and all that is on a path
 *
 * Short paths are looked for first, in the part of the graph where these can be:
 * when there are not enough of them, longer ones in a larger part.
 */
#include "graph/paths.h"

#include <stdlib.h>
#include <string.h>

#include "graph/budget.h"
#include "graph/lineage_edges.h"
#include "graph/paths_search.h"

#define WORK_CHUNK ((size_t)64 << 10)
#define WORK_MAX   ((size_t)1 << 30)

struct finding {
	struct path_graph graph;
	size_t k;
	struct arena *work; /* of the paths found so far */
	struct paths paths;
};

/* The edge that a trail takes from one place to another. */
static struct lineage_edge edge_between(
	const struct path_graph *graph, uint32_t from, uint32_t to)
{
	const struct path_node *node = &graph->nodes[from];
	const struct path_edge *edge = &graph->edges[node->first];

	while (edge->to != to)
		edge++;
	return (struct lineage_edge){
		.from = node->id,
		.to = graph->nodes[to].id,
		.via = edge->via,
		.flags = edge->flags,
	};
}

static int make_path(const struct path_graph *graph, const struct trail *trail,
	struct arena *arena, struct path *out)
{
	out->count = trail->count;
	out->nodes = arena_array(arena, trail->count, sizeof(*out->nodes));
	out->edges = arena_array(arena, trail->count, sizeof(*out->edges));
	if (!out->nodes || !out->edges)
		return ERR_NOMEM;
	for (size_t i = 0; i < trail->count; i++)
		out->nodes[i] = graph->nodes[trail->places[i]].id;
	for (size_t i = 1; i < trail->count; i++)
		out->edges[i - 1] =
			edge_between(graph, trail->places[i - 1], trail->places[i]);
	return 0;
}

static int make_paths(const struct path_graph *graph, const struct trails *trails,
	struct arena *arena, struct paths *out)
{
	out->more = trails->more;
	out->list = arena_array(arena, trails->count, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (; out->count < trails->count; out->count++) {
		int r = make_path(
			graph, &trails->list[out->count], arena, &out->list[out->count]);

		if (r)
			return r;
	}
	return 0;
}

/* Looks for paths of so many hops at most. */
static int find_within(
	struct finding *f, uint32_t length, struct arena *arena, struct paths *out)
{
	const struct lineage_query *query = &f->graph.query;
	struct meter meter = meter_of(query->budget_edges, query->deadline_us);
	struct trails trails = { .max = f->k };
	int r;

	*out = (struct paths){ 0 };
	r = path_graph_climb(&f->graph, length);
	if (r)
		return r;
	out->cut = f->graph.cut;
	r = path_graph_descend(&f->graph, length);
	if (r)
		return r;
	if (out->cut == CUT_NONE)
		out->cut = f->graph.cut;
	trails.list = arena_array(f->work, f->k, sizeof(*trails.list));
	if (!trails.list)
		return ERR_NOMEM;
	r = paths_search(&f->graph, length, &meter, f->work, &trails);
	if (r < 0)
		return r;
	if (out->cut == CUT_NONE)
		out->cut = meter.cut;
	return make_paths(&f->graph, &trails, arena, out);
}

/* What was found in a larger part; one that was cut may have less than that before. */
static void keep(struct finding *f, const struct paths *found)
{
	if (found->cut == CUT_NONE || found->count > f->paths.count)
		f->paths = *found;
	f->paths.cut = found->cut;
}

static uint32_t next_length(const struct finding *f, uint32_t length)
{
	if (path_graph_climbed(&f->graph) || length > DEPTH_ALL / 4)
		return DEPTH_ALL;
	return length * 2 + 2;
}

static int find_paths(struct finding *f, struct arena *arena)
{
	uint32_t length;
	bool all = false;
	int r = path_graph_nearest(&f->graph, &length);

	f->paths.cut = f->graph.cut;
	if (r || length == PATHS_AWAY)
		return r;
	while (!r && !all && f->paths.cut == CUT_NONE && !f->paths.more) {
		struct paths found;

		all = length == DEPTH_ALL;
		arena_reset(f->work);
		r = find_within(f, length, arena, &found);
		if (!r)
			keep(f, &found);
		length = next_length(f, length);
	}
	return r;
}

/* The contract's six values are one question. */
/* NOLINTNEXTLINE(readability-function-size) */
int paths_find(struct snapshot *snapshot, const struct lineage_query *query,
	const node_id *targets, size_t target_count, size_t k, struct arena *arena,
	struct paths *out)
{
	AUTO(arena) struct arena *work = arena_new(WORK_CHUNK, WORK_MAX);
	struct finding f = { .k = k, .work = work };
	int r = ERR_NOMEM;

	if (work)
		r = path_graph_init(&f.graph, snapshot, query, targets, target_count);
	if (!r)
		r = find_paths(&f, arena);
	path_graph_fini(&f.graph);
	if (!r)
		*out = f.paths;
	return r;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct lineage_node *x = a;
	const struct lineage_node *y = b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The nodes that were reached from both ends. */
static int collect_nodes(const struct path_graph *graph, struct bitset *among,
	struct arena *arena, struct lineage *out)
{
	int r = bitset_reserve(among, graph->queue.count);

	out->nodes = arena_array(arena, graph->queue.count, sizeof(*out->nodes));
	if (!out->nodes)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < graph->queue.count; i++) {
		const struct path_node *node = &graph->nodes[graph->queue.ids[i]];

		(void)bitset_add(among, node->id);
		out->nodes[out->node_count++] = (struct lineage_node){
			.id = node->id,
			.depth = node->down,
			.downstream = node->down > 0,
			.root = node->down == 0,
		};
		out->depth = node->down > out->depth ? node->down : out->depth;
	}
	if (out->node_count)
		qsort(out->nodes, out->node_count, sizeof(*out->nodes), compare_nodes);
	out->total_nodes = out->node_count;
	return r;
}

static int find_between(struct path_graph *graph, struct arena *arena,
	struct bitset *among, struct lineage *out)
{
	struct edge_search search = { .page = among };
	int r = path_graph_climb(graph, DEPTH_ALL);

	if (r)
		return r;
	out->cut = graph->cut;
	r = path_graph_descend(graph, DEPTH_ALL);
	if (!r)
		r = collect_nodes(graph, among, arena, out);
	if (r)
		return r;
	if (out->cut == CUT_NONE)
		out->cut = graph->cut;
	standing_refill(&graph->standing, false);
	search.near = (struct neighbours){
		.standing = &graph->standing,
		.roots = &graph->ends,
		.answer = among,
	};
	r = lineage_find_edges(&search, arena, out);
	if (out->cut == CUT_NONE)
		out->cut = graph->standing.meter.cut;
	return r;
}

int paths_between(struct snapshot *snapshot, const struct lineage_query *query,
	const node_id *targets, size_t target_count, struct arena *arena,
	struct lineage *out)
{
	struct path_graph graph;
	struct lineage answer = { 0 };
	struct bitset among = { 0 };
	int r = path_graph_init(&graph, snapshot, query, targets, target_count);

	if (!r)
		r = bitset_init(&among, image_last(snapshot->image));
	if (!r)
		r = find_between(&graph, arena, &among, &answer);
	bitset_fini(&among);
	path_graph_fini(&graph);
	if (!r)
		*out = answer;
	return r;
}
