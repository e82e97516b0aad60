/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_read.c - every rule of header fields, and how they frame a body
 */
#include "base/buf.h"
#include "tests/unit/http_heads.h"

#include <stdlib.h>

static void a_request_is_read_whole(void **state)
{
	(void)state;
	assert_int_equal(read_text("POST /api/v1/lineage?x=1 HTTP/1.1\r\n" HOST
				   "Content-Type: application/json\r\n"
				   "Content-Encoding: gzip\r\n"
				   "Authorization: Bearer t\r\n"
				   "Accept:text/csv\r\n"
				   "User-Agent:  python \t\r\n"
				   "Content-Length: 4\r\n\r\nbody"),
		0);
	assert_slice(message.head.method, "POST");
	assert_slice(message.head.path, "/api/v1/lineage");
	assert_slice(message.head.query, "x=1");
	assert_slice(message.head.content_type, "application/json");
	assert_slice(message.head.content_encoding, "gzip");
	assert_slice(message.head.authorization, "Bearer t");
	assert_slice(message.head.accept, "text/csv");
	assert_slice(message.head.user_agent, "python");
	assert_slice(message.host, "a.example");
	assert_int_equal(message.head.content_length, 4);
	assert_true(message.head.has_body);
	assert_false(message.head.chunked);
	assert_false(message.close);
}

static void field_lines_are_exact(void **state)
{
	static const struct verdict verdicts[] = {
		{ GET("X: \xe4\t!\r\n"), 0 },
		{ GET("X:\r\n"), 0 },
		{ GET("X: a\n"), 400 },
		{ GET("X: a\r b\r\n"), 400 },
		{ GET("X: a\r\n b\r\n"), 400 },
		{ GET("X: a\r\n\tb\r\n"), 400 },
		{ GET("X : a\r\n"), 400 },
		{ GET("X\r\n"), 400 },
		{ GET(": a\r\n"), 400 },
		{ GET("X Y: a\r\n"), 400 },
		{ GET("X\xe4: a\r\n"), 400 },
		{ GET("X: \x01\r\n"), 400 },
		{ GET("X: \x7f\r\n"), 400 },
		{ "GET / HTTP/1.1\r\n X: a\r\n" HOST "\r\n", 400 },
		{ "GET / HTTP/1.1\r\n" HOST "\n", 400 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
	assert_int_equal(read_bytes(SLICE("GET / HTTP/1.1\r\nX: a\0b\r\n")), 400);
}

#define POST(fields) "POST / HTTP/1.1\r\n" HOST fields "\r\n"
#define LENGTH(n)    POST("Content-Length: " n "\r\n")
#define CODING(te)   POST("Transfer-Encoding: " te "\r\n")

static void a_body_has_one_unambiguous_length(void **state)
{
	static const struct verdict verdicts[] = {
		{ POST(""), 0 },
		{ LENGTH("0"), 0 },
		{ LENGTH("9223372036854775807"), 0 },
		{ LENGTH("9223372036854775808"), 413 },
		{ LENGTH("9999999999999999999"), 413 },
		{ LENGTH("00000000000000000001"), 400 },
		{ LENGTH(""), 400 },
		{ LENGTH("+1"), 400 },
		{ LENGTH("-1"), 400 },
		{ LENGTH("0x1"), 400 },
		{ LENGTH("1,1"), 400 },
		{ LENGTH("1 1"), 400 },
		{ POST("Content-Length: 1\r\nContent-Length: 1\r\n"), 400 },
		{ POST("Content-Length: 1\r\n 2\r\n"), 400 },
		{ CODING("chunked"), 0 },
		{ CODING("Chunked "), 0 },
		{ CODING(""), 400 },
		{ CODING("gzip"), 501 },
		{ CODING("identity"), 501 },
		{ CODING("gzip, chunked"), 501 },
		{ CODING("chunked, chunked"), 501 },
		{ CODING("\"chunked\""), 501 },
		{ CODING("\x0b"
			 "chunked"),
			400 },
		{ POST("Transfer-Encoding: chunked\r\n"
		       "transfer-encoding: chunked\r\n"),
			400 },
		{ POST("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400 },
		{ POST("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400 },
		{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void methods_without_a_body_have_none(void **state)
{
	static const struct verdict verdicts[] = {
		{ GET("Content-Length: 0\r\n"), 0 },
		{ GET("Content-Length: 1\r\n"), 400 },
		{ GET("Transfer-Encoding: chunked\r\n"), 400 },
		{ "HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400 },
		{ "DELETE / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400 },
		{ "OPTIONS / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void names_with_an_underscore_are_other_names(void **state)
{
	(void)state;
	assert_int_equal(read_text(POST("Content_Length: 5\r\n")), 0);
	assert_false(message.head.has_body);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHo_st: a\r\n\r\n"), 400);
}

static void fields_that_judge_a_request_are_not_repeated(void **state)
{
	static const struct verdict verdicts[] = {
		{ GET("Authorization: a\r\nAuthorization: b\r\n"), 400 },
		{ POST("Content-Type: a\r\nContent-Type: b\r\n"), 400 },
		{ POST("Content-Encoding: a\r\nContent-Encoding: b\r\n"), 400 },
		{ GET("Accept: a\r\nAccept: b\r\n"), 0 },
		{ GET("X: a\r\nX: b\r\n"), 0 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void the_only_expectation_is_100_continue(void **state)
{
	(void)state;
	assert_int_equal(
		read_text(POST("Content-Length: 1\r\nExpect: 100-Continue\r\n")), 0);
	assert_true(message.expect_continue);
	assert_int_equal(read_text(POST("Expect: 100-continue\r\n")), 0);
	assert_false(message.expect_continue);
	assert_int_equal(read_text(POST("Expect: tea\r\n")), 417);
	assert_int_equal(read_text("POST / HTTP/1.0\r\nContent-Length: 1\r\n"
				   "Expect: 100-continue\r\n\r\n"),
		0);
	assert_false(message.expect_continue);
}

static void a_connection_ends_when_either_side_wants_it(void **state)
{
	(void)state;
	assert_int_equal(read_text(GET("Connection: keep-alive\r\n")), 0);
	assert_false(message.close);
	assert_int_equal(read_text(GET("Connection: te, Close\r\n")), 0);
	assert_true(message.close);
	assert_int_equal(read_text(GET("Connection: x\r\nConnection: close\r\n")), 0);
	assert_true(message.close);
	assert_int_equal(
		read_text("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), 0);
	assert_true(message.close);
}

/* head, n times c, tail */
static int read_filled(const char *head_text, char c, size_t n, const char *tail_text)
{
	struct slice head = slice_from(head_text), tail = slice_from(tail_text);
	char *bytes = malloc(head.len + n + tail.len);
	int r;

	assert_non_null(bytes);
	memcpy(bytes, head.ptr, head.len);
	memset(bytes + head.len, c, n);
	memcpy(bytes + head.len + n, tail.ptr, tail.len);
	r = read_bytes(slice_of(bytes, head.len + n + tail.len));
	free(bytes);
	return r;
}

static void a_request_line_has_8_kilobytes(void **state)
{
	const size_t rest = strlen("GET / HTTP/1.1");
	const char *tail = " HTTP/1.1\r\n" HOST "\r\n";

	(void)state;
	assert_int_equal(read_filled("GET /", 'a', HTTP_LINE_MAX - rest, tail), 0);
	assert_int_equal(read_filled("GET /", 'a', HTTP_LINE_MAX - rest + 1, tail), 414);
	assert_int_equal(read_filled("GET /", 'a', HTTP_LINE_MAX, ""), 414);
}

static void fields_have_16_kilobytes(void **state)
{
	const size_t rest = strlen(HOST "X: \r\n\r\n");
	const char *head = "GET / HTTP/1.1\r\n" HOST "X: ";

	(void)state;
	assert_int_equal(read_filled(head, 'a', HTTP_FIELDS_MAX - rest, "\r\n\r\n"), 0);
	assert_int_equal(
		read_filled(head, 'a', HTTP_FIELDS_MAX - rest + 1, "\r\n\r\n"), 431);
	assert_int_equal(read_filled(head, 'a', HTTP_FIELDS_MAX, ""), 431);
}

static int read_many_fields(size_t count)
{
	struct buf text;
	int r;

	buf_init(&text, HTTP_FIELDS_MAX);
	buf_str(&text, "GET / HTTP/1.1\r\n" HOST);
	for (size_t i = 1; i < count; i++)
		buf_str(&text, "X: a\r\n");
	buf_str(&text, "\r\n");
	r = read_bytes(buf_get(&text));
	buf_fini(&text);
	return r;
}

static void there_are_at_most_100_fields(void **state)
{
	(void)state;
	assert_int_equal(read_many_fields(HTTP_FIELD_COUNT), 0);
	assert_int_equal(read_many_fields(HTTP_FIELD_COUNT + 1), 431);
}

static void the_head_ends_where_the_body_begins(void **state)
{
	const char *text = LENGTH("3") "abcGET";

	(void)state;
	assert_int_equal(read_cut(slice_from(text), strlen(text), 1), 0);
	assert_memory_equal(text + message.bytes, "abcGET", 6);
}

static void empty_lines_are_not_the_beginning_of_a_request(void **state)
{
	struct http_reader reader = { 0 };

	(void)state;
	assert_int_equal(
		http_head_read(&reader, SLICE("\r\n"), decoded, &message, &refusal),
		HTTP_READ_MORE);
	assert_int_equal(http_head_keep(&reader, 2), 0);
	assert_int_equal(http_head_read(&reader, SLICE("G"), decoded, &message, &refusal),
		HTTP_READ_MORE);
	assert_int_equal(http_head_keep(&reader, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_whole),
		cmocka_unit_test(field_lines_are_exact),
		cmocka_unit_test(a_body_has_one_unambiguous_length),
		cmocka_unit_test(methods_without_a_body_have_none),
		cmocka_unit_test(names_with_an_underscore_are_other_names),
		cmocka_unit_test(fields_that_judge_a_request_are_not_repeated),
		cmocka_unit_test(the_only_expectation_is_100_continue),
		cmocka_unit_test(a_connection_ends_when_either_side_wants_it),
		cmocka_unit_test(a_request_line_has_8_kilobytes),
		cmocka_unit_test(fields_have_16_kilobytes),
		cmocka_unit_test(there_are_at_most_100_fields),
		cmocka_unit_test(the_head_ends_where_the_body_begins),
		cmocka_unit_test(empty_lines_are_not_the_beginning_of_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
