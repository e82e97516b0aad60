/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ask.c - a question from the command line
 */

#include "collector/ask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/json_auto.h"
#include "api/router.h"
#include "base/clock.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "collector/http_client.h"
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
	const char *where;

	if (status == 200)
		return 0;
	problem = json_loadb(body.ptr, body.len, JSON_ALLOW_NUL, NULL);
	detail = member(problem, "detail");
	where = member(problem, "parameter");
	if (!where)
		where = member(problem, "pointer");
	if (!detail)
		fault_set(fault, "", "the answer was status %d", status);
	else
		fault_set(fault, where ? where : "", "%s", detail);
	offset = json_object_get(problem, "offset");
	if (fault && json_is_integer(offset)) {
		fault->has_offset = true;
		fault->offset = (uint64_t)json_integer_value(offset);
	}
	return status == 404 ? 1 : failure_of(status);
}

static int ask_server(const struct settings *settings, const struct asking *asking,
	struct buf *out, char *outcome, struct fault *fault)
{
	AUTO(http_client) struct http_client *client = NULL;
	struct http_client_request request = { .method = asking->method,
		.content_type = asking->body.len ? "application/json" : NULL,
		.body = asking->body };
	struct http_client_answer answer;
	struct buf target;
	int r = http_client_new(settings->url, &client, fault);

	if (!r)
		r = http_client_set_token(client, settings->token);
	if (r)
		return r;
	buf_init(&target, TARGET_MAX);
	buf_printf(&target, "%s?%s", asking->path, asking->query);
	buf_byte(&target, '\0');
	r = buf_error(&target);
	request.target = target.data;
	if (!r)
		r = http_client_send(client, &request, &answer, out, fault);
	buf_fini(&target);
	if (r)
		return r;
	snprintf(outcome, REPLY_OUTCOME_SIZE, "%s", answer.outcome);
	return ask_judge(answer.status, buf_get(out), fault);
}

static int run_route(struct snapshot *snapshot, const struct asking *asking,
	struct buf *out, char *outcome, struct fault *fault)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)1 << 20, ARENA_MAX);
	struct call call = {
		.snapshot = snapshot,
		.method = slice_from(asking->method),
		.path = slice_from(asking->path),
		.query = slice_from(asking->query),
		.body = asking->body,
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
	snprintf(outcome, REPLY_OUTCOME_SIZE, "%s", reply.outcome);
	buf_slice(out, buf_get(&reply.body));
	reply_fini(&reply);
	return r ? r : buf_error(out);
}

static int ask_directory(const struct settings *settings, const struct asking *asking,
	struct buf *out, char *outcome, struct fault *fault)
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
	r = run_route(&snapshot, asking, out, outcome, fault);
	snapshot_end(&snapshot);
	return r;
}

int ask_with(const struct settings *settings, const struct asking *asking,
	struct buf *out, char outcome[REPLY_OUTCOME_SIZE], struct fault *fault)
{
	outcome[0] = '\0';
	return settings->url ? ask_server(settings, asking, out, outcome, fault)
			     : ask_directory(settings, asking, out, outcome, fault);
}

int ask(const struct settings *settings, const char *path, const char *query,
	struct buf *out, struct fault *fault)
{
	struct asking asking = { .method = "GET", .path = path, .query = query };
	char outcome[REPLY_OUTCOME_SIZE];

	return ask_with(settings, &asking, out, outcome, fault);
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
	ask_escape(query, slice_from(value));
}

void ask_escape(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_plain(text.ptr[i]))
			buf_byte(out, text.ptr[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text.ptr[i]);
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
