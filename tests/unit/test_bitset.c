/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_bitset.c - sets and lists of ids of a walk, beside plain arrays
 */
#include "graph/bitset.h"
#include "graph/frontier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AT_ONCE 300

/* A set over the ids up to last, the same as one byte an id, and its members in order. */
struct trial {
	uint32_t last;
	struct bitset set;
	uint8_t *model;
	struct frontier members;
	uint64_t random;
};

static uint32_t random_below(struct trial *t, uint32_t n)
{
	t->random = t->random * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (uint32_t)((t->random >> 33) % n);
}

static void start(struct trial *t, uint32_t last)
{
	*t = (struct trial){ .last = last, .random = last };
	assert_int_equal(bitset_init(&t->set, last), 0);
	t->model = calloc(1, (size_t)last + 1);
	assert_non_null(t->model);
}

static void end(struct trial *t)
{
	bitset_fini(&t->set);
	frontier_fini(&t->members);
	free(t->model);
}

static void add(struct trial *t, const uint32_t *ids, size_t count)
{
	uint32_t added[AT_ONCE];
	size_t expected = 0;
	size_t n;

	assert_int_equal(bitset_reserve(&t->set, count), 0);
	assert_int_equal(frontier_reserve(&t->members, count), 0);
	n = bitset_add_new(&t->set, ids, count, added);
	for (size_t i = 0; i < count; i++) {
		if (t->model[ids[i]])
			continue;
		t->model[ids[i]] = 1;
		assert_true(expected < n);
		assert_int_equal(added[expected++], ids[i]);
		frontier_push(&t->members, ids[i]);
	}
	assert_int_equal(n, expected);
}

/* Ids of one region, as neighbours often are, or from anywhere. */
static void add_some(struct trial *t, uint32_t width)
{
	uint32_t ids[AT_ONCE];
	size_t count = random_below(t, AT_ONCE);
	uint32_t base = random_below(t, t->last + 1);

	for (size_t i = 0; i < count; i++)
		ids[i] = (uint32_t)(((uint64_t)base + random_below(t, width)) %
				    ((uint64_t)t->last + 1));
	add(t, ids, count);
}

static void assert_like_model(const struct trial *t)
{
	for (uint32_t id = 0; id <= t->last; id++)
		assert_int_equal(bitset_has(&t->set, id), t->model[id]);
}

/* A few ids, one block, the bounds of a flat set, and far beyond. */
static const uint32_t lasts[] = { 0, 63, 4095, 4096, 8191, 8192, 12287, 100000, 1000000 };

static void a_set_has_what_was_added_and_tells_what_was_new(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lasts); i++) {
		struct trial t;

		start(&t, lasts[i]);
		for (int step = 0; step < 30; step++)
			add_some(&t, step % 2 ? lasts[i] + 1 : 2000);
		assert_like_model(&t);
		end(&t);
	}
}

static void a_removed_id_is_no_member_and_can_be_added_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lasts); i++) {
		struct trial t;
		uint32_t id;

		start(&t, lasts[i]);
		add_some(&t, 2000);
		id = random_below(&t, lasts[i] + 1);
		add(&t, &id, 1);
		bitset_remove(&t.set, id);
		t.model[id] = 0;
		assert_like_model(&t);
		add(&t, &id, 1);
		assert_like_model(&t);
		end(&t);
	}
}

static void a_sorted_list_has_the_members_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lasts); i++) {
		struct frontier scratch = { 0 };
		struct trial t;
		size_t n = 0;

		start(&t, lasts[i]);
		for (int step = 0; step < 4; step++)
			add_some(&t, i % 2 ? lasts[i] + 1 : 500);
		assert_int_equal(frontier_sort(&t.members, &scratch), 0);
		for (uint32_t id = 0; id <= t.last; id++) {
			if (t.model[id])
				assert_int_equal(t.members.ids[n++], id);
		}
		assert_int_equal(t.members.count, n);
		frontier_fini(&scratch);
		end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_has_what_was_added_and_tells_what_was_new),
		cmocka_unit_test(a_removed_id_is_no_member_and_can_be_added_again),
		cmocka_unit_test(a_sorted_list_has_the_members_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
