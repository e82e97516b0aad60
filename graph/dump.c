/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump.c - the canonical text of a graph
 *
 *	node job "ns" "name" seen 1 2
 *		facet 00c0ffee00c0ffee "name" 2 "hash of its bytes"
 *		upstream dataset "ns" "name" flags 5 segments 1 0
 *		observed 1 RUN settled 2
 *			reads dataset "ns" "name"
 *	run RUN ...
 *
 * Nodes are numbered by rank in the order of their names; everything that is
 * stored in order of ids is sorted by rank before it is written.
 */
#include "base/arena.h"
#include "graph/dump_impl.h"
#include "graph/run.h"

#include <inttypes.h>
#include <stdlib.h>

#define DUMP_CHUNK ((size_t)256 * 1024)
#define DUMP_MAX   ((size_t)16 * 1024 * 1024 * 1024)
#define DUMP_TEXT  ((size_t)1024 * 1024 * 1024)

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
	else
		buf_printf(out, " %" PRId64, time_us);
}

const struct entity *dump_find(const struct dump *dump, node_id id)
{
	if (id == 0 || id > dump->last || !dump->rank[id])
		return NULL;
	return &dump->nodes[dump->rank[id] - 1];
}

static int put_node_name(struct dump *dump, const char *what, node_id id)
{
	const struct entity *node = dump_find(dump, id);

	if (!node)
		return ERR_CORRUPT;
	buf_str(&dump->text, what);
	dump_key(&dump->text, &node->key);
	return 0;
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

/* Runs. */

static int put_run(struct dump *dump, const struct run *run)
{
	struct buf *out = &dump->text;
	char id[RUNID_TEXT_MAX];
	int r;

	buf_printf(out, "run %s ", runid_format(&run->id, id));
	dump_quoted(out, run->text);
	r = put_node_name(dump, " ", run->job);
	if (r)
		return r;
	buf_printf(out, " known %d", run->job_known);
	dump_time(out, run->job_time_us);
	buf_printf(out, " %s", event_type_text(run->state));
	dump_time(out, run->start_us);
	dump_time(out, run->first_us);
	dump_time(out, run->last_us);
	dump_time(out, run->end_us);
	buf_byte(out, '\n');
	for (uint32_t i = 0; i < run->event_count; i++) {
		buf_printf(out, "\tevent %016" PRIx64, run->events[i].hash);
		dump_time(out, run->events[i].time_us);
		buf_byte(out, '\n');
	}
	return dump_ioset(dump, run->io);
}

static int dump_run(struct dump *dump, const struct runid *id)
{
	struct run run;
	int r;

	arena_reset(dump->scratch);
	r = run_get(dump->txn, id, &run);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = put_run(dump, &run);
	return r ? r : dump_flush(dump, DUMP_FLUSH);
}

struct runids {
	struct runid *list;
	size_t count;
	size_t cap;
};

static int add_run(struct runids *runs, const struct runid *id)
{
	size_t cap = runs->cap ? runs->cap * 2 : 1024;

	if (runs->count == runs->cap) {
		struct runid *list = reallocarray(runs->list, cap, sizeof(*list));

		if (!list)
			return ERR_NOMEM;
		runs->list = list;
		runs->cap = cap;
	}
	runs->list[runs->count++] = *id;
	return 0;
}

static int gather_runs(struct dump *dump, struct runids *runs)
{
	struct run_position at = run_position_first;
	struct run_position next;
	int r;

	while ((r = run_index_next(
			dump->txn, 0, EVIDENCE_OBSERVED, RUN_NEWER, &at, &next)) == 0) {
		r = add_run(runs, &next.run);
		if (r)
			return r;
		at = next;
	}
	return r < 0 ? r : 0;
}

static int compare_runids(const void *a, const void *b)
{
	return runid_compare(a, b);
}

static int dump_runs(struct dump *dump)
{
	struct runids runs = { 0 };
	int r;

	r = gather_runs(dump, &runs);
	if (runs.count)
		qsort(runs.list, runs.count, sizeof(*runs.list), compare_runids);
	for (size_t i = 0; !r && i < runs.count; i++)
		r = dump_run(dump, &runs.list[i]);
	free(runs.list);
	return r;
}

static int dump_all(struct dump *dump)
{
	int r = rank_nodes(dump);

	for (size_t i = 0; !r && i < dump->count; i++)
		r = dump_node(dump, &dump->nodes[i]);
	if (!r)
		r = dump_runs(dump);
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
