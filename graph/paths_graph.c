/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths_graph.c - up from the targets, and down again from the sources
 */
#include "graph/paths_graph.h"

#include <stdlib.h>

#include "base/idset.h"
#include "graph/budget.h"
#include "graph/idlist.h"

#define ROOTS_CHUNK ((size_t)16 << 10)
#define ROOTS_MAX   ((size_t)1 << 30)

/* Room for one more of a growing array. */
static int grow(void **list, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? *capacity : 32;
	size_t bytes;
	void *more;

	if (count < *capacity)
		return 0;
	if (__builtin_mul_overflow(wanted, 2, &wanted) ||
		__builtin_mul_overflow(wanted, size, &bytes))
		return ERR_NOMEM;
	more = realloc(*list, bytes);
	if (!more)
		return ERR_NOMEM;
	*list = more;
	*capacity = wanted;
	return 0;
}

uint32_t path_graph_place(const struct path_graph *graph, node_id id)
{
	uint64_t place;

	return idset_get(graph->places, id, &place) == 0 ? (uint32_t)place : PATHS_AWAY;
}

/* A node that is not there yet. */
static int add_node(struct path_graph *graph, node_id id, uint32_t up)
{
	void *nodes = graph->nodes;
	int r;

	if (path_graph_place(graph, id) != PATHS_AWAY)
		return 0;
	r = grow(&nodes, &graph->node_capacity, graph->node_count, sizeof(*graph->nodes));
	if (r)
		return r;
	graph->nodes = nodes;
	r = idset_put(graph->places, id, graph->node_count);
	if (r < 0)
		return r;
	graph->nodes[graph->node_count++] = (struct path_node){
		.id = id,
		.up = up,
		.down = PATHS_AWAY,
		.target = up == 0,
	};
	return 0;
}

static int add_edge(struct path_graph *graph, const struct path_edge *edge)
{
	void *edges = graph->edges;
	int r = grow(
		&edges, &graph->edge_capacity, graph->edge_count, sizeof(*graph->edges));

	if (r)
		return r;
	graph->edges = edges;
	graph->edges[graph->edge_count++] = *edge;
	return 0;
}

static int add_end(struct path_graph *graph, node_id id)
{
	int r = bitset_reserve(&graph->ends, 1);

	if (!r)
		(void)bitset_add(&graph->ends, id);
	return r;
}

static int add_source(struct path_graph *graph, node_id id)
{
	int r = frontier_reserve(&graph->sources, 1);

	if (!r)
		frontier_push(&graph->sources, id);
	return r;
}

/* What given nodes are in answers: themselves, their group, their fields. */
static int expand(struct path_graph *graph, struct snapshot *snapshot,
	const node_id *roots, size_t count, struct arena *arena, struct lineage *out)
{
	struct lineage_query here = graph->query;

	here.roots = roots;
	here.root_count = count;
	here.depth = 0;
	return lineage_walk(snapshot, &here, arena, out);
}

static int add_targets(struct path_graph *graph, struct snapshot *snapshot,
	const node_id *targets, size_t count, struct arena *arena)
{
	struct lineage found;
	int r = expand(graph, snapshot, targets, count, arena, &found);

	for (size_t i = 0; !r && i < found.node_count; i++) {
		r = add_end(graph, found.nodes[i].id);
		if (!r)
			r = add_node(graph, found.nodes[i].id, 0);
	}
	return r;
}

/* In order of ids: all of them are at the same depth. */
static int add_sources(
	struct path_graph *graph, struct snapshot *snapshot, struct arena *arena)
{
	struct lineage found;
	const struct lineage_query *query = &graph->query;
	int r = expand(graph, snapshot, query->roots, query->root_count, arena, &found);

	for (size_t i = 0; !r && i < found.node_count; i++) {
		r = add_end(graph, found.nodes[i].id);
		if (!r)
			r = add_source(graph, found.nodes[i].id);
	}
	return r;
}

int path_graph_init(struct path_graph *graph, struct snapshot *snapshot,
	const struct lineage_query *query, const node_id *targets, size_t target_count)
{
	AUTO(arena) struct arena *arena = arena_new(ROOTS_CHUNK, ROOTS_MAX);
	int r;

	*graph = (struct path_graph){ .query = *query };
	graph->query.upstream = false;
	graph->query.downstream = true;
	graph->query.depth = DEPTH_ALL;
	graph->query.filter = (struct lineage_filter){ 0 };
	graph->query.limit = 0;
	graph->query.after_node = 0;
	if (!arena)
		return ERR_NOMEM;
	graph->climbing = meter_of(query->budget_edges, query->deadline_us);
	graph->places = idset_new((size_t)image_last(snapshot->image) + 1);
	if (!graph->places)
		return ERR_NOMEM;
	r = bitset_init(&graph->ends, image_last(snapshot->image));
	if (!r)
		r = add_sources(graph, snapshot, arena);
	if (!r)
		r = add_targets(graph, snapshot, targets, target_count, arena);
	if (!r)
		r = standing_init(&graph->standing, snapshot, &graph->query);
	graph->near.standing = &graph->standing;
	graph->near.roots = &graph->ends;
	graph->near.target =
		level_column(snapshot->image, query->level, targets, target_count);
	return r;
}

void path_graph_fini(struct path_graph *graph)
{
	neighbours_fini(&graph->near);
	standing_fini(&graph->standing);
	bitset_fini(&graph->ends);
	idset_free(graph->places);
	frontier_fini(&graph->sources);
	frontier_fini(&graph->queue);
	free(graph->nodes);
	free(graph->edges);
	free(graph->back);
}

/* Looks at what is above the next node. */
static int climb_one(struct path_graph *graph)
{
	struct path_node node = graph->nodes[graph->climbed];
	const struct neighbour *above;
	size_t count;
	int r = neighbours_find(&graph->near, node.id, UPSTREAM, &above, &count);

	for (size_t i = 0; !r && i < count; i++)
		r = add_node(graph, above[i].id, node.up + 1);
	graph->climbed++;
	return r;
}

int path_graph_climb(struct path_graph *graph, uint32_t depth)
{
	int r = 0;

	graph->standing.meter = graph->climbing;
	while (!r && !path_graph_climbed(graph) &&
		graph->nodes[graph->climbed].up < depth &&
		graph->standing.meter.cut == CUT_NONE)
		r = climb_one(graph);
	graph->climbing = graph->standing.meter;
	graph->cut = graph->climbing.cut;
	return r;
}

/* The first source among the nodes from a place on: the nearest of them. */
static uint32_t first_source(const struct path_graph *graph, size_t from)
{
	const struct frontier *sources = &graph->sources;

	for (size_t i = from; i < graph->node_count; i++) {
		if (idlist_place(sources->ids, sources->count, graph->nodes[i].id) <
			sources->count)
			return graph->nodes[i].up;
	}
	return PATHS_AWAY;
}

int path_graph_nearest(struct path_graph *graph, uint32_t *out)
{
	uint32_t depth = 0;
	int r = 0;

	*out = first_source(graph, 0);
	while (!r && *out == PATHS_AWAY && !path_graph_climbed(graph) &&
		graph->climbing.cut == CUT_NONE) {
		size_t known = graph->node_count;

		r = path_graph_climb(graph, ++depth);
		*out = first_source(graph, known);
	}
	return r;
}

static int descend_to(struct path_graph *graph, uint32_t place, uint32_t down)
{
	int r;

	if (graph->nodes[place].down != PATHS_AWAY)
		return 0;
	r = frontier_reserve(&graph->queue, 1);
	if (r)
		return r;
	graph->nodes[place].down = down;
	frontier_push(&graph->queue, place);
	return 0;
}

/* Whether a way of a length may go on to a node after so many hops. */
static bool within(const struct path_node *node, uint32_t hops, uint32_t length)
{
	return length == DEPTH_ALL || (uint64_t)hops + node->up <= length;
}

static int descend_one(struct path_graph *graph, uint32_t place, uint32_t length)
{
	struct path_node *node = &graph->nodes[place];
	const struct neighbour *below;
	node_id last = 0;
	size_t count;
	int r = neighbours_find(&graph->near, node->id, DOWNSTREAM, &below, &count);

	node->first = graph->edge_count;
	for (size_t i = 0; !r && i < count; i++) {
		struct path_edge edge = { path_graph_place(graph, below[i].id),
			below[i].via, below[i].flags };

		/* Of several between the same two nodes one is enough. */
		if (below[i].id == last || edge.to == PATHS_AWAY ||
			!within(&graph->nodes[edge.to], node->down + 1, length))
			continue;
		last = below[i].id;
		r = add_edge(graph, &edge);
		if (!r)
			r = descend_to(graph, edge.to, node->down + 1);
	}
	node->count = graph->edge_count - node->first;
	return r;
}

/* Lists where the edges to each node come from. */
static int turn_edges(struct path_graph *graph)
{
	size_t at = 0;

	free(graph->back);
	graph->back = calloc(graph->edge_count + 1, sizeof(*graph->back));
	if (!graph->back)
		return ERR_NOMEM;
	for (size_t i = 0; i < graph->edge_count; i++)
		graph->nodes[graph->edges[i].to].back_count++;
	for (size_t i = 0; i < graph->node_count; i++) {
		graph->nodes[i].first_back = at;
		at += graph->nodes[i].back_count;
		graph->nodes[i].back_count = 0;
	}
	for (size_t i = 0; i < graph->queue.count; i++) {
		uint32_t from = graph->queue.ids[i];
		const struct path_edge *edges = &graph->edges[graph->nodes[from].first];

		for (size_t k = 0; k < graph->nodes[from].count; k++) {
			struct path_node *to = &graph->nodes[edges[k].to];

			graph->back[to->first_back + to->back_count++] = from;
		}
	}
	return 0;
}

static void forget_edges(struct path_graph *graph)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		graph->nodes[i].down = PATHS_AWAY;
		graph->nodes[i].count = 0;
		graph->nodes[i].back_count = 0;
	}
	graph->edge_count = 0;
	graph->queue.count = 0;
}

int path_graph_descend(struct path_graph *graph, uint32_t length)
{
	int r = 0;

	forget_edges(graph);
	standing_refill(&graph->standing, true);
	for (size_t i = 0; !r && i < graph->sources.count; i++) {
		uint32_t place = path_graph_place(graph, graph->sources.ids[i]);

		if (place != PATHS_AWAY && within(&graph->nodes[place], 0, length))
			r = descend_to(graph, place, 0);
	}
	for (size_t i = 0; !r && i < graph->queue.count; i++) {
		if (graph->standing.meter.cut == CUT_NONE)
			r = descend_one(graph, graph->queue.ids[i], length);
	}
	graph->cut = graph->standing.meter.cut;
	return r ? r : turn_edges(graph);
}
