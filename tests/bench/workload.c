/* SPDX-License-Identifier: Apache-2.0 */

/*
 * workload.c - events like those of a real platform, from a seed
 *
 * The two events of a job are written once, with gaps of fixed width for what
 * changes from run to run; an event is then a copy with the gaps filled in.
 */

#define _GNU_SOURCE /* memmem() */

#include "tests/bench/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/runid.h"

#define COLUMNS	       20 /* of a schema */
#define DERIVED	       13 /* of them with column lineage */
#define EVENT_MAX      ((size_t)16 << 10)
#define CHANGE_ONE_IN  50
#define FIRST_START_US INT64_C(1785542400000000) /* 2026-08-01 */
#define RUN_EVERY_US   INT64_C(250000)
#define PRODUCER       "https://example.com/spark/1.53"
#define FACET                       \
	"\"_producer\":\"" PRODUCER \
	"\",\"_schemaURL\":\"https://openlineage.io/spec/facets/"

#define GAP_RUN	   "RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR"
#define GAP_TIME   "TTTT-TT-TTTTT:TT:TT.TTTTTTZ"
#define GAP_CHANGE "CCCCCC"

enum gap { GAP_OF_TIME, GAP_OF_RUN, GAP_OF_CHANGE, GAPS };

struct event_template {
	char *text;
	size_t len;
	size_t at[GAPS];
};

struct workload {
	struct workload_options options;
	struct event_template *templates; /* two a job */
	size_t event_max;
};

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static const char *const types[] = { "BIGINT", "VARCHAR", "TIMESTAMP", "DECIMAL(18,2)",
	"BOOLEAN" };
static const char *const nouns[] = { "orders", "customers", "payments", "shipments",
	"sessions", "products", "returns", "invoices" };

static const char *noun(uint64_t n)
{
	return nouns[n % ARRAY_LEN(nouns)];
}

static void put_dataset_name(struct buf *b, unsigned dataset)
{
	buf_printf(b, "{\"namespace\":\"s3://l%u\",\"name\":\"%s/t%05u\"", dataset % 7,
		noun(dataset), dataset);
}

static void put_schema(struct buf *b, unsigned dataset)
{
	buf_str(b, "\"schema\":{" FACET "1-1-1/SchemaDatasetFacet.json\",\"fields\":[");
	for (unsigned i = 0; i < COLUMNS; i++)
		buf_printf(b, "%s{\"name\":\"%s_%02u\",\"type\":\"%s\"}", i ? "," : "",
			noun(dataset + i), i, types[(dataset + i) % ARRAY_LEN(types)]);
	buf_str(b, "]}");
}

static void put_documentation(struct buf *b)
{
	buf_str(b,
		",\"documentation\":{" FACET "1-0-1/"
		"DocumentationDatasetFacet.json\",\"description\":\"Revision " GAP_CHANGE
		"\"}");
}

static void put_columns(
	struct buf *b, const char *name, unsigned output, const unsigned inputs[2])
{
	buf_printf(b, ",\"%s\":{", name);
	buf_str(b, FACET "1-2-0/ColumnLineageDatasetFacet.json\",\"fields\":{");
	for (unsigned i = 0; i < DERIVED; i++) {
		unsigned input = inputs[i & 1];

		buf_printf(b, "%s\"%s_%02u\":{\"inputFields\":[", i ? "," : "",
			noun(output + i), i);
		put_dataset_name(b, input);
		buf_printf(b, ",\"field\":\"%s_%02u\"}]}", noun(input + i), i);
	}
	buf_str(b, "}}");
}

static void put_input(struct buf *b, unsigned dataset)
{
	put_dataset_name(b, dataset);
	buf_str(b, ",\"facets\":{");
	put_schema(b, dataset);
	buf_str(b, "}}");
}

static void put_job(struct buf *b, unsigned job, unsigned output)
{
	buf_printf(b,
		"\"job\":{\"namespace\":\"airflow-%u\",\"name\":\"%s_daily.build_table_%"
		"05u\","
		"\"facets\":{\"jobType\":{" FACET "2-0-3/"
		"JobTypeJobFacet.json\",\"processingType\":\"BATCH\",\"integration\":"
		"\"SPARK\",\"jobType\":\"SQL_JOB\"},\"ownership\":{" FACET
		"1-0-1/OwnershipJobFacet.json\",\"owners\":[{\"name\":\"team:%s\"}]}}}",
		job % 3, noun(job), output, noun(job));
}

static void put_run(struct buf *b, unsigned job)
{
	buf_printf(b,
		"\"run\":{\"runId\":\"" GAP_RUN "\",\"facets\":{\"parent\":{" FACET
		"1-0-1/"
		"ParentRunFacet.json\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-"
		"%012x\"},\"job\":{\"namespace\":\"airflow-%u\",\"name\":\"%s_daily\"}}}"
		"}",
		job, job % 3, noun(job));
}

static void put_event(
	struct buf *b, const struct workload *w, unsigned job, bool complete)
{
	unsigned n = w->options.jobs;
	unsigned inputs[2] = { (unsigned)(mix(w->options.seed + UINT64_C(2) * job) % n),
		(unsigned)(mix(w->options.seed + UINT64_C(2) * job + 1) % n) };

	buf_printf(b, "{\"eventTime\":\"" GAP_TIME "\",\"eventType\":\"%s\",",
		complete ? "COMPLETE" : "START");
	put_run(b, job);
	buf_byte(b, ',');
	put_job(b, job, job);
	buf_str(b, ",\"inputs\":[");
	put_input(b, inputs[0]);
	buf_byte(b, ',');
	put_input(b, inputs[1]);
	buf_str(b, "],\"outputs\":[");
	put_dataset_name(b, job);
	buf_str(b, ",\"facets\":{");
	put_schema(b, job);
	put_documentation(b);
	if (w->options.columns == COLUMNS_READ)
		put_columns(b, "columnLineage", job, inputs);
	else if (w->options.columns == COLUMNS_UNREAD)
		put_columns(b, "unreadLineage", job, inputs);
	buf_str(b, "}}],\"producer\":\"" PRODUCER
		   "\",\"schemaURL\":\"https://openlineage.io/spec/2-0-2/"
		   "OpenLineage.json#/$defs/RunEvent\"}");
}

static size_t find_gap(const struct event_template *t, const char *gap)
{
	const char *found = memmem(t->text, t->len, gap, strlen(gap));

	return found ? (size_t)(found - t->text) : 0;
}

static int make_template(struct workload *w, unsigned job, bool complete)
{
	struct event_template *t = &w->templates[2 * job + complete];
	struct buf b;

	buf_init(&b, EVENT_MAX);
	put_event(&b, w, job, complete);
	t->text = buf_take(&b, &t->len);
	buf_fini(&b);
	if (!t->text)
		return -1;
	t->at[GAP_OF_TIME] = find_gap(t, GAP_TIME);
	t->at[GAP_OF_RUN] = find_gap(t, GAP_RUN);
	t->at[GAP_OF_CHANGE] = find_gap(t, GAP_CHANGE);
	if (t->len > w->event_max)
		w->event_max = t->len;
	return 0;
}

struct workload *workload_new(const struct workload_options *options)
{
	AUTO(workload) struct workload *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->options = *options;
	w->templates = calloc(2 * (size_t)options->jobs, sizeof(*w->templates));
	if (!w->templates)
		return NULL;
	for (unsigned job = 0; job < options->jobs; job++) {
		if (make_template(w, job, false) || make_template(w, job, true))
			return NULL;
	}
	return TAKE(w);
}

void workload_free(struct workload *w)
{
	if (!w)
		return;
	for (size_t i = 0; w->templates && i < 2 * (size_t)w->options.jobs; i++)
		free(w->templates[i].text);
	free(w->templates);
	free(w);
}

size_t workload_event_max(const struct workload *w)
{
	return w->event_max;
}

static void make_run_id(
	const struct workload *w, uint64_t run, int64_t start_us, char *out)
{
	uint64_t random[2] = { mix(w->options.seed ^ mix(run)), mix(run * 2 + 1) };
	char text[RUNID_TEXT_MAX];
	struct runid id;

	memcpy(id.bytes, random, sizeof(id.bytes));
	if (!w->options.random_run_ids) {
		uint64_t ms = (uint64_t)start_us / 1000;

		for (int i = 0; i < 6; i++)
			id.bytes[i] = (uint8_t)(ms >> (8 * (5 - i)));
	}
	id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) |
				(w->options.random_run_ids ? 0x40 : 0x70));
	id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
	memcpy(out, runid_format(&id, text), RUNID_TEXT_MAX - 1);
}

size_t workload_event(const struct workload *w, uint64_t n, char *out)
{
	uint64_t run = n / 2;
	uint64_t job = run % w->options.jobs;
	uint64_t round = run / w->options.jobs;
	const struct event_template *t = &w->templates[2 * job + (n & 1)];
	int64_t start_us = FIRST_START_US + (int64_t)run * RUN_EVERY_US;
	/* Once in so many rounds a job's output changes, each job at a time of its own.
	 */
	uint64_t change = (round + mix(job)) / CHANGE_ONE_IN % 1000000;
	char time[TIME_TEXT_MAX];
	char digits[16];

	memcpy(out, t->text, t->len);
	time_format(start_us + (n & 1 ? 60000000 : 0), time);
	memcpy(out + t->at[GAP_OF_TIME], time, sizeof(GAP_TIME) - 1);
	make_run_id(w, run, start_us, out + t->at[GAP_OF_RUN]);
	snprintf(digits, sizeof(digits), "%06u", (unsigned)change);
	memcpy(out + t->at[GAP_OF_CHANGE], digits, sizeof(GAP_CHANGE) - 1);
	return t->len;
}
