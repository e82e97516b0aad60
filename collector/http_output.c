/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_output.c - answers, in the order of their requests, and the last word
 *
 * An answer is sent from where it lies: its head from the exchange, its body
 * from the memory that the hooks gave.  All answers that are ready go out in
 * one call, and what the socket does not take stays where it is.
 */
#include "collector/http_conn.h"

#include "base/metrics.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* An interim answer, a head and a body for each exchange; one may be a refusal. */
#define PIECES_MAX ((size_t)3 * (HTTP_PIPELINE_MAX + 1))

struct pieces {
	struct iovec at[PIECES_MAX];
	size_t count;
	size_t bytes;
};

static void add_piece(struct pieces *pieces, const char *ptr, size_t len)
{
	if (len == 0 || pieces->count == PIECES_MAX)
		return;
	/* sendmsg() reads only, but its type cannot say so. */
	pieces->at[pieces->count++] = (struct iovec){
		.iov_base = (void *)(uintptr_t)ptr,
		.iov_len = len,
	};
	pieces->bytes += len;
}

/* The part of a text of len bytes that is not sent, when sent bytes are. */
static void add_rest(struct pieces *pieces, const char *ptr, size_t len, size_t sent)
{
	if (sent < len)
		add_piece(pieces, ptr + sent, len - sent);
}

static size_t body_to_send(const struct http_exchange *exchange)
{
	if (exchange->request.head.head_only ||
		!http_status_has_body(exchange->reply.status))
		return 0;
	return exchange->reply.body_len;
}

/* "100 Continue" is not said any more with a final answer, unless it is half said. */
static size_t interim_to_send(const struct http_exchange *exchange)
{
	if (exchange->answered && exchange->interim_left == HTTP_INTERIM_LEN)
		return 0;
	return exchange->interim_left;
}

static void add_answer(struct pieces *pieces, const struct http_exchange *exchange)
{
	size_t sent = exchange->sent;
	size_t head = exchange->head_len;

	add_rest(pieces, exchange->head, head, sent);
	add_rest(pieces, exchange->reply.body, body_to_send(exchange),
		sent > head ? sent - head : 0);
}

static void gather(const struct http_conn *conn, struct pieces *pieces)
{
	const struct http_exchange *exchange = conn->first;

	for (; exchange; exchange = exchange->next) {
		size_t left = interim_to_send(exchange);

		add_rest(pieces, HTTP_INTERIM, HTTP_INTERIM_LEN, HTTP_INTERIM_LEN - left);
		if (!exchange->answered)
			return;
		add_answer(pieces, exchange);
		if (exchange->last)
			return;
	}
}

/* Nothing follows.  The client may still be sending: closing now would reset it. */
static void begin_linger(struct http_conn *conn)
{
	conn->lingering = true;
	if (conn->finished || shutdown(conn->fd, SHUT_WR) < 0)
		http_conn_close(conn);
}

static void pop(struct http_conn *conn)
{
	struct http_exchange *exchange = conn->first;
	bool last = exchange->last;

	conn->first = exchange->next;
	if (!conn->first)
		conn->newest = NULL;
	conn->queued--;
	http_exchange_free(exchange);
	if (last)
		begin_linger(conn);
}

/* Takes up to n bytes as sent by the first exchange; returns how many. */
static size_t advance_first(struct http_exchange *exchange, size_t n)
{
	size_t left = interim_to_send(exchange);
	size_t interim_n = n < left ? n : left;
	size_t answer_n = 0;

	exchange->interim_left = (uint8_t)(left - interim_n);
	if (exchange->answered && exchange->interim_left == 0) {
		size_t rest =
			exchange->head_len + body_to_send(exchange) - exchange->sent;

		answer_n = n - interim_n < rest ? n - interim_n : rest;
		exchange->sent += answer_n;
	}
	return interim_n + answer_n;
}

static bool is_sent(const struct http_exchange *exchange)
{
	return exchange->answered && interim_to_send(exchange) == 0 &&
	       exchange->sent == exchange->head_len + body_to_send(exchange);
}

static void advance(struct http_conn *conn, size_t n)
{
	conn->sent_total += n;
	while (conn->first && !conn->lingering) {
		n -= advance_first(conn->first, n);
		if (!is_sent(conn->first))
			break;
		pop(conn);
	}
}

/* True when the socket took all there was; false when it is full, or gone. */
static bool send_ready(struct http_conn *conn)
{
	struct pieces pieces = { .count = 0 };
	struct msghdr message = { .msg_iov = pieces.at };
	ssize_t n;

	gather(conn, &pieces);
	if (pieces.count == 0)
		return true;
	message.msg_iovlen = pieces.count;
	do {
		n = sendmsg(conn->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		http_conn_close(conn);
		return false;
	}
	if (n > 0)
		advance(conn, (size_t)n);
	return n >= 0 && (size_t)n == pieces.bytes;
}

static void write_out(struct http_conn *conn)
{
	bool done = send_ready(conn);

	if (!http_conn_is_open(conn) || done != conn->unsent)
		return;
	if (done)
		event_del(&conn->write);
	else if (event_add(&conn->write, NULL) < 0)
		http_conn_close(conn);
	conn->unsent = !done;
}

static void hand_over(struct http_exchange *exchange)
{
	struct http_conn *conn = exchange->conn;
	const struct http_hooks *hooks = &conn->loop->common->options.hooks;
	bool busy = conn->busy;

	exchange->handed = true;
	conn->busy = true;
	hooks->handle(hooks->ctx, &exchange->request);
	conn->busy = busy;
}

void http_output_hand_over(struct http_exchange *exchange)
{
	struct http_request *request = &exchange->request;

	if (exchange->interim_left == HTTP_INTERIM_LEN)
		exchange->interim_left = 0;
	request->body = slice_of(exchange->body, exchange->body_len);
	request->complete_us = exchange->loop->now_us;
	/* A question behind an event must see the event: it waits for its answer. */
	if (http_exchange_is_question(exchange) && exchange->conn->unanswered > 1)
		exchange->held = true;
	else
		hand_over(exchange);
}

static bool release_held(struct http_conn *conn)
{
	struct http_exchange *exchange = conn->newest;

	if (!http_conn_is_open(conn) || conn->lingering)
		return false;
	if (!exchange || !exchange->held || conn->unanswered > 1)
		return false;
	exchange->held = false;
	hand_over(exchange);
	return exchange->answered;
}

void http_output_flush(struct http_conn *conn)
{
	do {
		if (http_conn_is_open(conn) && !conn->lingering)
			write_out(conn);
	} while (release_held(conn));
}

static void count_answer(int status)
{
	if (status >= 400)
		metric_add(M_HTTP_REFUSED, 1);
	if (status == 503)
		metric_add(M_HTTP_OVERLOAD, 1);
}

void http_output_answered(struct http_exchange *exchange)
{
	struct http_conn *conn = exchange->conn;
	bool drain = atomic_load_explicit(
		&exchange->loop->common->draining, memory_order_relaxed);

	assert(!exchange->answered);
	exchange->answered = true;
	conn->unanswered--;
	http_exchange_drop_body(exchange);
	if (exchange->reply.close || (drain && !exchange->next))
		exchange->last = true;
	conn->closing |= exchange->last;
	count_answer(exchange->reply.status);
	exchange->head_len = (uint16_t)http_head_write(&exchange->reply,
		http_loop_date(exchange->loop), exchange->last, exchange->head);
	/* Whatever is in a head is ours, and static. */
	assert(exchange->head_len > 0);
}
