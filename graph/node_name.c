/* SPDX-License-Identifier: Apache-2.0 */

/*
 * node_name.c - nodes by what they are called
 */
#include "graph/node_name.h"

#include "base/arena.h"
#include "graph/entity.h"

static int copy(struct arena *arena, struct slice *text)
{
	struct slice kept = arena_dup(arena, *text);

	if (!kept.ptr)
		return ERR_NOMEM;
	*text = kept;
	return 0;
}

int node_key_copy(
	struct store_txn *txn, node_id id, struct arena *arena, struct node_key *out)
{
	struct entity entity;
	int r;

	r = entity_get(txn, id, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = copy(arena, &entity.key.namespace);
	if (!r)
		r = copy(arena, &entity.key.name);
	if (!r)
		r = copy(arena, &entity.key.field);
	if (r)
		return r;
	*out = entity.key;
	return 0;
}

int node_name_compare(struct store_txn *txn, node_id a, node_id b, int *out)
{
	struct entity x;
	struct entity y;
	int r;

	r = entity_get(txn, a, &x);
	if (!r)
		r = entity_get(txn, b, &y);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = slice_compare(x.key.namespace, y.key.namespace);
	if (!*out)
		*out = slice_compare(x.key.name, y.key.name);
	return 0;
}
