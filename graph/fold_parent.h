/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_parent.h - who started a run: its parent, its root, and their jobs
 */
#pragma once

#include "graph/run.h"

struct fold;

/*
 * Puts the event's parent and root into its run, which has the event in it and
 * is not stored yet, and into the event's job.  A parent or root that sent no
 * event becomes a stub (run.h).  A run that is its own parent says nothing.
 */
NODISCARD int fold_parent(
	struct fold *fold, const struct ol_event *event, node_id job, struct run *run);
