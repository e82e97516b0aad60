/* SPDX-License-Identifier: Apache-2.0 */

/* test_ioset_join.c - sets in their normal form, and several as one */

#include "store_fixture.h"

#include "base/arena.h"
#include "graph/entity.h"
#include "graph/flow.h"
#include "graph/timeline.h"

#include <stdlib.h>
#include <string.h>

/* Ids of what every test here has: two datasets, their wholes, fields, a job. */
enum { S = 1, D, S_ALL, D_ALL, S_X, D_X, J };

static void make_nodes(struct fixture *f)
{
	const struct node_key keys[] = {
		{ NODE_DATASET, SLICE("db"), SLICE("s"), SLICE("") },
		{ NODE_DATASET, SLICE("db"), SLICE("d"), SLICE("") },
		{ NODE_WHOLE, SLICE("db"), SLICE("s"), SLICE("") },
		{ NODE_WHOLE, SLICE("db"), SLICE("d"), SLICE("") },
		{ NODE_FIELD, SLICE("db"), SLICE("s"), SLICE("x") },
		{ NODE_FIELD, SLICE("db"), SLICE("d"), SLICE("x") },
		{ NODE_JOB, SLICE("etl"), SLICE("j"), SLICE("") },
	};
	node_id id;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_int_equal(entity_add(f->txn, &keys[i], 1, &id), 0);
}

static int setup(void **state)
{
	int r = fixture_setup(state);

	if (r == 0)
		make_nodes(*state);
	return r;
}

#define JOIN_TEST(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

#define COLUMNS(class)	(CLASS_FORM_COLUMNS | (class))
#define EXPLICIT(class) (CLASS_FORM_EXPLICIT | (class))

/* A set, in the arena, in any order. */
struct draft {
	struct ioset set;
	node_id inputs[8];
	node_id outputs[8];
	uint8_t covers[8];
	struct flow flows[16];
};

static struct draft *draft(struct arena *arena)
{
	struct draft *d = arena_array(arena, 1, sizeof(*d));

	assert_non_null(d);
	d->set.inputs = d->inputs;
	d->set.outputs = d->outputs;
	d->set.covers = d->covers;
	d->set.flows = d->flows;
	return d;
}

static void reads(struct draft *d, node_id dataset)
{
	d->inputs[d->set.input_count++] = dataset;
}

static void writes(struct draft *d, node_id dataset, uint8_t cover)
{
	d->covers[d->set.output_count] = cover;
	d->outputs[d->set.output_count++] = dataset;
}

static void flows(struct draft *d, node_id source, node_id target, uint32_t classes)
{
	d->flows[d->set.flow_count++] = (struct flow){ target, source, classes, false };
}

static void normalise(struct fixture *f, struct arena *arena, struct draft *d)
{
	assert_int_equal(ioset_normalise(f->txn, arena, &d->set), 0);
}

static ioset_id intern(struct fixture *f, struct arena *arena, struct draft *d)
{
	ioset_id id;

	normalise(f, arena, d);
	assert_int_equal(ioset_intern(f->txn, &d->set, &id), 0);
	return id;
}

/* The union of two drafts. */
static struct ioset unite(struct fixture *f, struct arena *arena, enum ioset_join join,
	struct draft *a, struct draft *b)
{
	ioset_id ids[] = { intern(f, arena, a), intern(f, arena, b) };
	struct ioset_list list = { .ids = ids, .count = 2 };
	struct ioset out;

	assert_int_equal(ioset_unite(f->txn, &list, join, arena, &out), 0);
	return out;
}

static void what_is_told_twice_is_there_once(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *d = draft(arena);

	reads(d, D);
	reads(d, S);
	reads(d, D);
	writes(d, D, 0);
	writes(d, S, COVER_COLUMNS);
	writes(d, D, COVER_COLUMNS);
	flows(d, S_X, D_X, COLUMNS(CLASS_IDENTITY));
	flows(d, S, D, COLUMNS(CLASS_IDENTITY));
	flows(d, S_X, D_X, COLUMNS(CLASS_FILTER));
	normalise(*state, arena, d);
	assert_int_equal(d->set.input_count, 2);
	assert_int_equal(d->inputs[0], S);
	assert_int_equal(d->set.output_count, 2);
	assert_int_equal(d->covers[1], COVER_COLUMNS);
	assert_int_equal(d->set.flow_count, 2);
	assert_int_equal(d->flows[0].target, D);
	assert_int_equal(d->flows[1].classes, COLUMNS(CLASS_IDENTITY | CLASS_FILTER));
}

static void covers_of_nothing_are_none(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *d = draft(arena);

	writes(d, D, 0);
	normalise(*state, arena, d);
	assert_null(d->set.covers);
	assert_int_equal(d->set.output_count, 1);
}

static void an_explicit_output_loses_its_columns(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *d = draft(arena);

	writes(d, D, COVER_COLUMNS);
	writes(d, D, COVER_EXPLICIT);
	writes(d, S, COVER_COLUMNS);
	flows(d, S, D, COLUMNS(CLASS_IDENTITY));
	flows(d, S_ALL, D_ALL, COLUMNS(CLASS_IDENTITY));
	flows(d, S_X, D_X, COLUMNS(CLASS_IDENTITY));
	flows(d, S, D, EXPLICIT(CLASS_IDENTITY));
	flows(d, D_X, S_X, COLUMNS(CLASS_IDENTITY));
	flows(d, S, J, COLUMNS(CLASS_IDENTITY));
	normalise(*state, arena, d);
	assert_int_equal(d->set.flow_count, 3);
	assert_int_equal(ioset_flow(&d->set, D, S), EXPLICIT(CLASS_IDENTITY));
	assert_int_equal(ioset_flow(&d->set, D_X, S_X), 0);
	assert_int_equal(ioset_flow(&d->set, S_X, D_X), COLUMNS(CLASS_IDENTITY));
}

static void a_flow_from_an_input_to_an_output_is_implied(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *d = draft(arena);

	reads(d, S);
	writes(d, D, COVER_COLUMNS);
	flows(d, S, D, COLUMNS(CLASS_IDENTITY));
	flows(d, S_X, D_X, COLUMNS(CLASS_IDENTITY));
	flows(d, S, J, EXPLICIT(CLASS_UNKNOWN));
	normalise(*state, arena, d);
	assert_int_equal(d->set.flow_count, 3);
	assert_true(d->flows[0].implied);
	assert_false(d->flows[1].implied);
	assert_false(d->flows[2].implied);
}

static void events_of_one_run_cover_together(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *a = draft(arena), *b = draft(arena);
	struct ioset both;

	reads(a, S);
	writes(a, D, 0);
	writes(b, D, COVER_COLUMNS);
	flows(b, S, D, COLUMNS(CLASS_IDENTITY));
	b->set.stated = true;
	both = unite(*state, arena, JOIN_RUN, a, b);
	assert_int_equal(both.output_count, 1);
	assert_int_equal(both.covers[0], COVER_COLUMNS);
	assert_true(both.flows[0].implied);
	assert_true(both.stated);
}

static void runs_side_by_side_leave_open_what_one_leaves_open(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *a = draft(arena), *b = draft(arena);
	struct ioset both;

	writes(a, D, 0);
	writes(b, D, COVER_COLUMNS);
	writes(b, S, COVER_EXPLICIT);
	both = unite(*state, arena, JOIN_TIME, a, b);
	assert_int_equal(both.output_count, 2);
	assert_int_equal(both.covers[0], COVER_EXPLICIT);
	assert_int_equal(both.covers[1], 0);
}

static void a_run_that_goes_on_opens_nothing_that_a_completed_one_covers(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *done = draft(arena), *going_on = draft(arena);
	ioset_id ids[2];
	struct ioset_list list = { ids, 2, ids, 1 };
	struct ioset both;

	writes(done, D, COVER_COLUMNS);
	writes(going_on, D, 0);
	ids[0] = intern(f, arena, done);
	ids[1] = intern(f, arena, going_on);
	assert_int_equal(ioset_unite(f->txn, &list, JOIN_TIME, arena, &both), 0);
	assert_int_equal(both.covers[0], COVER_COLUMNS);
	list.settled = &ids[1];
	assert_int_equal(ioset_unite(f->txn, &list, JOIN_TIME, arena, &both), 0);
	assert_null(both.covers);
}

static void runs_side_by_side_keep_columns_beside_explicit_flows(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *a = draft(arena), *b = draft(arena);
	struct ioset both;

	writes(a, D, COVER_COLUMNS);
	flows(a, S, D, COLUMNS(CLASS_IDENTITY));
	writes(b, D, COVER_EXPLICIT);
	flows(b, S, D, EXPLICIT(CLASS_FILTER));
	both = unite(*state, arena, JOIN_TIME, a, b);
	assert_int_equal(both.flow_count, 2);
	assert_int_equal(ioset_flow(&both, D, S),
		CLASS_FORM_COLUMNS | CLASS_FORM_EXPLICIT | CLASS_IDENTITY | CLASS_FILTER);
}

static void a_flow_is_implied_when_it_is_wherever_it_stands(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *a = draft(arena), *b = draft(arena), *c = draft(arena);

	reads(a, S);
	writes(a, D, COVER_COLUMNS);
	flows(a, S, D, COLUMNS(CLASS_IDENTITY));
	flows(b, S, D, EXPLICIT(CLASS_IDENTITY));
	reads(c, S_ALL);
	assert_true(unite(*state, arena, JOIN_TIME, a, c).flows[0].implied);
	assert_false(unite(*state, arena, JOIN_TIME, a, b).flows[0].implied);
	assert_true(unite(*state, arena, JOIN_RUN, a, b).flows[0].implied);
}

static void nothing_and_one_set_unite_to_themselves(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct draft *a = draft(arena);
	struct ioset out = { .stated = true };
	ioset_id id;
	struct ioset_list list = { .ids = &id };

	assert_int_equal(ioset_unite(f->txn, &list, JOIN_TIME, arena, &out), 0);
	assert_true(ioset_empty(&out));
	reads(a, S);
	id = intern(f, arena, a);
	list.count = 1;
	assert_int_equal(ioset_unite(f->txn, &list, JOIN_RUN, arena, &out), 0);
	assert_int_equal(out.input_count, 1);
}

static void make_random(struct draft *d, unsigned *seed)
{
	static const uint32_t forms[] = { CLASS_FORM_COLUMNS, CLASS_FORM_EXPLICIT,
		CLASS_FORM_RENAME };

	while (rand_r(seed) % 3 && d->set.input_count < 8)
		reads(d, rand_r(seed) % 2 ? S : D);
	while (rand_r(seed) % 3 && d->set.output_count < 8)
		writes(d, rand_r(seed) % 2 ? S : D, (uint8_t)(rand_r(seed) % 3));
	while (rand_r(seed) % 5 && d->set.flow_count < 16)
		flows(d, S + (node_id)(rand_r(seed) % 7), S + (node_id)(rand_r(seed) % 7),
			forms[rand_r(seed) % 3] | 1U << rand_r(seed) % 13);
}

/* Puts b's members behind those of a. */
static void add_all(struct draft *a, const struct draft *b)
{
	for (size_t i = 0; i < b->set.input_count && a->set.input_count < 8; i++)
		reads(a, b->inputs[i]);
	for (size_t i = 0; i < b->set.output_count && a->set.output_count < 8; i++)
		writes(a, b->outputs[i], b->covers[i]);
	for (size_t i = 0; i < b->set.flow_count && a->set.flow_count < 16; i++)
		flows(a, b->flows[i].source, b->flows[i].target, b->flows[i].classes);
}

static void uniting_before_or_after_is_the_same(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16, 1 << 24);
	unsigned seed = 7;

	for (int i = 0; i < 2000; i++) {
		struct draft *a = draft(arena), *b = draft(arena), *all = draft(arena);
		struct ioset both;
		ioset_id before, after;

		make_random(a, &seed);
		make_random(b, &seed);
		if (a->set.input_count + b->set.input_count > 8 ||
			a->set.output_count + b->set.output_count > 8 ||
			a->set.flow_count + b->set.flow_count > 16)
			continue;
		add_all(all, b);
		add_all(all, a);
		both = unite(f, arena, JOIN_RUN, a, b);
		before = intern(f, arena, all);
		assert_int_equal(ioset_intern(f->txn, &both, &after), 0);
		assert_int_equal(before, after);
		arena_reset(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOIN_TEST(what_is_told_twice_is_there_once),
		JOIN_TEST(covers_of_nothing_are_none),
		JOIN_TEST(an_explicit_output_loses_its_columns),
		JOIN_TEST(a_flow_from_an_input_to_an_output_is_implied),
		JOIN_TEST(events_of_one_run_cover_together),
		JOIN_TEST(runs_side_by_side_leave_open_what_one_leaves_open),
		JOIN_TEST(a_run_that_goes_on_opens_nothing_that_a_completed_one_covers),
		JOIN_TEST(runs_side_by_side_keep_columns_beside_explicit_flows),
		JOIN_TEST(a_flow_is_implied_when_it_is_wherever_it_stands),
		JOIN_TEST(nothing_and_one_set_unite_to_themselves),
		JOIN_TEST(uniting_before_or_after_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
