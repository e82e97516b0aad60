/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_input.c - from received bytes to requests
 *
 * Bytes are received into the loop's scratch memory and read there; only what
 * is not a whole head yet is kept with the connection.  A body that did not
 * come with its head is received where it will stay.
 */
#include "collector/http_conn.h"

#include "base/metrics.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BODY_ROOM_FIRST 16384

/* After so many requests the other connections of the loop have their turn. */
#define REQUESTS_A_TURN 32

static const char methods_allowed[] = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

bool http_input_may_parse(const struct http_conn *conn)
{
	const struct http_exchange *newest = conn->newest;

	if (!http_conn_is_open(conn) || conn->closing || conn->unsent)
		return false;
	if (conn->queued >= HTTP_PIPELINE_MAX)
		return false;
	if (newest && !newest->answered && http_exchange_is_question(newest))
		return false;
	return !atomic_load_explicit(&conn->loop->common->draining, memory_order_relaxed);
}

bool http_input_may_receive(const struct http_conn *conn)
{
	if (!http_conn_is_open(conn) || conn->finished || conn->unsent || conn->yielded)
		return false;
	return conn->current || http_input_may_parse(conn);
}

/* The layer's own answer; the connection ends with it. */
static void refuse(struct http_exchange *exchange, int status, const char *why)
{
	const struct http_hooks *hooks = &exchange->loop->common->options.hooks;

	exchange->reply = (struct http_reply){ .status = status };
	if (hooks->problem)
		hooks->problem(hooks->ctx, status, why, &exchange->reply);
	exchange->last = true;
	if (status == 405)
		exchange->reply.allow = methods_allowed;
	if (status == 503)
		exchange->reply.retry_after_s = 1;
	http_output_answered(exchange);
}

void http_input_refuse(struct http_conn *conn, int status, const char *why)
{
	struct http_exchange *exchange = TAKE(conn->current);

	if (!exchange) {
		exchange = http_exchange_new(conn, NULL);
		if (!exchange) {
			http_conn_close(conn);
			return;
		}
		exchange->request.head.head_only =
			conn->reader.fields_at && conn->reader.method == METHOD_HEAD;
	}
	refuse(exchange, status, why);
}

/* Refused as the hooks want it. */
static void refuse_decided(
	struct http_exchange *exchange, const struct http_decision *decision)
{
	exchange->reply = (struct http_reply){
		.status = decision->refuse_status,
		.media_type = decision->refuse_media_type,
		.allow = decision->allow,
		.extra = decision->refuse_extra,
		.retry_after_s = decision->retry_after_s,
		.body = decision->refuse_body,
		.body_len = decision->refuse_body_len,
	};
	if (!decision->keep_open || exchange->request.head.has_body)
		exchange->last = true;
	http_output_answered(exchange);
}

/*
 * Makes room for the whole body, before a byte of it is kept.  The budget is
 * charged with what comes: who only says that much will come must not use it up.
 */
static void reserve_body(struct http_exchange *exchange, uint64_t body_max)
{
	uint64_t budget = exchange->loop->common->options.in_flight_max;
	uint64_t length = exchange->request.head.content_length;

	/* What can never fit must not be told to come again. */
	if (body_max > budget)
		body_max = budget;
	if (exchange->request.head.chunked) {
		http_chunk_init(&exchange->chunks, body_max);
	} else if (length > body_max) {
		refuse(exchange, 413, "the body is too large");
	} else if (!http_exchange_fits(exchange, length)) {
		refuse(exchange, 503, "too many requests are in flight");
	} else {
		exchange->body = malloc(length);
		exchange->body_room = length;
		if (!exchange->body)
			refuse(exchange, 503, "there is no memory for the body");
	}
}

/* What can be said of a request by its head alone. */
static void judge(struct http_exchange *exchange, const struct http_message *message)
{
	const struct http_options *options = &exchange->loop->common->options;
	const struct http_hooks *hooks = &options->hooks;
	struct http_decision decision = { 0 };

	if (message->host.len && !http_host_allowed(message->host, options->hosts)) {
		refuse(exchange, 421, "this host name is not served here");
		return;
	}
	hooks->decide(hooks->ctx, &exchange->request.head, &decision);
	exchange->in_turn = decision.in_turn;
	if (decision.refuse_status)
		refuse_decided(exchange, &decision);
	else if (exchange->request.head.has_body)
		reserve_body(exchange, decision.body_max);
}

static void begin_request(struct http_conn *conn, const struct http_message *message)
{
	struct http_exchange *exchange = http_exchange_new(conn, message);

	if (!exchange) {
		http_conn_close(conn);
		return;
	}
	conn->requests++;
	metric_add(M_HTTP_REQUESTS, 1);
	exchange->last = message->close;
	conn->closing |= message->close;
	judge(exchange, message);
	if (exchange->answered)
		return;
	if (message->expect_continue)
		exchange->interim_left = HTTP_INTERIM_LEN;
	if (message->head.has_body)
		conn->current = exchange;
	else
		http_output_hand_over(exchange);
}

static void skip(struct slice *in, size_t n)
{
	*in = slice_of(in->ptr + n, in->len - n);
}

/* False when the head is not whole, or was refused. */
static bool read_head(struct http_conn *conn, struct slice *in)
{
	struct http_message message;
	struct http_refusal refusal;
	int r = http_head_read(
		&conn->reader, *in, conn->loop->decoded, &message, &refusal);

	if (r == HTTP_READ_MORE) {
		skip(in, in->len - http_head_keep(&conn->reader, in->len));
		return false;
	}
	if (r) {
		http_input_refuse(conn, refusal.status, refusal.why);
		return false;
	}
	conn->reader = (struct http_reader){ 0 };
	skip(in, message.bytes);
	begin_request(conn, &message);
	return true;
}

static void finish_body(struct http_conn *conn)
{
	http_output_hand_over(TAKE(conn->current));
}

/* Counts n bytes that were put where they stay; false when they are too many. */
static bool add_to_body(struct http_conn *conn, size_t n)
{
	conn->current->body_len += n;
	if (http_exchange_charge(conn->current, n))
		return true;
	http_input_refuse(conn, 503, "too many requests are in flight");
	return false;
}

static void read_plain_body(struct http_conn *conn, struct slice *in)
{
	struct http_exchange *exchange = conn->current;
	size_t left = exchange->body_room - exchange->body_len;
	size_t n = in->len < left ? in->len : left;

	memcpy(exchange->body + exchange->body_len, in->ptr, n);
	skip(in, n);
	if (add_to_body(conn, n) && n == left)
		finish_body(conn);
}

/* Doubles the room, within the limit of the body and the budget of all loops. */
static bool grow_body(struct http_exchange *exchange, size_t need)
{
	size_t room = exchange->body_room ? exchange->body_room * 2 : BODY_ROOM_FIRST;
	char *body;

	if (room > exchange->chunks.body_max)
		room = exchange->chunks.body_max;
	if (room < need)
		room = need;
	if (!http_exchange_charge(exchange, room - exchange->body_room))
		return false;
	body = realloc(exchange->body, room);
	if (!body)
		return false;
	exchange->body = body;
	exchange->body_room = room;
	return true;
}

/* The chunk reader has made sure that the body stays within its limit. */
static bool append_body(struct http_exchange *exchange, struct slice data)
{
	size_t need = exchange->body_len + data.len;

	if (need > exchange->body_room && !grow_body(exchange, need))
		return false;
	memcpy(exchange->body + exchange->body_len, data.ptr, data.len);
	exchange->body_len = need;
	return true;
}

static void read_chunked_body(struct http_conn *conn, struct slice *in)
{
	struct http_exchange *exchange = conn->current;
	struct http_refusal refusal;
	struct slice data;
	int r;

	while ((r = http_chunk_read(&exchange->chunks, in, &data, &refusal)) ==
		HTTP_READ_DATA) {
		if (!append_body(exchange, data)) {
			http_input_refuse(conn, 503, "too many requests are in flight");
			return;
		}
	}
	if (r == 0)
		finish_body(conn);
	else if (r < 0)
		http_input_refuse(conn, refusal.status, refusal.why);
}

static void read_all(struct http_conn *conn, struct slice *in)
{
	while (in->len && http_conn_is_open(conn)) {
		if (conn->current && conn->current->request.head.chunked)
			read_chunked_body(conn, in);
		else if (conn->current)
			read_plain_body(conn, in);
		else if (!http_input_may_parse(conn) || !read_head(conn, in))
			return;
	}
}

/* Keeps what was not read; an idle connection keeps no memory. */
static void keep_pending(struct http_conn *conn, struct slice in)
{
	if (in.len == 0 || conn->closing || !http_conn_is_open(conn)) {
		free(conn->pending);
		conn->pending = NULL;
		conn->pending_room = 0;
		conn->pending_len = 0;
		return;
	}
	if (conn->pending_room < in.len) {
		char *pending = realloc(conn->pending, in.len);

		if (!pending) {
			http_conn_close(conn);
			return;
		}
		conn->pending = pending;
		conn->pending_room = in.len;
	}
	memcpy(conn->pending, in.ptr, in.len);
	conn->pending_len = in.len;
}

/* Sending may make room for further requests that are here already. */
static void run(struct http_conn *conn, struct slice in)
{
	uint32_t first = conn->requests;
	bool more;

	conn->busy = true;
	do {
		size_t before = in.len;

		read_all(conn, &in);
		http_output_flush(conn);
		more = in.len && in.len < before && http_input_may_parse(conn);
	} while (more && conn->requests - first < REQUESTS_A_TURN);
	conn->busy = false;
	conn->yielded = more;
	keep_pending(conn, in);
}

static size_t load_pending(struct http_conn *conn)
{
	size_t len = conn->pending_len;

	if (len)
		memcpy(conn->loop->scratch, conn->pending, len);
	conn->pending_len = 0;
	return len;
}

/* The client sends no more; what it asked is still answered. */
static void finish_input(struct http_conn *conn)
{
	conn->finished = true;
	if (!conn->current)
		return;
	http_input_refuse(conn, 400, "the body is cut short");
	http_output_flush(conn);
}

static ssize_t receive(struct http_conn *conn, char *to, size_t room)
{
	ssize_t n;

	do {
		n = recv(conn->fd, to, room, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		finish_input(conn);
	else if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
		http_conn_close(conn);
	return n;
}

static void receive_body(struct http_conn *conn)
{
	struct http_exchange *exchange = conn->current;
	size_t left = exchange->body_room - exchange->body_len;
	ssize_t n = receive(conn, exchange->body + exchange->body_len, left);

	if (n <= 0)
		return;
	conn->busy = true;
	if (add_to_body(conn, (size_t)n) && (size_t)n == left)
		finish_body(conn);
	http_output_flush(conn);
	conn->busy = false;
}

void http_input_receive(struct http_conn *conn)
{
	char *scratch = conn->loop->scratch;
	size_t have;
	ssize_t n;

	if (conn->current && !conn->current->request.head.chunked) {
		receive_body(conn);
		return;
	}
	have = conn->pending_len;
	/* What may be read was read: what is left is a part of a head. */
	assert(have < HTTP_SCRATCH_BYTES);
	n = receive(conn, scratch + have, HTTP_SCRATCH_BYTES - have);
	if (n > 0)
		run(conn, slice_of(scratch, load_pending(conn) + (size_t)n));
}

void http_input_resume(struct http_conn *conn)
{
	conn->yielded = false;
	if (conn->pending_len && http_input_may_parse(conn))
		run(conn, slice_of(conn->loop->scratch, load_pending(conn)));
}
