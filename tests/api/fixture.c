/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fixture.c - a real graph in a fresh directory, and questions to it
 */
#include "fixture.h"

#include "api/router.h"
#include "base/clock.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

void fixture_open(struct fixture *f)
{
	struct graph_options options = {
		.create = true,
		.no_sync = true,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	struct fault fault = { 0 };

	*f = (struct fixture){ .deadline_us = 0 };
	tempdir_make(&f->dir);
	options.path = f->dir.path;
	if (graph_open(&options, &f->graph, &fault))
		fail_msg("graph_open: %s: %s", fault.where, fault.why);
	assert_int_equal(log_packer_new(graph_log(f->graph), &f->packer), 0);
	f->arena = arena_new((size_t)64 << 10, (size_t)256 << 20);
	assert_non_null(f->arena);
	f->state.version = "0.0.0-test";
	f->state.started_us = 1;
	f->state.ready = true;
}

void fixture_close(struct fixture *f)
{
	arena_free(f->arena);
	log_packer_free(f->packer);
	graph_close(f->graph);
	tempdir_remove(&f->dir);
}

static uint64_t append(struct fixture *f, struct slice text, int64_t received_us)
{
	void *packed = malloc(log_pack_bound(text.len));
	struct log_record record;
	uint64_t sequence;

	assert_non_null(packed);
	assert_int_equal(eventlog_pack(f->packer, text, packed, &record), 0);
	assert_int_equal(
		eventlog_append(graph_log(f->graph), &record, 1, received_us, &sequence),
		0);
	assert_int_equal(eventlog_sync(graph_log(f->graph)), 0);
	free(packed);
	return sequence;
}

void fixture_add(struct fixture *f, struct slice event, int64_t received_us)
{
	struct ol_event decoded;
	struct fault fault = { 0 };

	arena_reset(f->arena);
	if (event_read(event, received_us, f->arena, &decoded, &fault))
		fail_msg("event_read: %s: %s", fault.where, fault.why);
	assert_int_equal(
		graph_fold(f->graph, &decoded, append(f, event, received_us)), 0);
}

void fixture_publish(struct fixture *f)
{
	assert_int_equal(graph_publish(f->graph), 0);
}

char *fixture_read_file(const char *path, size_t *len_out)
{
	FILE *file = fopen(path, "rbe");
	char *text;
	long size;

	if (!file)
		fail_msg("%s is not there", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
	text[size] = '\0';
	(void)fclose(file);
	*len_out = (size_t)size;
	return text;
}

void fixture_add_lines(struct fixture *f, const char *path)
{
	size_t len;
	char *text = fixture_read_file(path, &len);
	int64_t received_us;

	assert_int_equal(time_parse(SLICE("2026-08-10T00:00:00Z"), &received_us), 0);
	for (char *line = text; *line;) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		received_us += 1000000;
		fixture_add(f, slice_of(line, (size_t)(end - line)), received_us);
		line = end + 1;
	}
	free(text);
	fixture_publish(f);
}

static void run(struct fixture *f, struct call *call, struct reply *reply)
{
	const struct route *route = NULL;
	const char *allow;
	struct snapshot snapshot;

	if (!reply->then && route_find(call->method, call->path, call->args, &route,
				    &allow) != MATCH_ROUTE)
		fail_msg("no route for %.*s", (int)call->path.len, call->path.ptr);
	if (route && route->kind != ROUTE_QUERY && route->kind != ROUTE_WRITE) {
		route_run(route, call, reply);
		return;
	}
	assert_int_equal(snapshot_take(f->graph, &snapshot), 0);
	call->snapshot = &snapshot;
	if (reply->then)
		route_then(call, reply);
	else
		route_run(route, call, reply);
	snapshot_end(&snapshot);
}

static void ask(struct fixture *f, const struct question *question, struct call *call,
	struct reply *reply)
{
	*call = (struct call){ .method = slice_from(question->method),
		.path = slice_from(question->path),
		.query = slice_from(question->query),
		.body = question->body,
		.accept = f->accept,
		.arena = f->arena,
		.state = &f->state,
		.kept = f->kept,
		.deadline_us = f->deadline_us };

	arena_reset(f->arena);
	reply_init(reply);
	if (f->body_max)
		reply->body.max = f->body_max;
	run(f, call, reply);
	assert_int_equal(buf_error(&reply->body), 0);
}

void fixture_ask(struct fixture *f, const struct question *question, struct reply *reply)
{
	struct call call;

	ask(f, question, &call, reply);
}

/* The args of the call are in the fixture's arena, which an event would take over. */
struct storing {
	struct fixture *f;
	int64_t received_us;
};

static int store(void *ctx, size_t index, struct slice event)
{
	const struct storing *storing = ctx;
	struct arena *arena = storing->f->arena;

	(void)index;
	storing->f->arena = arena_new((size_t)64 << 10, (size_t)256 << 20);
	assert_non_null(storing->f->arena);
	fixture_add(storing->f, event, storing->received_us);
	arena_free(storing->f->arena);
	storing->f->arena = arena;
	return 0;
}

void fixture_write(struct fixture *f, const struct question *question,
	int64_t received_us, struct reply *reply)
{
	struct storing storing = { f, received_us };
	struct fault fault;
	struct call call;

	ask(f, question, &call, reply);
	if (reply->status >= 300)
		return;
	assert_int_equal(
		event_array_each(buf_get(&reply->event), store, &storing, &fault), 0);
	fixture_publish(f);
	if (reply->then)
		run(f, &call, reply);
}

void fixture_get(
	struct fixture *f, const char *path, const char *query, struct reply *reply)
{
	fixture_ask(f, &(struct question){ "GET", path, query, SLICE("") }, reply);
}

json_t *fixture_json(struct fixture *f, const char *path, const char *query)
{
	struct reply reply;
	json_error_t error;
	json_t *body;

	fixture_get(f, path, query, &reply);
	if (reply.status != 200)
		fail_msg(
			"%s?%s: %.*s", path, query, (int)reply.body.len, reply.body.data);
	body = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, &error);
	if (!body)
		fail_msg("%s?%s: %s at %d", path, query, error.text, error.position);
	reply_fini(&reply);
	return body;
}
