/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_chunk.c - every rule of the reader of chunked bodies
 *
 * Each input is read whole and byte by byte; both must say the same.
 */
#include "collector/http_read.h"

#include "base/buf.h"
#include "tests/unit/http_verdict.h"

static struct http_refusal refusal;

/* The body that a chunked text gives, or the status of its refusal. */
static int read_chunks(struct slice in, size_t each, size_t body_max, char *body,
	size_t *len_out, size_t *rest_out)
{
	struct http_chunk_reader reader;
	size_t at = 0;
	int r = HTTP_READ_MORE;

	http_chunk_init(&reader, body_max);
	*len_out = 0;
	while (at < in.len && r == HTTP_READ_MORE) {
		size_t n = in.len - at < each ? in.len - at : each;
		struct slice piece = slice_of(in.ptr + at, n);
		struct slice data;

		while ((r = http_chunk_read(&reader, &piece, &data, &refusal)) ==
			HTTP_READ_DATA) {
			memcpy(body + *len_out, data.ptr, data.len);
			*len_out += data.len;
		}
		at += n - piece.len;
	}
	*rest_out = in.len - at;
	return r == ERR_INVALID ? refusal.status : r;
}

static char chunk_body[1 << 20];
static size_t chunk_len, chunk_rest;

static int read_chunked_up_to(struct slice in, size_t body_max)
{
	static char by_byte[sizeof(chunk_body)];
	size_t len, rest;
	int r = read_chunks(in, 1, body_max, by_byte, &len, &rest);
	int whole =
		read_chunks(in, in.len, body_max, chunk_body, &chunk_len, &chunk_rest);

	assert_int_equal(r, whole);
	assert_int_equal(len, chunk_len);
	assert_memory_equal(by_byte, chunk_body, len);
	if (r == 0)
		assert_int_equal(rest, chunk_rest);
	return whole;
}

static int read_chunked(const char *text)
{
	return read_chunked_up_to(slice_from(text), 1000);
}

static void chunks_are_put_together(void **state)
{
	(void)state;
	assert_int_equal(read_chunked("3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\nGET"), 0);
	assert_int_equal(chunk_len, 13);
	assert_memory_equal(chunk_body, "abc0123456789", 13);
	assert_int_equal(chunk_rest, 3);
	assert_int_equal(read_chunked("0\r\n\r\n"), 0);
	assert_int_equal(chunk_len, 0);
	assert_int_equal(read_chunked("3\r\nab"), HTTP_READ_MORE);
}

static void chunk_lines_are_exact(void **state)
{
	static const struct verdict verdicts[] = {
		{ "3;a;b=c;d=\"e;\\\"\"\r\nabc\r\n0\r\n\r\n", 0 },
		{ "000000000000003\r\nabc\r\n0\r\n\r\n", 0 },
		{ "0000000000000003\r\nabc\r\n0\r\n\r\n", 400 },
		{ "\r\n", 400 },
		{ " 3\r\n", 400 },
		{ "3 \r\n", 400 },
		{ "+3\r\n", 400 },
		{ "0x3\r\n", 400 },
		{ "g\r\n", 400 },
		{ "3\n", 400 },
		{ "3\rx", 400 },
		{ "3;\r\n", 400 },
		{ "3;a=\r\n", 400 },
		{ "3; a\r\n", 400 },
		{ "3;a\n", 400 },
		{ "3;a=\"\n\"\r\n", 400 },
		{ "3;a=\"b\"c\r\n", 400 },
		{ "3\r\nabcd", 400 },
		{ "3\r\nabc\n", 400 },
		{ "3\r\nabc\rx", 400 },
		{ "0\r\n\n", 400 },
		{ "0\r\n\rx", 400 },
	};

	(void)state;
	assert_verdicts(read_chunked, verdicts, ARRAY_LEN(verdicts));
}

static void trailers_are_dropped_unless_they_frame(void **state)
{
	static const struct verdict verdicts[] = {
		{ "0\r\nX-Sum: 1\r\nY:\r\n\r\n", 0 },
		{ "0\r\nA-name-that-is-longer-than-all-others: 1\r\n\r\n", 0 },
		{ "0\r\nContent-Length: 1\r\n\r\n", 400 },
		{ "0\r\ntransfer-encoding: chunked\r\n\r\n", 400 },
		{ "0\r\nHost: a\r\n\r\n", 400 },
		{ "0\r\nAuthorization: a\r\n\r\n", 400 },
		{ "0\r\nX : 1\r\n\r\n", 400 },
		{ "0\r\n: 1\r\n\r\n", 400 },
		{ "0\r\nX: 1\r\n y\r\n\r\n", 400 },
		{ "0\r\nX: 1\n\r\n", 400 },
		{ "0\r\nX: \x01\r\n\r\n", 400 },
		{ "0\r\nX\r\n\r\n", 400 },
	};

	(void)state;
	assert_verdicts(read_chunked, verdicts, ARRAY_LEN(verdicts));
}

static void a_chunk_that_passes_the_limit_is_refused_by_its_size(void **state)
{
	(void)state;
	assert_int_equal(read_chunked_up_to(SLICE("5\r\nabcde\r\n0\r\n\r\n"), 5), 0);
	assert_int_equal(read_chunked_up_to(SLICE("6\r\n"), 5), 413);
	assert_int_equal(read_chunked_up_to(SLICE("3\r\nabc\r\n3\r\n"), 5), 413);
	assert_int_equal(read_chunked_up_to(SLICE("fffffffffffffff\r\n"), 5), 413);
}

/* head and count times unit, read as a body */
static int read_repeated(const char *head, const char *unit, size_t count)
{
	struct buf text;
	int r;

	buf_init(&text, sizeof(chunk_body));
	buf_str(&text, head);
	for (size_t i = 0; i < count; i++)
		buf_str(&text, unit);
	r = read_chunked_up_to(buf_get(&text), sizeof(chunk_body));
	buf_fini(&text);
	return r;
}

static void a_body_that_is_nearly_all_overhead_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_repeated("", "1\r\na\r\n", 16000), HTTP_READ_MORE);
	assert_int_equal(read_repeated("", "1\r\na\r\n", 20000), 400);
	assert_int_equal(read_repeated("", "2\r\nab\r\n", 20000), HTTP_READ_MORE);
	assert_int_equal(read_repeated("1;", "aaaaaaaaaa", 11000), 400);
	assert_int_equal(read_repeated("0\r\n", "X: 1\r\n", 101), 431);
	assert_int_equal(read_repeated("0\r\nX: ", "aaaaaaaaaa", 2000), 431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(chunk_lines_are_exact),
		cmocka_unit_test(trailers_are_dropped_unless_they_frame),
		cmocka_unit_test(a_chunk_that_passes_the_limit_is_refused_by_its_size),
		cmocka_unit_test(a_body_that_is_nearly_all_overhead_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
