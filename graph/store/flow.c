/* SPDX-License-Identifier: Apache-2.0 */

/* flow.c - who tells of a flow, by (target, source, owner, lane) */

#include "graph/flow.h"

#include "graph/adjacency.h"
#include "store_impl.h"

#define FLOW_VERSION   1
#define PAIR_KEY_BYTES 8 /* target and source */
#define IMPLIED	       1U

static void pair_key(struct store_key *key, node_id target, node_id source)
{
	key_start(key);
	key_put_u32(key, target);
	key_put_u32(key, source);
}

static void flow_key(struct store_key *key, const struct flow_row *row)
{
	pair_key(key, row->target, row->source);
	key_put_u32(key, row->owner);
	key_put_u8(key, (uint8_t)row->lane);
}

static int decode_key(struct slice key, struct flow_row *out)
{
	struct key_reader reader;
	uint8_t lane;

	key_open(&reader, key);
	out->target = key_get_u32(&reader);
	out->source = key_get_u32(&reader);
	out->owner = key_get_u32(&reader);
	lane = key_get_u8(&reader);
	if (lane >= EVIDENCE_COUNT)
		return ERR_CORRUPT;
	out->lane = (enum evidence)lane;
	return key_close(&reader);
}

static int decode(struct record_reader *reader, struct flow_row *out)
{
	uint32_t now;

	out->segments = record_get_u32(reader);
	now = (uint32_t)record_get_max(reader, UINT16_MAX << 1 | IMPLIED);
	out->now = now >> 1;
	out->implied = now & IMPLIED;
	return record_close(reader);
}

int flow_get(struct store_txn *txn, struct flow_row *row)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	flow_key(&key, row);
	r = db_get_record(txn, DB_FLOW, &key, FLOW_VERSION, &reader);
	return r ? r : txn_check(txn, decode(&reader, row));
}

int flow_put(struct store_txn *txn, const struct flow_row *row)
{
	struct record_writer writer;
	struct store_key key;
	int r;

	if (row->now > UINT16_MAX)
		return ERR_INVALID;
	flow_key(&key, row);
	if (!row->segments && !row->now) {
		r = db_remove(txn, DB_FLOW, &key);
		return r < 0 ? r : 0;
	}
	r = txn_record(txn, &writer, FLOW_VERSION, (size_t)2 * VARINT32_MAX);
	if (r)
		return r;
	record_put_varint(&writer, row->segments);
	record_put_varint(&writer, row->now << 1 | (row->implied ? IMPLIED : 0));
	r = db_put_record(txn, DB_FLOW, &key, &writer);
	return r < 0 ? r : 0;
}

struct visitor {
	flow_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct flow_row found;
	int r = decode_key(row->key, &found);

	(void)txn;
	if (r)
		return r;
	r = record_open(&reader, row->value, FLOW_VERSION);
	if (r == 0)
		r = decode(&reader, &found);
	return r ? r : visitor->visit(visitor->ctx, &found);
}

int flow_each(struct store_txn *txn, node_id target, node_id source, flow_visit *visit,
	void *ctx)
{
	struct visitor visitor = { visit, ctx };
	struct store_key from;

	pair_key(&from, target, source);
	return db_each(txn, DB_FLOW, &from, PAIR_KEY_BYTES, visit_row, &visitor);
}

int flow_all(struct store_txn *txn, flow_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_FLOW, NULL, 0, visit_row, &visitor);
}

/* What the rows of a pair say together. */
struct summary {
	uint32_t lanes; /* bits of EDGE_FLOW_NOW and their EVER bits */
	uint32_t classes;
	bool open; /* one that stands now is not implied */
};

static int sum_up(void *ctx, const struct flow_row *row)
{
	static const uint32_t now[EVIDENCE_COUNT] = {
		[EVIDENCE_OBSERVED] = EDGE_FLOW_OBSERVED_NOW,
		[EVIDENCE_DECLARED] = EDGE_FLOW_DECLARED_NOW,
		[EVIDENCE_INFERRED] = EDGE_FLOW_INFERRED_NOW,
	};
	static const uint32_t ever[EVIDENCE_COUNT] = {
		[EVIDENCE_OBSERVED] = EDGE_FLOW_OBSERVED_EVER,
		[EVIDENCE_DECLARED] = EDGE_FLOW_DECLARED_EVER,
		[EVIDENCE_INFERRED] = EDGE_FLOW_INFERRED_EVER,
	};
	struct summary *summary = ctx;

	if (row->segments)
		summary->lanes |= ever[row->lane];
	if (!row->now)
		return 0;
	summary->lanes |= now[row->lane];
	summary->classes |= row->now;
	summary->open |= !row->implied;
	return 0;
}

int flow_flags(struct store_txn *txn, node_id target, node_id source, uint32_t *out)
{
	struct summary summary = { 0 };
	int r = flow_each(txn, target, source, sum_up, &summary);

	if (r)
		return r;
	*out = summary.lanes | summary.classes << EDGE_CLASS_SHIFT;
	if (summary.classes && !summary.open)
		*out |= EDGE_IMPLIED;
	return 0;
}
