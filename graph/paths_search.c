/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths_search.c - simple paths by deviation
 *
 * All paths are parted into cells: those that begin with the same nodes, and do
 * not go on from there to some others.  Of each cell the first path is known.
 * Taking the first of all splits its cell: into the paths that leave it at its
 * first node, its second, and so on.  So none is found twice (Yen, with the
 * refinement of Lawler, 1972).
 *
 * The first path of a cell is found going back from the targets by levels; then
 * going on from the cell's beginning, always to the node with the least id that
 * is one hop nearer.
 */
#include "graph/paths_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* In place of a next node: the path ends, or there is none. */
#define THE_END UINT32_MAX

/* Where the paths of a cell do not go on to. */
struct ban {
	uint32_t place;
	const struct ban *next;
};

struct cell {
	struct cell *next;
	struct trail trail; /* the first of its paths */
	size_t fixed;	    /* so many nodes are the same in all of them */
	const struct ban *bans;
};

struct search {
	const struct path_graph *graph;
	struct meter *meter;
	struct arena *arena;
	uint32_t length;
	struct cell *cells;
	/* Of each node, for one look: hops to the nearest target. */
	uint32_t look;
	uint32_t *looked;
	uint32_t *hops;
	uint32_t *closed; /* the look that may not go there */
	uint32_t *queue;
	size_t queued;
};

/* The beginning of the paths of a cell to be. */
struct beginning {
	const uint32_t *places;
	size_t count;
	const struct ban *bans;
};

static bool banned(const struct ban *bans, uint32_t place)
{
	for (; bans; bans = bans->next) {
		if (bans->place == place)
			return true;
	}
	return false;
}

static void look_at(struct search *s, uint32_t place, uint32_t hops)
{
	if (s->looked[place] == s->look || s->closed[place] == s->look)
		return;
	s->looked[place] = s->look;
	s->hops[place] = hops;
	s->queue[s->queued++] = place;
}

static bool is_source(const struct search *s, uint32_t place)
{
	return s->graph->nodes[place].down == 0;
}

/* Whether the paths of a cell may go on to this node. */
static bool begins_at(
	const struct search *s, const struct beginning *from, uint32_t place)
{
	const struct path_node *node = &s->graph->nodes[place];
	const uint32_t *back = &s->graph->back[node->first_back];

	if (banned(from->bans, place))
		return false;
	if (from->count == 0)
		return is_source(s, place);
	for (size_t i = 0; i < node->back_count; i++) {
		if (back[i] == from->places[from->count - 1])
			return true;
	}
	return false;
}

/*
 * Goes back from the targets until the beginning is met.  Returns 1 when it is
 * not, or the meter ends it.
 */
static int look_back(struct search *s, const struct beginning *from, uint32_t *hops_out)
{
	const struct path_graph *graph = s->graph;

	s->look++;
	s->queued = 0;
	for (size_t i = 0; i < from->count; i++)
		s->closed[from->places[i]] = s->look;
	for (uint32_t i = 0; i < graph->node_count && graph->nodes[i].target; i++) {
		if (graph->nodes[i].down != PATHS_AWAY)
			look_at(s, i, 0);
	}
	for (size_t i = 0; i < s->queued; i++) {
		uint32_t place = s->queue[i];
		const struct path_node *node = &graph->nodes[place];

		if (!meter_allows(s->meter, node->back_count + 1))
			return 1;
		if (begins_at(s, from, place)) {
			*hops_out = s->hops[place];
			return 0;
		}
		for (size_t k = 0; k < node->back_count; k++)
			look_at(s, graph->back[node->first_back + k], s->hops[place] + 1);
	}
	return 1;
}

static bool is_at(const struct search *s, uint32_t place, uint32_t hops)
{
	return place != PATHS_AWAY && s->looked[place] == s->look &&
	       s->hops[place] == hops;
}

/* The node with the least id that is so many hops from a target, of all sources. */
static uint32_t least_source(
	const struct search *s, const struct ban *bans, uint32_t hops)
{
	const struct frontier *sources = &s->graph->sources;

	for (size_t i = 0; i < sources->count; i++) {
		uint32_t place = path_graph_place(s->graph, sources->ids[i]);

		if (is_at(s, place, hops) && is_source(s, place) && !banned(bans, place))
			return place;
	}
	return THE_END;
}

/* The same, of those that edges lead to from a node. */
static uint32_t least_next(
	const struct search *s, uint32_t place, const struct ban *bans, uint32_t hops)
{
	const struct path_node *node = &s->graph->nodes[place];
	const struct path_edge *edges = &s->graph->edges[node->first];

	for (size_t i = 0; i < node->count; i++) {
		if (is_at(s, edges[i].to, hops) && !banned(bans, edges[i].to))
			return edges[i].to;
	}
	return THE_END;
}

/* Puts a cell among the others, with the path that goes on from its beginning. */
static int add_cell(struct search *s, const struct beginning *from, uint32_t hops)
{
	struct cell *cell = arena_alloc(s->arena, sizeof(*cell));
	size_t count = from->count + hops + 1;
	uint32_t *places = arena_array(s->arena, count, sizeof(*places));

	if (!cell || !places)
		return ERR_NOMEM;
	/* They take as much room as so many edges take time. */
	if (!meter_allows(s->meter, count))
		return 0;
	if (from->count)
		memcpy(places, from->places, from->count * sizeof(*places));
	for (size_t i = from->count; i < count; i++) {
		uint32_t left = (uint32_t)(count - 1 - i);
		const struct ban *bans = i == from->count ? from->bans : NULL;

		places[i] = i ? least_next(s, places[i - 1], bans, left)
			      : least_source(s, bans, left);
	}
	*cell = (struct cell){ s->cells, { places, count }, from->count, from->bans };
	s->cells = cell;
	return 0;
}

static bool has_source(const struct search *s, const struct ban *bans)
{
	const struct frontier *sources = &s->graph->sources;

	for (size_t i = 0; i < sources->count; i++) {
		uint32_t place = path_graph_place(s->graph, sources->ids[i]);

		if (place != PATHS_AWAY && is_source(s, place) && !banned(bans, place))
			return true;
	}
	return false;
}

/* Whether there is any node that the paths of a cell might go on to. */
static bool has_exit(const struct search *s, const struct beginning *from)
{
	const struct path_node *node;
	const struct path_edge *edges;

	if (from->count == 0)
		return has_source(s, from->bans);
	node = &s->graph->nodes[from->places[from->count - 1]];
	edges = &s->graph->edges[node->first];
	for (size_t i = 0; i < node->count; i++) {
		if (!banned(from->bans, edges[i].to))
			return true;
	}
	return false;
}

/* Finds the first path of a cell, and adds the cell unless it is empty. */
static int open_cell(struct search *s, const struct beginning *from)
{
	uint32_t hops;

	if (!has_exit(s, from))
		return 0;
	if (look_back(s, from, &hops))
		return 0;
	if (s->length != DEPTH_ALL && from->count + hops > s->length)
		return 0;
	return add_cell(s, from, hops);
}

/* Shorter ones first, then by the ids of their nodes. */
static bool comes_before(
	const struct search *s, const struct trail *a, const struct trail *b)
{
	if (a->count != b->count)
		return a->count < b->count;
	for (size_t i = 0; i < a->count; i++) {
		node_id x = s->graph->nodes[a->places[i]].id;
		node_id y = s->graph->nodes[b->places[i]].id;

		if (x != y)
			return x < y;
	}
	return false;
}

static struct cell *take_first(struct search *s)
{
	struct cell **first = &s->cells;
	struct cell *cell;

	for (struct cell **at = &s->cells; *at; at = &(*at)->next) {
		if (comes_before(s, &(*at)->trail, &(*first)->trail))
			first = at;
	}
	cell = *first;
	if (cell)
		*first = cell->next;
	return cell;
}

/* The paths of a cell that leave its first one behind so many nodes. */
static int leave_behind(struct search *s, const struct cell *cell, size_t count)
{
	const struct trail *trail = &cell->trail;
	struct ban *ban = arena_alloc(s->arena, sizeof(*ban));
	struct beginning from = { trail->places, count, ban };

	if (!ban)
		return ERR_NOMEM;
	*ban = (struct ban){
		.place = count < trail->count ? trail->places[count] : THE_END,
		.next = count == cell->fixed ? cell->bans : NULL,
	};
	return open_cell(s, &from);
}

/* Parts a cell but for its first path.  last: to know of one cell more is enough. */
static int split(struct search *s, const struct cell *cell, bool last)
{
	int r = 0;

	for (size_t i = cell->fixed; !r && i <= cell->trail.count; i++) {
		if (last && s->cells)
			return 0;
		r = leave_behind(s, cell, i);
	}
	return r;
}

static int search_init(struct search *s)
{
	size_t count = s->graph->node_count;

	s->looked = arena_array(s->arena, count, sizeof(*s->looked));
	s->hops = arena_array(s->arena, count, sizeof(*s->hops));
	s->closed = arena_array(s->arena, count, sizeof(*s->closed));
	s->queue = arena_array(s->arena, count, sizeof(*s->queue));
	return s->looked && s->hops && s->closed && s->queue ? 0 : ERR_NOMEM;
}

int paths_search(const struct path_graph *graph, uint32_t length, struct meter *meter,
	struct arena *arena, struct trails *out)
{
	struct search s = {
		.graph = graph, .meter = meter, .arena = arena, .length = length
	};
	const struct cell *cell;
	int r = search_init(&s);

	if (!r)
		r = open_cell(&s, &(struct beginning){ 0 });
	while (!r && out->count < out->max && meter->cut == CUT_NONE &&
		(cell = take_first(&s))) {
		out->list[out->count++] = cell->trail;
		r = split(&s, cell, out->count == out->max);
	}
	if (r)
		return r;
	out->more = s.cells != NULL;
	return meter->cut == CUT_NONE ? 0 : 1;
}
