/* SPDX-License-Identifier: Apache-2.0 */

/*
 * loadgen.h - a load of event requests over keep-alive connections
 *
 * One thread; every connection has one request under way at a time, as the
 * official clients do.  Counts what was acknowledged with 201 and measures the
 * time of each request.
 */
#pragma once

#include "tests/bench/workload.h"

struct load_options {
	const char *address; /* "127.0.0.1:PORT" */
	unsigned connections;
	uint64_t first;	 /* number of the first event */
	uint64_t events; /* how many to send */
	int64_t max_us;	 /* stop sending after so long; 0: no limit */
};

struct load_result {
	uint64_t acknowledged;
	uint64_t refused; /* any other answer */
	int64_t elapsed_us;
	int64_t p50_us, p99_us, max_us;
};

/* Returns 0, or -1 when a connection failed. */
NODISCARD int load_run(const struct load_options *options,
	const struct workload *workload, struct load_result *out);
