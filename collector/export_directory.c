/* SPDX-License-Identifier: Apache-2.0 */

/*
 * export_directory.c - events out of a data directory
 */

#include "collector/event_reader.h"
#include "collector/export.h"
#include "collector/export_out.h"
#include "collector/facet_reader.h"
#include "graph/graph.h"

static int export_events(
	const struct settings *settings, struct log_reader *reader, struct fault *fault)
{
	struct log_event event;
	int r = log_reader_seek(reader, (uint64_t)settings->from);

	while (!r) {
		r = log_reader_next(reader, &event);
		if (r || event.sequence > (uint64_t)settings->to)
			break;
		r = export_write(settings->dir, event.sequence, event.raw, fault);
	}
	return r == 1 ? 0 : r;
}

int export_from_directory(const struct settings *settings, struct fault *fault)
{
	AUTO(graph) struct graph *graph = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct graph_options options = {
		.path = settings->data,
		.readonly = true,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	int r = graph_open(&options, &graph, fault);

	if (!r)
		r = export_prepare(settings->dir, fault);
	if (!r)
		r = log_reader_new(graph_log(graph), &reader);
	return r ? r : export_events(settings, reader, fault);
}
