/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_export.c - headwater export: the events, or the graph, as text
 */

#include <stdio.h>

#include "collector/cmd.h"
#include "collector/event_reader.h"
#include "collector/export.h"
#include "collector/facet_reader.h"
#include "graph/graph.h"

static int write_text(void *ctx, struct slice text)
{
	return fwrite(text.ptr, 1, text.len, ctx) == text.len ? 0 : ERR_IO;
}

static int export_graph(const struct settings *settings, struct fault *fault)
{
	AUTO(graph) struct graph *graph = NULL;
	/* Not read-only: what a crash left in the log alone must be in the graph. */
	struct graph_options options = {
		.path = settings->data,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	struct snapshot snapshot;
	int r;

	if (settings->url)
		return fault_set(fault, "--graph", "needs a data directory, not --url");
	r = graph_open(&options, &graph, fault);
	if (!r)
		r = snapshot_take(graph, &snapshot);
	if (r)
		return r;
	r = graph_dump(&snapshot, write_text, stdout);
	snapshot_end(&snapshot);
	return r;
}

static int run(struct settings *settings)
{
	struct fault fault = { 0 };
	int r;

	if (settings->argument_count > 0)
		r = fault_set(
			&fault, settings->arguments[0], "export takes no arguments");
	else if (settings->graph)
		r = export_graph(settings, &fault);
	else if (settings->url)
		r = export_from_server(settings, &fault);
	else
		r = export_from_directory(settings, &fault);
	if (!r && fflush(stdout))
		r = ERR_IO;
	return r ? command_failed(r, &fault) : EXIT_DONE;
}

const struct command cmd_export = {
	.name = "export",
	.bit = CMD_EXPORT,
	.arguments = "",
	.summary = "write the events as NDJSON, or the graph's canonical text",
	.help = "Events come in the order in which they were accepted, exactly as "
		"received, but\n"
		"that line breaks between the parts of an event become spaces, so that "
		"each is\n"
		"one line.  With --dir every event is a file of its own, to the byte.\n",
	.run = run,
};
