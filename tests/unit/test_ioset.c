/* SPDX-License-Identifier: Apache-2.0 */

/* test_ioset.c - sets of inputs and outputs */

#include "store_fixture.h"

#include "base/arena.h"
#include "graph/timeline.h"

#include <string.h>

static ioset_id intern(struct fixture *f, struct ioset set)
{
	ioset_id id;

	assert_int_equal(ioset_intern(f->txn, &set, &id), 0);
	return id;
}

static void an_equal_set_has_the_same_number(void **state)
{
	struct fixture *f = *state;
	node_id a[] = { 3, 9 }, b[] = { 3, 9 };
	ioset_id first = intern(f, (struct ioset){ a, 2, b, 1 });

	assert_int_not_equal(first, 0);
	assert_int_equal(intern(f, (struct ioset){ b, 2, a, 1 }), first);
}

static void different_sets_have_different_numbers(void **state)
{
	struct fixture *f = *state;
	node_id a[] = { 3, 9 };
	ioset_id ids[] = {
		intern(f, (struct ioset){ a, 2, NULL, 0 }),
		intern(f, (struct ioset){ a, 1, a + 1, 1 }),
		intern(f, (struct ioset){ NULL, 0, a, 2 }),
		intern(f, (struct ioset){ a, 1, NULL, 0 }),
	};

	for (size_t i = 1; i < ARRAY_LEN(ids); i++)
		assert_int_not_equal(ids[i], ids[i - 1]);
}

static void the_empty_set_is_number_0(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset found;

	assert_int_equal(intern(f, (struct ioset){ 0 }), 0);
	assert_int_equal(ioset_get(f->txn, 0, arena, &found), 0);
	assert_int_equal(found.input_count + found.output_count, 0);
}

static void a_large_set_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16, 1 << 24);
	size_t count = 50000;
	node_id *ids = test_calloc(count, sizeof(*ids));
	struct ioset found;
	ioset_id id;

	for (size_t i = 0; i < count; i++)
		ids[i] = (node_id)(1 + i * 80000);
	ids[count - 1] = UINT32_MAX;
	id = intern(f, (struct ioset){ ids, count, ids + 10, 20 });
	assert_int_equal(ioset_get(f->txn, id, arena, &found), 0);
	assert_int_equal(found.input_count, count);
	assert_int_equal(found.output_count, 20);
	assert_memory_equal(found.inputs, ids, count * sizeof(*ids));
	assert_memory_equal(found.outputs, ids + 10, 20 * sizeof(*ids));
	test_free(ids);
}

static void a_set_that_is_not_sorted_is_refused(void **state)
{
	struct fixture *f = *state;
	node_id down[] = { 9, 3 }, twice[] = { 3, 3 }, none[] = { 0 };
	ioset_id id;

	assert_int_equal(ioset_intern(f->txn, &(struct ioset){ down, 2, NULL, 0 }, &id),
		ERR_INVALID);
	assert_int_equal(ioset_intern(f->txn, &(struct ioset){ NULL, 0, twice, 2 }, &id),
		ERR_INVALID);
	assert_int_equal(ioset_intern(f->txn, &(struct ioset){ none, 1, NULL, 0 }, &id),
		ERR_INVALID);
}

static void a_number_that_was_never_given_is_corrupt(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset found;

	assert_int_equal(ioset_get(f->txn, 1, arena, &found), ERR_CORRUPT);
	assert_int_equal(ioset_holds(f->txn, 1, 1, false), ERR_CORRUPT);
}

static void a_set_tells_what_it_holds_on_each_side(void **state)
{
	struct fixture *f = *state;
	node_id in[] = { 3, 9, 300 }, out[] = { 9, 70000 };
	ioset_id id = intern(f, (struct ioset){ in, 3, out, 2 });

	assert_int_equal(ioset_holds(f->txn, id, 3, false), 0);
	assert_int_equal(ioset_holds(f->txn, id, 300, false), 0);
	assert_int_equal(ioset_holds(f->txn, id, 70000, false), 1);
	assert_int_equal(ioset_holds(f->txn, id, 9, true), 0);
	assert_int_equal(ioset_holds(f->txn, id, 70000, true), 0);
	assert_int_equal(ioset_holds(f->txn, id, 3, true), 1);
	assert_int_equal(ioset_holds(f->txn, id, UINT32_MAX, true), 1);
	assert_int_equal(ioset_holds(f->txn, 0, 3, true), 1);
}

static void a_full_arena_is_no_reason_to_lose_a_transaction(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(64, 64);
	node_id ids[1000];
	struct ioset found;
	ioset_id id;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		ids[i] = (node_id)i + 1;
	id = intern(f, (struct ioset){ ids, ARRAY_LEN(ids), NULL, 0 });
	assert_int_equal(ioset_get(f->txn, id, arena, &found), ERR_NOMEM);
	fixture_commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_equal_set_has_the_same_number),
		STORE_TEST(different_sets_have_different_numbers),
		STORE_TEST(the_empty_set_is_number_0),
		STORE_TEST(a_large_set_comes_back_as_it_was),
		STORE_TEST(a_set_that_is_not_sorted_is_refused),
		STORE_TEST(a_number_that_was_never_given_is_corrupt),
		STORE_TEST(a_set_tells_what_it_holds_on_each_side),
		STORE_TEST(a_full_arena_is_no_reason_to_lose_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
