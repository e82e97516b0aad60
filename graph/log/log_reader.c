/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log_reader.c - events in order, from anywhere
 *
 * A seek only notes what is looked for; the next read finds the place: the
 * segment by its name, a mark in it, and then header by header.
 */
#include "graph/log/eventlog_state.h"
#include "graph/log/fileio.h"
#include "graph/log/framewalk.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>

/* An event's buffer that one huge event left behind is not kept beyond this. */
#define RAW_KEEP ((size_t)4 * 1024 * 1024)

struct log_reader {
	struct eventlog *log;
	ZSTD_DCtx *dctx;
	int fd;		  /* of the segment that the walk is in, or -1 */
	uint64_t segment; /* its first sequence */
	uint64_t last;	  /* event known to be in it */
	uint64_t fresh;	  /* last event that was durable when the walk looked */
	bool placed;	  /* no: from and from_us say where to go */
	uint64_t from;
	int64_t from_us;
	struct framewalk walk;
	char *raw;
	size_t raw_cap;
	struct fault fault;
};

int log_reader_new(struct eventlog *log, struct log_reader **out)
{
	AUTO(log_reader) struct log_reader *made = calloc(1, sizeof(*made));

	if (!made)
		return ERR_NOMEM;
	made->log = log;
	made->fd = -1;
	made->from_us = INT64_MIN;
	made->dctx = ZSTD_createDCtx();
	if (!made->dctx)
		return ERR_NOMEM;
	*out = TAKE(made);
	return 0;
}

static void leave_segment(struct log_reader *reader)
{
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = -1;
}

void log_reader_free(struct log_reader *reader)
{
	if (!reader)
		return;
	leave_segment(reader);
	framewalk_fini(&reader->walk);
	ZSTD_freeDCtx(reader->dctx);
	free(reader->raw);
	free(reader);
}

const struct fault *log_reader_fault(const struct log_reader *reader)
{
	return &reader->fault;
}

int log_reader_seek(struct log_reader *reader, uint64_t sequence)
{
	reader->from = sequence;
	reader->from_us = INT64_MIN;
	reader->placed = false;
	return 0;
}

int log_reader_seek_time(struct log_reader *reader, int64_t received_us)
{
	reader->from = 0;
	reader->from_us = received_us;
	reader->placed = false;
	return 0;
}

static int explain(struct log_reader *reader, int err)
{
	const struct framewalk_span *at = &reader->walk.at;

	if (err > 0 || err == ERR_CORRUPT)
		return segfile_fault(&reader->fault, ERR_CORRUPT, reader->segment,
			at->offset, "event %" PRIu64 " is damaged", at->sequence);
	return segfile_fault(&reader->fault, err, reader->segment, at->offset,
		"cannot read event %" PRIu64 ": %s", at->sequence, err_text(err));
}

static int start_walk(struct log_reader *reader, const struct segplace *place)
{
	char name[SEGFILE_NAME_MAX];
	int r = 0;

	if (reader->fd < 0 || reader->segment != place->first) {
		leave_segment(reader);
		reader->segment = place->first;
		r = fileio_open(reader->log->dir, segfile_name(place->first, name),
			O_RDONLY, &reader->fd);
	}
	framewalk_start(&reader->walk, &(struct framewalk_span){ .fd = reader->fd,
					       .size = place->size,
					       .offset = place->offset,
					       .sequence = place->sequence });
	if (r) {
		r = explain(reader, r);
		reader->segment = 0; /* to be opened again */
	}
	return r;
}

/* Visits all frames of a segment that is complete, for their marks. */
static int collect_marks(
	struct log_reader *reader, const struct segplace *place, struct segmarks *marks)
{
	struct framewalk *walk = &reader->walk;

	while (walk->at.sequence <= place->last) {
		struct frame frame;
		int r = framewalk_peek(walk, &frame);

		if (r > 0 || r == ERR_CORRUPT)
			return 0; /* whoever reads up to there is told */
		if (!r)
			r = segmarks_reserve(marks, 1);
		if (r)
			return explain(reader, r);
		segmarks_note(marks, frame.sequence - place->first,
			(struct segmark){ walk->at.offset, frame.received_us });
		framewalk_step(walk, &frame);
	}
	return 0;
}

/* The newest segment always has its marks: this one is complete. */
static int make_marks(struct log_reader *reader, const struct segplace *place)
{
	struct segmarks marks = { 0 };
	int r = start_walk(reader, place);

	if (!r)
		r = collect_marks(reader, place, &marks);
	if (r) {
		segmarks_fini(&marks);
		return r;
	}
	segtable_give_marks(&reader->log->segments, place->first, &marks);
	return 0;
}

static int find(struct log_reader *reader, struct segplace *place)
{
	struct segtable *segments = &reader->log->segments;
	uint64_t from = reader->from;

	if (reader->from_us != INT64_MIN)
		return segtable_find_time(segments, reader->from_us, place);
	if (from < reader->log->first)
		from = reader->log->first;
	return segtable_find(segments, from, place);
}

/* The start of a segment needs no marks. */
static bool needs_marks(const struct log_reader *reader, const struct segplace *place)
{
	return !place->marked && (reader->from_us != INT64_MIN ||
					 reader->from >= place->first + SEGTABLE_STRIDE);
}

/* Returns 0, or 1 when there is nothing yet to look at. */
static int settle_down(struct log_reader *reader, uint64_t durable)
{
	struct segplace place;
	int r;

	if (durable == 0 || reader->from > durable)
		return 1;
	r = find(reader, &place);
	if (!r && needs_marks(reader, &place)) {
		r = make_marks(reader, &place);
		if (!r)
			r = find(reader, &place);
	}
	if (!r)
		r = start_walk(reader, &place);
	if (r)
		return r;
	reader->last = 0;
	reader->fresh = durable;
	reader->placed = true;
	return 0;
}

/* Goes on to the next segment when the walk is through with this one. */
static int follow(struct log_reader *reader, uint64_t durable)
{
	struct segplace place;

	if (reader->walk.at.sequence <= reader->last)
		return 0;
	if (segtable_find(&reader->log->segments, reader->walk.at.sequence, &place))
		return ERR_CORRUPT;
	if (place.first != reader->segment) {
		int r;

		place.offset = SEGFILE_FRAMES_AT;
		place.sequence = place.first;
		r = start_walk(reader, &place);
		if (r)
			return r;
	}
	reader->last = place.last < durable ? place.last : durable;
	return 0;
}

/* Returns 0 and the next durable frame's header, or 1 when there is none. */
static int peek(struct log_reader *reader, struct frame *out)
{
	uint64_t durable = eventlog_last(reader->log);
	int r;

	if (!reader->placed) {
		r = settle_down(reader, durable);
		if (r)
			return r;
	}
	if (reader->walk.at.sequence > durable)
		return 1;
	r = follow(reader, durable);
	if (r)
		return r;
	if (reader->walk.at.sequence > reader->fresh) {
		framewalk_forget(&reader->walk); /* it may hold half of this frame */
		reader->fresh = durable;
	}
	r = framewalk_peek(&reader->walk, out);
	return r ? explain(reader, r) : 0;
}

static int make_room(struct log_reader *reader, size_t want)
{
	bool shrink = reader->raw_cap > RAW_KEEP && want <= RAW_KEEP;
	size_t cap = want < RAW_KEEP ? want + want / 2 + 1 : want;
	char *raw;

	if (want <= reader->raw_cap && reader->raw && !shrink)
		return 0;
	raw = malloc(cap);
	if (!raw)
		return ERR_NOMEM;
	free(reader->raw);
	reader->raw = raw;
	reader->raw_cap = cap;
	return 0;
}

static int decompress(
	struct log_reader *reader, const struct frame *frame, struct slice payload)
{
	const ZSTD_DDict *dictionary = NULL;
	size_t n;
	int r = make_room(reader, frame->raw_bytes);

	if (!r && frame->dictionary)
		r = dictset_unpacker(
			&reader->log->dictionaries, frame->dictionary, &dictionary);
	if (r > 0)
		return segfile_fault(&reader->fault, ERR_CORRUPT, reader->segment,
			reader->walk.at.offset,
			"event %" PRIu64
			" was packed with dictionary %u, which is missing",
			frame->sequence, (unsigned)frame->dictionary);
	if (r < 0)
		return explain(reader, r);
	n = ZSTD_decompress_usingDDict(reader->dctx, reader->raw, frame->raw_bytes,
		payload.ptr, payload.len, dictionary);
	return n == frame->raw_bytes ? 0 : explain(reader, ERR_CORRUPT);
}

static int unpack(
	struct log_reader *reader, const struct frame *frame, struct log_event *out)
{
	struct slice payload;
	int r = framewalk_frame(&reader->walk, frame, &payload);

	if (r)
		return explain(reader, r);
	if (!(frame->flags & FRAME_STORED)) {
		r = decompress(reader, frame, payload);
		if (r)
			return r;
		payload = slice_of(reader->raw, frame->raw_bytes);
	}
	*out = (struct log_event){ frame->sequence, frame->received_us, payload };
	return 0;
}

int log_reader_next(struct log_reader *reader, struct log_event *out)
{
	struct frame frame;
	int r;

	for (;;) {
		r = peek(reader, &frame);
		if (r)
			return r;
		if (frame.sequence >= reader->from &&
			frame.received_us >= reader->from_us)
			break;
		framewalk_step(&reader->walk, &frame);
	}
	r = unpack(reader, &frame, out);
	if (!r)
		framewalk_step(&reader->walk, &frame);
	return r;
}
