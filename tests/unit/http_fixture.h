/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_fixture.h - a server on a real socket, for the tests of the HTTP layer
 *
 * The hooks echo what was asked.  "/hold" keeps the request until the test
 * answers it; "/ask" is a question, body or not; "/refuse" is refused by its
 * head; "/large" answers 16 MiB; "/block" stops the loop until the test lets it
 * go on; "/mark" notes how many requests were handled before it.
 */
#pragma once

#include "base/metrics.h"
#include "collector/http_server.h"
#include "tests/unit/http_peer.h"

#include <pthread.h>

#define BODY_MAX   (4 << 20)
#define LARGE_BODY (16 << 20)
#define HELD_MAX   32

struct fixture {
	struct http_server *server;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct http_request *held[HELD_MAX];
	unsigned held_count;
	unsigned handled;
	unsigned marked;
	bool unblocked;
	unsigned on_loop[8];
};

static inline void decide(
	void *ctx, const struct http_head *head, struct http_decision *out)
{
	(void)ctx;
	out->body_max = BODY_MAX;
	out->in_turn = slice_equal(head->path, SLICE("/ask"));
	if (slice_starts(head->path, SLICE("/refuse"))) {
		out->refuse_status = 401;
		out->refuse_media_type = "text/plain";
		out->refuse_body = strdup("who are you?");
		out->refuse_body_len = strlen(out->refuse_body);
		out->refuse_extra = "WWW-Authenticate: Bearer\r\n";
		out->keep_open = slice_equal(head->path, SLICE("/refuse/softly"));
	}
}

static inline void echo(struct http_request *request)
{
	const struct http_head *head = &request->head;
	struct http_reply reply = { .status = 200, .media_type = "text/plain" };
	size_t room = head->method.len + head->path.len + request->body.len + 3;

	reply.body = malloc(room);
	assert_non_null(reply.body);
	reply.body_len =
		(size_t)snprintf(reply.body, room, "%.*s %.*s ", (int)head->method.len,
			head->method.ptr, (int)head->path.len, head->path.ptr);
	if (request->body.len)
		memcpy(reply.body + reply.body_len, request->body.ptr, request->body.len);
	reply.body_len += request->body.len;
	http_reply_send(request, &reply);
}

static inline void give_back(struct http_request *request)
{
	struct http_reply reply = { .status = 200, .media_type = "text/plain" };

	reply.body = http_request_take_body(request, &reply.body_len);
	assert_int_equal(request->body.len, 0);
	http_reply_send(request, &reply);
}

static inline void answer_large(struct http_request *request)
{
	struct http_reply reply = { .status = 200, .media_type = "text/plain" };

	reply.body = calloc(1, LARGE_BODY);
	assert_non_null(reply.body);
	reply.body_len = LARGE_BODY;
	http_reply_send(request, &reply);
}

static inline void handle(void *ctx, struct http_request *request)
{
	struct fixture *f = ctx;
	bool hold = slice_equal(request->head.path, SLICE("/hold"));

	pthread_mutex_lock(&f->lock);
	f->handled++;
	f->on_loop[request->loop]++;
	if (hold)
		f->held[f->held_count++] = request;
	if (slice_equal(request->head.path, SLICE("/mark")))
		f->marked = f->handled;
	pthread_cond_broadcast(&f->changed);
	while (slice_equal(request->head.path, SLICE("/block")) && !f->unblocked)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
	if (hold)
		return;
	if (slice_equal(request->head.path, SLICE("/take")))
		give_back(request);
	else if (slice_equal(request->head.path, SLICE("/large")))
		answer_large(request);
	else
		echo(request);
}

static inline void problem(void *ctx, int status, const char *why, struct http_reply *out)
{
	(void)ctx;
	(void)status;
	out->media_type = "text/plain";
	out->body = strdup(why);
	out->body_len = strlen(why);
}

static inline struct fixture *start_with(struct http_options options)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct fault fault = { .why = "" };

	assert_non_null(f);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	options.listen = "127.0.0.1:0";
	options.hooks = (struct http_hooks){ decide, handle, problem, f };
	if (options.loops == 0)
		options.loops = 2;
	assert_int_equal(http_server_new(&options, &f->server, &fault), 0);
	assert_int_equal(http_server_start(f->server), 0);
	return f;
}

static inline struct fixture *start(void)
{
	return start_with((struct http_options){ 0 });
}

/* Everything ends: no connection and no byte of a body is left behind. */
static inline void stop(struct fixture *f)
{
	http_server_drain(f->server, 10000000);
	assert_int_equal(metric_get(M_HTTP_CONNECTIONS), 0);
	http_server_free(f->server);
	assert_int_equal(metric_get(M_HTTP_IN_FLIGHT), 0);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static inline void connect_to(struct fixture *f, struct peer *peer)
{
	peer_connect(peer, http_server_address(f->server));
}

/* Waits until so many requests came to the hooks. */
static inline void wait_handled(struct fixture *f, unsigned count)
{
	pthread_mutex_lock(&f->lock);
	while (f->handled < count)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

static inline void unblock(struct fixture *f)
{
	pthread_mutex_lock(&f->lock);
	f->unblocked = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

/* Waits until so many requests are held, and gives the last. */
static inline struct http_request *wait_held(struct fixture *f, unsigned count)
{
	struct http_request *request;

	pthread_mutex_lock(&f->lock);
	while (f->held_count < count)
		pthread_cond_wait(&f->changed, &f->lock);
	request = f->held[count - 1];
	pthread_mutex_unlock(&f->lock);
	return request;
}

static inline unsigned handled(struct fixture *f)
{
	unsigned n;

	pthread_mutex_lock(&f->lock);
	n = f->handled;
	pthread_mutex_unlock(&f->lock);
	return n;
}

static inline void *drain(void *arg)
{
	struct fixture *f = arg;

	http_server_drain(f->server, 10000000);
	return NULL;
}

#define HOST	      "Host: localhost\r\n"
#define GET(path)     "GET " path " HTTP/1.1\r\n" HOST "\r\n"
#define POST(path, n) "POST " path " HTTP/1.1\r\n" HOST "Content-Length: " n "\r\n\r\n"
#define CHUNKED(fields) \
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" fields "\r\n"
