/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_clock.c - an instant that was read can be written and read again
 */
#include "base/clock.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TIME_TEXT_MAX];
	int64_t first;
	int64_t again;

	if (time_parse(slice_of(data, size), &first))
		return 0;
	if (first < TIME_MIN_US || first > TIME_MAX_US)
		abort();
	if (time_parse(slice_from(time_format(first, text)), &again) || again != first)
		abort();
	return 0;
}
