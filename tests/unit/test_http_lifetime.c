/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_lifetime.c - how connections end: deadlines, resets, draining
 */
#define _GNU_SOURCE /* memmem() */

#include "tests/unit/http_fixture.h"

static void a_client_that_shuts_its_side_is_still_answered(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a" POST("/", "1") "b");
	shutdown(peer.fd, SHUT_WR);
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	assert_int_equal(peer_status(&peer), 200);
	assert_ended(&peer);
	peer_close(&peer);
	stop(f);
}

static void an_answer_for_a_client_that_is_gone_is_dropped(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a" POST("/hold", "1") "b");
	wait_held(f, 2);
	peer_reset(&peer);
	/* The server learns of it when it sends the first answer, at the latest. */
	echo(wait_held(f, 1));
	http_server_drain(f->server, 100000);
	echo(wait_held(f, 2));
	stop(f);
}

static void a_request_may_stay_unanswered_for_ever(void **state)
{
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a");
	wait_held(f, 1);
	http_server_drain(f->server, 1000);
	http_server_free(f->server);
	assert_int_equal(metric_get(M_HTTP_IN_FLIGHT), 0);
	peer_close(&peer);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static void a_reset_after_any_byte_harms_nobody(void **state)
{
	struct fixture *f = start();
	struct peer peer;
	const char *text = CHUNKED("") "3\r\nabc\r\n0\r\n\r\n" POST("/", "2") "hi";

	(void)state;
	for (size_t i = 0; i <= strlen(text); i++) {
		connect_to(f, &peer);
		peer_send_bytes(&peer, text, i);
		peer_reset(&peer);
	}
	connect_to(f, &peer);
	peer_send(&peer, GET("/"));
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void a_slow_head_is_told_and_an_idle_connection_is_not(void **state)
{
	struct fixture *f =
		start_with((struct http_options){ .head_us = 50000, .idle_us = 50000 });
	struct peer slow, idle;

	(void)state;
	connect_to(f, &slow);
	peer_send(&slow, "GET / HTTP/1.1\r\n");
	assert_int_equal(peer_status(&slow), 408);
	assert_ended(&slow);
	connect_to(f, &idle);
	peer_send(&idle, GET("/") "\r\n");
	assert_int_equal(peer_status(&idle), 200);
	assert_ended(&idle);
	peer_close(&slow);
	peer_close(&idle);
	stop(f);
}

static void a_slow_body_is_told(void **state)
{
	struct fixture *f = start_with((struct http_options){ .body_us = 90000 });
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/", "1000") "abc");
	assert_int_equal(peer_status(&peer), 408);
	assert_ended(&peer);
	peer_close(&peer);
	stop(f);
}

static void a_request_at_the_hooks_has_no_deadline_here(void **state)
{
	struct fixture *f = start_with((struct http_options){
		.head_us = 10000, .idle_us = 10000, .body_us = 10000 });
	struct peer slow, peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a");
	wait_held(f, 1);
	/* The deadlines of another connection pass meanwhile, one after the other. */
	for (int i = 0; i < 3; i++) {
		connect_to(f, &slow);
		peer_send(&slow, "G");
		assert_int_equal(peer_status(&slow), 408);
		peer_close(&slow);
	}
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&peer), 200);
	peer_close(&peer);
	stop(f);
}

static void a_client_that_takes_no_answer_is_let_go(void **state)
{
	struct fixture *f = start_with((struct http_options){ .write_stall_us = 100000 });
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, GET("/large"));
	while (handled(f) == 0)
		assert_true(peer_fill(&peer));
	/* Waits for the end of all connections: it would take the whole time. */
	http_server_drain(f->server, 10000000);
	assert_int_equal(metric_get(M_HTTP_CONNECTIONS), 0);
	peer_close(&peer);
	stop(f);
}

static void draining_answers_what_is_in_flight_and_accepts_nothing(void **state)
{
	struct fixture *f = start();
	struct peer busy, idle;
	pthread_t thread;

	(void)state;
	connect_to(f, &busy);
	connect_to(f, &idle);
	peer_send(&idle, GET("/"));
	assert_int_equal(peer_status(&idle), 200);
	peer_send(&busy, POST("/hold", "1") "a");
	wait_held(f, 1);
	assert_int_equal(pthread_create(&thread, NULL, drain, f), 0);
	assert_ended(&idle); /* from now on it drains */
	echo(wait_held(f, 1));
	assert_int_equal(peer_status(&busy), 200);
	assert_true(peer_head_has(&busy, "Connection: close\r\n"));
	assert_ended(&busy);
	peer_close(&busy);
	peer_close(&idle);
	pthread_join(thread, NULL);
	stop(f);
}

static void draining_waits_for_the_rest_of_a_body(void **state)
{
	struct fixture *f = start();
	struct peer peer, idle;
	pthread_t thread;

	(void)state;
	connect_to(f, &peer);
	connect_to(f, &idle);
	peer_send(&peer, "POST / HTTP/1.1\r\n" HOST
			 "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(peer_status(&peer), 100);
	assert_int_equal(pthread_create(&thread, NULL, drain, f), 0);
	assert_ended(&idle);
	peer_send(&peer, "ab");
	assert_int_equal(peer_status(&peer), 200);
	assert_ended(&peer);
	peer_close(&peer);
	peer_close(&idle);
	pthread_join(thread, NULL);
	stop(f);
}

/* Sends until the server hangs up; returns how much it took. */
static size_t send_without_end(struct peer *peer)
{
	char *bytes = calloc(1, 1 << 20);
	size_t sent = 0;
	ssize_t n;

	assert_non_null(bytes);
	while ((n = send(peer->fd, bytes, 1 << 20, MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	free(bytes);
	return sent;
}

static void who_goes_on_sending_after_a_refusal_is_hung_up_on(void **state)
{
	struct fixture *f = start_with((struct http_options){ .linger_us = 60000000 });
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/refuse", "4000000000"));
	assert_int_equal(peer_status(&peer), 401);
	assert_true(send_without_end(&peer) < 64 << 20);
	peer_close(&peer);
	stop(f);
}

static void who_stays_after_a_refusal_is_hung_up_on(void **state)
{
	struct fixture *f = start_with((struct http_options){ .linger_us = 20000 });
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/refuse", "10"));
	assert_int_equal(peer_status(&peer), 401);
	/* Waits for the end of all connections. */
	http_server_drain(f->server, 10000000);
	assert_int_equal(metric_get(M_HTTP_CONNECTIONS), 0);
	peer_close(&peer);
	stop(f);
}

static void an_answer_that_closes_is_the_last_of_its_connection(void **state)
{
	struct http_reply last = { .status = 200, .close = true };
	struct fixture *f = start();
	struct peer peer;

	(void)state;
	connect_to(f, &peer);
	peer_send(&peer, POST("/hold", "1") "a" POST("/hold", "1") "b");
	peer_send(&peer, POST("/hold", "1") "c" GET("/never"));
	wait_held(f, 3);
	echo(f->held[1]);
	http_reply_send(f->held[0], &last);
	assert_int_equal(peer_status(&peer), 200);
	assert_true(peer_head_has(&peer, "Connection: close\r\n"));
	assert_ended(&peer);
	peer_close(&peer);
	echo(f->held[2]);
	stop(f);
	assert_int_equal(metric_get(M_HTTP_IN_FLIGHT), 0);
}

static void draining_answers_all_that_was_pipelined(void **state)
{
	struct fixture *f = start();
	struct peer busy, idle;
	pthread_t thread;

	(void)state;
	connect_to(f, &busy);
	connect_to(f, &idle);
	peer_send(&busy, POST("/hold", "1") "a" POST("/hold", "1") "b");
	peer_send(&busy, POST("/hold", "1") "c" GET("/question"));
	wait_held(f, 3);
	assert_int_equal(pthread_create(&thread, NULL, drain, f), 0);
	assert_ended(&idle); /* from now on it drains */
	for (unsigned i = 3; i > 0; i--)
		echo(f->held[i - 1]);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(peer_status(&busy), 200);
	assert_int_equal(peer_status(&busy), 200);
	assert_string_equal(busy.body, "GET /question ");
	assert_true(peer_head_has(&busy, "Connection: close\r\n"));
	assert_ended(&busy);
	peer_close(&busy);
	peer_close(&idle);
	pthread_join(thread, NULL);
	stop(f);
}

static void draining_sends_a_large_answer_whole(void **state)
{
	struct fixture *f = start();
	struct peer busy, idle;
	pthread_t thread;

	(void)state;
	connect_to(f, &busy);
	connect_to(f, &idle);
	peer_send(&busy, GET("/large"));
	wait_handled(f, 1);
	assert_int_equal(pthread_create(&thread, NULL, drain, f), 0);
	assert_ended(&idle);
	assert_int_equal(peer_status(&busy), 200);
	assert_int_equal(busy.body_len, LARGE_BODY);
	assert_ended(&busy);
	peer_close(&busy);
	peer_close(&idle);
	pthread_join(thread, NULL);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_that_shuts_its_side_is_still_answered),
		cmocka_unit_test(an_answer_for_a_client_that_is_gone_is_dropped),
		cmocka_unit_test(a_request_may_stay_unanswered_for_ever),
		cmocka_unit_test(a_reset_after_any_byte_harms_nobody),
		cmocka_unit_test(a_slow_head_is_told_and_an_idle_connection_is_not),
		cmocka_unit_test(a_slow_body_is_told),
		cmocka_unit_test(a_request_at_the_hooks_has_no_deadline_here),
		cmocka_unit_test(a_client_that_takes_no_answer_is_let_go),
		cmocka_unit_test(draining_answers_what_is_in_flight_and_accepts_nothing),
		cmocka_unit_test(draining_waits_for_the_rest_of_a_body),
		cmocka_unit_test(who_goes_on_sending_after_a_refusal_is_hung_up_on),
		cmocka_unit_test(who_stays_after_a_refusal_is_hung_up_on),
		cmocka_unit_test(an_answer_that_closes_is_the_last_of_its_connection),
		cmocka_unit_test(draining_answers_all_that_was_pipelined),
		cmocka_unit_test(draining_sends_a_large_answer_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
