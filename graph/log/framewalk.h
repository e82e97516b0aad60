/* SPDX-License-Identifier: Apache-2.0 */

/*
 * framewalk.h - from frame to frame through a segment
 *
 *	framewalk_start(&walk, &span);
 *	while ((r = framewalk_peek(&walk, &frame)) == 0) {
 *		r = framewalk_frame(&walk, &frame, &payload);   - or not, to skip it
 *		...
 *		framewalk_step(&walk, &frame);
 *	}
 *
 * A walk reads ahead into a window of its own; what changed in the file
 * afterwards is seen after framewalk_forget().
 */
#pragma once

#include "graph/log/frame.h"

#include <stddef.h>

struct framewalk_span {
	int fd;		   /* stays the caller's */
	uint64_t size;	   /* frames end here at the latest */
	uint64_t offset;   /* of the first frame to visit */
	uint64_t sequence; /* that it has */
};

struct framewalk {
	struct framewalk_span at; /* the next frame */
	char *window;
	size_t cap;
	size_t len;
	uint64_t window_at; /* where in the file the window starts */
	size_t ahead;	    /* bytes to read next time */
};

/* All zeros is a walk too. */
void framewalk_fini(struct framewalk *walk);

void framewalk_start(struct framewalk *walk, const struct framewalk_span *span);
void framewalk_forget(struct framewalk *walk);

/*
 * Reads the next frame's header.  Returns 0, 1 where there are zeros or no
 * room for a frame, or ERR_CORRUPT when it cannot be the expected frame.
 */
NODISCARD int framewalk_peek(struct framewalk *walk, struct frame *out);

/* Checks the whole frame; its payload is valid until the walk's next call. */
NODISCARD int framewalk_frame(
	struct framewalk *walk, const struct frame *frame, struct slice *payload_out);

void framewalk_step(struct framewalk *walk, const struct frame *frame);
