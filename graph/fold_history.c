/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_history.c - the contents that a facet had, kept as they come and go
 */
#include "graph/fold_history.h"

#include "base/arena.h"
#include "graph/fold.h"

int fold_history_told(
	struct fold *fold, const struct history_key *key, const struct past_facet *told)
{
	struct past_facet past;
	int r;

	r = history_get(fold->txn, key->node, key->name_hash, told->hash, &past);
	if (r < 0)
		return r;
	if (r)
		return history_put(fold->txn, key->node, key->name_hash, told);
	if (told->first_us >= past.first_us && told->last_us <= past.last_us)
		return 0;
	if (told->first_us < past.first_us)
		past.first_us = told->first_us;
	if (told->last_us > past.last_us)
		past.last_us = told->last_us;
	past.bytes = told->bytes;
	return history_put(fold->txn, key->node, key->name_hash, &past);
}

/* A copy: what a read returns is not to be handed to a put. */
static int copy_content(
	struct fold *fold, node_id node, uint64_t name_hash, struct slice *out)
{
	struct facet facet;
	int r;

	r = facet_get(fold->txn, node, name_hash, &facet);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = arena_dup(fold->scratch, facet.bytes);
	return !out->ptr && facet.bytes.len ? ERR_NOMEM : 0;
}

int fold_history_leave(struct fold *fold, node_id node, const struct entity_facet *row)
{
	const struct history_key key = { node, row->name_hash };
	struct past_facet past = {
		.hash = row->hash,
		.first_us = row->first_us,
		.last_us = row->time_us,
	};
	int r = 0;

	if (row->hash)
		r = copy_content(fold, node, row->name_hash, &past.bytes);
	return r ? r : fold_history_told(fold, &key, &past);
}

int fold_history_enter(struct fold *fold, node_id node, struct entity_facet *row)
{
	struct past_facet past;
	int r;

	row->first_us = row->time_us;
	r = history_get(fold->txn, node, row->name_hash, row->hash, &past);
	if (r)
		return r < 0 ? r : 0;
	if (past.first_us < row->first_us)
		row->first_us = past.first_us;
	return 0;
}
