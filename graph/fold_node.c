/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_node.c - nodes that events name
 *
 * A field hangs on its whole, and that on its dataset: the outer ones are made
 * first.
 */
#include "graph/fold_node.h"

#include "graph/adjacency.h"
#include "graph/columns.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_alias.h"
#include "graph/fold_tally.h"
#include "graph/image.h"

/* A node that is not there yet, as it was stored. */
static int add(struct fold *fold, const struct node_key *key, int64_t seen_us,
	struct entity *out)
{
	node_id id;
	int r;

	r = entity_add(fold->txn, key, seen_us, &id);
	if (!r)
		r = entity_get(fold->txn, id, out);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	fold_tally_node(fold, key->kind, TIME_NEVER, seen_us);
	return image_add_node(fold->image, id, key->kind, out->namespace_id, out->parent);
}

/* A dataset or a job. */
static int find_outer(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	struct entity entity;
	int r;

	r = entity_find(fold->txn, key, out);
	if (r != 1)
		return r;
	r = add(fold, key, seen_us, &entity);
	if (r)
		return r;
	*out = entity.id;
	return 0;
}

static int find_whole(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	struct node_key dataset = *key;
	struct entity whole;
	node_id id;
	int r;

	r = entity_find(fold->txn, key, out);
	if (r != 1)
		return r;
	dataset.kind = NODE_DATASET;
	r = find_outer(fold, &dataset, seen_us, &id);
	if (!r)
		r = add(fold, key, TIME_NEVER, &whole);
	/* In the image a dataset knows its whole. */
	if (!r)
		r = image_add_node(
			fold->image, id, NODE_DATASET, whole.namespace_id, whole.id);
	if (r)
		return r;
	*out = whole.id;
	return fold_alias_field(fold, whole.id);
}

static int contain(struct fold *fold, node_id whole, node_id field)
{
	const struct edge edge = { .peer = field, .flags = EDGE_CONTAINS };
	int r = adjacency_put(fold->txn, whole, DOWNSTREAM, &edge);

	if (r < 0)
		return r;
	return image_put_edge(fold->image, whole, DOWNSTREAM, field, edge.flags);
}

static int find_field(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	struct node_key whole = *key;
	struct entity field;
	node_id id;
	int r;

	r = entity_find(fold->txn, key, out);
	if (r != 1)
		return r;
	whole.kind = NODE_WHOLE;
	whole.field = (struct slice){ 0 };
	r = find_whole(fold, &whole, seen_us, &id);
	if (!r)
		r = add(fold, key, TIME_NEVER, &field);
	if (!r)
		r = contain(fold, id, field.id);
	if (!r && column_may_nest(key->field))
		r = image_set_nested(fold->image, id);
	if (r)
		return r;
	*out = field.id;
	return fold_alias_field(fold, field.id);
}

int fold_node(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	switch (key->kind) {
	case NODE_DATASET:
	case NODE_JOB:
		return find_outer(fold, key, seen_us, out);
	case NODE_WHOLE:
		return find_whole(fold, key, seen_us, out);
	case NODE_FIELD:
		return find_field(fold, key, seen_us, out);
	}
	return ERR_INVALID;
}
