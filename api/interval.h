/* SPDX-License-Identifier: Apache-2.0 */

/*
 * interval.h - a span of time, as people write it
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdint.h>

struct interval {
	int64_t from_us;
	int64_t to_us;
};

/*
 * Reads "FROM/TO", "FROM/DURATION", "DURATION/TO", or a DURATION that ends at
 * end_us.  A duration is ISO 8601 without years and months (P30D, PT12H, P1W)
 * or a number with w, d, h, m or s.  Returns 0 and an interval that does not
 * end before it begins, or 1.
 */
NODISCARD int interval_parse(struct slice text, int64_t end_us, struct interval *out);

/* Returns 0 and microseconds, or 1. */
NODISCARD int duration_parse(struct slice text, int64_t *out);
