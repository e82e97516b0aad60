/* SPDX-License-Identifier: Apache-2.0 */

/*
 * alias.c - names of one dataset: alias_claim by claimer, alias by claimed name
 *
 * A name has at most one winner, so a group is a tree, or one circle with trees
 * hanging on it: going from winner to winner leads to the member that stands
 * for all, and from there the claims that won lead to all of them.
 */

#include "graph/alias.h"

#include "base/arena.h"
#include "base/idset.h"
#include "graph/entity.h"
#include "graph/idlist.h"
#include "steps.h"
#include "store_impl.h"

#define CLAIM_VERSION 1
#define ALIAS_VERSION 1

static void id_key(struct store_key *key, node_id id)
{
	key_start(key);
	key_put_u32(key, id);
}

/* A row of steps goes when there are none. */
static int begin_row(struct store_txn *txn, struct record_writer *writer, uint8_t version,
	size_t count)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, VARINT32_MAX, &bytes) ||
		__builtin_add_overflow(bytes, 2 * VARINT_MAX, &bytes))
		return ERR_TOO_LARGE;
	return txn_record(txn, writer, version, bytes);
}

static int end_row(struct store_txn *txn, enum store_db db, node_id id,
	struct record_writer *writer, const struct alias_ids *ids)
{
	struct store_key key;
	int r;

	record_put_varint(writer, ids->count);
	if (!steps_put(writer, ids->ids, ids->count))
		return ERR_INVALID;
	id_key(&key, id);
	r = db_put_record(txn, db, &key, writer);
	return r < 0 ? r : 0;
}

static int remove_row(struct store_txn *txn, enum store_db db, node_id id)
{
	struct store_key key;
	int r;

	id_key(&key, id);
	r = db_remove(txn, db, &key);
	return r < 0 ? r : 0;
}

/* Reads the ids that a row ends with.  A full arena is the caller's failure alone. */
static int close_row(struct store_txn *txn, struct record_reader *reader,
	struct arena *arena, struct alias_ids *out)
{
	int r;

	out->count = steps_count(reader);
	r = steps_get(reader, arena, out->count, &out->ids);
	if (r == 0)
		r = record_close(reader);
	return r == ERR_CORRUPT ? txn_check(txn, r) : r;
}

int alias_claims_get(struct store_txn *txn, node_id claimer, struct arena *arena,
	struct alias_ids *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	id_key(&key, claimer);
	r = db_get_record(txn, DB_ALIAS_CLAIM, &key, CLAIM_VERSION, &reader);
	if (r > 0)
		*out = (struct alias_ids){ 0 };
	if (r)
		return r < 0 ? r : 0;
	return close_row(txn, &reader, arena, out);
}

int alias_claims_put(
	struct store_txn *txn, node_id claimer, const struct alias_ids *claims)
{
	struct record_writer writer;
	int r;

	if (!claims->count)
		return remove_row(txn, DB_ALIAS_CLAIM, claimer);
	r = begin_row(txn, &writer, CLAIM_VERSION, claims->count);
	return r ? r : end_row(txn, DB_ALIAS_CLAIM, claimer, &writer, claims);
}

int alias_claimers_get(struct store_txn *txn, node_id claimed, struct arena *arena,
	struct alias_claimers *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	id_key(&key, claimed);
	r = db_get_record(txn, DB_ALIAS, &key, ALIAS_VERSION, &reader);
	if (r > 0)
		*out = (struct alias_claimers){ 0 };
	if (r)
		return r < 0 ? r : 0;
	out->winner = record_get_u32(&reader);
	return close_row(txn, &reader, arena, &out->all);
}

int alias_claimers_put(
	struct store_txn *txn, node_id claimed, const struct alias_claimers *claimers)
{
	struct record_writer writer;
	int r;

	if (!claimers->all.count)
		return remove_row(txn, DB_ALIAS, claimed);
	r = begin_row(txn, &writer, ALIAS_VERSION, claimers->all.count);
	if (r)
		return r;
	record_put_varint(&writer, claimers->winner);
	return end_row(txn, DB_ALIAS, claimed, &writer, &claimers->all);
}

struct visitor {
	alias_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct key_reader key;
	node_id claimed;
	node_id winner;
	int r;

	(void)txn;
	key_open(&key, row->key);
	claimed = key_get_u32(&key);
	r = key_close(&key);
	if (r == 0)
		r = record_open(&reader, row->value, ALIAS_VERSION);
	if (r)
		return r;
	winner = record_get_u32(&reader);
	if (reader.bad)
		return ERR_CORRUPT;
	return winner ? visitor->visit(visitor->ctx, claimed, winner) : 0;
}

int alias_each(struct store_txn *txn, alias_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_ALIAS, NULL, 0, visit_row, &visitor);
}

/* Who has a name, or 0. */
static int winner_of(struct store_txn *txn, node_id claimed, node_id *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	*out = 0;
	id_key(&key, claimed);
	r = db_get_record(txn, DB_ALIAS, &key, ALIAS_VERSION, &reader);
	if (r)
		return r < 0 ? r : 0;
	*out = record_get_u32(&reader);
	return reader.bad ? txn_check(txn, ERR_CORRUPT) : 0;
}

static int name_of(struct store_txn *txn, node_id id, struct node_key *out)
{
	struct entity entity;
	int r = entity_get(txn, id, &entity);

	if (r)
		return r < 0 ? r : txn_check(txn, ERR_CORRUPT);
	*out = entity.key;
	return 0;
}

static int compare_names(const struct node_key *a, const struct node_key *b)
{
	int r = slice_compare(a->namespace, b->namespace);

	return r ? r : slice_compare(a->name, b->name);
}

/* Of a circle of claims, the member with the smallest name. */
static int smallest_of_circle(struct store_txn *txn, node_id start, node_id *out)
{
	struct node_key smallest;
	node_id at = start;
	int r = name_of(txn, start, &smallest);

	*out = start;
	while (r == 0) {
		struct node_key name;

		r = winner_of(txn, at, &at);
		if (r == 0 && (at == start || at == 0))
			return at ? 0 : txn_check(txn, ERR_CORRUPT);
		if (r == 0)
			r = name_of(txn, at, &name);
		if (r == 0 && compare_names(&name, &smallest) < 0) {
			smallest = name;
			*out = at;
		}
	}
	return r;
}

/* The member that stands for the group of this one. */
static int find_head(struct store_txn *txn, node_id dataset, node_id *out)
{
	node_id at = dataset;
	node_id mark = dataset;
	uint64_t steps = 0;
	uint64_t lap = 1;

	for (;;) {
		node_id next;
		int r = winner_of(txn, at, &next);

		if (r)
			return r;
		if (!next) {
			*out = at;
			return 0;
		}
		/* Brent's way to see a circle: a mark that is set ever farther apart. */
		if (next == mark)
			return smallest_of_circle(txn, next, out);
		at = next;
		if (++steps == lap) {
			mark = at;
			lap *= 2;
		}
	}
}

/* A group on its way: its members so far, of which some have been asked. */
struct group {
	struct store_txn *txn;
	struct arena *arena;
	struct idset *known;
	struct idlist members;
};

static int join(struct group *group, node_id id)
{
	int r = idset_put(group->known, id, 0);

	if (r)
		return r < 0 ? r : 0;
	/* Not idlist_add(): that sorts, and the one that stands for all is first. */
	return idlist_append(&group->members, &id, 1);
}

/* Those of a member's claims that won. */
static int join_claims(struct group *group, node_id member)
{
	struct alias_ids claims;
	int r = alias_claims_get(group->txn, member, group->arena, &claims);

	for (size_t i = 0; i < claims.count && !r; i++) {
		node_id winner;

		r = winner_of(group->txn, claims.ids[i], &winner);
		if (!r && winner == member)
			r = join(group, claims.ids[i]);
	}
	return r;
}

int alias_group(struct store_txn *txn, node_id dataset, struct arena *arena,
	struct alias_ids *out)
{
	AUTO(idset) struct idset *known = idset_new(SIZE_MAX);
	struct group group = { txn, arena, known, { .arena = arena } };
	node_id head = 0;
	int r = known ? find_head(txn, dataset, &head) : ERR_NOMEM;

	if (!r)
		r = join(&group, head);
	for (size_t i = 0; !r && i < group.members.count; i++)
		r = join_claims(&group, group.members.ids[i]);
	if (r)
		return r;
	*out = (struct alias_ids){ group.members.ids, group.members.count };
	return 0;
}
