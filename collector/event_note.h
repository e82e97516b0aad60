/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_note.h - what an event says beside lineage
 */
#pragma once

#include "collector/event_parts.h"

/*
 * Reads the value of the member `note`, which was passed over and begins at that
 * place.  It is refused unless it is a note in every part: ours alone send it.
 */
NODISCARD int event_note_read(
	struct reader *reader, const char *at, struct ol_event *event);
