/* SPDX-License-Identifier: Apache-2.0 */

/*
 * spare.h - the next segment, pre-written before it is needed
 *
 * A thread of its own makes it, so that the writer practically never waits.
 * All calls belong to the writer.
 */
#pragma once

#include "base/attr.h"

#include <stdint.h>

struct spare;

/* dir must outlive it. */
NODISCARD int spare_new(int dir, struct spare **out);
void spare_free(struct spare *spare);

/* Starts making one of this size, unless there is one or it is being made. */
void spare_want(struct spare *spare, uint64_t size);

/*
 * Waits for the one being made.  Returns 0, its descriptor (now the caller's)
 * and size; 1 when there is none of at least that size; or why it could not be
 * made, said once.
 */
NODISCARD int spare_take(
	struct spare *spare, uint64_t least, int *fd_out, uint64_t *size_out);
