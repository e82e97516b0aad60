/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_ingest.c - acknowledged events a second, and what each costs
 */

#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/loadgen.h"
#include "tests/bench/report.h"

#define ROUNDS	     3
#define WARM_UP	     20000 /* so that there is a dictionary and a memo */
#define ROUND_MAX_US INT64_C(20000000)

struct figures {
	double rate;
	double cpu_us;
	double p50_us;
	double p99_us;
};

/* Measures rounds of one load on a running server; *next is the first event not yet sent.
 */
static int measure(const struct bench *bench, const struct child *server,
	unsigned connections, uint64_t events, uint64_t *next, struct figures *out)
{
	double rate[ROUNDS], cpu[ROUNDS], p50[ROUNDS], p99[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct load_options options = { server->address, connections, *next,
			events, ROUND_MAX_US };
		int64_t cpu_us = child_cpu_us(server);
		struct load_result result;

		if (load_run(&options, bench->workload, &result) || result.refused > 0)
			return -1;
		*next += events;
		rate[i] = (double)result.acknowledged * 1e6 / (double)result.elapsed_us;
		cpu[i] = (double)(child_cpu_us(server) - cpu_us) /
			 (double)result.acknowledged;
		p50[i] = (double)result.p50_us;
		p99[i] = (double)result.p99_us;
	}
	*out = (struct figures){ median(rate, ROUNDS), median(cpu, ROUNDS),
		median(p50, ROUNDS), median(p99, ROUNDS) };
	return 0;
}

static int warm_up(const struct bench *bench, const struct child *server, uint64_t *next)
{
	struct load_options options = { server->address, 64, 0, WARM_UP, 0 };
	struct load_result result;

	*next = WARM_UP;
	return load_run(&options, bench->workload, &result);
}

static void report(unsigned connections, const struct figures *f)
{
	char what[96];

	snprintf(
		what, sizeof(what), "acknowledged events/s, %u connections", connections);
	report_row(
		what, f->rate, "/s", connections == 64 ? GOAL_LEAST : GOAL_NONE, 35000);
	snprintf(what, sizeof(what), "time of a request, %u connections, p50",
		connections);
	report_row(what, f->p50_us / 1000, "ms", GOAL_NONE, 0);
	snprintf(what, sizeof(what), "time of a request, %u connections, p99",
		connections);
	report_row(what, f->p99_us / 1000, "ms",
		connections == 64 ? GOAL_MOST : GOAL_NONE, 10);
}

static int without_sync(const struct bench *bench, double rate)
{
	struct child server;
	struct figures f;
	uint64_t next;

	if (bench_serve(bench, "no-sync", true, &server) ||
		warm_up(bench, &server, &next) ||
		measure(bench, &server, 64, bench->events, &next, &f))
		return -1;
	(void)child_stop(&server);
	report_row("the same without syncs", f.rate, "/s", GOAL_NONE, 0);
	report_row("with syncs / without", rate / f.rate, "", GOAL_LEAST, 0.6);
	return 0;
}

static int measure_all(const struct bench *bench, const struct child *server,
	const struct floors *floors, uint64_t *next, double *rate_out)
{
	double sum = floors->http + floors->read + floors->pack + floors->store;
	struct figures many, eight, one;

	if (measure(bench, server, 64, bench->events, next, &many))
		return -1;
	report(64, &many);
	report_row("server CPU an event", many.cpu_us, "us", GOAL_NONE, 0);
	report_row("server CPU an event / sum of its floors", many.cpu_us / sum, "",
		GOAL_MOST, 1.5);
	if (measure(bench, server, 8, bench->events / 4, next, &eight) ||
		measure(bench, server, 1, bench->events / 20, next, &one))
		return -1;
	report(8, &eight);
	report(1, &one);
	report_row("one client / (sync + bare HTTP)",
		one.p50_us / (floors->sync + floors->http_one), "", GOAL_MOST, 3);
	*rate_out = many.rate;
	return 0;
}

int bench_ingest(const struct bench *bench, const struct floors *floors)
{
	struct child server;
	uint64_t next;
	double rate;

	report_section("ingest: START and COMPLETE of 5 KB, durable");
	if (bench_serve(bench, "ingest", false, &server) ||
		warm_up(bench, &server, &next) ||
		measure_all(bench, &server, floors, &next, &rate))
		return -1;
	report_row("memory of the server", (double)child_memory(&server) / 1e6, "MB",
		GOAL_NONE, 0);
	if (child_stop(&server))
		return -1;
	report_row("disk an event, log and graph",
		(double)bench_disk(bench, "ingest") / (double)next, "B", GOAL_MOST, 1024);
	return without_sync(bench, rate);
}
