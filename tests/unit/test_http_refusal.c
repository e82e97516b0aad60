/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_refusal.c - what is refused, and what is too much
 */
#define _GNU_SOURCE /* memmem() */

#include "tests/unit/http_fixture.h"

#include <sys/resource.h>

static void a_refusal_is_readable_while_the_client_still_sends(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	char *body = calloc(1, BODY_MAX);

	(void)state;
	assert_non_null(body);
	connect_to(f, &peer);
	peer_send(&peer, POST("/refuse", "4194304"));
	peer_send_bytes(&peer, body, BODY_MAX);
	assert_int_equal(peer_status(&peer), 401);
	assert_string_equal(peer.body, "who are you?");
	assert_true(peer_head_has(&peer, "WWW-Authenticate: Bearer\r\n"));
	assert_true(peer_head_has(&peer, "Connection: close\r\n"));
	assert_ended(&peer);
	assert_int_equal(handled(f), 0);
	free(body);
	peer_close(&peer);
	stop(f);
}

static void a_refused_request_without_body_may_keep_its_connection(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, GET("/refuse/softly") GET("/x"));
	assert_int_equal(peer_status(&peer), 401);
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void a_body_that_is_too_large_is_refused_by_its_length(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/", "4194305"));
	assert_int_equal(peer_status(&peer), 413);
	assert_false(peer_head_has(&peer, "Retry-After"));
	peer_close(&peer);
	connect_to(f, &peer);
	peer_send(&peer, CHUNKED("") "400001\r\n");
	assert_int_equal(peer_status(&peer), 413);
	peer_close(&peer);
	stop(f);
}

static void a_broken_request_is_answered_after_those_before_it(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "aGET / HTTP/1.1\nHost: x\r\n\r\n" GET("/"));
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	assert_int_equal(peer_status(&peer), 400);
	assert_string_equal(peer.body, "a line does not end in CR LF");
	assert_ended(&peer);
	assert_int_equal(handled(f), 1);
	peer_close(&peer);
	stop(f);
}

static void a_foreign_host_is_misdirected(void **state)
{
	static const char *const hosts[] = { "lineage.example", NULL };
	struct fixture *f = start_with((struct http_options){ .hosts = hosts });
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, "GET / HTTP/1.1\r\nHost: lineage.example:80\r\n\r\n");
	assert_int_equal(peer_status(&peer), 200);
	peer_send(&peer, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
	assert_int_equal(peer_status(&peer), 421);
	peer_close(&peer);
	stop(f);
}

static void a_method_that_is_not_served_says_which_are(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, "TRACE / HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(peer_status(&peer), 405);
	assert_true(peer_head_has(&peer, "Allow: GET, HEAD, POST, "));
	peer_close(&peer);
	stop(f);
}

static void beyond_the_budget_of_bodies_a_client_comes_again(void **state)
{
	struct fixture *f = start_with((struct http_options){ .in_flight_max = 7 });
	struct peer peer, other;

	(void)state;
	connect_to(f, &peer);
	connect_to(f, &other);
	peer_send(&peer, POST("/hold", "4") "abcd");
	wait_held(f, 1);
	peer_send(&other, POST("/", "4"));
	assert_int_equal(peer_status(&other), 503);
	assert_true(peer_head_has(&other, "Retry-After: 1\r\n"));
	peer_close(&other);
	connect_to(f, &other);
	peer_send(&other, CHUNKED("") "4\r\nabcd\r\n0\r\n\r\n");
	assert_int_equal(peer_status(&other), 503);
	peer_close(&other);
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	peer_send(&peer, POST("/", "7") "abcdefg");
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void too_many_connections_are_turned_away(void **state)
{
	struct fixture *f = start_with((struct http_options){ .connections_max = 1 });
	struct peer first, second;

	(void)state;
	connect_to(f, &first);
	connect_to(f, &second);
	assert_int_equal(peer_status(&second), 503);
	assert_true(peer_head_has(&second, "Retry-After: 1\r\n"));
	assert_ended(&second);
	peer_send(&first, GET("/"));
	assert_int_equal(peer_status(&first), 200);
	peer_close(&first);
	peer_close(&second);
	stop(f);
}

static void out_of_descriptors_it_accepts_a_little_later(void **state)
{
	struct fixture *f = start();
	struct rlimit before, tight;
	struct peer peer;
	int next = dup(0);

	(void)state;
	assert_true(next >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	tight = before;
	tight.rlim_cur = (rlim_t)next + 1;
	close(next); /* the client's; the server finds none left */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	connect_to(f, &peer);
	peer_send(&peer, GET("/"));
	assert_int_equal(recv(peer.fd, peer.head, 1, MSG_DONTWAIT), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void a_chunked_body_beyond_the_whole_budget_is_too_large(void **state)
{
	struct fixture *f = start_with((struct http_options){ .in_flight_max = 7 });
	struct peer peer;

	(void)state;
	/* It would not fit later either: 503 would have it sent for ever. */
	connect_to(f, &peer);
	peer_send(&peer, CHUNKED("") "8\r\n");
	assert_int_equal(peer_status(&peer), 413);
	peer_close(&peer);
	connect_to(f, &peer);
	peer_send(&peer, POST("/", "8"));
	assert_int_equal(peer_status(&peer), 413);
	peer_close(&peer);
	stop(f);
}

static void a_body_that_does_not_come_takes_no_budget(void **state)
{
	struct fixture *f = start_with((struct http_options){ .in_flight_max = 1000 });
	struct peer slow, peer;

	(void)state;
	connect_to(f, &slow);
	connect_to(f, &peer);
	peer_send(&slow, "POST / HTTP/1.1\r\n" HOST
			 "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
	assert_int_equal(peer_status(&slow), 100);
	peer_send(&peer, POST("/hold", "4") "abcd");
	wait_held(f, 1);
	assert_int_equal(metric_get(M_HTTP_IN_FLIGHT), 4);
	/* It comes after all, and the budget is used up meanwhile. */
	for (int i = 0; i < 100; i++)
		peer_send(&slow, "0123456789");
	assert_int_equal(peer_status(&slow), 503);
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&slow);
	peer_close(&peer);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_is_readable_while_the_client_still_sends),
		cmocka_unit_test(a_refused_request_without_body_may_keep_its_connection),
		cmocka_unit_test(a_body_that_is_too_large_is_refused_by_its_length),
		cmocka_unit_test(a_broken_request_is_answered_after_those_before_it),
		cmocka_unit_test(a_foreign_host_is_misdirected),
		cmocka_unit_test(a_method_that_is_not_served_says_which_are),
		cmocka_unit_test(beyond_the_budget_of_bodies_a_client_comes_again),
		cmocka_unit_test(too_many_connections_are_turned_away),
		cmocka_unit_test(out_of_descriptors_it_accepts_a_little_later),
		cmocka_unit_test(a_chunked_body_beyond_the_whole_budget_is_too_large),
		cmocka_unit_test(a_body_that_does_not_come_takes_no_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
