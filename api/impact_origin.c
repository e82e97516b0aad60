/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_origin.c - whether an effect comes of a writer that fails
 */
#include "api/impact_origin.h"

#include "base/idset.h"

#include <string.h>

enum origin { ORIGIN_OTHER, ORIGIN_WRITER };

/* Of a path up to the first step that is known, or to the one behind the change. */
static uint64_t find_origin(const struct impact_step *step, const struct idset *known)
{
	uint64_t origin;

	for (; step && step->from; step = step->from) {
		if (idset_get(known, (uintptr_t)step, &origin) == 0)
			return origin;
		if (!step->from->from)
			return strcmp(impact_rule_text(step->rule), "fail/writer") == 0
				       ? ORIGIN_WRITER
				       : ORIGIN_OTHER;
	}
	return ORIGIN_OTHER;
}

int impact_is_by_writer(const struct impact *impact, struct idset *known, bool *out)
{
	const struct impact_step *step = impact->because;
	uint64_t origin = find_origin(step, known);
	int r = 0;

	for (; r == 0 && step && step->from; step = step->from)
		r = idset_put(known, (uintptr_t)step, origin);
	*out = origin == ORIGIN_WRITER;
	return r < 0 ? r : 0;
}
