/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_sink_impl.h - what the two kinds of sink share
 */
#pragma once

#include "collector/import_sink.h"

#include "base/buf.h"

#define SINK_BATCH_BYTES  ((size_t)1 << 20)
#define SINK_BATCH_EVENTS 500

struct sink_kind {
	/* Sends the collected events; takes what it needs of them. */
	int (*send)(struct import_sink *sink, struct fault *fault);
	/* Waits until all that was sent is answered. */
	int (*settle)(struct import_sink *sink, struct fault *fault);
	void (*close)(struct import_sink *sink);
};

/* Where an event of the batch lies in the collected text, and where it came from. */
struct sink_event {
	size_t start;
	size_t len;
	const char *file;
	uint64_t line;
};

struct import_sink {
	const struct sink_kind *kind;
	struct buf text; /* the events one after the other, a byte between them */
	struct sink_event events[SINK_BATCH_EVENTS];
	size_t count;
	struct import_counts counts;
	void *own; /* the kind's */
};

/* Report one refused event on standard error and count it. */
void sink_refuse(
	struct import_sink *sink, const struct sink_event *event, const char *why);
void sink_refuse_fault(struct import_sink *sink, const struct sink_event *event,
	const struct fault *fault);

NODISCARD int sink_open_directory(
	const struct settings *settings, struct import_sink *sink, struct fault *fault);
NODISCARD int sink_open_server(
	const struct settings *settings, struct import_sink *sink, struct fault *fault);
