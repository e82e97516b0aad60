/* SPDX-License-Identifier: Apache-2.0 */

/*
 * budget.h - a meter filled from what a question allows
 */
#pragma once

#include "graph/meter.h"

/* budget 0: no limit; deadline_us 0: none. */
static inline struct meter meter_of(uint64_t budget, int64_t deadline_us)
{
	return (struct meter){
		.left = budget ? budget : UINT64_MAX,
		.deadline_us = deadline_us ? deadline_us : INT64_MAX,
		.since = METER_CLOCK_EVERY,
		.cut = CUT_NONE,
	};
}
