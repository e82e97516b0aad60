/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runout.h - a run's record, as answers print it
 */
#pragma once

#include "api/jsonw.h"
#include "graph/run.h"

struct call;

/* The members of a run, without braces. */
NODISCARD int jsonw_run(struct jsonw *w, struct call *call, const struct run *run);

/*
 * Whether the row at a position is that of a snapshot: an event that has a place
 * of its own in the timeline, and is no run.
 */
static inline bool run_is_snapshot_row(
	const struct run *run, const struct run_position *position)
{
	return position->start_us != run_start_us(run);
}

/* The members parent and root: runs that started this one, or null. */
NODISCARD int jsonw_run_family(struct jsonw *w, struct call *call, const struct run *run);

/* The run at a position of an index; it must be there. */
NODISCARD int run_at(
	struct call *call, const struct run_position *position, struct run *out);
