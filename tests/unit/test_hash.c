/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_hash.c - hashes are the published XXH3, and pieces do not run together
 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Stored hashes must stay what they are: these are XXH3's published values. */
static void the_hash_of_nothing_is_the_published_one(void **state)
{
	(void)state;
	struct hash128 hash = hash128_of(slice_of(NULL, 0));

	assert_true(hash64(slice_of(NULL, 0)) == UINT64_C(0x2d06800538d394c2));
	assert_true(hash.hi == UINT64_C(0x99aa06d3014798d8));
	assert_true(hash.lo == UINT64_C(0x6001c324468d497f));
}

static void other_bytes_and_other_seeds_give_other_hashes(void **state)
{
	(void)state;
	assert_true(hash64(SLICE("abc")) != hash64(SLICE("abd")));
	assert_true(hash64_seeded(SLICE("abc"), 1) != hash64_seeded(SLICE("abc"), 2));
	assert_true(hash64_seeded(SLICE("abc"), 0) == hash64(SLICE("abc")));
	assert_false(hash128_equal(hash128_of(SLICE("a\0b")), hash128_of(SLICE("a\0c"))));
}

static void where_a_piece_ends_counts(void **state)
{
	(void)state;
	const struct slice one[] = { SLICE("a"), SLICE("bc") };
	const struct slice two[] = { SLICE("ab"), SLICE("c") };
	const struct slice three[] = { SLICE("a"), SLICE("bc"), SLICE("") };

	assert_true(hash128_equal(hash128_pieces(one, 2), hash128_pieces(one, 2)));
	assert_false(hash128_equal(hash128_pieces(one, 2), hash128_pieces(two, 2)));
	assert_false(hash128_equal(hash128_pieces(one, 2), hash128_pieces(three, 3)));
}

/* Short pieces are hashed another way than long ones; both must agree. */
static void pieces_are_hashed_as_lengths_and_bytes_at_any_size(void **state)
{
	(void)state;
	static char flat[4000];

	for (size_t len = 1000; len < 1030; len++) {
		struct slice piece = slice_of(flat + 8, len);

		for (size_t i = 0; i < 8; i++)
			flat[i] = (char)(len >> (8 * i));
		assert_true(hash128_equal(
			hash128_pieces(&piece, 1), hash128_of(slice_of(flat, len + 8))));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_of_nothing_is_the_published_one),
		cmocka_unit_test(other_bytes_and_other_seeds_give_other_hashes),
		cmocka_unit_test(where_a_piece_ends_counts),
		cmocka_unit_test(pieces_are_hashed_as_lengths_and_bytes_at_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
