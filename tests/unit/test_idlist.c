/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_idlist.c - 32-bit ids in an arena
 */
#include "graph/idlist.h"

#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_finished_list_is_sorted_without_doubles(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct idlist list = { .arena = arena };
	const uint32_t more[] = { 9, 2, 7 };

	(void)state;
	assert_int_equal(idlist_add(&list, 7), 0);
	assert_int_equal(idlist_add(&list, 1), 0);
	assert_int_equal(idlist_add(&list, 7), 0);
	assert_int_equal(idlist_append(&list, more, 3), 0);
	idlist_finish(&list);
	assert_int_equal(list.count, 4);
	assert_int_equal(list.ids[0], 1);
	assert_int_equal(list.ids[1], 2);
	assert_int_equal(list.ids[2], 7);
	assert_int_equal(list.ids[3], 9);
}

static void the_same_few_ids_take_little_room(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct idlist list = { .arena = arena };

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++)
		assert_int_equal(idlist_add(&list, i % 7), 0);
	idlist_finish(&list);
	assert_int_equal(list.count, 7);
	assert_true(list.cap < 100);
}

static void many_ids_are_all_kept(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 24);
	struct idlist list = { .arena = arena };

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(idlist_add(&list, 100000 - i), 0);
	idlist_finish(&list);
	assert_int_equal(list.count, 100000);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(list.ids[i], i + 1);
}

static void an_id_is_found_by_its_place(void **state)
{
	const uint32_t ids[] = { 2, 5, 9 };

	(void)state;
	assert_int_equal(idlist_place(ids, 3, 2), 0);
	assert_int_equal(idlist_place(ids, 3, 9), 2);
	assert_int_equal(idlist_place(ids, 3, 1), 3);
	assert_int_equal(idlist_place(ids, 3, 6), 3);
	assert_int_equal(idlist_place(NULL, 0, 6), 0);
}

static void a_full_arena_is_told(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 8192);
	struct idlist list = { .arena = arena };
	int r = 0;

	(void)state;
	for (uint32_t i = 0; r == 0 && i < 100000; i++)
		r = idlist_add(&list, i);
	assert_int_equal(r, ERR_NOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finished_list_is_sorted_without_doubles),
		cmocka_unit_test(the_same_few_ids_take_little_room),
		cmocka_unit_test(many_ids_are_all_kept),
		cmocka_unit_test(an_id_is_found_by_its_place),
		cmocka_unit_test(a_full_arena_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
