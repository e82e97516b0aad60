/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_note.c - what is said beside the events
 *
 * No node comes of it: a note may be about what no event has named yet.
 */
#include "graph/fold_note.h"

#include "graph/fold.h"
#include "graph/note.h"
#include "graph/run.h"

int fold_note(struct fold *fold, const struct ol_event *event, uint64_t sequence)
{
	const struct ol_note *note = event->note;
	uint64_t known;
	int r;

	if (!note)
		return ERR_INVALID;
	r = note_tell(fold->txn,
		&(struct note_key){ note->kind, note->names, note->name_count },
		event->time_us, note->content);
	if (r < 0)
		return r;
	r = static_event_find(fold->txn, event->raw_hash, &known);
	if (r <= 0)
		return r;
	return static_event_add(fold->txn, event->raw_hash, sequence);
}
