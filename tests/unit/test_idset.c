/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_idset.c - ids go in, are found with their value, and go out
 */
#include "base/idset.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNIVERSE 500
#define MANY	 100000

static void a_member_is_found_with_its_value(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(10);
	uint64_t value = 0;

	assert_int_equal(idset_get(set, 7, NULL), 1);
	assert_int_equal(idset_put(set, 7, 70), 0);
	assert_int_equal(idset_get(set, 7, &value), 0);
	assert_int_equal(value, 70);
	assert_int_equal(idset_get(set, 8, &value), 1);
}

static void putting_a_member_again_replaces_its_value(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(1);
	uint64_t value = 0;

	assert_int_equal(idset_put(set, 7, 70), 0);
	assert_int_equal(idset_put(set, 7, 71), 1);
	assert_int_equal(idset_count(set), 1);
	assert_int_equal(idset_get(set, 7, &value), 0);
	assert_int_equal(value, 71);
}

static void the_ceiling_is_the_number_of_members(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(3);

	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(idset_put(set, id, 0), 0);
	assert_int_equal(idset_put(set, 4, 0), ERR_TOO_LARGE);
	assert_int_equal(idset_put(set, 3, 9), 1);
	assert_int_equal(idset_remove(set, 1), 0);
	assert_int_equal(idset_put(set, 4, 0), 0);
}

static void zero_is_never_a_member(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(3);

	assert_int_equal(idset_put(set, 0, 1), ERR_INVALID);
	assert_int_equal(idset_get(set, 0, NULL), 1);
	assert_int_equal(idset_remove(set, 0), 1);
}

static void a_cleared_set_is_empty_and_can_be_used_again(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(100);

	idset_clear(set);
	for (uint64_t id = 1; id <= 100; id++)
		assert_int_equal(idset_put(set, id, id), 0);
	idset_clear(set);
	assert_int_equal(idset_count(set), 0);
	assert_int_equal(idset_get(set, 50, NULL), 1);
	assert_int_equal(idset_put(set, 50, 1), 0);
}

static void many_members_of_any_pattern_are_kept(void **state)
{
	(void)state;
	static const uint64_t strides[] = { 1, 2, 4096, UINT64_C(1) << 32, 0x9e3779b9 };

	for (size_t s = 0; s < ARRAY_LEN(strides); s++) {
		AUTO(idset) struct idset *set = idset_new(MANY);
		uint64_t value = 0;

		for (uint64_t i = 1; i <= MANY; i++)
			assert_int_equal(idset_put(set, i * strides[s], i), 0);
		for (uint64_t i = 1; i <= MANY; i++) {
			assert_int_equal(idset_get(set, i * strides[s], &value), 0);
			assert_int_equal(value, i);
		}
		assert_int_equal(idset_count(set), MANY);
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

/* Compared after each step with an array that says who is a member. */
static void any_order_of_puts_and_removals_agrees_with_a_plain_array(void **state)
{
	(void)state;
	AUTO(idset) struct idset *set = idset_new(UNIVERSE);
	uint64_t model[UNIVERSE + 1] = { 0 };
	uint64_t seed = 1;

	for (uint64_t step = 1; step <= MANY; step++) {
		uint64_t id = next_random(&seed) % UNIVERSE + 1;
		uint64_t other = next_random(&seed) % UNIVERSE + 1;
		uint64_t value = 0;

		if (next_random(&seed) % 2) {
			assert_int_equal(idset_put(set, id, step), model[id] != 0);
			model[id] = step;
		} else {
			assert_int_equal(idset_remove(set, id), model[id] == 0);
			model[id] = 0;
		}
		assert_int_equal(idset_get(set, other, &value), model[other] == 0);
		assert_int_equal(value, model[other]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_is_found_with_its_value),
		cmocka_unit_test(putting_a_member_again_replaces_its_value),
		cmocka_unit_test(the_ceiling_is_the_number_of_members),
		cmocka_unit_test(zero_is_never_a_member),
		cmocka_unit_test(a_cleared_set_is_empty_and_can_be_used_again),
		cmocka_unit_test(many_members_of_any_pattern_are_kept),
		cmocka_unit_test(
			any_order_of_puts_and_removals_agrees_with_a_plain_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
