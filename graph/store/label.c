/* SPDX-License-Identifier: Apache-2.0 */

/* label.c - nodes by owner and by tag: (kind, text, node) */

#include "graph/label.h"

#include "store_impl.h"

#define TEXT_BYTES_MAX 400
/* Zeros in a text take two bytes of key. */
#define TEXT_KEY_MAX (STORE_KEY_MAX - 1 - 2 - 4)

static void text_key(struct store_key *key, enum label_kind kind, struct slice text)
{
	key_start(key);
	key_put_u8(key, (uint8_t)kind);
	if (text.len > TEXT_BYTES_MAX)
		text.len = TEXT_BYTES_MAX;
	(void)key_put_name(key, text, TEXT_KEY_MAX);
}

static void label_key(
	struct store_key *key, enum label_kind kind, struct slice text, node_id node)
{
	text_key(key, kind, text);
	key_put_name_end(key);
	key_put_u32(key, node);
}

int label_add(
	struct store_txn *txn, enum label_kind kind, struct slice text, node_id node)
{
	struct store_key key;

	label_key(&key, kind, text, node);
	return db_index(txn, DB_LABEL, &key, false);
}

int label_remove(
	struct store_txn *txn, enum label_kind kind, struct slice text, node_id node)
{
	struct store_key key;

	label_key(&key, kind, text, node);
	return db_remove(txn, DB_LABEL, &key);
}

struct visitor {
	label_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	char text[STORE_KEY_MAX];
	struct key_reader key;
	size_t len;
	node_id node;
	int r;

	(void)txn;
	key_open(&key, row->key);
	key_get_u8(&key);
	len = key_get_name(&key, text, sizeof(text));
	node = key_get_u32(&key);
	r = key_close(&key);
	return r ? r : visitor->visit(visitor->ctx, slice_of(text, len), node);
}

int label_each(struct store_txn *txn, enum label_kind kind, struct slice prefix,
	label_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };
	struct store_key from;

	text_key(&from, kind, prefix);
	return db_each(txn, DB_LABEL, &from, from.len, visit_row, &visitor);
}
