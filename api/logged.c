/* SPDX-License-Identifier: Apache-2.0 */

/*
 * logged.c - single events of the log, read again
 */
#include "api/logged.h"

#include <stdlib.h>

/* For decoding one event; forgotten before the next. */
#define DECODE_CHUNK ((size_t)64 << 10)
#define DECODE_MAX   ((size_t)256 << 20)

struct logged {
	struct graph *graph;
	struct log_reader *reader;
	struct arena *scratch;
};

int logged_new(struct call *call, struct logged **out)
{
	AUTO(logged) struct logged *logged = calloc(1, sizeof(*logged));
	int r;

	if (!logged)
		return ERR_NOMEM;
	logged->graph = call->snapshot->graph;
	logged->scratch = arena_new(DECODE_CHUNK, DECODE_MAX);
	if (!logged->scratch)
		return ERR_NOMEM;
	r = log_reader_new(graph_log(logged->graph), &logged->reader);
	if (r)
		return r;
	*out = TAKE(logged);
	return 0;
}

void logged_free(struct logged *logged)
{
	if (!logged)
		return;
	log_reader_free(logged->reader);
	arena_free(logged->scratch);
	free(logged);
}

static int find(struct logged *logged, uint64_t sequence, struct log_event *out)
{
	int r = log_reader_seek(logged->reader, sequence);

	if (!r)
		r = log_reader_next(logged->reader, out);
	if (r)
		return r;
	return out->sequence == sequence ? 0 : 1;
}

int logged_read(struct logged *logged, uint64_t sequence, struct ol_event *out)
{
	struct log_event found;
	struct fault fault;
	int r = find(logged, sequence, &found);

	if (r)
		return r;
	arena_reset(logged->scratch);
	r = graph_decode(logged->graph, found.raw, found.received_us, logged->scratch,
		out, &fault);
	/* It was read before it was stored. */
	return r == ERR_INVALID ? ERR_CORRUPT : r;
}
