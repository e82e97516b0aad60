/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_record.c - every record and key of the store, of any bytes
 *
 * Input: one byte that chooses the sub-database, one that chooses how the row is
 * made, then its bytes.  The row is put into an empty transaction with a valid
 * checksum (unless told otherwise, a decoder would not be reached at all), then
 * everything that could read it is asked, and the transaction is forgotten.
 */

#include "base/arena.h"
#include "graph/adjacency.h"
#include "graph/alias.h"
#include "graph/entity.h"
#include "graph/flow.h"
#include "graph/history.h"
#include "graph/label.h"
#include "graph/parent.h"
#include "graph/store/store_impl.h"
#include "graph/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum how {
	HOW_RAW = 1,	       /* no version, no checksum */
	HOW_KEY = 2,	       /* the key is of the input too */
	HOW_KEY_LENGTH = 0xf0, /* its length, in steps of 2 */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/headwater-fuzz-XXXXXX";
static struct store *store;

static void clean_up(void)
{
	static const char *const names[] = { "/data.mdb", "/lock.mdb", "" };
	char path[64];

	store_close(store);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s%s", folder, names[i]);
		remove(path);
	}
}

static void begin(struct store_txn **txn)
{
	struct store_options options = { .path = folder, .no_sync = true };

	if (!store) {
		if (!mkdtemp(folder) || store_open(&options, &store, NULL) ||
			atexit(clean_up))
			abort();
	}
	if (store_write(store, txn))
		abort();
}

/* The key under which the questions below look. */
static void usual_key(struct store_key *key, enum store_db db)
{
	static const size_t lengths[DB_COUNT] = { [DB_ENTITY] = 4,
		[DB_NAMESPACE] = 4,
		[DB_IOSET] = 4,
		[DB_FACET] = 12,
		[DB_HISTORY] = 20,
		[DB_LABEL] = 8,
		[DB_ALIAS_CLAIM] = 4,
		[DB_ALIAS] = 4,
		[DB_RUN] = 16,
		[DB_RUN_JOB] = 29,
		[DB_RUN_TIME] = 24,
		[DB_SNAPSHOT] = 24,
		[DB_JOB_PARENT] = 4,
		[DB_JOB_CHILD] = 8,
		[DB_STATIC_EVENT] = 8,
		[DB_DECLARATION] = 29,
		[DB_TIMELINE] = 29,
		[DB_FLOW] = 13,
		[DB_ADJACENCY] = 9,
		[DB_ENTITY_KEY] = 8,
		[DB_NAMESPACE_KEY] = 8,
		[DB_IOSET_KEY] = 8,
		[DB_ENTITY_LIST] = 11,
		[DB_SEARCH] = 6 };

	key_start(key);
	if (db == DB_META) {
		key_put_bytes(key, SLICE("position"));
		return;
	}
	/* An id of 1 (a letter first where there are words), and zeros. */
	if (db == DB_SEARCH)
		key_put_u32(key, 0x61000000);
	else if (db == DB_LABEL)
		key_put_u32(key, LABEL_TAG << 24 | 0x610000);
	else
		key_put_u32(key, 1);
	while (key->len < lengths[db])
		key_put_u8(key, 0);
}

static uint8_t version_of(enum store_db db)
{
	static const uint8_t versions[DB_COUNT] = {
		[DB_ENTITY] = 2,
		[DB_RUN] = 2,
		[DB_IOSET] = 2,
		[DB_ADJACENCY] = 2,
	};

	return versions[db] ? versions[db] : 1;
}

static void put_row(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice bytes, uint8_t how)
{
	struct record_writer writer;
	int r;

	if (how & HOW_RAW) {
		r = db_put(txn, db, key, bytes);
	} else {
		if (txn_record(txn, &writer, version_of(db), bytes.len))
			abort();
		record_put_raw(&writer, bytes);
		r = db_put_record(txn, db, key, &writer);
	}
	if (r < 0)
		abort();
}

static int see_entity(void *ctx, const struct entity *entity)
{
	*(size_t *)ctx += entity->key.name.len;
	return 0;
}

static int see_namespace(void *ctx, uint32_t id, struct slice name)
{
	*(size_t *)ctx += name.len + id;
	return 0;
}

static int see_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	*(size_t *)ctx += node + direction + edge->peer;
	return 0;
}

static int see_label(void *ctx, struct slice text, node_id node)
{
	*(size_t *)ctx += text.len + node;
	return 0;
}

static int see_alias(void *ctx, node_id claimed, node_id winner)
{
	*(size_t *)ctx += claimed + winner;
	return 0;
}

static int see_child(void *ctx, node_id child)
{
	*(size_t *)ctx += child;
	return 0;
}

static int see_flow(void *ctx, const struct flow_row *row)
{
	*(size_t *)ctx += row->owner + row->now;
	return 0;
}

static int see_static(void *ctx, uint64_t hash, uint64_t sequence)
{
	*(size_t *)ctx += hash + sequence;
	return 0;
}

static void ask_names(struct store_txn *txn)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct alias_claimers claimers;
	struct past_facets past;
	struct past_facet content;
	struct job_parent parent;
	struct alias_ids ids;
	size_t n = 0;

	(void)!alias_claims_get(txn, 1, arena, &ids);
	(void)!alias_claimers_get(txn, 1, arena, &claimers);
	(void)!alias_each(txn, see_alias, &n);
	(void)!alias_group(txn, 1, arena, &ids);
	(void)!history_get(txn, 1, 0, 0, &content);
	(void)!history_list(txn, 1, 0, arena, &past);
	(void)!label_each(txn, LABEL_TAG, SLICE(""), see_label, &n);
	(void)!job_parent_get(txn, 1, &parent);
	(void)!job_children(txn, 1, see_child, &n);
}

static void ask_flows(struct store_txn *txn)
{
	struct flow_row row = { .target = 1 };
	uint32_t flags;
	size_t n = 0;

	(void)!flow_get(txn, &row);
	(void)!flow_each(txn, 1, 0, see_flow, &n);
	(void)!flow_all(txn, see_flow, &n);
	(void)!flow_flags(txn, 1, 0, &flags);
}

static void ask_entities(struct store_txn *txn)
{
	struct node_key wanted = { NODE_DATASET, SLICE("n"), SLICE("a"), SLICE("") };
	struct entity_range range = { .namespace_id = 1, .prefix = SLICE("a") };
	struct entity_facet rows[16];
	struct entity entity;
	struct facet facet;
	size_t n = 0;
	bool complete;
	uint32_t ids[8];

	(void)!entity_find(txn, &wanted, ids);
	(void)!entity_get(txn, 1, &entity);
	(void)!entity_facets(txn, 1, rows, ARRAY_LEN(rows));
	(void)!entity_each(txn, see_entity, &n);
	(void)!entity_last(txn, ids);
	(void)!facet_get(txn, 1, 0, &facet);
	(void)!namespace_each(txn, see_namespace, &n);
	(void)!namespace_find(txn, SLICE("n"), ids);
	(void)!entity_list(txn, &range, ids, ARRAY_LEN(ids), &n);
	(void)!entity_search(txn, SLICE("a"), 0, 100, ids, ARRAY_LEN(ids), &n, &complete);
}

static void ask_runs(struct store_txn *txn)
{
	struct run_position first = { .start_us = INT64_MIN, .run = { { 0, 0, 0, 1 } } };
	struct run_position zero = { .start_us = INT64_MIN }, position;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	static struct run run;
	struct declaration declaration;
	struct segment segment;
	struct snapshot_set snapshot;
	struct timeline_item flow = { .what = ITEM_FLOW, .node = 4, .source = 2 };
	struct ioset set;
	uint64_t sequence;
	int64_t time_us;
	size_t n = 0;

	(void)!run_get(txn, &first.run, &run);
	(void)!run_index_next(txn, 0, 0, RUN_NEWER, &zero, &position);
	(void)!run_index_next(txn, 1, 0, RUN_OLDER, &run_position_last, &position);
	(void)!static_event_find(txn, UINT64_C(1) << 32, &sequence);
	(void)!static_event_each(txn, see_static, &n);
	(void)!declaration_get(txn, 1, EVIDENCE_OBSERVED, &zero, &declaration);
	(void)!snapshot_set_get(txn, &first, &snapshot);
	(void)!snapshot_set_next(txn, &first.run, INT64_MIN, &time_us, &snapshot);
	(void)!segment_floor(txn, 1, 0, &run_position_last, &segment);
	(void)!segment_next(txn, 1, 0, &run_position_first, &segment);
	(void)!ioset_get(txn, 1, arena, &set);
	(void)!ioset_has(txn, 1, &flow, &n);
	(void)!store_position(txn, &sequence);
}

static void ask_adjacency(struct store_txn *txn)
{
	size_t n = 0;
	struct edge edge;

	(void)!adjacency_all(txn, see_edge, &n);
	(void)!adjacency_each(txn, 1, UPSTREAM, see_edge, &n);
	(void)!adjacency_get(txn, 1, UPSTREAM, 300, &edge);
	/* Changing a damaged chunk must be as safe as reading it. */
	txn->err = 0;
	edge = (struct edge){ 300, 7, { 1, 2 } };
	(void)!adjacency_put(txn, 1, UPSTREAM, &edge);
	txn->err = 0;
	(void)!adjacency_remove(txn, 1, UPSTREAM, 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(txn) struct store_txn *txn = NULL;
	struct store_key key;
	enum store_db db;
	size_t skip = 2;

	if (size < skip)
		return 0;
	db = (enum store_db)(data[0] % DB_COUNT);
	usual_key(&key, db);
	if (data[1] & HOW_KEY) {
		size_t len = 1 + (size_t)((data[1] & HOW_KEY_LENGTH) >> 3);

		if (size < skip + len)
			return 0;
		key_start(&key);
		key_put_bytes(&key, slice_of(data + skip, len));
		skip += len;
	}
	begin(&txn);
	put_row(txn, db, &key, slice_of(data + skip, size - skip), data[1]);
	ask_entities(txn);
	ask_names(txn);
	ask_runs(txn);
	ask_flows(txn);
	ask_adjacency(txn);
	return 0;
}
