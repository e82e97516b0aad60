/* SPDX-License-Identifier: Apache-2.0 */

/*
 * diff.h - what changed in a lineage between two times
 */
#pragma once

#include "graph/view.h"

/*
 * The same question at two times (as of from_us, as of to_us): a view with all
 * nodes and edges of both, each marked; edges of both that are not told alike are
 * VIEW_CHANGED.  The query's time, limit and cursor are
 * not used.  cut_out: what ended either walk.
 */
struct diff_times {
	int64_t from_us;
	int64_t to_us;
};
NODISCARD int lineage_diff(struct snapshot *snapshot, const struct lineage_query *query,
	const struct diff_times *times, struct arena *arena, struct view *out,
	enum lineage_cut *cut_out);
