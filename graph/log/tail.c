/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tail.c - what is behind the last good frame of the newest segment
 */
#include "graph/log/tail.h"

#include "graph/log/fileio.h"
#include "graph/log/framewalk.h"
#include "graph/log/le.h"
#include "graph/log/segfile.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)256 * 1024)
#define FRAME_ALIGN 8

static void chunk_free(uint8_t *chunk)
{
	free(chunk);
}

DEFINE_AUTO(chunk, uint8_t *, chunk_free);

static bool all_zero(const uint8_t *bytes, size_t len)
{
	return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

static size_t chunk_at(const struct tail *tail, uint64_t at)
{
	uint64_t left = tail->size - at;

	return left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
}

/* Called for each chunk that is not whole or not zeros: > 0 or < 0 ends it. */
typedef int tail_visit(
	const struct tail *tail, uint64_t at, const uint8_t *chunk, size_t got);

static int visit_chunks(const struct tail *tail, tail_visit *visit)
{
	AUTO(chunk) uint8_t *chunk = malloc(CHUNK_BYTES);
	int r = chunk ? 0 : ERR_NOMEM;

	for (uint64_t at = tail->offset; at < tail->size && !r; at += CHUNK_BYTES) {
		size_t want = chunk_at(tail, at);
		size_t got;

		r = fileio_read(tail->fd, chunk, want, at, &got);
		if (!r && (got < want || !all_zero(chunk, got)))
			r = visit(tail, at, chunk, got);
	}
	return r;
}

static int stop_here(
	const struct tail *tail, uint64_t at, const uint8_t *chunk, size_t got)
{
	(void)tail;
	(void)at;
	(void)chunk;
	(void)got;
	return 1;
}

int tail_look(const struct tail *tail)
{
	return visit_chunks(tail, stop_here);
}

static bool claims_durable(const struct tail *tail, const struct frame *frame)
{
	return frame->sequence > tail->sequence && frame->unsynced &&
	       frame->unsynced <= frame->sequence &&
	       frame->sequence - frame->unsynced >= tail->sequence;
}

/* Returns 1 when there is a whole frame here that was written later. */
static int is_later_frame(const struct tail *tail, uint64_t at)
{
	struct framewalk walk = { 0 };
	uint8_t header[FRAME_HEADER_BYTES];
	struct slice payload;
	struct frame frame;
	size_t got;
	int r = fileio_read(tail->fd, header, sizeof(header), at, &got);

	if (r || got < sizeof(header))
		return r;
	if (frame_read(header, &frame) != 0 || !claims_durable(tail, &frame))
		return 0;
	framewalk_start(&walk, &(struct framewalk_span){ .fd = tail->fd,
				       .size = tail->size,
				       .offset = at,
				       .sequence = frame.sequence });
	r = framewalk_peek(&walk, &frame);
	if (!r)
		r = framewalk_frame(&walk, &frame, &payload);
	framewalk_fini(&walk);
	if (r == ERR_CORRUPT || r > 0)
		return 0;
	return r ? r : 1;
}

/*
 * Every place where a frame could start.  The sequence number decides nearly
 * always, so that only its bytes are looked at; a frame's other words are
 * looked at when that one fits.
 */
static int find_later_frame(
	const struct tail *tail, uint64_t at, const uint8_t *chunk, size_t got)
{
	uint64_t most = tail->sequence + (tail->size - tail->offset) / FRAME_HEADER_BYTES;

	for (size_t i = 0; i + FRAME_ALIGN <= got; i += FRAME_ALIGN) {
		uint64_t sequence = le_get64(chunk + i);
		int r;

		if (sequence <= tail->sequence || sequence > most)
			continue;
		if (at + i < tail->offset + FRAME_ALIGN)
			continue;
		r = is_later_frame(tail, at + i - FRAME_ALIGN);
		if (r)
			return r;
	}
	return 0;
}

int tail_was_durable(const struct tail *tail)
{
	return visit_chunks(tail, find_later_frame);
}

static int zero_chunk(
	const struct tail *tail, uint64_t at, const uint8_t *chunk, size_t got)
{
	(void)chunk;
	(void)got;
	return segfile_zero(tail->dir, tail->fd, at, chunk_at(tail, at));
}

int tail_cut(const struct tail *tail)
{
	int r = visit_chunks(tail, zero_chunk);

	return r ? r : fileio_sync(tail->dir, tail->fd);
}
