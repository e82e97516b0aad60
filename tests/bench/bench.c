/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench.c - what the collector does, beside what its parts cost
 *
 *	bench HEADWATER ECHO DIRECTORY [EVENTS]
 *
 * Everything is measured in one run, since figures of shared machines drift:
 * the goals are ratios between them where they can be.
 */

#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/bench/report.h"

#define DEFAULT_EVENTS 100000

static int measure(const struct bench *bench)
{
	struct floors floors;

	report_start();
	if (bench_floors(bench, &floors) || bench_ingest(bench, &floors) ||
		bench_columns(bench))
		return -1;
	return bench_queries(bench) || bench_open(bench) ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct workload_options options = {
		.seed = 1, .jobs = BENCH_JOBS, .columns = COLUMNS_READ
	};
	AUTO(workload) struct workload *workload = NULL;
	struct bench bench = { .events = DEFAULT_EVENTS };

	if (argc < 4) {
		fprintf(stderr, "usage: bench HEADWATER ECHO DIRECTORY [EVENTS]\n");
		return 2;
	}
	bench.headwater = argv[1];
	bench.echo = argv[2];
	bench.dir = argv[3];
	if (argc > 4)
		bench.events = strtoull(argv[4], NULL, 10);
	workload = workload_new(&options);
	bench.workload = workload;
	if (!workload || measure(&bench)) {
		fprintf(stderr, "bench: a measurement failed\n");
		return 1;
	}
	printf("\n%u goals missed\n", report_missed());
	return 0;
}
