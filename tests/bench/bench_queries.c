/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_queries.c - how long lineage answers take, alone and beside ingest
 *
 * The graph has a chain of levels: 1 000 jobs, each reading two datasets of
 * the level above and writing one, so that the question about the first dataset
 * reaches all of them.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "collector/http_client.h"
#include "tests/bench/bench.h"
#include "tests/bench/loadgen.h"
#include "tests/bench/report.h"

#define JOBS	  1000
#define WIDTH	  50 /* jobs of a level */
#define QUESTIONS 400
#define LARGE	  60
#define BODY_MAX  ((size_t)64 << 20)

#define WARM_UP		  20000 /* events that make the jobs known first */
#define BACKGROUND_EVENTS 1000000
#define BACKGROUND_US	  INT64_C(6000000)
#define SMALL_PATH	  "/api/v2/lineage?depth=2&direction=upstream&node=dataset:shop:t0999"
#define LARGE_PATH                                                                \
	"/api/v2/lineage?direction=downstream&level=job&limit=5000&node=dataset:" \
	"shop:t0000"

struct client {
	struct http_client *http;
	struct buf body;
};

static int client_start(struct client *client, const struct child *server)
{
	char url[96];
	struct fault fault;

	snprintf(url, sizeof(url), "http://%s", server->address);
	buf_init(&client->body, BODY_MAX);
	return http_client_new(url, &client->http, &fault) ? -1 : 0;
}

static void client_end(struct client *client)
{
	http_client_free(client->http);
	buf_fini(&client->body);
}

static int ask_once(struct client *client, const char *method, const char *target,
	struct slice body, int *status_out)
{
	struct http_client_request request = { .method = method,
		.target = target,
		.content_type = body.len ? "application/json" : NULL,
		.body = body };
	struct http_client_answer answer;
	struct fault fault;

	buf_clear(&client->body);
	if (http_client_send(client->http, &request, &answer, &client->body, &fault))
		return -1;
	*status_out = answer.status;
	return 0;
}

static void put_job(struct buf *b, unsigned job)
{
	unsigned level = job / WIDTH;
	unsigned above = level ? (level - 1) * WIDTH : 0;

	buf_printf(b,
		"%s{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:00:00Z\","
		"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012u\"},\"job\":{"
		"\"namespace\":"
		"\"shop\",\"name\":\"j%04u\"},\"inputs\":[",
		job ? "," : "", job, job);
	buf_printf(b,
		"{\"namespace\":\"shop\",\"name\":\"t%04u\"},{\"namespace\":\"shop\","
		"\"name\":"
		"\"t%04u\"}],",
		level ? above + job % WIDTH : 0,
		level ? above + (job * 7 + 3) % WIDTH : 0);
	buf_printf(b,
		"\"outputs\":[{\"namespace\":\"shop\",\"name\":\"t%04u\"}],\"producer\":"
		"\"b\","
		"\"schemaURL\":\"b\"}",
		job ? job : JOBS);
}

/* The first level reads the dataset 0, so it is written under another name. */
static int load_graph(struct client *client)
{
	struct buf array;
	int status = 0;
	int r;

	buf_init(&array, BODY_MAX);
	buf_byte(&array, '[');
	for (unsigned job = 0; job < JOBS; job++)
		put_job(&array, job);
	buf_byte(&array, ']');
	r = buf_error(&array) ? -1
			      : ask_once(client, "POST", "/api/v1/lineage/batch",
					buf_get(&array), &status);
	buf_fini(&array);
	return r || status != 200 ? -1 : 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

struct times {
	double p50_ms;
	double p99_ms;
};

static int time_questions(
	struct client *client, const char *path, unsigned count, struct times *out)
{
	double ms[QUESTIONS];

	for (unsigned i = 0; i < count; i++) {
		int64_t start_us = clock_monotonic_us();
		int status = 0;

		if (ask_once(client, "GET", path, SLICE(""), &status) || status != 200)
			return -1;
		ms[i] = (double)(clock_monotonic_us() - start_us) / 1000;
	}
	qsort(ms, count, sizeof(*ms), by_size);
	*out = (struct times){ ms[count / 2], ms[count * 99 / 100] };
	return 0;
}

static int ask_idle(struct client *client)
{
	struct times small, large;

	if (time_questions(client, SMALL_PATH, QUESTIONS, &small) ||
		time_questions(client, LARGE_PATH, LARGE, &large))
		return -1;
	report_row("small answer, p50", small.p50_ms, "ms", GOAL_NONE, 0);
	report_row("small answer, p99", small.p99_ms, "ms", GOAL_NONE, 0);
	report_row("bytes of the answer with 1 000 jobs", (double)client->body.len, "B",
		GOAL_NONE, 0);
	report_row("answer with 1 000 jobs, p50", large.p50_ms, "ms", GOAL_MOST, 10);
	return 0;
}

struct background {
	const struct bench *bench;
	const struct child *server;
	struct load_result result;
	int failed;
};

static void *load_main(void *arg)
{
	struct background *b = arg;
	struct load_options options = { b->server->address, 64, WARM_UP,
		BACKGROUND_EVENTS, BACKGROUND_US };

	b->failed = load_run(&options, b->bench->workload, &b->result);
	return NULL;
}

static int ask_busy(
	const struct bench *bench, const struct child *server, struct client *client)
{
	struct load_options warm_up = { server->address, 64, 0, WARM_UP, 0 };
	struct background background = { .bench = bench, .server = server };
	struct times small = { 0 }, large = { 0 };
	pthread_t thread;
	int r;

	if (load_run(&warm_up, bench->workload, &background.result) ||
		pthread_create(&thread, NULL, load_main, &background))
		return -1;
	r = time_questions(client, SMALL_PATH, QUESTIONS, &small) ||
	    time_questions(client, LARGE_PATH, LARGE, &large);
	pthread_join(thread, NULL);
	if (r || background.failed)
		return -1;
	report_row("events/s meanwhile",
		(double)background.result.acknowledged * 1e6 /
			(double)background.result.elapsed_us,
		"/s", GOAL_NONE, 0);
	report_row(
		"small answer under full ingest, p50", small.p50_ms, "ms", GOAL_NONE, 0);
	report_row(
		"small answer under full ingest, p99", small.p99_ms, "ms", GOAL_MOST, 5);
	report_row("answer with 1 000 jobs under full ingest, p50", large.p50_ms, "ms",
		GOAL_NONE, 0);
	return 0;
}

int bench_queries(const struct bench *bench)
{
	struct child server;
	struct client client;
	int r;

	report_section("questions over HTTP");
	if (bench_serve(bench, "queries", false, &server) ||
		client_start(&client, &server))
		return -1;
	r = load_graph(&client) || ask_idle(&client) || ask_busy(bench, &server, &client);
	client_end(&client);
	return child_stop(&server) || r ? -1 : 0;
}
