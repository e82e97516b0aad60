/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ask.c - a question from the command line
 */

#include "collector/ask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/router.h"
#include "base/clock.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "collector/http_client.h"
#include "api/json_auto.h"
#include "graph/graph.h"

#define TARGET_MAX ((size_t)64 << 10)
#define ARENA_MAX  ((size_t)4 << 30)

static const char *member(const json_t *problem, const char *name)
{
	return json_string_value(json_object_get(problem, name));
}

static int failure_of(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_PERMISSION;
	case 500:
		return ERR_CORRUPT;
	case 503:
		return ERR_BUSY;
	default:
		return ERR_INVALID;
	}
}

int ask_judge(int status, struct slice body, struct fault *fault)
{
	AUTO(json) json_t *problem = NULL;
	const json_t *offset;
	const char *detail;
	const char *parameter;

	if (status == 200)
		return 0;
	problem = json_loadb(body.ptr, body.len, JSON_ALLOW_NUL, NULL);
	detail = member(problem, "detail");
	parameter = member(problem, "parameter");
	if (!detail)
		fault_set(fault, "", "the answer was status %d", status);
	else
		fault_set(fault, parameter ? parameter : "", "%s", detail);
	offset = json_object_get(problem, "offset");
	if (fault && json_is_integer(offset)) {
		fault->has_offset = true;
		fault->offset = (uint64_t)json_integer_value(offset);
	}
	return status == 404 ? 1 : failure_of(status);
}

static int ask_server(const struct settings *settings, const char *path,
	const char *query, struct buf *out, struct fault *fault)
{
	AUTO(http_client) struct http_client *client = NULL;
	struct http_client_request request = { .method = "GET" };
	struct http_client_answer answer;
	struct buf target;
	int r = http_client_new(settings->url, &client, fault);

	if (!r)
		r = http_client_set_token(client, settings->token);
	if (r)
		return r;
	buf_init(&target, TARGET_MAX);
	buf_printf(&target, "%s?%s", path, query);
	buf_byte(&target, '\0');
	r = buf_error(&target);
	request.target = target.data;
	if (!r)
		r = http_client_send(client, &request, &answer, out, fault);
	buf_fini(&target);
	return r ? r : ask_judge(answer.status, buf_get(out), fault);
}

static int run_route(struct snapshot *snapshot, const char *path, const char *query,
	struct buf *out, struct fault *fault)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)1 << 20, ARENA_MAX);
	struct call call = {
		.snapshot = snapshot,
		.method = SLICE("GET"),
		.path = slice_from(path),
		.query = slice_from(query),
		.arena = arena,
	};
	const struct route *route;
	const char *allow;
	struct reply reply;
	int r;

	if (!arena)
		return ERR_NOMEM;
	if (route_find(call.method, call.path, call.args, &route, &allow) != MATCH_ROUTE)
		return ERR_UNSUPPORTED;
	reply_init(&reply);
	route_run(route, &call, &reply);
	r = ask_judge(reply.status, buf_get(&reply.body), fault);
	buf_slice(out, buf_get(&reply.body));
	reply_fini(&reply);
	return r ? r : buf_error(out);
}

static int ask_directory(const struct settings *settings, const char *path,
	const char *query, struct buf *out, struct fault *fault)
{
	AUTO(graph) struct graph *graph = NULL;
	/* Not read-only: what a crash left in the log alone must be in the answer. */
	struct graph_options options = {
		.path = settings->data,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	struct snapshot snapshot;
	int r = graph_open(&options, &graph, fault);

	if (!r)
		r = snapshot_take(graph, &snapshot);
	if (r)
		return r;
	r = run_route(&snapshot, path, query, out, fault);
	snapshot_end(&snapshot);
	return r;
}

int ask(const struct settings *settings, const char *path, const char *query,
	struct buf *out, struct fault *fault)
{
	return settings->url ? ask_server(settings, path, query, out, fault)
			     : ask_directory(settings, path, query, out, fault);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c));
}

void ask_text(struct buf *query, const char *name, const char *value)
{
	if (value)
		ask_parameter(query, name, value);
}

void ask_number(struct buf *query, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	if (value)
		ask_parameter(query, name, text);
}

void ask_parameter(struct buf *query, const char *name, const char *value)
{
	if (query->len > 0)
		buf_byte(query, '&');
	buf_str(query, name);
	buf_byte(query, '=');
	for (; *value; value++) {
		if (is_plain(*value))
			buf_byte(query, *value);
		else
			buf_printf(query, "%%%02X", (unsigned char)*value);
	}
}

int ask_format(const struct settings *settings, bool drawn, const char **out,
	struct fault *fault)
{
	const char *format = settings->format;

	if (!format)
		format = isatty(STDOUT_FILENO) ? "text" : "json";
	if (!drawn && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
		return fault_set(fault, "--format", "must be json or text");
	*out = format;
	return 0;
}
