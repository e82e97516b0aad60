/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_sink.h - where imported events go: a data directory or a server
 *
 * A sink collects events into batches and sends each when it is full; several
 * may be on their way.  Events that are refused are reported, one line each,
 * and counted; the others are stored.
 */
#pragma once

#include "collector/settings.h"

#include "base/slice.h"

struct import_sink;

struct import_counts {
	uint64_t stored; /* accepted ones, duplicates too */
	uint64_t duplicate;
	uint64_t refused;
};

/* With --url to that server, else into the data directory, made when it is not there. */
NODISCARD int import_sink_open(
	const struct settings *settings, struct import_sink **out, struct fault *fault);

/*
 * One event (copied), and where it comes from, for reports.  A failure here or
 * at the flush is one of the sink, not of the event.
 */
NODISCARD int import_sink_add(struct import_sink *sink, struct slice text,
	const char *file, uint64_t line, struct fault *fault);

/* Returns when everything that was added is stored or refused. */
NODISCARD int import_sink_flush(struct import_sink *sink, struct fault *fault);

struct import_counts import_sink_counts(const struct import_sink *sink);

void import_sink_close(struct import_sink *sink);
DEFINE_AUTO(import_sink, struct import_sink *, import_sink_close);
