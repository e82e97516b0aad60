/* SPDX-License-Identifier: Apache-2.0 */

/*
 * call.h - one question and its answer, with no socket in sight
 *
 * A handler is a function from a call to a reply.  It reads the snapshot and
 * nothing else, blocks on nothing, and keeps to the call's deadline.  The same
 * handler answers HTTP, the command line and a test.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "graph/graph.h"

#define CALL_ARGS_MAX 4

/* No reply's body is larger. */
#define REPLY_MAX ((size_t)256 << 20)

#define REPLY_EVENT_MAX	    ((size_t)1 << 20)
#define REPLY_OUTCOME_SIZE  96
#define REPLY_LOCATION_SIZE 96

struct server_state; /* see api/health.h: what the health and metrics pages ask */
struct kept_answers; /* see api/kept.h: what pages behind the first are taken from */

struct call {
	struct snapshot *snapshot; /* NULL for routes that need none */
	struct slice method;
	struct slice path;  /* decoded once, begins with '/' */
	struct slice query; /* as received, after '?', may be empty */
	/* What {names} of the route matched; decoded when the handler is called. */
	struct slice args[CALL_ARGS_MAX];
	struct slice accept; /* Accept field, or empty */
	struct slice body;
	struct arena *arena; /* for the length of the call */
	const struct server_state *state;
	struct kept_answers *kept; /* NULL: pages behind the first are found again */
	int64_t deadline_us;	   /* of clock_monotonic_us(); 0: none */
};

struct call;
struct reply;

/*
 * Fills in the reply and returns 0, or a failure that problem_from_error()
 * turns into one.  A wrong parameter is the handler's to answer, through
 * problem_from_fault().
 */
typedef int call_handler(struct call *call, struct reply *reply);

struct reply {
	int status;		/* 200 until the handler says otherwise */
	const char *media_type; /* static; NULL: no body */
	const char *allow;	/* value of Allow for 405 and OPTIONS, or NULL; static */
	int retry_after_s;	/* 0: none */
	/* What narrows such a question, for 413; NULL: what narrows most; static. */
	const char *ask_less;
	/* Value of the field Headwater-Outcome; empty: it is not sent. */
	char outcome[REPLY_OUTCOME_SIZE];
	/* Value of the field Location; empty: it is not sent. */
	char location[REPLY_LOCATION_SIZE];
	struct buf body;
	/*
	 * ROUTE_WRITE: what is to be durable before this is sent: an event, or an array
	 * of events, of which all are stored or none.  Not looked at in a refusal.
	 */
	struct buf event;
	/*
	 * ROUTE_WRITE: answers in the handler's stead, of a snapshot that has seen the
	 * event; the status of this reply stands when it finds nothing wrong.  Or NULL.
	 */
	call_handler *then;
};

void reply_init(struct reply *reply);
void reply_fini(struct reply *reply);

enum route_kind {
	ROUTE_QUERY,  /* handler, with a snapshot, on a worker thread */
	ROUTE_WRITE,  /* the same; the event in its reply is ingested before it is sent */
	ROUTE_INLINE, /* handler, without a snapshot, at once on the loop */
	ROUTE_EVENT,  /* POST of one event or an array; the collector's ingest */
	ROUTE_BATCH,  /* POST of an array, answered with a summary */
};

struct route {
	const char *method;
	const char *pattern; /* "/api/v2/nodes/{kind}": {name} matches one segment */
	enum route_kind kind;
	call_handler *handler; /* NULL for ROUTE_EVENT and ROUTE_BATCH */
	const char *summary;   /* one line, for the documentation check */
	bool formats;	       /* a dot and a graph format may follow the path */
};

/* Ends with an all-zero row. */
extern const struct route api_routes[];
