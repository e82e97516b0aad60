/* SPDX-License-Identifier: Apache-2.0 */

/*
 * inflate.h - gzip bodies, bounded
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* True when the bytes begin like a gzip member, whatever a header said. */
bool inflate_is_gzip(struct slice bytes);

/*
 * Inflates one or several gzip members into fresh memory that the caller
 * frees.  ERR_TOO_LARGE when the result would be larger than max_bytes, or
 * more than 200 times the input once it is over 64 KiB; ERR_INVALID when the
 * data are damaged, cut, or followed by something else; the fault says which.
 */
NODISCARD int inflate_gzip(struct slice bytes, size_t max_bytes, char **out,
	size_t *len_out, struct fault *fault);
