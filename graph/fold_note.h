/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_note.h - what is said beside the events
 */
#pragma once

#include "graph/model.h"

struct fold;

/* Keeps the note of an EVENT_NOTE, unless one that stands is there. */
NODISCARD int fold_note(
	struct fold *fold, const struct ol_event *event, uint64_t sequence);
