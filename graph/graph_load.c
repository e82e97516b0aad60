/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_load.c - opening: the image from the store, the tail from the log
 */
#include "base/arena.h"
#include "base/idset.h"
#include "graph/adjacency.h"
#include "graph/alias.h"
#include "graph/alias_ring.h"
#include "graph/columns.h"
#include "graph/entity.h"
#include "graph/graph_impl.h"

#include <stdlib.h>

/* Events folded between two commits while the log is caught up with. */
#define CATCH_UP_GROUP 5000

#define DECODE_CHUNK ((size_t)256 * 1024)
#define DECODE_MAX   ((size_t)4 * 1024 * 1024 * 1024)

/* Who is told how far it is; tell may be NULL. */
struct progress_hook {
	graph_progress *tell;
	void *ctx;
};

/* Gathers the edges of one node and direction until the next one begins. */
struct edge_loader {
	struct image *image;
	node_id node;
	enum direction direction;
	struct edge *edges;
	size_t count;
	size_t cap;
};

/* A whole is stored before its fields. */
static int load_nested(struct image *image, const struct entity *field)
{
	return column_may_nest(field->key.field) ? image_set_nested(image, field->parent)
						 : 0;
}

/* A whole has its dataset's namespace, and the dataset knows it. */
static int load_node(void *ctx, const struct entity *entity)
{
	struct image *image = ctx;
	int r = image_add_node(image, entity->id, entity->key.kind, entity->namespace_id,
		entity->parent);

	if (!r && entity->key.kind == NODE_FIELD)
		return load_nested(image, entity);
	if (r || entity->key.kind != NODE_WHOLE)
		return r;
	return image_add_node(
		image, entity->parent, NODE_DATASET, entity->namespace_id, entity->id);
}

static int load_gathered(struct edge_loader *loader)
{
	size_t count = loader->count;

	loader->count = 0;
	if (!count)
		return 0;
	return image_load_edges(
		loader->image, loader->node, loader->direction, loader->edges, count);
}

static int grow(struct edge_loader *loader)
{
	size_t cap = loader->cap ? loader->cap * 2 : 1024;
	struct edge *edges = reallocarray(loader->edges, cap, sizeof(*edges));

	if (!edges)
		return ERR_NOMEM;
	loader->edges = edges;
	loader->cap = cap;
	return 0;
}

static int load_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct edge_loader *loader = ctx;
	int r = 0;

	if (node != loader->node || direction != loader->direction)
		r = load_gathered(loader);
	if (!r && loader->count == loader->cap)
		r = grow(loader);
	if (r)
		return r;
	loader->node = node;
	loader->direction = direction;
	loader->edges[loader->count++] = *edge;
	return 0;
}

static int load_edges(struct store_txn *txn, struct image *image)
{
	struct edge_loader loader = { .image = image };
	int r;

	r = adjacency_all(txn, load_edge, &loader);
	if (!r)
		r = load_gathered(&loader);
	free(loader.edges);
	return r;
}

static int load_alias(void *ctx, node_id claimed, node_id winner)
{
	const struct alias_rings *rings = ctx;

	arena_reset(rings->arena);
	return winner ? alias_rings_set(rings, claimed) : 0;
}

/* Each group is made once, whoever of it comes first. */
static int load_aliases(struct store_txn *txn, struct image *image)
{
	AUTO(arena) struct arena *arena = arena_new(DECODE_CHUNK, DECODE_MAX);
	AUTO(idset) struct idset *done = idset_new(UINT32_MAX);
	struct alias_rings rings = { txn, image, arena, done };

	if (!arena || !done)
		return ERR_NOMEM;
	return alias_each(txn, load_alias, &rings);
}

int graph_load(struct graph *graph)
{
	AUTO(txn) struct store_txn *txn = NULL;
	uint64_t position;
	int r;

	r = store_read(graph->store, &txn);
	if (!r)
		r = store_position(txn, &position);
	if (!r)
		r = entity_each(txn, load_node, graph->image);
	if (!r)
		r = load_edges(txn, graph->image);
	if (!r)
		r = load_aliases(txn, graph->image);
	if (!r)
		r = image_publish(graph->image, position);
	if (r)
		return r;
	graph->folded = position;
	atomic_store(&graph->published, position);
	return 0;
}

/* Folds one event of the log; one that cannot be read any more is passed over. */
static int fold_stored(
	struct graph *graph, const struct log_event *stored, struct arena *arena)
{
	struct ol_event event;
	int r;

	arena_reset(arena);
	r = graph->decode(stored->raw, stored->received_us, arena, &event, NULL);
	if (!r)
		return graph_fold(graph, &event, stored->sequence);
	if (r != ERR_INVALID && r != ERR_TOO_LARGE)
		return r;
	graph->skipped++;
	r = graph_begin(graph);
	if (!r)
		graph->folded = stored->sequence;
	return r;
}

static int catch_up(struct graph *graph, const struct progress_hook *progress,
	struct log_reader *reader, struct arena *arena)
{
	uint64_t from = graph->folded;
	uint64_t total = eventlog_last(graph->log) - from;
	struct log_event stored;
	int r;

	while ((r = log_reader_next(reader, &stored)) == 0) {
		r = fold_stored(graph, &stored, arena);
		if (r)
			return r;
		if ((stored.sequence - from) % CATCH_UP_GROUP != 0)
			continue;
		r = graph_publish(graph);
		if (r)
			return r;
		if (progress->tell)
			progress->tell(progress->ctx, stored.sequence - from, total);
	}
	return r < 0 ? r : graph_publish(graph);
}

int graph_catch_up(struct graph *graph, graph_progress *tell, void *ctx)
{
	const struct progress_hook progress = { tell, ctx };
	AUTO(arena) struct arena *arena = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	int r;

	if (graph->folded >= eventlog_last(graph->log))
		return graph_publish(graph);
	arena = arena_new(DECODE_CHUNK, DECODE_MAX);
	if (!arena)
		return ERR_NOMEM;
	r = log_reader_new(graph->log, &reader);
	if (!r)
		r = log_reader_seek(reader, graph->folded + 1);
	return r ? r : catch_up(graph, &progress, reader, arena);
}
