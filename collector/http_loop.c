/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_loop.c - one thread, its connections, and its mail
 */
#include "collector/http_loop.h"

#include "base/clock.h"
#include "collector/http_conn.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void on_wake(evutil_socket_t fd, short what, void *arg);

struct timeval http_timeval(int64_t us)
{
	if (us < 0)
		us = 0;
	return (struct timeval){ .tv_sec = us / 1000000, .tv_usec = us % 1000000 };
}

/* A base for one thread: without locks, and deaf to its environment variables. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (!config)
		return NULL;
	if (event_config_set_flag(
		    config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

int http_loop_init(struct http_loop *loop, struct http_common *common, unsigned index)
{
	loop->common = common;
	loop->index = index;
	loop->date_at_s = INT64_MIN;
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0)
		return err_from_errno(errno);
	loop->base = new_base();
	loop->scratch = malloc(HTTP_SCRATCH_BYTES);
	loop->decoded = malloc(HTTP_DECODED_MAX);
	if (!loop->base || !loop->scratch || !loop->decoded)
		return ERR_NOMEM;
	if (event_assign(&loop->wake, loop->base, loop->wake_fd, EV_READ | EV_PERSIST,
		    on_wake, loop) < 0 ||
		event_add(&loop->wake, NULL) < 0)
		return ERR_NOMEM;
	http_loop_tick(loop);
	return 0;
}

void http_loop_tick(struct http_loop *loop)
{
	loop->now_us = clock_monotonic_us();
}

struct slice http_loop_date(struct http_loop *loop)
{
	int64_t now_s = clock_now_us() / 1000000;

	if (now_s != loop->date_at_s) {
		loop->date_at_s = now_s;
		loop->date_len = http_date_format(now_s, loop->date);
	}
	return slice_of(loop->date, loop->date_len);
}

void http_loop_wake(struct http_loop *loop)
{
	const uint64_t one = 1;
	ssize_t n;

	/* It fails only when the counter is full, and then the loop is awake. */
	do {
		n = write(loop->wake_fd, &one, sizeof(one));
	} while (n < 0 && errno == EINTR);
}

void http_loop_answer(struct http_loop *loop, struct http_exchange *exchange)
{
	struct http_exchange *head;

	/* Answered while its connection's input runs, which sends afterwards. */
	if (pthread_equal(loop->self, pthread_self()) && exchange->conn &&
		exchange->conn->busy) {
		http_output_answered(exchange);
		return;
	}
	head = atomic_load_explicit(&loop->answered, memory_order_relaxed);
	do {
		exchange->mail = head;
	} while (!atomic_compare_exchange_weak_explicit(&loop->answered, &head, exchange,
		memory_order_acq_rel, memory_order_relaxed));
	/* Not to be touched any more: the loop may have sent and freed it. */
	if (!head)
		http_loop_wake(loop);
}

void http_loop_give(struct http_loop *loop, struct http_conn *conn)
{
	struct http_conn *head;

	head = atomic_load_explicit(&loop->arrived, memory_order_relaxed);
	do {
		conn->next = head;
	} while (!atomic_compare_exchange_weak_explicit(
		&loop->arrived, &head, conn, memory_order_acq_rel, memory_order_relaxed));
	if (!head)
		http_loop_wake(loop);
}

static void open_arrived(struct http_loop *loop)
{
	struct http_conn *conn =
		atomic_exchange_explicit(&loop->arrived, NULL, memory_order_acquire);
	struct http_conn *next;

	for (; conn; conn = next) {
		next = conn->next;
		http_conn_open(conn, loop);
	}
}

/* The mail in the order in which it was put. */
static struct http_exchange *take_answered(struct http_loop *loop)
{
	struct http_exchange *mail =
		atomic_exchange_explicit(&loop->answered, NULL, memory_order_acquire);
	struct http_exchange *ordered = NULL;

	while (mail) {
		struct http_exchange *next = mail->mail;

		mail->mail = ordered;
		ordered = mail;
		mail = next;
	}
	return ordered;
}

static void free_orphan(struct http_loop *loop, struct http_exchange *orphan)
{
	if (orphan->prev)
		orphan->prev->next = orphan->next;
	else
		loop->orphans = orphan->next;
	if (orphan->next)
		orphan->next->prev = orphan->prev;
	http_exchange_free(orphan);
}

/* Marks the whole batch first, so that answers of one connection share a send. */
static struct http_conn *mark_answered(struct http_loop *loop)
{
	struct http_exchange *mail = take_answered(loop);
	struct http_exchange *next;
	struct http_conn *touched = NULL;

	for (; mail; mail = next) {
		struct http_conn *conn = mail->conn;

		next = mail->mail;
		if (!conn) {
			free_orphan(loop, mail);
			continue;
		}
		http_output_answered(mail);
		if (conn->is_touched)
			continue;
		conn->is_touched = true;
		conn->touched = touched;
		touched = conn;
	}
	return touched;
}

static void send_answered(struct http_loop *loop)
{
	struct http_conn *conn = mark_answered(loop);
	struct http_conn *next;

	for (; conn; conn = next) {
		next = conn->touched;
		conn->is_touched = false;
		if (!conn->unsent) {
			http_output_flush(conn);
			http_input_resume(conn);
		}
		http_conn_settle(conn);
	}
}

/* Draining: what has nothing under way goes now. */
static void settle_all(struct http_loop *loop)
{
	struct http_conn *next;

	for (struct http_conn *conn = loop->conns; conn; conn = next) {
		next = conn->next;
		http_conn_settle(conn);
	}
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct http_loop *loop = arg;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN && errno != EINTR)
		event_base_loopbreak(loop->base);
	http_loop_tick(loop);
	if (atomic_load(&loop->stop)) {
		event_base_loopbreak(loop->base);
		return;
	}
	open_arrived(loop);
	send_answered(loop);
	if (atomic_load(&loop->common->draining))
		settle_all(loop);
}

static void *loop_main(void *arg)
{
	struct http_loop *loop = arg;

	loop->self = pthread_self();
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

/* Signals are for the thread that waits for them, never for a loop. */
int http_loop_start(struct http_loop *loop)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&loop->thread, NULL, loop_main, loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r)
		return err_from_errno(r);
	loop->running = true;
	return 0;
}

void http_loop_stop(struct http_loop *loop)
{
	if (!loop->running)
		return;
	atomic_store(&loop->stop, true);
	http_loop_wake(loop);
	pthread_join(loop->thread, NULL);
	loop->running = false;
}

static void free_mail(struct http_loop *loop)
{
	struct http_conn *conn = atomic_exchange(&loop->arrived, NULL);
	struct http_conn *next;

	for (; conn; conn = next) {
		next = conn->next;
		http_conn_discard(loop->common, conn);
	}
	(void)mark_answered(loop);
}

void http_loop_fini(struct http_loop *loop)
{
	free_mail(loop);
	while (loop->conns) {
		struct http_conn *conn = loop->conns;

		http_conn_close(conn);
		http_conn_settle(conn);
	}
	while (loop->orphans)
		free_orphan(loop, loop->orphans);
	if (loop->base) {
		if (event_initialized(&loop->wake))
			event_del(&loop->wake);
		event_base_free(loop->base);
	}
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	free(loop->scratch);
	free(loop->decoded);
}
