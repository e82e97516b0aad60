/* SPDX-License-Identifier: Apache-2.0 */

/*
 * entity_list.c - nodes in the order of (kind, namespace, name, id)
 *
 * The name in a key is cut; a prefix that is longer than the cut is compared
 * with the whole name again.
 */

#include "entity_impl.h"

#define NAME_BYTES_MAX 400
/* Zeros in a name take two bytes of key. */
#define NAME_KEY_MAX (STORE_KEY_MAX - 1 - 4 - 2 - 4)

static struct slice cut(struct slice name)
{
	return slice_of(name.ptr, name.len < NAME_BYTES_MAX ? name.len : NAME_BYTES_MAX);
}

static void list_key(struct store_key *key, enum node_kind kind, uint32_t namespace_id)
{
	key_start(key);
	key_put_u8(key, (uint8_t)kind);
	key_put_u32(key, namespace_id);
}

static void node_list_key(struct store_key *key, enum node_kind kind,
	uint32_t namespace_id, struct slice name, node_id id)
{
	list_key(key, kind, namespace_id);
	(void)key_put_name(key, cut(name), NAME_KEY_MAX);
	key_put_name_end(key);
	key_put_u32(key, id);
}

int entity_list_add(struct store_txn *txn, node_id id, enum node_kind kind,
	uint32_t namespace_id, struct slice name)
{
	struct store_key key;

	node_list_key(&key, kind, namespace_id, name, id);
	return db_index(txn, DB_ENTITY_LIST, &key, false);
}

/* A listing on its way through one or more parts of the index. */
struct listing {
	struct slice prefix; /* to compare names with; empty: the key says it all */
	bool skip;	     /* the first row is the one listed last */
	struct store_key after;
	node_id *ids;
	size_t max;
	size_t count;
};

int entity_row_id(const struct row *row, node_id *out)
{
	struct key_reader reader;

	if (row->key.len < sizeof(*out))
		return ERR_CORRUPT;
	key_open(&reader,
		slice_of(row->key.ptr + row->key.len - sizeof(*out), sizeof(*out)));
	*out = key_get_u32(&reader);
	return key_close(&reader);
}

static int name_starts(struct store_txn *txn, node_id id, struct slice prefix)
{
	struct entity entity;
	int r;

	if (!prefix.len)
		return 0;
	r = entity_get(txn, id, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return slice_starts(entity.key.name, prefix) ? 0 : 1;
}

/* Stops the walk with 1 when the listing is full. */
static int list_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	struct listing *listing = ctx;
	node_id id;
	int r;

	if (listing->count == listing->max)
		return 1;
	if (listing->skip && slice_equal(row->key, key_slice(&listing->after)))
		return 0;
	r = entity_row_id(row, &id);
	if (r)
		return r;
	r = name_starts(txn, id, listing->prefix);
	if (r)
		return r < 0 ? r : 0;
	listing->ids[listing->count++] = id;
	return 0;
}

/* Lists one part: the rows that start with a key, behind the position. */
static int list_part(
	struct store_txn *txn, const struct store_key *part, struct listing *listing)
{
	const struct store_key *from = part;
	int r;

	if (listing->skip &&
		slice_compare(key_slice(&listing->after), key_slice(part)) > 0)
		from = &listing->after;
	/* Behind the part already: nothing of it is left. */
	if (!slice_starts(key_slice(from), key_slice(part)))
		return 0;
	r = db_each(txn, DB_ENTITY_LIST, from, part->len, list_row, listing);
	return r < 0 ? r : 0;
}

static int start_after(struct store_txn *txn, node_id after, struct listing *listing)
{
	struct entity entity;
	int r;

	if (!after)
		return 0;
	r = entity_get(txn, after, &entity);
	if (r)
		return r < 0 ? r : ERR_INVALID;
	node_list_key(&listing->after, entity.key.kind, entity.namespace_id,
		entity.key.name, after);
	listing->skip = true;
	return 0;
}

static int list_kind(struct store_txn *txn, const struct entity_range *range,
	enum node_kind kind, struct listing *listing)
{
	struct store_key part;

	if (!range->namespace_id) {
		key_start(&part);
		key_put_u8(&part, (uint8_t)kind);
		return list_part(txn, &part, listing);
	}
	list_key(&part, kind, range->namespace_id);
	listing->prefix = range->prefix;
	if (range->prefix.len <= NAME_BYTES_MAX &&
		key_put_name(&part, range->prefix, NAME_KEY_MAX))
		listing->prefix = SLICE("");
	return list_part(txn, &part, listing);
}

int entity_list(struct store_txn *txn, const struct entity_range *range, node_id *ids,
	size_t max, size_t *count_out)
{
	static const enum node_kind kinds[] = { NODE_DATASET, NODE_JOB };
	struct listing listing = { .ids = ids, .max = max };
	int r = start_after(txn, range->after, &listing);

	for (size_t i = 0; i < ARRAY_LEN(kinds) && r == 0; i++) {
		if (!range->kind || range->kind == kinds[i])
			r = list_kind(txn, range, kinds[i], &listing);
	}
	if (r)
		return r;
	*count_out = listing.count;
	return 0;
}
