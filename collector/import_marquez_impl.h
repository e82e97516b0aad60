/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_marquez_impl.h - what reading a Marquez's events and its notes share
 */
#pragma once

#include "collector/import_marquez.h"

#include "base/arena.h"
#include "base/buf.h"
#include "collector/http_client.h"

struct marquez {
	struct http_client *client;
	struct import_sink *sink;
	struct progress *progress;
	struct fault *fault;
	const char *origin;  /* its URL */
	struct arena *names; /* until the end */
	struct arena *page;  /* until the next page is read */
	struct buf target;   /* of the page */
	struct buf body;
	struct buf text; /* an event that is being written */
	uint64_t added;
	uint64_t total;	    /* events, as Marquez counts them */
	int64_t newest_us;  /* of the events */
	struct idset *told; /* marquez_job_hash() of the jobs that events name */
};

/*
 * GETs m->target, to which the caller has appended path and query, and gives the
 * array that is this member of the answer.  The fault says which page failed.
 */
NODISCARD int marquez_page(struct marquez *m, const char *member, struct slice *out);

/* Adds m->text to the sink, and empties it. */
NODISCARD int marquez_add(struct marquez *m);

/* A string of an object of the page, or ptr NULL; ERR_NOMEM. */
NODISCARD int marquez_text(
	struct marquez *m, struct slice object, const char *name, struct slice *out);

/* Stands for a job by its name; never 0. */
uint64_t marquez_job_hash(struct slice namespace, struct slice name);

/* All its run events. */
NODISCARD int marquez_events(struct marquez *m);

/* All that people told it. */
NODISCARD int marquez_notes(struct marquez *m);
