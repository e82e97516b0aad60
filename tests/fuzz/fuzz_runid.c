/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_runid.c - what is written of a run id is read as the same one
 */
#include "base/runid.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[RUNID_TEXT_MAX];
	struct runid first;
	struct runid again;

	(void)runid_from_text(slice_of(data, size), &first);
	if (runid_from_text(slice_from(runid_format(&first, text)), &again))
		abort();
	if (runid_compare(&first, &again))
		abort();
	return 0;
}
