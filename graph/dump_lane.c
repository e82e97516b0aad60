/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_lane.c - lanes in the canonical text: their rows and their segments
 */
#include "base/arena.h"
#include "graph/dump_impl.h"

static int dump_segment(
	struct dump *dump, enum evidence lane, const struct segment *segment)
{
	struct buf *out = &dump->text;

	buf_printf(out, "\t%s", evidence_text(lane));
	dump_position(out, &segment->first);
	buf_str(out, " settled");
	dump_time(out, segment->settled_us);
	buf_byte(out, '\n');
	return dump_ioset(dump, segment->io);
}

static int dump_timeline(struct dump *dump, node_id owner, enum evidence lane)
{
	struct run_position at = run_position_first;
	struct segment segment;
	int r;

	while ((r = segment_next(dump->txn, owner, lane, &at, &segment)) == 0) {
		arena_reset(dump->scratch);
		r = dump_segment(dump, lane, &segment);
		if (!r)
			r = dump_flush(dump, DUMP_FLUSH);
		if (r)
			return r;
		at = segment.first;
	}
	return r < 0 ? r : 0;
}

/* A row of the index; with what was declared there. */
static int dump_row(struct dump *dump, node_id owner, enum evidence lane,
	const struct run_position *position)
{
	struct declaration declaration;
	int r;

	buf_printf(&dump->text, "\t%s row", evidence_text(lane));
	dump_position(&dump->text, position);
	buf_byte(&dump->text, '\n');
	if (lane == EVIDENCE_OBSERVED)
		return 0;
	r = declaration_get(dump->txn, owner, lane, position, &declaration);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return dump_ioset(dump, declaration.io);
}

static int dump_rows(struct dump *dump, node_id owner, enum evidence lane)
{
	struct run_position at = run_position_first;
	struct run_position next;
	int r;

	while ((r = run_index_next(dump->txn, owner, lane, RUN_NEWER, &at, &next)) == 0) {
		arena_reset(dump->scratch);
		r = dump_row(dump, owner, lane, &next);
		if (!r)
			r = dump_flush(dump, DUMP_FLUSH);
		if (r)
			return r;
		at = next;
	}
	return r < 0 ? r : 0;
}

int dump_lanes(struct dump *dump, const struct entity *node)
{
	int r = 0;

	for (unsigned lane = 0; !r && lane < EVIDENCE_COUNT; lane++) {
		r = dump_rows(dump, node->id, (enum evidence)lane);
		if (!r)
			r = dump_timeline(dump, node->id, (enum evidence)lane);
	}
	return r;
}
