/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_control.h - which jobs wait for which: the run facet jobDependencies
 */
#pragma once

#include "graph/model.h"

struct fold;

/* Control flow of the event's job; it is added and never taken away. */
NODISCARD int fold_control(struct fold *fold, const struct ol_event *event, node_id job);
