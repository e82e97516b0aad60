/* SPDX-License-Identifier: Apache-2.0 */

/*
 * meter.c - the clock is looked at seldom, and the budget always
 */
#include "graph/meter.h"

#include "base/clock.h"

size_t meter_take_slow(struct meter *meter, size_t count)
{
	if (meter->cut != CUT_NONE)
		return 0;
	if (count >= METER_CLOCK_EVERY - meter->since) {
		meter->since = 0;
		if (meter->deadline_us != INT64_MAX &&
			clock_monotonic_us() >= meter->deadline_us) {
			meter->cut = CUT_DEADLINE;
			meter->left = 0;
			return 0;
		}
	}
	if (count > meter->left) {
		count = meter->left;
		meter->cut = CUT_BUDGET;
	}
	meter->left -= count;
	return count;
}
