/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_calls.c - what a request costs: one receive and one send
 *
 * The linker puts these calls in front of those that reach the kernel.  They
 * count what the server's loop does, not what the test itself does.  Waiting is
 * not counted: all connections that are ready share one wait.
 */
#define _GNU_SOURCE /* memmem() */

#include "tests/unit/http_fixture.h"

#include <stdatomic.h>
#include <sys/uio.h>

struct event;

#define REQUESTS 2000

static pthread_t test_thread;
static atomic_uint calls;

static void count(void)
{
	if (!pthread_equal(pthread_self(), test_thread))
		atomic_fetch_add(&calls, 1);
}

#define COUNT_CALLS(type, call, parameters, arguments) \
	type __real_##call parameters;                 \
	type __wrap_##call parameters;                 \
	type __wrap_##call parameters                  \
	{                                              \
		count();                               \
		return __real_##call arguments;        \
	}

COUNT_CALLS(ssize_t, read, (int fd, void *to, size_t len), (fd, to, len))
COUNT_CALLS(ssize_t, write, (int fd, const void *from, size_t len), (fd, from, len))
COUNT_CALLS(ssize_t, writev, (int fd, const struct iovec *from, int n), (fd, from, n))
COUNT_CALLS(
	ssize_t, recv, (int fd, void *to, size_t len, int flags), (fd, to, len, flags))
COUNT_CALLS(ssize_t, send, (int fd, const void *from, size_t len, int flags),
	(fd, from, len, flags))
COUNT_CALLS(ssize_t, sendmsg, (int fd, const struct msghdr *from, int flags),
	(fd, from, flags))
COUNT_CALLS(int, ioctl, (int fd, unsigned long request, void *arg), (fd, request, arg))
COUNT_CALLS(int, setsockopt,
	(int fd, int level, int name, const void *value, socklen_t len),
	(fd, level, name, value, len))
/* Each may become a call of epoll_ctl(). */
COUNT_CALLS(int, event_add, (struct event * event, const struct timeval *after),
	(event, after))
COUNT_CALLS(int, event_del, (struct event * event), (event))

/* How many calls the loop makes for requests on one connection. */
static unsigned calls_for(const char *request)
{
	struct fixture *f = start_with((struct http_options){ .loops = 1 });
	struct peer peer;
	unsigned total;

	connect_to(f, &peer);
	peer_send(&peer, request);
	assert_int_equal(peer_status(&peer), 200);
	atomic_store(&calls, 0);
	for (unsigned i = 0; i < REQUESTS; i++) {
		peer_send(&peer, request);
		assert_int_equal(peer_status(&peer), 200);
	}
	total = atomic_load(&calls);
	peer_close(&peer);
	stop(f);
	return total;
}

/* A twentieth above the two is for timers, which are armed again now and then. */
static void assert_two_each(unsigned total)
{
	assert_in_range(total, 2 * REQUESTS, 2 * REQUESTS + REQUESTS / 10);
}

static void a_question_costs_one_receive_and_one_send(void **state)
{
	(void)state;
	assert_two_each(calls_for(GET("/a")));
}

static void a_request_with_a_body_costs_no_more(void **state)
{
	(void)state;
	assert_two_each(calls_for(POST("/a", "5") "hello"));
	assert_two_each(calls_for(CHUNKED("") "5\r\nhello\r\n0\r\n\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_costs_one_receive_and_one_send),
		cmocka_unit_test(a_request_with_a_body_costs_no_more),
	};

	test_thread = pthread_self();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
