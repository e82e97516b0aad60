/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_client.c - the client against the server, and its reader with raw bytes
 */
#include "collector/http_client.h"

#include "collector/http_answer.h"
#include "collector/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define BODY_MAX ((size_t)1 << 20)

static void decide(void *ctx, const struct http_head *head, struct http_decision *out)
{
	(void)ctx;
	out->body_max = BODY_MAX;
	if (slice_equal(head->path, SLICE("/refuse")))
		out->refuse_status = 403;
}

/* Gives the body back, or says who asks. */
static void handle(void *ctx, struct http_request *request)
{
	struct http_reply reply = { .status = 200, .media_type = "text/plain" };

	(void)ctx;
	reply.close = slice_equal(request->head.path, SLICE("/close"));
	if (slice_starts(request->head.path, SLICE("/outcome")))
		snprintf(reply.outcome, sizeof(reply.outcome), "%s",
			slice_equal(request->head.path, SLICE("/outcome/split"))
				? "block\r\nX: y"
				: "block; breaks=3");
	reply.body = http_request_take_body(request, &reply.body_len);
	if (!reply.body) {
		struct slice text = request->head.authorization;

		reply.body = malloc(text.len + 1);
		assert_non_null(reply.body);
		memcpy(reply.body, text.len ? text.ptr : "", text.len);
		reply.body_len = text.len;
	}
	http_reply_send(request, &reply);
}

struct fixture {
	struct http_server *server;
	struct http_client *client;
	struct http_client_answer answer;
	struct fault fault;
	struct buf body;
};

static void start(struct fixture *f)
{
	struct http_options options = {
		.listen = "127.0.0.1:0",
		.loops = 1,
		.idle_us = 60000000,
		.hooks = { decide, handle, NULL, NULL },
	};
	char url[128];

	*f = (struct fixture){ 0 };
	assert_int_equal(http_server_new(&options, &f->server, &f->fault), 0);
	assert_int_equal(http_server_start(f->server), 0);
	snprintf(url, sizeof(url), "http://%s/", http_server_address(f->server));
	assert_int_equal(http_client_new(url, &f->client, &f->fault), 0);
	buf_init(&f->body, 4 * BODY_MAX);
}

static void stop(struct fixture *f)
{
	http_client_free(f->client);
	http_server_drain(f->server, 10000000);
	http_server_free(f->server);
	buf_fini(&f->body);
}

static int ask(
	struct fixture *f, const char *method, const char *target, struct slice body)
{
	struct http_client_request request = {
		.method = method,
		.target = target,
		.content_type = body.len ? "text/plain" : NULL,
		.body = body,
	};

	buf_clear(&f->body);
	return http_client_send(f->client, &request, &f->answer, &f->body, &f->fault);
}

static void assert_body(const struct fixture *f, const char *expected)
{
	assert_int_equal(f->body.len, strlen(expected));
	assert_memory_equal(f->body.data, expected, f->body.len);
}

static void questions_share_a_connection(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(&f, "POST", "/x", SLICE("hello")), 0);
		assert_int_equal(f.answer.status, 200);
		assert_string_equal(f.answer.content_type, "text/plain");
		assert_body(&f, "hello");
	}
	assert_int_equal(ask(&f, "HEAD", "/x", SLICE("")), 0);
	assert_int_equal(f.body.len, 0);
	assert_int_equal(ask(&f, "GET", "/x", SLICE("")), 0);
	stop(&f);
}

static void an_outcome_is_told_in_the_head(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(ask(&f, "GET", "/outcome", SLICE("")), 0);
	assert_string_equal(f.answer.outcome, "block; breaks=3");
	assert_int_equal(ask(&f, "GET", "/none", SLICE("")), 0);
	assert_string_equal(f.answer.outcome, "");
	stop(&f);
}

static void an_outcome_that_would_end_its_line_is_not_sent(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(ask(&f, "GET", "/outcome/split", SLICE("")), 0);
	assert_int_equal(f.answer.status, 200);
	assert_string_equal(f.answer.outcome, "");
	stop(&f);
}

static void the_token_is_sent(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(http_client_set_token(f.client, "hw_a_b"), 0);
	assert_int_equal(ask(&f, "GET", "/", SLICE("")), 0);
	assert_body(&f, "Bearer hw_a_b");
	assert_int_equal(http_client_set_token(f.client, "a\r\nX: b"), ERR_INVALID);
	stop(&f);
}

static void a_closed_connection_is_opened_again(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(&f, "POST", "/close", SLICE("a")), 0);
		assert_body(&f, "a");
	}
	stop(&f);
}

static void a_refusal_is_read_though_the_body_is_not_wanted(void **state)
{
	struct fixture f;
	char *body = calloc(1, 3 * BODY_MAX);

	(void)state;
	assert_non_null(body);
	start(&f);
	assert_int_equal(ask(&f, "POST", "/", slice_of(body, 3 * BODY_MAX)), 0);
	assert_int_equal(f.answer.status, 413);
	assert_int_equal(ask(&f, "POST", "/refuse", slice_of(body, BODY_MAX)), 0);
	assert_int_equal(f.answer.status, 403);
	assert_int_equal(ask(&f, "POST", "/", slice_of(body, BODY_MAX)), 0);
	assert_int_equal(f.body.len, BODY_MAX);
	free(body);
	stop(&f);
}

static void a_request_that_would_break_the_framing_is_not_sent(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(ask(&f, "GET", "/ x", SLICE("")), ERR_INVALID);
	assert_int_equal(ask(&f, "GET", "/\r\n", SLICE("")), ERR_INVALID);
	assert_int_equal(ask(&f, "GET", "x", SLICE("")), ERR_INVALID);
	assert_int_equal(ask(&f, "G T", "/", SLICE("")), ERR_INVALID);
	stop(&f);
}

static void nobody_there_is_said_in_words(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	assert_int_equal(ask(&f, "GET", "/", SLICE("")), 0);
	http_server_drain(f.server, 10000000);
	assert_int_equal(ask(&f, "GET", "/", SLICE("")), ERR_CLOSED);
	assert_non_null(strstr(f.fault.why, "127.0.0.1:"));
	stop(&f);
}

static int open_url(const char *url)
{
	AUTO(http_client) struct http_client *client = NULL;
	struct fault fault;

	return http_client_new(url, &client, &fault);
}

static void an_address_is_http_host_and_port(void **state)
{
	(void)state;
	assert_int_equal(open_url("http://127.0.0.1:5000"), 0);
	assert_int_equal(open_url("http://127.0.0.1"), 0);
	assert_int_equal(open_url("http://[::1]:5000/"), 0);
	assert_int_equal(open_url("https://127.0.0.1"), ERR_UNSUPPORTED);
	assert_int_equal(open_url("127.0.0.1:5000"), ERR_INVALID);
	assert_int_equal(open_url("http://"), ERR_INVALID);
	assert_int_equal(open_url("http://127.0.0.1:x"), ERR_INVALID);
	assert_int_equal(open_url("http://127.0.0.1/path"), ERR_INVALID);
	assert_int_equal(open_url("http://user@127.0.0.1"), ERR_INVALID);
}

/* Whole and byte by byte: 0 or the failure, and the body. */
static int read_pieces(const char *text, size_t each, struct buf *body)
{
	struct answer_reader reader;
	size_t len = strlen(text);
	int r = HTTP_READ_MORE;

	buf_clear(body);
	answer_init(&reader, false, body);
	for (size_t at = 0; at < len && r == HTTP_READ_MORE; at += each)
		r = answer_feed(
			&reader, slice_of(text + at, len - at < each ? len - at : each));
	if (r == HTTP_READ_MORE)
		r = answer_end(&reader);
	answer_fini(&reader);
	return r;
}

static int read_answer(const char *text, const char *expected)
{
	struct buf body;
	int whole;

	buf_init(&body, 16);
	whole = read_pieces(text, strlen(text), &body);
	if (whole == 0)
		assert_int_equal(read_pieces(text, 1, &body), 0);
	if (expected) {
		assert_int_equal(body.len, strlen(expected));
		assert_memory_equal(body.data, expected, body.len);
	}
	buf_fini(&body);
	return whole;
}

#define OK "HTTP/1.1 200 OK\r\n"

static void a_body_is_counted_chunked_or_ends_with_the_stream(void **state)
{
	(void)state;
	assert_int_equal(read_answer(OK "Content-Length: 3\r\n\r\nabc", "abc"), 0);
	assert_int_equal(read_answer(OK "Transfer-Encoding: chunked\r\n\r\n"
					"3\r\nabc\r\n0\r\n\r\n",
				 "abc"),
		0);
	assert_int_equal(read_answer(OK "\r\nabc", "abc"), 0);
	assert_int_equal(read_answer("HTTP/1.1 100 Continue\r\n\r\n" OK
				     "Content-Length: 1\r\n\r\na",
				 "a"),
		0);
	assert_int_equal(read_answer("HTTP/1.1 204 No Content\r\n\r\n", ""), 0);
}

static void an_answer_that_is_no_http_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_answer("SSH-2.0\r\n\r\n", NULL), ERR_INVALID);
	assert_int_equal(read_answer("HTTP/1.1 20\r\n\r\n", NULL), ERR_INVALID);
	assert_int_equal(read_answer(OK "X\r\n\r\n", NULL), ERR_INVALID);
	assert_int_equal(read_answer(OK "X: a\nY: b\r\n\r\n", NULL), ERR_INVALID);
	assert_int_equal(read_answer(OK "Content-Length: x\r\n\r\n", NULL), ERR_INVALID);
	assert_int_equal(read_answer(OK "Content-Length: 1\r\n"
					"Transfer-Encoding: chunked\r\n\r\n",
				 NULL),
		ERR_INVALID);
	assert_int_equal(
		read_answer(OK "Content-Length: 1\r\n\r\nab", NULL), ERR_INVALID);
	assert_int_equal(read_answer(OK "Content-Length: 4\r\n\r\nab", NULL), ERR_CLOSED);
	assert_int_equal(read_answer(OK "Content-L", NULL), ERR_CLOSED);
}

static void an_answer_has_the_ceiling_of_its_buffer(void **state)
{
	const char *long_body = "0123456789abcdefg";
	char text[128];

	(void)state;
	snprintf(text, sizeof(text), OK "\r\n%s", long_body);
	assert_int_equal(read_answer(text, NULL), ERR_TOO_LARGE);
	snprintf(text, sizeof(text), OK "Content-Length: 17\r\n\r\n");
	assert_int_equal(read_answer(text, NULL), ERR_TOO_LARGE);
	snprintf(text, sizeof(text), OK "Transfer-Encoding: chunked\r\n\r\n11\r\n");
	assert_int_equal(read_answer(text, NULL), ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_share_a_connection),
		cmocka_unit_test(an_outcome_is_told_in_the_head),
		cmocka_unit_test(an_outcome_that_would_end_its_line_is_not_sent),
		cmocka_unit_test(the_token_is_sent),
		cmocka_unit_test(a_closed_connection_is_opened_again),
		cmocka_unit_test(a_refusal_is_read_though_the_body_is_not_wanted),
		cmocka_unit_test(a_request_that_would_break_the_framing_is_not_sent),
		cmocka_unit_test(nobody_there_is_said_in_words),
		cmocka_unit_test(an_address_is_http_host_and_port),
		cmocka_unit_test(a_body_is_counted_chunked_or_ends_with_the_stream),
		cmocka_unit_test(an_answer_that_is_no_http_is_refused),
		cmocka_unit_test(an_answer_has_the_ceiling_of_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
