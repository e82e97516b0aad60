/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_inflate.c - gzip bodies, good, damaged and hostile
 */
#include "collector/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PACKED_MAX 400000
#define ENOUGH	   (1 << 26)

/* Appends text as a gzip member to packed, which holds len bytes. */
static size_t pack(char *packed, size_t len, struct slice text)
{
	z_stream stream = { .zalloc = Z_NULL };

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)text.ptr;
	stream.avail_in = (uInt)text.len;
	stream.next_out = (Bytef *)packed + len;
	stream.avail_out = (uInt)(PACKED_MAX - len);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	len += stream.total_out;
	assert_int_equal(deflateEnd(&stream), Z_OK);
	return len;
}

/* Text that shrinks to about a twentieth. */
static struct slice ordinary(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + (i * i / 50) % 26 * (i % 3));
	return slice_of(text, len);
}

static void assert_inflates(struct slice packed, struct slice expected)
{
	char *data = NULL;
	size_t len = 0;
	struct fault fault;

	assert_int_equal(inflate_gzip(packed, ENOUGH, &data, &len, &fault), 0);
	assert_int_equal(len, expected.len);
	assert_memory_equal(data, expected.ptr, len);
	free(data);
}

static void assert_refused(
	struct slice packed, size_t max_bytes, int result, const char *why)
{
	char *data = NULL;
	size_t len = 0;
	struct fault fault = { .why = "" };

	assert_int_equal(inflate_gzip(packed, max_bytes, &data, &len, &fault), result);
	assert_null(data);
	assert_string_equal(fault.why, why);
}

static void a_member_is_inflated(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char text[300000];
	size_t len = pack(packed, 0, ordinary(text, sizeof(text)));

	assert_inflates(slice_of(packed, len), slice_of(text, sizeof(text)));
	assert_inflates(slice_of(packed, pack(packed, 0, SLICE("{}"))), SLICE("{}"));
	assert_inflates(slice_of(packed, pack(packed, 0, SLICE(""))), SLICE(""));
}

static void members_are_joined(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	size_t len = pack(packed, 0, SLICE("{\"a\":"));

	len = pack(packed, len, SLICE(""));
	len = pack(packed, len, SLICE("1}"));
	assert_inflates(slice_of(packed, len), SLICE("{\"a\":1}"));
}

static void gzip_is_told_by_its_first_bytes(void **state)
{
	(void)state;

	assert_true(inflate_is_gzip(SLICE("\x1f\x8b\x08")));
	assert_false(inflate_is_gzip(SLICE("\x1f")));
	assert_false(inflate_is_gzip(SLICE("{\"a\":1}")));
	assert_false(inflate_is_gzip(SLICE("")));
}

static void what_is_not_gzip_is_refused(void **state)
{
	(void)state;

	assert_refused(SLICE(""), ENOUGH, ERR_INVALID, "is not gzip");
	assert_refused(SLICE("{}"), ENOUGH, ERR_INVALID, "is not gzip");
	assert_refused(SLICE("\x1f\x8b\x09\0\0\0\0\0\0\0\0\0"), ENOUGH, ERR_INVALID,
		"the gzip data are damaged");
}

static void every_cut_is_noticed(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char text[1000];
	size_t len = pack(packed, 0, ordinary(text, sizeof(text)));

	for (size_t n = 2; n < len; n++)
		assert_refused(slice_of(packed, n), ENOUGH, ERR_INVALID,
			"the gzip data are cut short");
}

static void damage_is_noticed(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char text[1000];
	size_t len = pack(packed, 0, ordinary(text, sizeof(text)));

	/* The checksum of the text is at the end, its length behind it. */
	packed[len - 8] ^= 1;
	assert_refused(
		slice_of(packed, len), ENOUGH, ERR_INVALID, "the gzip data are damaged");
}

static void what_follows_is_refused(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	size_t len = pack(packed, 0, SLICE("{}"));

	packed[len] = 'x';
	assert_refused(slice_of(packed, len + 1), ENOUGH, ERR_INVALID,
		"something else follows the gzip data");
}

static void the_limit_is_exact(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char text[5000];
	size_t len = pack(packed, 0, ordinary(text, sizeof(text)));
	char *data = NULL;
	size_t got = 0;
	struct fault fault;

	assert_int_equal(
		inflate_gzip(slice_of(packed, len), sizeof(text), &data, &got, &fault),
		0);
	assert_int_equal(got, sizeof(text));
	free(data);
	assert_refused(slice_of(packed, len), sizeof(text) - 1, ERR_TOO_LARGE,
		"inflates to more than 4999 bytes");
	assert_refused(
		slice_of(packed, len), 0, ERR_TOO_LARGE, "inflates to more than 0 bytes");
}

static void a_bomb_is_refused_early(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char zeros[1 << 24];
	size_t len = pack(packed, 0, slice_of(zeros, sizeof(zeros)));

	assert_refused(slice_of(packed, len), SIZE_MAX, ERR_TOO_LARGE,
		"inflates to more than 200 times its size");
}

static void a_small_text_may_shrink_as_it_likes(void **state)
{
	(void)state;
	static char packed[PACKED_MAX];
	static char zeros[65536];
	size_t len = pack(packed, 0, slice_of(zeros, sizeof(zeros)));

	assert_in_range(len, 1, sizeof(zeros) / 200);
	assert_inflates(slice_of(packed, len), slice_of(zeros, sizeof(zeros)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_is_inflated),
		cmocka_unit_test(members_are_joined),
		cmocka_unit_test(gzip_is_told_by_its_first_bytes),
		cmocka_unit_test(what_is_not_gzip_is_refused),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(what_follows_is_refused),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(a_bomb_is_refused_early),
		cmocka_unit_test(a_small_text_may_shrink_as_it_likes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
