/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_marquez.c - the questions that are slow in Marquez, without HTTP
 *
 * Two graphs of jobs in ten layers, each of which reads what two jobs of the layer
 * before wrote, so that nearly all hang together; a chain of tables whose columns
 * come from two of the table before; and runs of all the jobs until 500 000 are stored.
 * All of it is folded from events.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/router.h"
#include "base/clock.h"
#include "tests/api/fixture.h"
#include "tests/bench/report.h"

#define RUNS	      500000
#define LAYERS	      10
#define FIELDS	      10 /* of a dataset of the jobs */
#define TABLES	      50
#define COLUMNS	      20 /* of a table */
#define ROUNDS	      31
#define PUBLISH_EVERY 5000
#define BEGAN_US      1785567600000000 /* 2026-08-01T07:00:00Z */
#define EVENT_MAX     ((size_t)64 << 10)

struct writer {
	struct fixture *f;
	uint64_t random;
	uint32_t events;
	char *text;
	size_t len;
};

/* Jobs of one namespace. */
struct jobs {
	const char *namespace;
	uint32_t count;
};

static const struct jobs all_jobs[] = { { "small", 1000 }, { "large", 5000 } };

static uint32_t below(struct writer *writer, uint32_t n)
{
	writer->random ^= writer->random << 13;
	writer->random ^= writer->random >> 7;
	writer->random ^= writer->random << 17;
	return (uint32_t)(writer->random >> 20) % n;
}

static void fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

PRINTF(2, 3) static void put(struct writer *writer, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(writer->text + writer->len, EVENT_MAX - writer->len, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= EVENT_MAX - writer->len)
		fail("an event is too long");
	writer->len += (size_t)n;
}

/* Every event is a run of its own that is complete, a second after the one before. */
static void put_head(struct writer *writer, const char *namespace, uint32_t job)
{
	char time[TIME_TEXT_MAX];
	int64_t at_us = BEGAN_US + (int64_t)writer->events * 1000000;

	(void)time_format(at_us, time);
	writer->len = 0;
	put(writer,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"%s\",\"producer\":\"b\","
		"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012" PRIu32
		"\"},\"job\":{\"namespace\":\"%s\",\"name\":\"job_%04" PRIu32 "\"}",
		time, writer->events, namespace, job);
}

static void put_dataset(struct writer *writer, const char *namespace, uint32_t number)
{
	put(writer,
		"{\"namespace\":\"postgres://%s\",\"name\":\"public.table_%04" PRIu32
		"\"",
		namespace, number);
}

static void put_schema(struct writer *writer, uint32_t columns)
{
	put(writer, "\"schema\":{\"_producer\":\"b\",\"_schemaURL\":\"s\",\"fields\":[");
	for (uint32_t i = 0; i < columns; i++)
		put(writer, "%s{\"name\":\"column_%02" PRIu32 "\",\"type\":\"%s\"}",
			i ? "," : "", i, i % 2 ? "varchar" : "bigint");
	put(writer, "]}");
}

static void add_event(struct writer *writer)
{
	int64_t at_us = BEGAN_US + (int64_t)writer->events * 1000000;

	fixture_add(writer->f, slice_of(writer->text, writer->len), at_us);
	if (++writer->events % PUBLISH_EVERY == 0)
		fixture_publish(writer->f);
}

/* The first run of a job, which tells what it reads and writes. */
static void add_job(struct writer *writer, const struct jobs *jobs, uint32_t job)
{
	uint32_t width = jobs->count / LAYERS;
	uint32_t before = job < width ? 0 : (job / width - 1) * width;

	put_head(writer, jobs->namespace, job);
	put(writer, ",\"inputs\":[");
	for (uint32_t i = 0; i < 2 && job >= width; i++) {
		put(writer, i ? "," : "");
		put_dataset(writer, jobs->namespace, before + below(writer, width));
		put(writer, "}");
	}
	put(writer, "],\"outputs\":[");
	put_dataset(writer, jobs->namespace, job);
	put(writer, ",\"facets\":{");
	put_schema(writer, FIELDS);
	put(writer, "}}]}");
	add_event(writer);
}

/* A run that tells nothing: lineage stays, and the job has one run more. */
static void add_runs(struct writer *writer)
{
	while (writer->events < RUNS) {
		const struct jobs *jobs = &all_jobs[below(writer, 6) > 0];

		put_head(writer, jobs->namespace, below(writer, jobs->count));
		put(writer, "}");
		add_event(writer);
	}
}

static void put_column(struct writer *writer, uint32_t table, uint32_t column)
{
	put(writer, "%s\"column_%02" PRIu32 "\":{\"inputFields\":[", column ? "," : "",
		column);
	for (uint32_t i = 0; i < 2; i++) {
		put(writer, i ? "," : "");
		put_dataset(writer, "columns", table - 1);
		put(writer,
			",\"field\":\"column_%02" PRIu32 "\",\"transformations\":["
			"{\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\"}]}",
			(column + i) % COLUMNS);
	}
	put(writer, "]}");
}

static void add_table(struct writer *writer, uint32_t table)
{
	put_head(writer, "columns", table);
	put(writer, ",\"outputs\":[");
	put_dataset(writer, "columns", table);
	put(writer, ",\"facets\":{");
	put_schema(writer, COLUMNS);
	if (table) {
		put(writer, ",\"columnLineage\":{\"_producer\":\"b\","
			    "\"_schemaURL\":\"s\",\"fields\":{");
		for (uint32_t column = 0; column < COLUMNS; column++)
			put_column(writer, table, column);
		put(writer, "}}");
	}
	put(writer, "}}]}");
	add_event(writer);
}

static void fill(struct fixture *f)
{
	struct writer writer = { .f = f, .random = 88172645463325252 };

	writer.text = malloc(EVENT_MAX);
	if (!writer.text)
		fail("out of memory");
	for (size_t i = 0; i < ARRAY_LEN(all_jobs); i++) {
		for (uint32_t job = 0; job < all_jobs[i].count; job++)
			add_job(&writer, &all_jobs[i], job);
	}
	for (uint32_t table = 0; table < TABLES; table++)
		add_table(&writer, table);
	add_runs(&writer);
	fixture_publish(f);
	free(writer.text);
}

static size_t count_of(struct slice body, struct slice what)
{
	size_t count = 0;

	for (size_t i = 0; i + what.len <= body.len; i++)
		count += memcmp(body.ptr + i, what.ptr, what.len) == 0;
	return count;
}

/* A question, what counts what it found, and how many that are at least. */
struct asked {
	const char *what;
	const char *path;
	const char *query;
	const char *mark;
	size_t least;
	double goal_ms;
};

static const struct asked questions[] = {
	{ "lineage, depth 20, of 1 000 jobs", "/api/v1/lineage",
		"nodeId=job:small:job_0500&depth=20", "\"latestRun\":", 900, 10 },
	{ "lineage, depth 20, of 5 000 jobs", "/api/v1/lineage",
		"nodeId=job:large:job_2500&depth=20", "\"latestRun\":", 4500, 50 },
	{ "lineage as the UI asks, depth 2", "/api/v1/lineage",
		"nodeId=job:large:job_2500&depth=2", "\"latestRun\":", 2, 10 },
	{ "jobs, first 100", "/api/v1/jobs", "", "\"latestRuns\":", 100, 10 },
	{ "jobs, first 10, as the UI asks", "/api/v1/jobs", "limit=10",
		"\"latestRuns\":", 10, 10 },
	{ "runs of a job, first 100", "/api/v1/namespaces/large/jobs/job_2500/runs", "",
		"\"nominalStartTime\":", 50, 10 },
	{ "column lineage of a column, depth 10, upstream", "/api/v1/column-lineage",
		"nodeId=datasetField:postgres%3A//columns:public.table_0025:column_07"
		"&depth=10",
		"\"DATASET_FIELD\"", 50, 10 },
	{ "the same, and downstream", "/api/v1/column-lineage",
		"nodeId=datasetField:postgres%3A//columns:public.table_0025:column_07"
		"&depth=10&withDownstream=true",
		"\"DATASET_FIELD\"", 100, 10 },
	{ "column lineage of a table, depth 10, both", "/api/v1/column-lineage",
		"nodeId=dataset:postgres%3A//columns:public.table_0025"
		"&depth=10&withDownstream=true",
		"\"DATASET_FIELD\"", 400, 10 },
};

static void run_question(struct fixture *f, const struct asked *question)
{
	double times[ROUNDS];
	char what[160];
	size_t found = 0;
	size_t bytes = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct reply reply;
		int64_t start = clock_monotonic_us();

		fixture_get(f, question->path, question->query, &reply);
		times[i] = (double)(clock_monotonic_us() - start) / 1e3;
		if (reply.status != 200)
			fail(question->what);
		found = count_of(buf_get(&reply.body), slice_from(question->mark));
		bytes = reply.body.len;
		reply_fini(&reply);
	}
	if (found < question->least)
		fail("an answer is too small");
	snprintf(what, sizeof(what), "%s: %zu, in %zu KB", question->what, found,
		bytes / 1024);
	report_row(what, median(times, ROUNDS), "ms", GOAL_MOST, question->goal_ms);
}

int main(void)
{
	struct fixture f;
	int64_t start = clock_monotonic_us();

	fixture_open(&f);
	fill(&f);
	printf("%d runs stored, folded in %.1f s\n", RUNS,
		(double)(clock_monotonic_us() - start) / 1e6);
	report_start();
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		run_question(&f, &questions[i]);
	fixture_close(&f);
	return 0;
}
