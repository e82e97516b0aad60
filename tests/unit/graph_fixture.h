/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_fixture.h - a data directory for one test, told events by lines
 *
 *	static void x(void **state)
 *	{
 *		struct world *w = *state;
 *
 *		tell(w, "run R1 START 5 J a > b");
 *		assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
 *	}
 *
 * tell() appends to the log and folds, as the collector does.
 */
#pragma once

#include "base/buf.h"
#include "graph/entity.h"
#include "graph/graph.h"
#include "graph/run.h"
#include "tests/unit/event_text.h"
#include "tests/unit/facet_fixture.h"
#include "tests/unit/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct world {
	struct tempdir dir;
	struct graph_options options;
	struct graph *graph;
	struct log_packer *packer;
	struct arena *arena;
	struct snapshot snapshot;
	struct buf dump;
	struct buf text;
};

static inline void world_open(struct world *w)
{
	struct fault fault = { 0 };

	if (graph_open(&w->options, &w->graph, &fault))
		fail_msg("%s: %s", fault.where, fault.why);
	if (w->options.readonly)
		return;
	assert_int_equal(log_packer_new(graph_log(w->graph), &w->packer), 0);
}

static inline void world_close(struct world *w)
{
	if (w->snapshot.txn)
		snapshot_end(&w->snapshot);
	log_packer_free(TAKE(w->packer));
	graph_close(TAKE(w->graph));
}

static inline int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	tempdir_make(&w->dir);
	w->options = (struct graph_options){
		.path = w->dir.path,
		.create = true,
		.no_sync = true,
		.decode = event_text_read,
		.facets = &facet_text_reader,
	};
	w->arena = arena_new(65536, 1 << 24);
	assert_non_null(w->arena);
	buf_init(&w->dump, 1 << 26);
	buf_init(&w->text, 1 << 26);
	world_open(w);
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;

	world_close(w);
	buf_fini(&w->dump);
	buf_fini(&w->text);
	arena_free(w->arena);
	tempdir_remove(&w->dir);
	free(w);
	return 0;
}

/* Makes one event durable; returns its sequence number. */
static inline uint64_t append(struct world *w, const char *line)
{
	char packed[4096];
	struct log_record record;
	uint64_t sequence;

	assert_true(log_pack_bound(strlen(line)) <= sizeof(packed));
	assert_int_equal(eventlog_pack(w->packer, slice_from(line), packed, &record), 0);
	assert_int_equal(
		eventlog_append(graph_log(w->graph), &record, 1, 1, &sequence), 0);
	assert_int_equal(eventlog_sync(graph_log(w->graph)), 0);
	return sequence;
}

static inline void read_line(struct world *w, const char *line, struct ol_event *out)
{
	arena_reset(w->arena);
	assert_int_equal(event_text_read(slice_from(line), 0, w->arena, out, NULL), 0);
}

static inline void fold(struct world *w, const char *line, uint64_t sequence)
{
	struct ol_event event;

	read_line(w, line, &event);
	assert_int_equal(graph_fold(w->graph, &event, sequence), 0);
}

static inline void tell(struct world *w, const char *line)
{
	fold(w, line, append(w, line));
}

/* What was told, as readers see it; valid until the next call. */
static inline struct snapshot *see(struct world *w)
{
	if (w->snapshot.txn)
		snapshot_end(&w->snapshot);
	assert_int_equal(graph_publish(w->graph), 0);
	assert_int_equal(snapshot_take(w->graph, &w->snapshot), 0);
	return &w->snapshot;
}

static inline int world_write(void *ctx, struct slice text)
{
	struct world *w = ctx;

	buf_slice(&w->dump, text);
	return buf_error(&w->dump);
}

/* The canonical text; valid until the next call. */
static inline const char *dump(struct world *w)
{
	buf_clear(&w->dump);
	assert_int_equal(graph_dump(see(w), world_write, w), 0);
	buf_byte(&w->dump, '\0');
	assert_int_equal(buf_error(&w->dump), 0);
	return w->dump.data;
}

static inline bool dump_has(struct world *w, const char *part)
{
	return strstr(dump(w), part) != NULL;
}

/* Edges as words. */
struct words {
	struct world *w;
	uint32_t flags;
	size_t count;
	char list[64][64];
};

/* "a", "a.x" of a field, "a.*" of a whole. */
static inline void word_of(const struct entity *node, char *out, size_t size)
{
	const struct node_key *key = &node->key;
	const char *dot = key->kind == NODE_FIELD ? "." : "";

	(void)snprintf(out, size, "%.*s%s%.*s", (int)key->name.len, key->name.ptr,
		key->kind == NODE_WHOLE ? ".*" : dot, (int)key->field.len,
		key->field.len ? key->field.ptr : "");
}

static inline int add_word(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct words *words = ctx;
	struct store_txn *txn = words->w->snapshot.txn;
	struct entity entity;
	char from[31];
	char to[31];

	if (direction != DOWNSTREAM || !(edge->flags & words->flags))
		return 0;
	assert_int_equal(entity_get(txn, node, &entity), 0);
	word_of(&entity, from, sizeof(from));
	assert_int_equal(entity_get(txn, edge->peer, &entity), 0);
	word_of(&entity, to, sizeof(to));
	assert_true(words->count < ARRAY_LEN(words->list));
	(void)snprintf(
		words->list[words->count++], sizeof(words->list[0]), "%s>%s", from, to);
	return 0;
}

static inline int compare_words(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The edges with one of these flags, as "J>b a>J", in order of bytes. */
static inline const char *edges(struct world *w, uint32_t flags)
{
	struct words words = { .w = w, .flags = flags };

	assert_int_equal(adjacency_all(see(w)->txn, add_word, &words), 0);
	qsort(words.list, words.count, sizeof(words.list[0]), compare_words);
	buf_clear(&w->text);
	for (size_t i = 0; i < words.count; i++) {
		buf_str(&w->text, i ? " " : "");
		buf_str(&w->text, words.list[i]);
	}
	buf_byte(&w->text, '\0');
	return w->text.data;
}

static inline void get_run(struct world *w, const char *text, struct run *out)
{
	struct runid id;

	(void)runid_from_text(slice_from(text), &id);
	assert_int_equal(run_get(see(w)->txn, &id, out), 0);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
