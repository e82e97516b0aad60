/* SPDX-License-Identifier: Apache-2.0 */

/*
 * workload.h - events like those of a real platform, from a seed
 *
 * A number of jobs run again and again: each run sends START and COMPLETE, each
 * event about 5 KB: two inputs and one output with schemas of 20 columns,
 * ownership, parent run, and on the output column lineage.  One run in 50
 * changes the output's documentation, so that not everything is always the same.
 * Run ids are UUIDs of version 7, as official clients make them, or of version
 * 4 (random).
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct workload;

/* When its events are taken to have been received: none is dated later than that. */
#define WORKLOAD_RECEIVED_US INT64_C(4102444800000000) /* 2100-01-01 */

/* Column lineage of outputs: none; the same bytes under a name that nobody reads; or
 * real. */
enum workload_columns { COLUMNS_NONE, COLUMNS_UNREAD, COLUMNS_READ };

struct workload_options {
	uint64_t seed;
	unsigned jobs;
	bool random_run_ids;
	enum workload_columns columns;
};

NODISCARD struct workload *workload_new(const struct workload_options *options);
void workload_free(struct workload *workload);
DEFINE_AUTO(workload, struct workload *, workload_free);

/* The longest event in bytes. */
size_t workload_event_max(const struct workload *workload);

/*
 * Writes event number n into out and returns its length: START of a run when n
 * is even, its COMPLETE when odd.  Any thread; the same n gives the same bytes.
 */
size_t workload_event(const struct workload *workload, uint64_t n, char *out);
