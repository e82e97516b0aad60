/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_exchange.c - a request and its answer, in one piece of memory
 */
#include "collector/http_conn.h"

#include "base/metrics.h"

#include <stdlib.h>

static size_t text_bytes(const struct http_head *head)
{
	return head->path.len + head->raw_path.len + head->query.len +
	       head->authorization.len + head->accept.len + head->content_type.len +
	       head->content_encoding.len + head->user_agent.len;
}

static struct slice copy_text(char **at, struct slice s)
{
	char *copy = *at;

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	*at += s.len;
	return slice_of(copy, s.len);
}

/* The method is static text already. */
static void copy_head(struct http_exchange *exchange, const struct http_head *from)
{
	struct http_head *to = &exchange->request.head;
	char *at = exchange->text;

	*to = *from;
	to->raw_path = copy_text(&at, from->raw_path);
	to->path = to->raw_path;
	if (from->path.ptr != from->raw_path.ptr)
		to->path = copy_text(&at, from->path);
	to->query = copy_text(&at, from->query);
	to->authorization = copy_text(&at, from->authorization);
	to->accept = copy_text(&at, from->accept);
	to->content_type = copy_text(&at, from->content_type);
	to->content_encoding = copy_text(&at, from->content_encoding);
	to->user_agent = copy_text(&at, from->user_agent);
}

static void enqueue(struct http_conn *conn, struct http_exchange *exchange)
{
	if (conn->newest)
		conn->newest->next = exchange;
	else
		conn->first = exchange;
	conn->newest = exchange;
	conn->queued++;
	conn->unanswered++;
}

struct http_exchange *http_exchange_new(
	struct http_conn *conn, const struct http_message *message)
{
	size_t text = message ? text_bytes(&message->head) : 0;
	struct http_exchange *exchange = malloc(sizeof(*exchange) + text);

	if (!exchange)
		return NULL;
	memset(exchange, 0, offsetof(struct http_exchange, head));
	exchange->loop = conn->loop;
	exchange->conn = conn;
	exchange->request.loop = conn->loop->index;
	if (message)
		copy_head(exchange, &message->head);
	enqueue(conn, exchange);
	return exchange;
}

static bool fits(const struct http_common *common, uint64_t in_flight, uint64_t bytes)
{
	uint64_t max = common->options.in_flight_max;

	return in_flight <= max && bytes <= max - in_flight;
}

bool http_exchange_fits(const struct http_exchange *exchange, uint64_t bytes)
{
	const struct http_common *common = exchange->loop->common;

	return fits(common, atomic_load(&common->in_flight), bytes);
}

bool http_exchange_charge(struct http_exchange *exchange, uint64_t bytes)
{
	struct http_common *common = exchange->loop->common;

	if (!fits(common, atomic_fetch_add(&common->in_flight, bytes), bytes)) {
		atomic_fetch_sub(&common->in_flight, bytes);
		return false;
	}
	exchange->charged += bytes;
	metric_add(M_HTTP_IN_FLIGHT, (int64_t)bytes);
	return true;
}

void http_exchange_drop_body(struct http_exchange *exchange)
{
	free(exchange->body);
	exchange->body = NULL;
	if (exchange->charged == 0)
		return;
	atomic_fetch_sub(&exchange->loop->common->in_flight, exchange->charged);
	metric_add(M_HTTP_IN_FLIGHT, -(int64_t)exchange->charged);
	exchange->charged = 0;
}

static void release_answer(const struct http_reply *reply)
{
	if (reply->release)
		reply->release(reply->body, reply->body_len);
	else
		free(reply->body);
}

void http_exchange_free(struct http_exchange *exchange)
{
	http_exchange_drop_body(exchange);
	release_answer(&exchange->reply);
	free(exchange);
}

char *http_request_take_body(struct http_request *request, size_t *len_out)
{
	struct http_exchange *exchange = http_exchange_of(request);
	char *body = TAKE(exchange->body);

	*len_out = body ? request->body.len : 0;
	request->body = slice_of(NULL, 0);
	return body;
}

void http_reply_send(struct http_request *request, const struct http_reply *reply)
{
	struct http_exchange *exchange = http_exchange_of(request);

	exchange->reply = *reply;
	http_loop_answer(exchange->loop, exchange);
}
