/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump.c - the canonical text of a graph
 *
 *	node job "ns" "name" seen 1 2
 *		facet 00c0ffee00c0ffee "name" "hash of its bytes" 2
 *		upstream dataset "ns" "name" flags 5 segments 1 0
 *		observed row 1 RUN
 *		observed 1 RUN settled 2
 *			reads dataset "ns" "name"
 *			flow field "ns" "name" "x" to field ... classes 2001
 *	flow field "ns" "name" "x" to field ... by job "ns" "name" ...
 *	tag "pii" dataset "ns" "name"
 *	run RUN ...
 *	note "tag" "pii" 2 00c0ffee00c0ffee "{}"
 *	hour 495983 OTHER 0 START 1 ... datasets 2 jobs 1
 *
 * Nodes are numbered by rank in the order of their names; everything that is
 * stored in order of ids is sorted by rank before it is written.
 */
#include "base/arena.h"
#include "graph/dump_impl.h"
#include "graph/run.h"

#include <inttypes.h>
#include <stdlib.h>

#define DUMP_CHUNK	((size_t)256 * 1024)
#define DUMP_MAX	((size_t)16 * 1024 * 1024 * 1024)
#define DUMP_LIST_FIRST 64
#define DUMP_TEXT	((size_t)1024 * 1024 * 1024)

int dump_flush(struct dump *dump, size_t least)
{
	int r = buf_error(&dump->text);

	if (r || dump->text.len < least)
		return r;
	r = dump->write(dump->ctx, buf_get(&dump->text));
	buf_clear(&dump->text);
	return r;
}

void dump_quoted(struct buf *out, struct slice s)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			buf_printf(out, "\\x%02x", c);
		else
			buf_byte(out, (char)c);
	}
	buf_byte(out, '"');
}

void dump_key(struct buf *out, const struct node_key *key)
{
	buf_printf(out, "%s ", node_kind_text(key->kind));
	dump_quoted(out, key->namespace);
	buf_byte(out, ' ');
	dump_quoted(out, key->name);
	if (key->kind != NODE_FIELD)
		return;
	buf_byte(out, ' ');
	dump_quoted(out, key->field);
}

void dump_time(struct buf *out, int64_t time_us)
{
	if (time_us == TIME_OPEN)
		buf_str(out, " -");
	else if (time_us == TIME_NEVER)
		buf_str(out, " never");
	else
		buf_printf(out, " %" PRId64, time_us);
}

void dump_position(struct buf *out, const struct run_position *position)
{
	char run[RUNID_TEXT_MAX];

	dump_time(out, position->start_us);
	buf_printf(out, " %s", runid_format(&position->run, run));
}

const struct entity *dump_find(const struct dump *dump, node_id id)
{
	if (id == 0 || id > dump->last || !dump->rank[id])
		return NULL;
	return &dump->nodes[dump->rank[id] - 1];
}

int dump_name(struct dump *dump, const char *what, node_id id)
{
	const struct entity *node = dump_find(dump, id);

	if (!node)
		return ERR_CORRUPT;
	buf_str(&dump->text, what);
	dump_key(&dump->text, &node->key);
	return 0;
}

void dump_ranked(struct dump *dump, uint32_t rank)
{
	dump_key(&dump->text, &dump->nodes[rank - 1].key);
}

static int compare_ranks(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

int dump_rank(struct dump *dump, node_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!dump_find(dump, ids[i]))
			return ERR_CORRUPT;
		ids[i] = dump->rank[ids[i]];
	}
	if (count)
		qsort(ids, count, sizeof(*ids), compare_ranks);
	return 0;
}

void *dump_list_add(struct dump_list *list)
{
	size_t cap = list->cap ? list->cap * 2 : DUMP_LIST_FIRST;

	if (list->count == list->cap) {
		char *items = reallocarray(list->items, cap, list->item_bytes);

		if (!items)
			return NULL;
		list->items = items;
		list->cap = cap;
	}
	return list->items + list->count++ * list->item_bytes;
}

void dump_list_sort(struct dump_list *list, int (*compare)(const void *, const void *))
{
	if (list->count)
		qsort(list->items, list->count, list->item_bytes, compare);
}

void dump_list_fini(struct dump_list *list)
{
	free(list->items);
}

/* Gathering and ranking the nodes. */

static int gather_node(void *ctx, const struct entity *entity)
{
	struct dump *dump = ctx;
	struct entity *copy;

	if (dump->count == dump->cap || entity->id > dump->last)
		return ERR_CORRUPT;
	copy = &dump->nodes[dump->count++];
	*copy = *entity;
	copy->key.namespace = arena_dup(dump->names, entity->key.namespace);
	copy->key.name = arena_dup(dump->names, entity->key.name);
	copy->key.field = arena_dup(dump->names, entity->key.field);
	if ((!copy->key.namespace.ptr && copy->key.namespace.len) ||
		(!copy->key.name.ptr && copy->key.name.len) ||
		(!copy->key.field.ptr && copy->key.field.len))
		return ERR_NOMEM;
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct node_key *x = &((const struct entity *)a)->key;
	const struct node_key *y = &((const struct entity *)b)->key;
	int r;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	r = slice_compare(x->namespace, y->namespace);
	if (!r)
		r = slice_compare(x->name, y->name);
	return r ? r : slice_compare(x->field, y->field);
}

static int rank_nodes(struct dump *dump)
{
	int r = entity_last(dump->txn, &dump->last);

	if (r)
		return r;
	dump->cap = dump->last;
	dump->nodes = arena_array(dump->names, dump->cap + 1, sizeof(*dump->nodes));
	dump->rank =
		arena_array(dump->names, (size_t)dump->last + 1, sizeof(*dump->rank));
	if (!dump->nodes || !dump->rank)
		return ERR_NOMEM;
	r = entity_each(dump->txn, gather_node, dump);
	if (r)
		return r;
	qsort(dump->nodes, dump->count, sizeof(*dump->nodes), compare_nodes);
	for (size_t i = 0; i < dump->count; i++)
		dump->rank[dump->nodes[i].id] = (uint32_t)i + 1;
	return 0;
}

static int dump_all(struct dump *dump)
{
	int r = rank_nodes(dump);

	for (size_t i = 0; !r && i < dump->count; i++)
		r = dump_node(dump, &dump->nodes[i]);
	if (!r)
		r = dump_flows(dump);
	if (!r)
		r = dump_labels(dump);
	if (!r)
		r = dump_runs(dump);
	if (!r)
		r = dump_notes(dump);
	if (!r)
		r = dump_tallies(dump);
	return r ? r : dump_flush(dump, 0);
}

int graph_dump(struct snapshot *snapshot, graph_write *write, void *ctx)
{
	AUTO(arena) struct arena *names = arena_new(DUMP_CHUNK, DUMP_MAX);
	AUTO(arena) struct arena *scratch = arena_new(DUMP_CHUNK, DUMP_MAX);
	struct dump dump = {
		.txn = snapshot->txn,
		.names = names,
		.scratch = scratch,
		.write = write,
		.ctx = ctx,
	};
	int r;

	if (!names || !scratch)
		return ERR_NOMEM;
	buf_init(&dump.text, DUMP_TEXT);
	r = dump_all(&dump);
	buf_fini(&dump.text);
	return r;
}
