/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tail.h - what is behind the last good frame of the newest segment
 *
 * Normally zeros.  After a crash in the middle of a write there may be parts of
 * frames that nobody was told are stored: a torn tail, to be overwritten, so
 * that it can never be taken for frames again.  But when a whole frame is
 * there that was written after the log had been synced beyond this point, then
 * frames that clients rely on were damaged, and nothing may be cut.
 */
#pragma once

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

struct tail {
	int dir;
	int fd;
	uint64_t offset;   /* of the frame that is not there */
	uint64_t sequence; /* that it would have */
	uint64_t size;	   /* of the segment */
};

/* Returns 0, or 1 when there are bytes other than zeros or bytes missing. */
NODISCARD int tail_look(const struct tail *tail);

/* Returns 0, or 1 when the frame that is not there was durable once. */
NODISCARD int tail_was_durable(const struct tail *tail);

/* Makes it zeros, durably. */
NODISCARD int tail_cut(const struct tail *tail);
