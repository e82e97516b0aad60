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

/* The run at a position of an index; it must be there. */
NODISCARD int run_at(
	struct call *call, const struct run_position *position, struct run *out);
