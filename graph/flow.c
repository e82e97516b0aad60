/* SPDX-License-Identifier: Apache-2.0 */

/* flow.c - names of the ways a source takes part */

#include "graph/flow.h"

const char *flow_class_text(unsigned bit)
{
	static const char *const names[] = {
		"IDENTITY",
		"TRANSFORMATION",
		"AGGREGATION",
		"OTHER_DIRECT",
		"JOIN",
		"GROUP_BY",
		"FILTER",
		"SORT",
		"WINDOW",
		"CONDITIONAL",
		"OTHER_INDIRECT",
		"UNKNOWN",
	};

	_Static_assert(1U << (ARRAY_LEN(names) - 1) == CLASS_UNKNOWN,
		"a name for each class, in order of its bit");
	return bit < ARRAY_LEN(names) ? names[bit] : NULL;
}
