/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_impact_body.c - any body is a question about impact, or refused with a reason
 *
 * What is read makes sense to the engine: its datasets and columns are there, and
 * every format answers it.  What is refused is answered with a problem that can be
 * read.
 */
#include "api/handlers.h"
#include "api/impact_ask.h"

#include "tests/api/fixture.h"

#include <stdarg.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EVENT(members)                                                      \
	SLICE("{\"eventTime\":\"2026-08-01T00:00:00Z\",\"producer\":\"p\"," \
	      "\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\"," members "}}")
#define TABLE                                                                       \
	"\"name\":\"a\",\"facets\":{\"schema\":{\"fields\":["                       \
	"{\"name\":\"id\",\"type\":\"int\",\"nullable\":false},"                    \
	"{\"name\":\"s\",\"type\":\"struct<x:int,y:array<text>>\",\"fields\":["     \
	"{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"y\",\"type\":\"array\"}]}]," \
	"\"_producer\":\"p\"},\"symlinks\":{\"identifiers\":[{\"namespace\":"       \
	"\"n\",\"name\":\"alias\",\"type\":\"T\"}]}}"
#define SOURCE(column) "{\"namespace\":\"n\",\"name\":\"a\",\"field\":\"" column "\"}"
#define VIEW                                                                \
	"\"name\":\"b\",\"facets\":{\"columnLineage\":{\"fields\":{\"i\":{" \
	"\"inputFields\":[" SOURCE("id") "," SOURCE("s.x") "," SOURCE("gone") "]}}}}"

static void require(bool truth)
{
	if (!truth)
		abort();
}

static struct fixture graph;

static void close_graph(void)
{
	fixture_close(&graph);
}

/* One graph for all inputs: nothing that is read here changes it. */
static void open_graph(void)
{
	if (graph.graph)
		return;
	fixture_open(&graph);
	fixture_add(&graph, EVENT(TABLE), 1);
	fixture_add(&graph, EVENT(VIEW), 2);
	fixture_publish(&graph);
	require(atexit(close_graph) == 0);
}

static void require_json(const struct reply *reply)
{
	json_t *json =
		json_loadb(reply->body.data, reply->body.len, JSON_ALLOW_NUL, NULL);

	require(json_is_object(json));
	json_decref(json);
}

static void check_refusal(const struct reply *reply)
{
	json_t *problem =
		json_loadb(reply->body.data, reply->body.len, JSON_ALLOW_NUL, NULL);

	require(reply->status >= 400 && reply->status < 500);
	require(json_is_string(json_object_get(problem, "detail")));
	json_decref(problem);
}

static void check_change(const struct asked_change *asked)
{
	const struct impact_change *change = &asked->change;

	require(change->op < IMPACT_OPS);
	require((change->op == OP_ALTER_TYPE) == (change->types.change != TYPES_SAME));
	require(change->op == OP_DROP_DATASET || change->op == OP_RENAME_DATASET ||
		change->column.len > 0);
}

/* The engine takes every question that was read. */
static void find(struct call *call, const struct impact_question *question)
{
	struct impact_query query = { .change_count = question->change_count,
		.graph = question->graph };
	struct impact_change *changes =
		arena_array(call->arena, question->change_count + 1, sizeof(*changes));
	struct impact_answer answer;

	require(changes != NULL);
	for (size_t i = 0; i < question->change_count; i++) {
		check_change(&question->changes[i]);
		changes[i] = question->changes[i].change;
	}
	query.changes = changes;
	if (query.change_count)
		require(impact_find(call->snapshot, &query, call->arena, &answer) == 0);
	for (size_t i = 0; i < question->waiver_count; i++)
		require(question->waivers[i].reason.len > 0);
}

/* The formats that are JSON come first. */
static const char *const formats[] = { "format=json", "format=sarif", "format=csv",
	"format=markdown", "format=mermaid", "format=junit" };

/* A question that tells its format itself is refused: it is told twice. */
static void answer(struct call *call, size_t format)
{
	struct reply reply;

	reply_init(&reply);
	call->query = slice_from(formats[format]);
	require(api_impact(call, &reply) == 0);
	if (reply.status != 200)
		check_refusal(&reply);
	else
		require(reply.outcome[0] && reply.body.len > 0);
	if (reply.status == 200 && format < 2)
		require_json(&reply);
	reply_fini(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct impact_question question;
	struct snapshot snapshot;
	struct reply reply;
	struct call call = { .snapshot = &snapshot, .method = SLICE("POST") };
	int r;

	open_graph();
	arena_reset(graph.arena);
	require(snapshot_take(graph.graph, &snapshot) == 0);
	reply_init(&reply);
	call.arena = graph.arena;
	call.body = slice_of(data, size);
	r = impact_question_read(&call, &reply, &question);
	require(r == 0 || r == 1);
	if (r)
		check_refusal(&reply);
	else
		find(&call, &question);
	for (size_t i = 0; !r && i < ARRAY_LEN(formats); i++)
		answer(&call, i);
	reply_fini(&reply);
	snapshot_end(&snapshot);
	return 0;
}
