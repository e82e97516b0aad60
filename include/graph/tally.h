/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tally.h - how much there was in each hour
 *
 * For each hour of event time (UTC): the run events of each type, each counted
 * once however often it was told, and the datasets and jobs that were first seen
 * then.  Both are a function of the set of events: a late event moves its node to
 * an earlier hour.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

#define TALLY_HOUR_US (INT64_C(3600) * 1000000)

/* Run events are counted under their enum event_type; these come behind them. */
enum tally_counter {
	TALLY_DATASETS = TYPE_ABORT + 1,
	TALLY_JOBS,
};
#define TALLY_COUNTERS 8
_Static_assert(TALLY_COUNTERS == TALLY_JOBS + 1, "each has a place");

/* Hours since 1970-01-01T00:00:00Z: the one that a time is in. */
static inline int64_t tally_hour(int64_t time_us)
{
	return time_us / TALLY_HOUR_US - (time_us % TALLY_HOUR_US < 0);
}

/* Of an hour, or of several together. */
struct tally {
	int64_t hour;
	uint64_t counts[TALLY_COUNTERS];
};

/* The sum of all hours from one up to another, which is not included. */
NODISCARD int tally_get(
	struct store_txn *txn, int64_t from_hour, int64_t to_hour, struct tally *out);

/* Calls visit for each hour that has something; stops when it returns not 0. */
typedef int tally_visit(void *ctx, const struct tally *tally);
NODISCARD int tally_each(struct store_txn *txn, tally_visit *visit, void *ctx);

/*
 * Adds to the counters of an hour, or takes away.  ERR_CORRUPT when one would be
 * below 0: the fold takes away only what it added.
 */
NODISCARD int tally_add(
	struct store_txn *txn, int64_t hour, const int64_t changes[TALLY_COUNTERS]);
