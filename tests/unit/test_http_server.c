/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_server.c - what a client sees, over real sockets
 */
#define _GNU_SOURCE /* memmem() */

#include "tests/unit/http_fixture.h"

static void a_connection_serves_one_request_after_the_other(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	for (int i = 0; i < 3; i++) {
		peer_send(&peer, POST("/a%20b?q", "5") "hello");
		assert_int_equal(peer_status(&peer), 200);
		assert_string_equal(peer.body, "POST /a b hello");
	}
	assert_false(peer_head_has(&peer, "Connection: close"));
	assert_false(peer_head_has(&peer, "Server:"));
	assert_true(peer_head_has(&peer, "Date: "));
	assert_true(peer_head_has(&peer, "Cache-Control: no-store\r\n"));
	assert_true(peer_head_has(&peer, "X-Content-Type-Options: nosniff\r\n"));
	assert_true(
		peer_head_has(&peer, "Content-Security-Policy: default-src 'none'\r\n"));
	peer_close(&peer);
	stop(f);
}

static void the_answer_to_head_has_a_length_and_no_body(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, "HEAD /x HTTP/1.1\r\n" HOST "\r\n" GET("/y"));
	assert_int_equal(peer_read(&peer, 0), 200);
	assert_true(peer_head_has(&peer, "Content-Length: 8\r\n"));
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "GET /y ");
	peer_close(&peer);
	stop(f);
}

static void http_1_0_ends_after_one_answer(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_int_equal(peer_status(&peer), 200);
	assert_true(peer_head_has(&peer, "Connection: close\r\n"));
	assert_ended(&peer);
	peer_close(&peer);
	stop(f);
}

static void a_chunked_body_may_come_byte_by_byte(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	const char *text = CHUNKED("") "3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nT: 1\r\n\r\n";

	(void)state;
	connect_to(f, &peer);
	for (size_t i = 0; i < strlen(text); i++)
		peer_send_bytes(&peer, text + i, 1);
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST / abcdefg");
	peer_close(&peer);
	stop(f);
}

static void a_large_body_comes_back_as_it_was_sent(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	char *body = malloc(BODY_MAX);

	(void)state;
	assert_non_null(body);
	for (size_t i = 0; i < BODY_MAX; i++)
		body[i] = (char)(i * 2654435761U >> 13);
	connect_to(f, &peer);
	peer_send(&peer, POST("/take", "4194304"));
	peer_send_bytes(&peer, body, BODY_MAX);
	assert_int_equal(peer_status(&peer), 200);
	assert_int_equal(peer.body_len, BODY_MAX);
	assert_memory_equal(peer.body, body, BODY_MAX);
	free(body);
	peer_close(&peer);
	stop(f);
}

static void a_large_answer_arrives_whole(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, GET("/large") GET("/x"));
	assert_int_equal(peer_status(&peer), 200);
	assert_int_equal(peer.body_len, LARGE_BODY);
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "GET /x ");
	peer_close(&peer);
	stop(f);
}

static void many_pipelined_requests_are_answered_in_order(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	char text[64];

	(void)state;
	connect_to(f, &peer);
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), GET("/%d"), i);
		peer_send(&peer, text);
	}
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "GET /%d ", i);
		assert_int_equal(peer_status(&peer), 200);
		assert_string_equal(peer.body, text);
	}
	peer_close(&peer);
	stop(f);
}

static void answers_leave_in_the_order_of_their_requests(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	struct http_request *first, *second;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a" POST("/hold", "1") "b");
	first = wait_held(f, 1);
	second = wait_held(f, 2);
	echo(second);
	echo(first);
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /hold a");
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /hold b");
	peer_close(&peer);
	stop(f);
}

static void a_question_waits_for_the_events_before_it(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a" GET("/question"));
	wait_held(f, 1);
	assert_int_equal(handled(f), 1);
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /hold a");
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "GET /question ");
	peer_close(&peer);
	stop(f);
}

static void a_question_with_a_body_waits_and_is_waited_for(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer,
		POST("/hold", "1") "a" POST("/ask", "1") "b" POST("/hold", "1") "c");
	wait_held(f, 1);
	assert_int_equal(handled(f), 1);
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /hold a");
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /ask b");
	echo(wait_held(f, 2));
	assert_int_equal(peer_status(&peer), 200);
	assert_string_equal(peer.body, "POST /hold c");
	peer_close(&peer);
	stop(f);
}

static void the_number_of_requests_in_flight_is_bounded(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	for (int i = 0; i < 20; i++)
		peer_send(&peer, POST("/hold", "1") "a");
	wait_held(f, 16);
	assert_int_equal(handled(f), 16);
	for (unsigned i = 1; i <= 20; i++) {
		echo(wait_held(f, i));
		assert_int_equal(peer_status(&peer), 200);
	}
	peer_close(&peer);
	stop(f);
}

static void a_body_is_asked_for_when_its_head_was_accepted(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	const char *fields = "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, "POST / HTTP/1.1\r\n" HOST);
	peer_send(&peer, fields);
	assert_int_equal(peer_status(&peer), 100);
	peer_send(&peer, "ab");
	assert_int_equal(peer_status(&peer), 200);
	peer_send(&peer, "POST /refuse HTTP/1.1\r\n" HOST);
	peer_send(&peer, fields);
	assert_int_equal(peer_status(&peer), 401);
	peer_close(&peer);
	stop(f);
}

static void a_body_that_came_already_is_not_asked_for(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, CHUNKED("Expect: 100-continue\r\n") "1\r\na\r\n0\r\n\r\n");
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void connections_are_dealt_out_to_the_loops_in_turn(void **state)
{
	struct fixture *f = start_with((struct http_options){ .loops = 4 });
	struct peer peers[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(peers); i++) {
		connect_to(f, &peers[i]);
		peer_send(&peers[i], GET("/"));
		assert_int_equal(peer_status(&peers[i]), 200);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(f->on_loop[i], 2);
	for (size_t i = 0; i < ARRAY_LEN(peers); i++)
		peer_close(&peers[i]);
	stop(f);
}

static int try_listen(const char *listen, struct fault *fault)
{
	struct http_options options = {
		.listen = listen,
		.hooks = { decide, handle, problem, NULL },
	};
	struct http_server *server = NULL;
	int r = http_server_new(&options, &server, fault);

	if (r == 0)
		http_server_free(server);
	return r;
}

static void a_wrong_listen_address_is_explained(void **state)
{
	static const char *const wrong[] = { "", "5000", ":5000", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:5000",
		"example.org:80", "[127.0.0.1]x:1", "[]:1" };
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(try_listen(wrong[i], &fault), ERR_INVALID);
	assert_string_equal(fault.where, "listen");
	assert_int_equal(try_listen("192.0.2.1:0", &fault), ERR_ADDRESS);
	assert_int_equal(try_listen("localhost:0", &fault), 0);
}

static void an_address_in_use_is_explained(void **state)
{
	struct fixture *f = start();
	struct fault fault;

	(void)state;
	assert_int_equal(try_listen(http_server_address(f->server), &fault), ERR_ADDRESS);
	assert_non_null(strstr(fault.why, "is in use"));
	stop(f);
}

#define EAGER 1000

static void a_client_that_asks_much_leaves_the_others_their_turn(void **state)
{
	struct fixture *f = start_with((struct http_options){ .loops = 1 });
	struct peer blocker, eager, other;

	(void)state;
	connect_to(f, &blocker);
	connect_to(f, &eager);
	connect_to(f, &other);
	peer_send(&eager, GET("/"));
	assert_int_equal(peer_status(&eager), 200);
	peer_send(&other, GET("/"));
	assert_int_equal(peer_status(&other), 200);
	peer_send(&blocker, GET("/block"));
	wait_handled(f, 3);
	for (int i = 0; i < EAGER; i++)
		peer_send(&eager, GET("/"));
	peer_send(&other, GET("/mark"));
	unblock(f);
	assert_int_equal(peer_status(&other), 200);
	assert_true(f->marked < EAGER / 4);
	for (int i = 0; i < EAGER; i++)
		assert_int_equal(peer_status(&eager), 200);
	peer_close(&blocker);
	peer_close(&eager);
	peer_close(&other);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_serves_one_request_after_the_other),
		cmocka_unit_test(the_answer_to_head_has_a_length_and_no_body),
		cmocka_unit_test(http_1_0_ends_after_one_answer),
		cmocka_unit_test(a_chunked_body_may_come_byte_by_byte),
		cmocka_unit_test(a_large_body_comes_back_as_it_was_sent),
		cmocka_unit_test(a_large_answer_arrives_whole),
		cmocka_unit_test(many_pipelined_requests_are_answered_in_order),
		cmocka_unit_test(answers_leave_in_the_order_of_their_requests),
		cmocka_unit_test(a_question_waits_for_the_events_before_it),
		cmocka_unit_test(a_question_with_a_body_waits_and_is_waited_for),
		cmocka_unit_test(the_number_of_requests_in_flight_is_bounded),
		cmocka_unit_test(a_body_is_asked_for_when_its_head_was_accepted),
		cmocka_unit_test(a_body_that_came_already_is_not_asked_for),
		cmocka_unit_test(connections_are_dealt_out_to_the_loops_in_turn),
		cmocka_unit_test(a_wrong_listen_address_is_explained),
		cmocka_unit_test(an_address_in_use_is_explained),
		cmocka_unit_test(a_client_that_asks_much_leaves_the_others_their_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
