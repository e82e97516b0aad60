/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_marquez_body.c - any body is written as events that can be read, or refused
 *
 * The first byte says to which route it goes.
 */
#include "collector/event_reader.h"

#include "tests/api/fixture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NS  "/api/v1/namespaces/n"
#define RUN "0197a3c1-0000-7000-8000-000000000001"

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

/* One graph for all inputs: nothing that is written here is stored. */
static void open_graph(void)
{
	if (graph.graph)
		return;
	fixture_open(&graph);
	fixture_add(&graph,
		SLICE("{\"eventType\":\"START\",\"eventTime\":\"2026-08-01T00:00:00Z\","
		      "\"run\":{\"runId\":\"" RUN "\"},\"job\":{\"namespace\":\"n\","
		      "\"name\":\"j\"},\"inputs\":[{\"namespace\":\"n\",\"name\":\"d\"}]"
		      "}"),
		1);
	fixture_add(&graph,
		SLICE("{\"eventTime\":\"2026-08-01T00:00:00Z\",\"note\":{\"kind\":"
		      "\"source\",\"name\":[\"s\"],\"content\":{\"connectionUrl\":\"u\"}}"
		      "}"),
		1);
	fixture_publish(&graph);
	require(atexit(close_graph) == 0);
}

static int check_event(void *ctx, size_t index, struct slice event)
{
	struct ol_event decoded;
	struct fault fault;

	(void)ctx;
	(void)index;
	require(event_read(event, 1, graph.arena, &decoded, &fault) == 0);
	return 0;
}

static void check_refusal(const struct reply *reply)
{
	json_t *json =
		json_loadb(reply->body.data, reply->body.len, JSON_ALLOW_NUL, NULL);

	require(reply->status >= 400 && reply->status <= 422);
	require(json_is_string(json_object_get(json, "message")) ||
		json_is_array(json_object_get(json, "errors")));
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct question questions[] = {
		{ "PUT", NS, "", { 0 } },
		{ "PUT", "/api/v1/sources/s", "", { 0 } },
		{ "PUT", "/api/v1/tags/t", "", { 0 } },
		{ "PUT", NS "/datasets/d", "", { 0 } },
		{ "PUT", NS "/jobs/j", "", { 0 } },
		{ "POST", NS "/jobs/j/runs", "", { 0 } },
	};
	struct question question;
	struct reply reply;
	struct fault fault;

	if (size == 0)
		return 0;
	open_graph();
	question = questions[data[0] % ARRAY_LEN(questions)];
	question.body = slice_of(data + 1, size - 1);
	fixture_ask(&graph, &question, &reply);
	if (reply.status >= 300)
		check_refusal(&reply);
	else
		require(event_array_each(
				buf_get(&reply.event), check_event, NULL, &fault) == 0);
	reply_fini(&reply);
	return 0;
}
