/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_parent.h - who started the run of an event
 */
#pragma once

#include "collector/event_parts.h"

/*
 * Reads the run facet `parent`, or else `parentRun`, of a run event into its
 * parent and root.  Each is told whole or not at all, with a warning.
 */
NODISCARD int event_parent_read(struct reader *reader, struct ol_event *event);
