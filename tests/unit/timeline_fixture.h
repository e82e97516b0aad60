/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_fixture.h - one job's runs, in a store and beside it
 */
#pragma once

#include "graph/timeline.h"

#include "base/arena.h"
#include "tests/unit/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define JOB	1
#define RUNS	24
#define SETS	5
#define SHARED	200
#define RUNNING (-1)

struct world {
	struct tempdir dir;
	struct store *store;
	struct store_txn *txn;
	struct arena *arena;
	struct timeline_entry runs[RUNS];
	bool there[RUNS];
	long hook_count[SETS]; /* segments with a set, as the hook told */
	ioset_id sets[SETS];   /* [0] is the empty one */
};

static inline int count_segment(void *ctx, const struct segment *segment, bool added)
{
	struct world *w = ctx;

	for (size_t i = 1; i < SETS; i++)
		if (w->sets[i] == segment->io)
			w->hook_count[i] += added ? 1 : -1;
	return 0;
}

static inline int known_entry(void *ctx, node_id job, enum evidence lane,
	const struct run_position *position, struct timeline_entry *out)
{
	struct world *w = ctx;

	(void)job;
	(void)lane;
	*out = w->runs[position->run.bytes[15]];
	return run_position_compare(&out->position, position) ? ERR_CORRUPT : 0;
}

/* Set i reads dataset 100 + i and writes SHARED. */
static inline void make_sets(struct world *w)
{
	for (node_id i = 1; i < SETS; i++) {
		node_id in = 100 + i;
		node_id out = SHARED;
		const struct ioset set = { .inputs = &in,
			.input_count = 1,
			.outputs = &out,
			.output_count = 1 };

		assert_int_equal(ioset_intern(w->txn, &set, &w->sets[i]), 0);
	}
}

static inline int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct store_options options = { .no_sync = true };

	assert_non_null(w);
	tempdir_make(&w->dir);
	options.path = w->dir.path;
	assert_int_equal(store_open(&options, &w->store, NULL), 0);
	assert_int_equal(store_write(w->store, &w->txn), 0);
	w->arena = arena_new(65536, 1 << 24);
	assert_non_null(w->arena);
	make_sets(w);
	*state = w;
	return 0;
}

static inline int close_world(void **state)
{
	struct world *w = *state;

	store_end(w->txn);
	store_close(w->store);
	arena_free(w->arena);
	tempdir_remove(&w->dir);
	free(w);
	return 0;
}

static inline void store_run(struct world *w, const struct timeline_entry *entry)
{
	struct run run = { .id = entry->position.run,
		.job = JOB,
		.state = entry->settled_us == TIME_OPEN ? TYPE_FAIL : TYPE_COMPLETE,
		.start_us = entry->position.start_us,
		.first_us = entry->position.start_us,
		.last_us = entry->position.start_us,
		.end_us = entry->settled_us == TIME_OPEN ? entry->position.start_us
							 : entry->settled_us,
		.told_us = INT64_MIN,
		.child_us = INT64_MAX,
		.io = entry->io };

	assert_int_equal(run_put(w->txn, &run), 0);
}

static inline void move_row(struct world *w, const struct timeline_entry *old,
	const struct timeline_entry *now)
{
	if (old && now && !run_position_compare(&old->position, &now->position))
		return;
	if (old)
		assert_int_equal(
			run_index_remove(w->txn, JOB, EVIDENCE_OBSERVED, &old->position),
			0);
	if (now)
		assert_int_equal(
			run_index_add(w->txn, JOB, EVIDENCE_OBSERVED, &now->position), 0);
}

/* Changes run i to what is given; now NULL takes it away. */
static inline int change(struct world *w, size_t i, const struct timeline_entry *now)
{
	const struct timeline_hooks hooks = { count_segment, known_entry, w };
	struct timeline_entry was = w->runs[i];
	struct timeline_entry *old = w->there[i] ? &was : NULL;
	int r;

	move_row(w, old, now);
	w->there[i] = now != NULL;
	if (now) {
		w->runs[i] = *now;
		store_run(w, now);
	}
	r = timeline_update(w->txn, JOB, EVIDENCE_OBSERVED, old, now, &hooks);
	assert_true(r >= 0);
	return r;
}

static inline struct timeline_entry entry_of(
	struct world *w, size_t i, int64_t start_us, size_t set, int64_t end_us)
{
	struct timeline_entry entry = {
		.position = { .start_us = start_us },
		.io = w->sets[set],
		.settled_us = end_us == RUNNING ? TIME_OPEN : end_us,
	};

	entry.position.run.bytes[15] = (uint8_t)i;
	return entry;
}

static inline int put(
	struct world *w, size_t i, int64_t start_us, size_t set, int64_t end_us)
{
	struct timeline_entry entry = entry_of(w, i, start_us, set, end_us);

	return change(w, i, &entry);
}

static inline size_t segments(struct world *w, struct segment *out)
{
	struct run_position at = run_position_first;
	size_t n = 0;

	while (segment_next(w->txn, JOB, EVIDENCE_OBSERVED, &at, &out[n]) == 0)
		at = out[n++].first;
	return n;
}

/* What is read: "1" is dataset 101. */
static inline const char *reads(struct world *w, const struct ioset *set)
{
	char *text = arena_alloc(w->arena, set->input_count + 1);

	assert_non_null(text);
	for (size_t i = 0; i < set->input_count; i++)
		text[i] = (char)('0' + (set->inputs[i] - 100));
	text[set->input_count] = '\0';
	return text;
}

static inline const char *window(struct world *w, int64_t from_us, int64_t to_us)
{
	const struct timeline_question question = { JOB, EVIDENCE_OBSERVED, from_us,
		to_us };
	struct ioset set;

	assert_int_equal(timeline_held(w->txn, &question, NULL, w->arena, &set), 0);
	return reads(w, &set);
}

static inline const char *as_of(struct world *w, int64_t time_us)
{
	return window(w, time_us, time_us);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)
