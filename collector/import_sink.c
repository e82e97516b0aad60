/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_sink.c - where imported events go: what both kinds share
 */

#include "collector/import_sink_impl.h"

#include <stdio.h>
#include <stdlib.h>

/* One event may be larger than a batch is meant to be. */
#define TEXT_MAX ((size_t)2 << 30)

/* A file of nothing but faults must not flood the terminal. */
#define REPORTED_MAX 100

int import_sink_open(
	const struct settings *settings, struct import_sink **out, struct fault *fault)
{
	AUTO(import_sink) struct import_sink *sink = calloc(1, sizeof(*sink));
	int r;

	if (!sink)
		return ERR_NOMEM;
	buf_init(&sink->text, TEXT_MAX);
	r = settings->url ? sink_open_server(settings, sink, fault)
			  : sink_open_directory(settings, sink, fault);
	if (r)
		return r;
	*out = TAKE(sink);
	return 0;
}

void import_sink_close(struct import_sink *sink)
{
	if (!sink)
		return;
	if (sink->kind)
		sink->kind->close(sink);
	buf_fini(&sink->text);
	free(sink);
}

static int send_batch(struct import_sink *sink, struct fault *fault)
{
	int r = buf_error(&sink->text);

	if (!r && sink->count > 0)
		r = sink->kind->send(sink, fault);
	buf_clear(&sink->text);
	sink->count = 0;
	return r;
}

int import_sink_add(struct import_sink *sink, struct slice text, const char *file,
	uint64_t line, struct fault *fault)
{
	buf_byte(&sink->text, sink->count ? ',' : '[');
	sink->events[sink->count++] =
		(struct sink_event){ sink->text.len, text.len, file, line };
	buf_slice(&sink->text, text);
	if (sink->count < SINK_BATCH_EVENTS && sink->text.len < SINK_BATCH_BYTES)
		return 0;
	return send_batch(sink, fault);
}

int import_sink_flush(struct import_sink *sink, struct fault *fault)
{
	int r = send_batch(sink, fault);

	return r ? r : sink->kind->settle(sink, fault);
}

struct import_counts import_sink_counts(const struct import_sink *sink)
{
	return sink->counts;
}

void sink_refuse(
	struct import_sink *sink, const struct sink_event *event, const char *why)
{
	sink->counts.refused++;
	if (sink->counts.refused <= REPORTED_MAX)
		fprintf(stderr, "%s:%llu: refused: %s\n", event->file,
			(unsigned long long)event->line, why);
	else if (sink->counts.refused == REPORTED_MAX + 1)
		fprintf(stderr, "further refused events are only counted\n");
}

void sink_refuse_fault(struct import_sink *sink, const struct sink_event *event,
	const struct fault *fault)
{
	char why[FAULT_WHERE_MAX + FAULT_WHY_MAX + 2];

	snprintf(why, sizeof(why), "%s%s%s", fault->where, fault->where[0] ? ": " : "",
		fault->why);
	sink_refuse(sink, event, why);
}
