/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_events.c - the workload's events as NDJSON, to look at or to import
 *
 *	bench_events COUNT
 */

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/workload.h"

int main(int argc, char **argv)
{
	struct workload_options options = {
		.seed = 1, .jobs = 2000, .columns = COLUMNS_READ
	};
	AUTO(workload) struct workload *workload = workload_new(&options);
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	char *event = workload ? malloc(workload_event_max(workload)) : NULL;

	if (!event)
		return 1;
	for (uint64_t n = 0; n < count; n++) {
		size_t len = workload_event(workload, n, event);

		fwrite(event, 1, len, stdout);
		putchar('\n');
	}
	free(event);
	return 0;
}
