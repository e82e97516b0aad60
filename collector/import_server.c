/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_server.c - imported events to a running server, a batch a request
 *
 * When the server is overloaded (503) the batch is sent again after the time
 * that it asks for; that some of it may be stored already does not matter.
 */

#include <stdlib.h>
#include <time.h>

#include "api/json_auto.h"
#include "base/arena.h"
#include "base/clock.h"
#include "collector/ask.h"
#include "collector/event_reader.h"
#include "collector/http_client.h"
#include "collector/import_sink_impl.h"

#define ANSWER_MAX ((size_t)16 << 20)
#define TRIES	   60
#define TIMEOUT_US INT64_C(120000000)

static int post_once(struct http_client *client, struct slice body,
	struct http_client_answer *answer, struct buf *out, struct fault *fault)
{
	struct http_client_request request = {
		.method = "POST",
		.target = "/api/v1/lineage/batch",
		.content_type = "application/json",
		.body = body,
	};

	buf_clear(out);
	return http_client_send(client, &request, answer, out, fault);
}

static void wait_s(int seconds)
{
	const struct timespec nap = { .tv_sec = seconds };

	(void)nanosleep(&nap, NULL);
}

static int post(struct http_client *client, struct slice body, struct buf *out,
	struct fault *fault)
{
	struct http_client_answer answer;
	int r = 0;

	for (int i = 0; i < TRIES; i++) {
		r = post_once(client, body, &answer, out, fault);
		if (r || answer.status != 503)
			break;
		wait_s(answer.retry_after_s > 0 ? answer.retry_after_s : 1);
	}
	if (!r)
		r = ask_judge(answer.status, buf_get(out), fault);
	return r == 1 ? ERR_INVALID : r; /* 404: no server of ours */
}

static void report_refused(struct import_sink *sink, const json_t *failed)
{
	const json_t *row;
	size_t i;

	json_array_foreach(failed, i, row)
	{
		size_t index = (size_t)json_integer_value(json_object_get(row, "index"));
		const char *reason = json_string_value(json_object_get(row, "reason"));

		if (index < sink->count)
			sink_refuse(sink, &sink->events[index], reason ? reason : "");
	}
}

static int read_summary(
	struct import_sink *sink, const struct buf *body, struct fault *fault)
{
	AUTO(json)
	json_t *answer = json_loadb(body->data, body->len, JSON_ALLOW_NUL, NULL);
	const json_t *summary = json_object_get(answer, "summary");
	const json_t *stored = json_object_get(summary, "successful");

	if (!json_is_integer(stored))
		return fault_set(fault, "", "the server answered no summary");
	sink->counts.stored += (uint64_t)json_integer_value(stored);
	report_refused(sink, json_object_get(answer, "failed_events"));
	return 0;
}

/* One text that is no event would make the whole array unreadable: it stays here. */
static int put_good_events(struct import_sink *sink, struct buf *array)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 << 10, (size_t)4 << 30);
	size_t good = 0;

	if (!arena)
		return ERR_NOMEM;
	for (size_t i = 0; i < sink->count; i++) {
		struct sink_event event = sink->events[i];
		struct slice text = slice_of(sink->text.data + event.start, event.len);
		struct fault fault = { 0 };
		struct ol_event unused;
		int r;

		arena_reset(arena);
		r = event_read(text, clock_now_us(), arena, &unused, &fault);
		if (r == ERR_NOMEM)
			return r;
		if (r) {
			sink_refuse_fault(sink, &event, &fault);
			continue;
		}
		buf_byte(array, good ? ',' : '[');
		buf_slice(array, text);
		sink->events[good++] = event;
	}
	buf_byte(array, ']');
	sink->count = good;
	return buf_error(array);
}

static int server_send(struct import_sink *sink, struct fault *fault)
{
	struct buf array;
	struct buf answer;
	int r;

	buf_init(&array, sink->text.max);
	buf_init(&answer, ANSWER_MAX);
	r = put_good_events(sink, &array);
	if (!r && sink->count > 0)
		r = post(sink->own, buf_get(&array), &answer, fault);
	if (!r && sink->count > 0)
		r = read_summary(sink, &answer, fault);
	buf_fini(&array);
	buf_fini(&answer);
	return r;
}

static int server_settle(struct import_sink *sink, struct fault *fault)
{
	(void)sink;
	(void)fault;
	return 0;
}

static void server_close(struct import_sink *sink)
{
	http_client_free(sink->own);
}

static const struct sink_kind server_kind = { server_send, server_settle, server_close };

int sink_open_server(
	const struct settings *settings, struct import_sink *sink, struct fault *fault)
{
	struct http_client *client;
	int r = http_client_new(settings->url, &client, fault);

	if (r)
		return r;
	sink->own = client;
	sink->kind = &server_kind;
	http_client_set_timeout(client, TIMEOUT_US);
	return http_client_set_token(client, settings->token);
}
