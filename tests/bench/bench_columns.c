/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_columns.c - what column lineage costs ingest
 *
 * Three servers take the same jobs' events: with column lineage, with the same
 * bytes under a name that nobody reads, and without them.  They take turns, so
 * that a machine that gets slower meanwhile does so for all of them.
 */

#include <stdio.h>

#include "tests/bench/bench.h"
#include "tests/bench/loadgen.h"
#include "tests/bench/report.h"

#define ROUNDS	     5
#define CONNECTIONS  64
#define ROUND_MAX_US INT64_C(20000000)

struct side {
	const char *name;
	enum workload_columns columns;
	struct workload *workload;
	struct child server;
	uint64_t next;
	double rates[ROUNDS];
};

static int load(struct side *side, uint64_t events, double *rate_out)
{
	struct load_options options = { side->server.address, CONNECTIONS, side->next,
		events, ROUND_MAX_US };
	struct load_result result;

	if (load_run(&options, side->workload, &result) || result.refused > 0)
		return -1;
	side->next += events;
	*rate_out = (double)result.acknowledged * 1e6 / (double)result.elapsed_us;
	return 0;
}

/* The first round warms up: a dictionary, a memo. */
static int start(const struct bench *bench, struct side *side)
{
	struct workload_options options = {
		.seed = 1, .jobs = BENCH_JOBS, .columns = side->columns
	};
	double rate;

	side->workload = workload_new(&options);
	if (!side->workload || bench_serve(bench, side->name, false, &side->server))
		return -1;
	return load(side, bench->events / 4, &rate);
}

static int measure(const struct bench *bench, struct side *sides, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (start(bench, &sides[i]))
			return -1;
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < count; i++) {
			if (load(&sides[i], bench->events / 2, &sides[i].rates[round]))
				return -1;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (child_stop(&sides[i].server))
			return -1;
	}
	return 0;
}

int bench_columns(const struct bench *bench)
{
	struct side sides[] = {
		{ .name = "columns-read", .columns = COLUMNS_READ },
		{ .name = "columns-unread", .columns = COLUMNS_UNREAD },
		{ .name = "columns-none", .columns = COLUMNS_NONE },
	};
	double rates[ARRAY_LEN(sides)];
	int r;

	report_section("ingest with column lineage, beside ingest without");
	r = measure(bench, sides, ARRAY_LEN(sides));
	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		rates[i] = median(sides[i].rates, ROUNDS);
		workload_free(sides[i].workload);
	}
	if (r)
		return r;
	report_row("events/s with column lineage", rates[0], "/s", GOAL_NONE, 0);
	report_row("the same bytes under a name that nobody reads", rates[1], "/s",
		GOAL_NONE, 0);
	report_row("without these bytes", rates[2], "/s", GOAL_NONE, 0);
	report_row("with / unread", rates[0] / rates[1], "", GOAL_LEAST, 0.8);
	report_row("with / without", rates[0] / rates[2], "", GOAL_LEAST, 0.8);
	return 0;
}
