/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_conn.c - a connection's life: its events, its deadlines, its end
 *
 * One timer serves all deadlines and is set again only when it would go off
 * too late; when it goes off too early it is set for the rest.  So a request
 * that comes and is answered at once moves no timer.
 */
#include "collector/http_conn.h"

#include "base/metrics.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A body must come this fast, once it had a third of its time. */
#define BODY_FLOOR_BYTES_S 1024

/* Its whole time grows by a second for so much that came. */
#define BODY_STEADY_BYTES_S 65536

/* How often a body's and a slow reader's progress is looked at. */
#define BODY_CHECKS  30
#define WRITE_CHECKS 4

#define DISCARDS_AT_ONCE 16

static void on_read(evutil_socket_t fd, short what, void *arg);
static void on_write(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);

struct http_conn *http_conn_new(struct http_common *common, int fd, struct http_peer peer)
{
	struct http_conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->fd = fd;
	conn->peer = peer;
	conn->armed_us = INT64_MAX;
	atomic_fetch_add(&common->connections, 1);
	metric_add(M_HTTP_CONNECTIONS, 1);
	return conn;
}

static void release(struct http_common *common, struct http_conn *conn)
{
	close(conn->fd);
	conn->fd = -1;
	http_peers_leave(common->peers, conn->peer);
	metric_add(M_HTTP_CONNECTIONS, -1);
	if (atomic_fetch_sub(&common->connections, 1) > 1)
		return;
	pthread_mutex_lock(&common->lock);
	pthread_cond_broadcast(&common->emptied);
	pthread_mutex_unlock(&common->lock);
}

void http_conn_discard(struct http_common *common, struct http_conn *conn)
{
	release(common, conn);
	free(conn);
}

void http_conn_open(struct http_conn *conn, struct http_loop *loop)
{
	conn->loop = loop;
	conn->prev = NULL;
	conn->next = loop->conns;
	if (conn->next)
		conn->next->prev = conn;
	loop->conns = conn;
	/* These fail for wrong arguments only. */
	event_assign(
		&conn->read, loop->base, conn->fd, EV_READ | EV_PERSIST, on_read, conn);
	event_assign(&conn->write, loop->base, conn->fd, EV_WRITE | EV_PERSIST, on_write,
		conn);
	event_assign(&conn->timer, loop->base, -1, 0, on_timer, conn);
	conn->phase = PHASE_LINGER; /* so that being idle begins now */
	http_conn_settle(conn);
}

static void make_orphan(struct http_loop *loop, struct http_exchange *exchange)
{
	exchange->conn = NULL;
	exchange->prev = NULL;
	exchange->next = loop->orphans;
	if (exchange->next)
		exchange->next->prev = exchange;
	loop->orphans = exchange;
}

static void let_go_of_exchanges(struct http_conn *conn)
{
	struct http_exchange *next;

	for (struct http_exchange *at = conn->first; at; at = next) {
		next = at->next;
		if (at->handed && !at->answered)
			make_orphan(conn->loop, at);
		else
			http_exchange_free(at);
	}
	conn->first = NULL;
	conn->newest = NULL;
	conn->current = NULL;
	conn->queued = 0;
	conn->unanswered = 0;
}

void http_conn_close(struct http_conn *conn)
{
	struct http_loop *loop = conn->loop;

	if (!http_conn_is_open(conn))
		return;
	event_del(&conn->read);
	event_del(&conn->write);
	event_del(&conn->timer);
	let_go_of_exchanges(conn);
	free(conn->pending);
	conn->pending = NULL;
	conn->pending_len = 0;
	if (conn->prev)
		conn->prev->next = conn->next;
	else
		loop->conns = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	release(loop->common, conn);
}

/* Nothing is under way, and nothing more will be. */
static bool is_over(const struct http_conn *conn)
{
	if (conn->lingering || conn->first)
		return false;
	return conn->finished || conn->closing ||
	       atomic_load_explicit(&conn->loop->common->draining, memory_order_relaxed);
}

static enum http_phase phase_now(const struct http_conn *conn)
{
	if (conn->lingering)
		return PHASE_LINGER;
	if (conn->unsent)
		return PHASE_WRITE;
	if (conn->current)
		return PHASE_BODY;
	if (conn->first)
		return PHASE_ANSWER;
	return conn->pending_len ? PHASE_HEAD : PHASE_IDLE;
}

/* Bytes that came (of a body) or went (were acknowledged by the client's machine). */
static uint64_t progress_now(const struct http_conn *conn)
{
	int queued = 0;

	if (conn->phase == PHASE_BODY)
		return conn->current->body_len;
	if (conn->phase != PHASE_WRITE)
		return 0;
	if (ioctl(conn->fd, SIOCOUTQ, &queued) < 0 || queued < 0)
		queued = 0;
	return conn->sent_total - (uint64_t)queued;
}

static int64_t first_due(const struct http_conn *conn)
{
	const struct http_options *options = &conn->loop->common->options;
	int64_t now = conn->loop->now_us;

	switch ((enum http_phase)conn->phase) {
	case PHASE_IDLE:
		return now + options->idle_us;
	case PHASE_HEAD:
		return now + options->head_us;
	case PHASE_BODY:
		return now + options->body_us / BODY_CHECKS;
	case PHASE_ANSWER:
		return INT64_MAX;
	case PHASE_WRITE:
		return now + options->write_stall_us / WRITE_CHECKS;
	case PHASE_LINGER:
		return now + options->linger_us;
	}
	return INT64_MAX;
}

/* A phase begins anew with every request, so a steady stream of them is no delay. */
static void note_phase(struct http_conn *conn)
{
	enum http_phase phase = phase_now(conn);

	if (phase == conn->phase && conn->requests == conn->phase_requests)
		return;
	conn->phase = (uint8_t)phase;
	conn->phase_requests = conn->requests;
	conn->phase_since_us = conn->loop->now_us;
	conn->progress = progress_now(conn);
	conn->progress_us = conn->loop->now_us;
	conn->due_us = first_due(conn);
}

/* A timer that is due lets the loop look at its other connections first. */
static void arm_timer(struct http_conn *conn)
{
	int64_t due_us = conn->yielded ? conn->loop->now_us : conn->due_us;
	struct timeval tv;

	if (due_us >= conn->armed_us)
		return;
	tv = http_timeval(due_us - conn->loop->now_us);
	if (event_add(&conn->timer, &tv) < 0)
		http_conn_close(conn);
	conn->armed_us = due_us;
}

static void arm_read(struct http_conn *conn)
{
	if (conn->reading || (!conn->lingering && !http_input_may_receive(conn)))
		return;
	if (event_add(&conn->read, NULL) < 0)
		http_conn_close(conn);
	conn->reading = true;
}

void http_conn_settle(struct http_conn *conn)
{
	if (http_conn_is_open(conn) && is_over(conn))
		http_conn_close(conn);
	if (http_conn_is_open(conn))
		arm_read(conn);
	if (http_conn_is_open(conn)) {
		note_phase(conn);
		arm_timer(conn);
	}
	if (!http_conn_is_open(conn))
		free(conn);
}

static void discard_input(struct http_conn *conn)
{
	for (int i = 0; i < DISCARDS_AT_ONCE; i++) {
		ssize_t n = recv(
			conn->fd, conn->loop->scratch, HTTP_SCRATCH_BYTES, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return;
		if (n > 0)
			conn->discarded += (uint64_t)n;
		if (n <= 0 || conn->discarded > HTTP_LINGER_BYTES) {
			http_conn_close(conn);
			return;
		}
	}
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *conn = arg;

	(void)fd;
	(void)what;
	http_loop_tick(conn->loop);
	if (conn->lingering) {
		discard_input(conn);
	} else if (http_input_may_receive(conn)) {
		http_input_receive(conn);
	} else {
		event_del(&conn->read);
		conn->reading = false;
	}
	http_conn_settle(conn);
}

static void on_write(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *conn = arg;

	(void)fd;
	(void)what;
	http_loop_tick(conn->loop);
	http_output_flush(conn);
	http_input_resume(conn);
	http_conn_settle(conn);
}

/* Too slow on the whole, or slower than the floor after a third of the time. */
static bool body_is_late(const struct http_conn *conn)
{
	int64_t allowed = conn->loop->common->options.body_us;
	int64_t elapsed = conn->loop->now_us - conn->phase_since_us;
	uint64_t came = conn->current->body_len - conn->progress;

	if (elapsed > allowed / 3 &&
		came * 1000000 / BODY_FLOOR_BYTES_S < (uint64_t)elapsed)
		return true;
	return elapsed > allowed + (int64_t)(came * 1000000 / BODY_STEADY_BYTES_S);
}

static void check_body(struct http_conn *conn)
{
	conn->due_us = first_due(conn);
	if (!body_is_late(conn))
		return;
	http_input_refuse(conn, 408, "the body came too slowly");
	http_output_flush(conn);
}

/* EPOLLOUT comes late; what the client's machine acknowledged tells sooner. */
static void check_write(struct http_conn *conn)
{
	uint64_t progress = progress_now(conn);
	int64_t now = conn->loop->now_us;

	conn->due_us = first_due(conn);
	if (progress != conn->progress) {
		conn->progress = progress;
		conn->progress_us = now;
	} else if (now - conn->progress_us >=
		   conn->loop->common->options.write_stall_us) {
		http_conn_close(conn);
	}
}

static void expire(struct http_conn *conn)
{
	switch ((enum http_phase)conn->phase) {
	case PHASE_IDLE:
	case PHASE_LINGER:
		http_conn_close(conn);
		return;
	case PHASE_HEAD:
		http_input_refuse(conn, 408, "the head came too slowly");
		http_output_flush(conn);
		return;
	case PHASE_BODY:
		check_body(conn);
		return;
	case PHASE_WRITE:
		check_write(conn);
		return;
	case PHASE_ANSWER:
		return;
	}
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *conn = arg;

	(void)fd;
	(void)what;
	http_loop_tick(conn->loop);
	conn->armed_us = INT64_MAX;
	if (conn->yielded)
		http_input_resume(conn);
	else if (conn->loop->now_us >= conn->due_us)
		expire(conn);
	http_conn_settle(conn);
}
