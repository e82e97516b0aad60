/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_note.c - notes, and the counters of hours, in the canonical text
 */
#include "graph/dump_impl.h"
#include "graph/note.h"
#include "graph/tally.h"

#include <inttypes.h>

static int put_note(void *ctx, const struct note *note)
{
	struct dump *dump = ctx;
	struct buf *out = &dump->text;

	buf_str(out, "note ");
	dump_quoted(out, note->kind);
	for (size_t i = 0; i < note->name_count; i++) {
		buf_byte(out, ' ');
		dump_quoted(out, note->names[i]);
	}
	dump_time(out, note->time_us);
	buf_printf(out, " %016" PRIx64 " ", note->hash);
	dump_quoted(out, note->content);
	buf_byte(out, '\n');
	return dump_flush(dump, DUMP_FLUSH);
}

int dump_notes(struct dump *dump)
{
	return note_all(dump->txn, put_note, dump);
}

static int put_tally(void *ctx, const struct tally *tally)
{
	struct dump *dump = ctx;
	struct buf *out = &dump->text;

	buf_printf(out, "hour %" PRId64, tally->hour);
	for (int type = TYPE_OTHER; type <= TYPE_ABORT; type++)
		buf_printf(out, " %s %" PRIu64, event_type_text((enum event_type)type),
			tally->counts[type]);
	buf_printf(out, " datasets %" PRIu64 " jobs %" PRIu64 "\n",
		tally->counts[TALLY_DATASETS], tally->counts[TALLY_JOBS]);
	return dump_flush(dump, DUMP_FLUSH);
}

int dump_tallies(struct dump *dump)
{
	return tally_each(dump->txn, put_tally, dump);
}
