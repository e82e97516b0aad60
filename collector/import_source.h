/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_source.h - events out of a file: NDJSON, JSON, either in gzip, "-"
 *
 * A file whose first line is a whole JSON value that is no array is NDJSON: an
 * event a line, so that a broken line costs that line only.  Any other file is
 * one JSON text: an event, or an array of them.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

struct import_source;

/* event_max_bytes: a longer line is an error; a JSON text may be 1 GiB. */
NODISCARD int import_source_open(const char *path, size_t event_max_bytes,
	struct import_source **out, struct fault *fault);
void import_source_close(struct import_source *source);
DEFINE_AUTO(import_source, struct import_source *, import_source_close);

/*
 * Returns 0 and the next text (until the next call) with the number of its
 * first line, or 1 at the end.  ERR_TOO_LARGE: this line was passed over, and
 * the next call goes on behind it.
 */
NODISCARD int import_source_next(struct import_source *source, struct slice *out,
	uint64_t *line_out, struct fault *fault);

/* Bytes of the file read so far, as stored, and its size (0: not known). */
uint64_t import_source_position(const struct import_source *source);
uint64_t import_source_size(const struct import_source *source);
