/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench.h - the parts of the benchmark
 */
#pragma once

#include "tests/bench/child.h"
#include "tests/bench/workload.h"

/* Of the workload. */
#define BENCH_JOBS 2000

struct bench {
	char *headwater; /* path of the program */
	char *echo;	 /* path of the server that does nothing with events */
	const char *dir; /* an empty directory to work in */
	uint64_t events; /* of one measured round */
	const struct workload *workload;
};

/* What an event costs by itself, in microseconds of processor time. */
struct floors {
	double http;	 /* echo of the same bodies, 64 connections */
	double http_one; /* the same: time of a request, one connection */
	double read;
	double pack;
	double store;
	double sync; /* time of an append and sync of one event */
};

/* Each returns 0, or -1 when something could not be measured. */
NODISCARD int bench_floors(const struct bench *bench, struct floors *out);
NODISCARD int bench_ingest(const struct bench *bench, const struct floors *floors);
NODISCARD int bench_columns(const struct bench *bench);
NODISCARD int bench_queries(const struct bench *bench);
NODISCARD int bench_open(const struct bench *bench);

/* Starts `headwater serve` on a fresh directory below the bench's. */
NODISCARD int bench_serve(
	const struct bench *bench, const char *name, bool no_sync, struct child *out);

/* Bytes on disk of all files below a directory of the bench's. */
uint64_t bench_disk(const struct bench *bench, const char *name);
