/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_label.c - the index of owners and tags follows the facets that stand
 */
#include "graph/fold_label.h"

#include "base/arena.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_node.h"
#include "graph/node_name.h"

#include <stdlib.h>

/*
 * The index may cut a text that is longer than this: two of a node are one row
 * then, which must not go with the first of them.
 */
#define TEXT_WHOLE 200

/* One row of the index to be. */
struct row {
	node_id node;
	struct slice text;
};

struct rows {
	struct row *list;
	size_t count;
};

/* The node that labels are told of, and its key once it is needed. */
struct carrier {
	struct fold *fold;
	enum label_kind kind;
	node_id node;
	struct node_key key;
};

/* The field of a label, or who carries it; jobs have no fields. */
static int find_carrier(
	struct carrier *carrier, const struct ol_label *label, node_id *out)
{
	struct fold *fold = carrier->fold;
	struct node_key key;
	int r = 0;

	*out = carrier->node;
	if (!label->field.ptr || carrier->kind != LABEL_TAG)
		return 0;
	if (!carrier->key.kind)
		r = node_key_copy(fold->txn, carrier->node, fold->scratch, &carrier->key);
	if (r || carrier->key.kind != NODE_DATASET)
		return r;
	key = carrier->key;
	key.kind = NODE_FIELD;
	key.field = label->field;
	return fold_node(fold, &key, TIME_NEVER, out);
}

/* KEY=VALUE */
static int join(struct arena *arena, const struct ol_label *label, struct slice *out)
{
	size_t name = label->name.len;
	size_t len;
	char *text;

	if (__builtin_add_overflow(name, label->value.len, &len) ||
		__builtin_add_overflow(len, 1, &len))
		return ERR_NOMEM;
	text = arena_alloc(arena, len);
	if (!text)
		return ERR_NOMEM;
	if (name)
		memcpy(text, label->name.ptr, name);
	text[name] = '=';
	if (label->value.len)
		memcpy(text + name + 1, label->value.ptr, label->value.len);
	*out = slice_of(text, len);
	return 0;
}

static int add_rows(
	struct carrier *carrier, const struct ol_label *label, struct rows *rows)
{
	struct row *row = &rows->list[rows->count];
	int r;

	r = find_carrier(carrier, label, &row->node);
	if (r)
		return r;
	row->text = label->name;
	rows->count++;
	if (carrier->kind == LABEL_OWNER || !label->value.ptr)
		return 0;
	row[1].node = row->node;
	rows->count++;
	return join(carrier->fold->scratch, label, &row[1].text);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	if (x->node != y->node)
		return x->node > y->node ? 1 : -1;
	return slice_compare(x->text, y->text);
}

/* All rows that labels make, sorted; one may be there twice. */
static int list_rows(
	struct carrier *carrier, const struct ol_labels *labels, struct rows *out)
{
	size_t count;

	*out = (struct rows){ 0 };
	if (!labels->count)
		return 0;
	if (__builtin_mul_overflow(labels->count, 2, &count))
		return ERR_NOMEM;
	out->list = arena_array(carrier->fold->scratch, count, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < labels->count; i++) {
		int r = add_rows(carrier, &labels->list[i], out);

		if (r)
			return r;
	}
	qsort(out->list, out->count, sizeof(*out->list), compare_rows);
	return 0;
}

static bool has_row(const struct rows *rows, const struct row *row)
{
	return rows->count &&
	       bsearch(row, rows->list, rows->count, sizeof(*rows->list), compare_rows);
}

static int remove_rows(
	struct carrier *carrier, const struct rows *was, const struct rows *now)
{
	for (size_t i = 0; i < was->count; i++) {
		const struct row *row = &was->list[i];
		int r;

		if (has_row(now, row))
			continue;
		r = label_remove(carrier->fold->txn, carrier->kind, row->text, row->node);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_rows(
	struct carrier *carrier, const struct rows *was, const struct rows *now)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct row *row = &now->list[i];
		int r;

		if (row->text.len <= TEXT_WHOLE && has_row(was, row))
			continue;
		r = label_add(carrier->fold->txn, carrier->kind, row->text, row->node);
		if (r)
			return r;
	}
	return 0;
}

int fold_labels(struct fold *fold, const struct label_change *change)
{
	struct carrier carrier = { fold, change->kind, change->node, { 0 } };
	struct rows was;
	struct rows now;
	int r;

	r = list_rows(&carrier, change->was, &was);
	if (!r)
		r = list_rows(&carrier, change->now, &now);
	if (!r)
		r = remove_rows(&carrier, &was, &now);
	return r ? r : put_rows(&carrier, &was, &now);
}

int fold_label_fields(struct fold *fold, node_id node, const struct ol_labels *labels)
{
	struct carrier carrier = { fold, LABEL_TAG, node, { 0 } };
	node_id field;

	for (size_t i = 0; i < labels->count; i++) {
		int r = find_carrier(&carrier, &labels->list[i], &field);

		if (r)
			return r;
	}
	return 0;
}
