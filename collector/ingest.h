/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ingest.h - from a request's body to durable events and its answer
 *
 * An event is answered 201 without a body.  An array is answered 200 with the
 * summary of OpenLineage's batch endpoint (spec/OpenLineage.yml 2-0-2): the good
 * events of it are stored, the bad ones listed with index and reason.
 */
#pragma once

#include "base/buf.h"
#include "collector/http_server.h"
#include "graph/graph.h"

struct ingest;
struct writer;

struct ingest_options {
	struct graph *graph;
	struct writer *writer;
	size_t event_max_bytes; /* of a body, inflated */
	unsigned lanes;		/* how many threads call ingest_request() at once */
};

NODISCARD int ingest_new(const struct ingest_options *options, struct ingest **out);
void ingest_free(struct ingest *ingest);
DEFINE_AUTO(ingest, struct ingest *, ingest_free);

enum ingest_form {
	INGEST_ANY,   /* one event, or an array */
	INGEST_ARRAY, /* an array only */
};

/*
 * Takes a complete request and answers it, sooner or later, once.  lane: a
 * number below `lanes` that no other thread uses at the same time.
 */
void ingest_request(struct ingest *ingest, struct http_request *request,
	enum ingest_form form, unsigned lane);

/*
 * Stores an event of our own, or an array of them, and returns when all are durable.
 * Takes the bytes.  ERR_INVALID with a fault when one is no event; that and any other
 * failure: nothing was stored.  Not on a loop: it waits for the disk.
 */
NODISCARD int ingest_own(
	struct ingest *ingest, struct buf *events, unsigned lane, struct fault *fault);
