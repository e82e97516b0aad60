/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_run.h - runs, as Marquez writes and walks them
 */
#pragma once

#include "api/marquez.h"
#include "api/run_facets.h"

/* A member, such as "facets", with those of a list that were not taken back. */
void mq_run_facet_list(
	struct jsonw *w, const char *name, const struct run_facet *list, size_t count);

/* The next run of a job before a position, which moves there; 0, or 1 at the end. */
NODISCARD int mq_next_run(
	struct call *call, node_id job, struct run_position *at, struct run *out);
