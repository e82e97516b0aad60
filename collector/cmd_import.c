/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_import.c - headwater import FILE...: load events, or what a Marquez has
 */

#include <stdio.h>
#include <string.h>

#include "collector/cmd.h"
#include "collector/event_reader.h"
#include "collector/import_marquez.h"
#include "collector/import_sink.h"
#include "collector/import_source.h"
#include "collector/progress.h"

/* One file on its way into the sink. */
struct transfer {
	struct import_sink *sink;
	const char *file;
	uint64_t line;
	uint64_t added; /* events of all files */
	uint64_t passed_over;
	struct fault *fault;
};

static int add_element(void *ctx, size_t index, struct slice text)
{
	struct transfer *transfer = ctx;

	transfer->added++;
	/* Of an array the number of the event says more than a line. */
	return import_sink_add(
		transfer->sink, text, transfer->file, index + 1, transfer->fault);
}

static int add_text(struct transfer *transfer, struct slice text)
{
	struct fault fault = { 0 };
	int r;

	if (!event_text_is_array(text)) {
		transfer->added++;
		return import_sink_add(transfer->sink, text, transfer->file,
			transfer->line, transfer->fault);
	}
	r = event_array_each(text, add_element, transfer, &fault);
	if (r == ERR_INVALID && !transfer->fault->why[0])
		*transfer->fault = fault;
	return r;
}

static void report_line(struct transfer *transfer, struct fault *fault)
{
	fprintf(stderr, "%s:%llu: refused: %s\n", transfer->file,
		(unsigned long long)transfer->line, fault->why);
	memset(fault, 0, sizeof(*fault));
	transfer->passed_over++;
}

static int import_file(struct transfer *transfer, const struct settings *settings,
	struct progress *progress)
{
	AUTO(import_source) struct import_source *source = NULL;
	struct slice text;
	int r = import_source_open(transfer->file, (size_t)settings->event_max_bytes,
		&source, transfer->fault);

	while (!r) {
		r = import_source_next(source, &text, &transfer->line, transfer->fault);
		if (r == ERR_TOO_LARGE) {
			report_line(transfer, transfer->fault);
			r = 0;
			continue;
		}
		if (!r)
			r = add_text(transfer, text);
		progress_show(progress, import_source_position(source),
			import_source_size(source), transfer->added);
	}
	return r == 1 ? 0 : r;
}

static int import_files(
	struct settings *settings, struct transfer *transfer, struct progress *progress)
{
	for (int i = 0; i < settings->argument_count; i++) {
		int r;

		transfer->file = settings->arguments[i];
		progress->what = transfer->file;
		r = import_file(transfer, settings, progress);
		if (r) {
			if (!transfer->fault->where[0])
				snprintf(transfer->fault->where, FAULT_WHERE_MAX, "%s",
					transfer->file);
			return r;
		}
	}
	return import_sink_flush(transfer->sink, transfer->fault);
}

static int summarise(const struct transfer *transfer, const struct settings *settings)
{
	struct import_counts counts = import_sink_counts(transfer->sink);

	counts.refused += transfer->passed_over;
	printf("%llu events stored, ", (unsigned long long)counts.stored);
	/* A server does not tell. */
	if (!settings->url)
		printf("%llu of them were there already, ",
			(unsigned long long)counts.duplicate);
	printf("%llu refused\n", (unsigned long long)counts.refused);
	return counts.refused ? EXIT_REFUSED : EXIT_DONE;
}

static int run(struct settings *settings)
{
	AUTO(import_sink) struct import_sink *sink = NULL;
	struct fault fault = { 0 };
	struct transfer transfer = { .fault = &fault };
	struct progress progress;
	int r;

	if (settings->marquez && settings->argument_count)
		r = fault_set(&fault, "--marquez", "takes no FILE");
	else if (settings->argument_count == 0 && !settings->marquez)
		r = fault_set(&fault, "import",
			"needs a FILE, - for standard input, or --marquez");
	else
		r = import_sink_open(settings, &sink, &fault);
	if (r)
		return command_failed(r, &fault);
	transfer.sink = sink;
	progress_start(&progress, settings->marquez ? settings->marquez : "");
	if (settings->marquez)
		r = import_marquez(settings, sink, &progress, &fault);
	else
		r = import_files(settings, &transfer, &progress);
	progress_end(&progress);
	return r ? command_failed(r, &fault) : summarise(&transfer, settings);
}

const struct command cmd_import = {
	.name = "import",
	.bit = CMD_IMPORT,
	.arguments = "FILE...",
	.summary = "load events from files into a directory or a server",
	.help = "A FILE is NDJSON (an event a line), a JSON event or array, any of them "
		"in gzip,\n"
		"or - for standard input.  Events that are there already, byte for byte, "
		"change\n"
		"nothing, so an import that was interrupted can be started again.  An "
		"event that\n"
		"is refused is reported with its line, the others are stored; the exit "
		"code is\n"
		"then 1.\n\n"
		"With --marquez URL it reads a running Marquez instead: its run events, "
		"and\n"
		"owners, descriptions, sources, tags and what is hidden.\n",
	.run = run,
};
