/* SPDX-License-Identifier: Apache-2.0 */

/*
 * framewalk.c - from frame to frame through a segment
 */
#include "graph/log/framewalk.h"

#include "graph/log/fileio.h"

#include <stdlib.h>

/* The first read suits one lookup, the following ones a long walk. */
#define AHEAD_FIRST ((size_t)32 * 1024)
#define AHEAD_MOST  ((size_t)256 * 1024)

/* A window that one huge event left behind is not kept beyond this. */
#define WINDOW_KEEP ((size_t)4 * 1024 * 1024)

void framewalk_fini(struct framewalk *walk)
{
	free(walk->window);
	*walk = (struct framewalk){ 0 };
}

static void empty_window(struct framewalk *walk)
{
	walk->len = 0;
	if (walk->cap > WINDOW_KEEP) {
		free(walk->window);
		walk->window = NULL;
		walk->cap = 0;
	}
}

void framewalk_forget(struct framewalk *walk)
{
	empty_window(walk);
	walk->ahead = AHEAD_FIRST;
}

void framewalk_start(struct framewalk *walk, const struct framewalk_span *span)
{
	walk->at = *span;
	framewalk_forget(walk);
}

static int grow(struct framewalk *walk, size_t want)
{
	char *window;

	if (want <= walk->cap)
		return 0;
	window = malloc(want);
	if (!window)
		return ERR_NOMEM;
	free(walk->window);
	walk->window = window;
	walk->cap = want;
	return 0;
}

/* Reads need bytes at the next frame, and some more. */
static int refill(struct framewalk *walk, size_t need)
{
	uint64_t left = walk->at.size - walk->at.offset;
	size_t want = need > walk->ahead ? need : walk->ahead;
	int r;

	if (want > left)
		want = (size_t)left;
	empty_window(walk);
	r = grow(walk, want);
	if (r)
		return r;
	r = fileio_read(walk->at.fd, walk->window, want, walk->at.offset, &walk->len);
	if (r) {
		walk->len = 0;
		return r;
	}
	walk->window_at = walk->at.offset;
	if (walk->ahead < AHEAD_MOST)
		walk->ahead *= 2;
	return walk->len < need ? ERR_CORRUPT : 0;
}

/* The need bytes at the next frame; the caller knows that they are in size. */
static int view(struct framewalk *walk, size_t need, const uint8_t **out)
{
	uint64_t skip = walk->at.offset - walk->window_at;
	bool there = walk->len && walk->at.offset >= walk->window_at &&
		     skip <= walk->len && walk->len - skip >= need;

	if (!there) {
		int r = refill(walk, need);

		if (r)
			return r;
		skip = 0;
	}
	*out = (const uint8_t *)walk->window + skip;
	return 0;
}

int framewalk_peek(struct framewalk *walk, struct frame *out)
{
	const uint8_t *bytes;
	struct frame frame;
	uint64_t left;
	int r;

	if (walk->at.offset >= walk->at.size)
		return 1;
	left = walk->at.size - walk->at.offset;
	if (left < FRAME_HEADER_BYTES)
		return 1;
	r = view(walk, FRAME_HEADER_BYTES, &bytes);
	if (r)
		return r;
	r = frame_read(bytes, &frame);
	if (r)
		return r;
	if (frame.sequence != walk->at.sequence || frame_size(frame.payload_bytes) > left)
		return ERR_CORRUPT;
	*out = frame;
	return 0;
}

int framewalk_frame(
	struct framewalk *walk, const struct frame *frame, struct slice *payload_out)
{
	const uint8_t *bytes;
	int r = view(walk, (size_t)frame_size(frame->payload_bytes), &bytes);

	if (r)
		return r;
	if (!frame_intact(frame, bytes))
		return ERR_CORRUPT;
	*payload_out = slice_of(bytes + FRAME_HEADER_BYTES, frame->payload_bytes);
	return 0;
}

void framewalk_step(struct framewalk *walk, const struct frame *frame)
{
	walk->at.offset += frame_size(frame->payload_bytes);
	walk->at.sequence++;
}
