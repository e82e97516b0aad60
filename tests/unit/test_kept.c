/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_kept.c - what was found for a first page is there for the next ones
 */
#include "api/kept.h"

#include "base/arena.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHUNK ((size_t)1000)

static struct arena *some_arena(const char *text, const char **found)
{
	struct arena *arena = arena_new(CHUNK, (size_t)1 << 20);

	assert_non_null(arena);
	*found = arena_dup(arena, slice_of(text, strlen(text) + 1)).ptr;
	assert_non_null(*found);
	return arena;
}

static void give(struct kept_answers *kept, uint64_t question, const char *text)
{
	const struct kept_key key = { question, 7 };
	const char *found;
	struct arena *arena = some_arena(text, &found);

	kept_give(kept, &key, arena, found);
}

static bool has(struct kept_answers *kept, uint64_t question, uint64_t version)
{
	const struct kept_key key = { question, version };
	struct kept_hold *hold;
	bool found = kept_hold(kept, &key, &hold) != NULL;

	if (found)
		kept_drop(kept, hold);
	return found;
}

static void a_finding_is_known_by_its_question_and_version(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(100 * CHUNK);
	const struct kept_key key = { 1, 7 };
	struct kept_hold *hold;

	(void)state;
	assert_non_null(kept);
	give(kept, 1, "one");
	give(kept, 2, "two");
	assert_string_equal(kept_hold(kept, &key, &hold), "one");
	kept_drop(kept, hold);
	assert_false(has(kept, 1, 8));
	assert_false(has(kept, 3, 7));
}

static void the_newest_of_a_key_is_kept(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(100 * CHUNK);
	const struct kept_key key = { 1, 7 };
	struct kept_hold *hold;
	size_t bytes;

	(void)state;
	assert_non_null(kept);
	give(kept, 1, "old");
	bytes = kept_bytes(kept);
	give(kept, 1, "new");
	assert_int_equal(kept_bytes(kept), bytes);
	assert_string_equal(kept_hold(kept, &key, &hold), "new");
	kept_drop(kept, hold);
}

static void what_was_used_longest_ago_goes_first(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(3 * CHUNK + CHUNK / 2);

	(void)state;
	assert_non_null(kept);
	give(kept, 1, "one");
	give(kept, 2, "two");
	give(kept, 3, "three");
	assert_true(has(kept, 1, 7));
	give(kept, 4, "four");
	assert_true(has(kept, 1, 7));
	assert_false(has(kept, 2, 7));
	assert_true(has(kept, 3, 7));
	assert_true(has(kept, 4, 7));
	assert_in_range(kept_bytes(kept), 3 * CHUNK, 3 * CHUNK + CHUNK / 2);
}

static void what_is_larger_than_the_budget_is_not_kept(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(CHUNK / 2);

	(void)state;
	assert_non_null(kept);
	give(kept, 1, "one");
	assert_false(has(kept, 1, 7));
	assert_int_equal(kept_bytes(kept), 0);
}

static void what_is_held_stays_until_it_is_dropped(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(CHUNK + CHUNK / 2);
	const struct kept_key key = { 1, 7 };
	struct kept_hold *hold;
	const char *found;

	(void)state;
	assert_non_null(kept);
	give(kept, 1, "one");
	found = kept_hold(kept, &key, &hold);
	assert_non_null(found);
	give(kept, 2, "two");
	assert_false(has(kept, 1, 7));
	assert_string_equal(found, "one");
	kept_drop(kept, hold);
}

#define ROUNDS 2000

static void *use(void *arg)
{
	struct kept_answers *kept = arg;

	for (uint64_t i = 0; i < ROUNDS; i++) {
		const struct kept_key key = { i % 5 + 1, 7 };
		struct kept_hold *hold;
		const char *found = kept_hold(kept, &key, &hold);

		if (found && found[0] == 't')
			kept_drop(kept, hold);
		else if (!found)
			give(kept, i % 5 + 1, "text");
	}
	return NULL;
}

static void any_thread_may_use_it(void **state)
{
	AUTO(kept) struct kept_answers *kept = kept_new(3 * CHUNK + CHUNK / 2);
	pthread_t threads[3];

	(void)state;
	assert_non_null(kept);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, kept), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_in_range(kept_bytes(kept), CHUNK, 3 * CHUNK + CHUNK / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_known_by_its_question_and_version),
		cmocka_unit_test(the_newest_of_a_key_is_kept),
		cmocka_unit_test(what_was_used_longest_ago_goes_first),
		cmocka_unit_test(what_is_larger_than_the_budget_is_not_kept),
		cmocka_unit_test(what_is_held_stays_until_it_is_dropped),
		cmocka_unit_test(any_thread_may_use_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
