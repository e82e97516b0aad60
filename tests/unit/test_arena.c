/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_arena.c - allocations are aligned, bounded and released at once
 */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHUNK 1024
#define MANY  1000000

static void allocations_are_aligned_and_apart(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, MANY);
	char *last = NULL;

	for (size_t n = 0; n < 300; n++) {
		char *p = arena_alloc(arena, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_ptr_not_equal(p, last);
		memset(p, 0xaa, n);
		last = p;
	}
}

static void an_array_is_zeroed(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, MANY);
	static const char zeros[80];
	char *p = arena_alloc(arena, 200);

	assert_non_null(p);
	memset(p, 0xff, 200);
	arena_reset(arena);
	p = arena_array(arena, 10, 8);
	assert_memory_equal(p, zeros, sizeof(zeros));
}

static void an_array_whose_size_overflows_is_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, SIZE_MAX);

	assert_null(arena_array(arena, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 64));
}

static void the_ceiling_counts_all_that_is_taken(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, 10 * (size_t)CHUNK);
	size_t count = 0;

	assert_false(arena_was_full(arena));
	while (arena_alloc(arena, 100))
		count++;
	assert_true(arena_was_full(arena));
	assert_true(arena_bytes(arena) <= 10 * (size_t)CHUNK);
	assert_true(count >= 80);
	assert_null(arena_alloc(arena, 5000));
}

static void a_ceiling_below_a_chunk_still_gives_its_bytes(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, 400);

	assert_non_null(arena_alloc(arena, 100));
	assert_true(arena_bytes(arena) <= 400);
	assert_null(arena_alloc(arena, 400));
}

static void a_large_allocation_does_not_waste_the_chunk(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, MANY);
	char *first = arena_alloc(arena, 16);
	char *large = arena_alloc(arena, 5000);
	char *second = arena_alloc(arena, 16);

	assert_non_null(large);
	memset(large, 1, 5000);
	assert_ptr_equal(second, first + 16);
}

static void a_reset_keeps_only_the_first_chunk(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, MANY);
	void *first = arena_alloc(arena, 8);
	size_t one = arena_bytes(arena);

	for (int i = 0; i < 100; i++)
		assert_non_null(arena_alloc(arena, 200));
	assert_non_null(arena_alloc(arena, 9000));
	arena_reset(arena);
	assert_int_equal(arena_bytes(arena), one);
	assert_ptr_equal(arena_alloc(arena, 8), first);
}

static void a_list_grows_and_keeps_what_it_has(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64, 100000);
	uint32_t *list = NULL;
	size_t room = 0;
	size_t count = 0;

	for (; count < 1000; count++) {
		list = arena_grow(arena, list, count, &room, sizeof(*list));
		assert_non_null(list);
		assert_true(room > count);
		list[count] = (uint32_t)count;
	}
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(list[i], i);
	/* What there is no memory for leaves the list as it was. */
	room = count;
	assert_null(arena_grow(arena, list, count, &room, 1000));
	assert_int_equal(room, count);
	room = SIZE_MAX / 2 + 1;
	assert_null(arena_grow(arena, list, room, &room, 1));
}

static void a_copy_holds_the_same_bytes(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, MANY);
	struct slice name = SLICE("a\0b");
	struct slice copy = arena_dup(arena, name);

	assert_true(slice_equal(copy, name));
	assert_ptr_not_equal(copy.ptr, name.ptr);
	assert_int_equal(arena_dup(arena, slice_of(NULL, 0)).len, 0);
}

static void a_copy_that_does_not_fit_has_no_pointer(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(CHUNK, 10);

	assert_null(arena_dup(arena, SLICE("abc")).ptr);
	assert_non_null(arena_dup(arena, SLICE("")).ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_aligned_and_apart),
		cmocka_unit_test(an_array_is_zeroed),
		cmocka_unit_test(an_array_whose_size_overflows_is_refused),
		cmocka_unit_test(the_ceiling_counts_all_that_is_taken),
		cmocka_unit_test(a_ceiling_below_a_chunk_still_gives_its_bytes),
		cmocka_unit_test(a_large_allocation_does_not_waste_the_chunk),
		cmocka_unit_test(a_reset_keeps_only_the_first_chunk),
		cmocka_unit_test(a_list_grows_and_keeps_what_it_has),
		cmocka_unit_test(a_copy_holds_the_same_bytes),
		cmocka_unit_test(a_copy_that_does_not_fit_has_no_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
