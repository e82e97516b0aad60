/* SPDX-License-Identifier: Apache-2.0 */

/*
 * meter.h - what one question may still look at, and until when
 *
 * Whatever a question goes through that is stored - edges, segments of
 * timelines, members of iosets - is taken from its meter first.
 */
#pragma once

#include "graph/lineage.h"

/* What may still be looked at. */
struct meter {
	uint64_t left;
	int64_t deadline_us; /* INT64_MAX: none */
	uint32_t since;	     /* looked at since the last look at the clock */
	enum lineage_cut cut;
};

/* How many of these may be looked at; fewer when that cuts the question. */
size_t meter_take_slow(struct meter *meter, size_t count);

#define METER_CLOCK_EVERY 4096

static inline size_t meter_take(struct meter *meter, size_t count)
{
	if (UNLIKELY(count >= METER_CLOCK_EVERY - meter->since || count > meter->left))
		return meter_take_slow(meter, count);
	meter->since += (uint32_t)count + 1;
	meter->left -= count;
	return count;
}

/* Whether all of these may be looked at; without a meter anything may. */
static inline bool meter_allows(struct meter *meter, size_t count)
{
	return !meter || meter_take(meter, count) == count;
}
