/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_loop.h - one thread, its connections, and its mail
 *
 * All of a connection happens on the thread of its loop.  Other threads only
 * put answers and new connections into the loop's mail, which is two lists
 * without locks; whoever puts the first one wakes the loop, so that a batch of
 * answers costs one wake.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "collector/http_peers.h"
#include "collector/http_server.h"
#include "collector/http_write.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>

struct http_conn;
struct http_exchange;

/* No read of a head or of a small body takes more at once. */
#define HTTP_SCRATCH_BYTES 65536

/* What all loops of a server share. */
struct http_common {
	struct http_options options; /* the defaults are filled in */
	struct http_peers *peers;
	atomic_uint connections;
	_Atomic uint64_t in_flight; /* bytes of bodies not yet answered */
	atomic_bool draining;
	pthread_mutex_t lock;
	pthread_cond_t emptied; /* connections fell to 0 while draining */
};

struct http_loop {
	struct http_common *common;
	unsigned index;
	struct event_base *base;
	int wake_fd;
	struct event wake;
	pthread_t thread; /* to join; valid when running */
	bool running;
	pthread_t self; /* the same, written by the thread before it does anything */
	atomic_bool stop;
	_Atomic(struct http_exchange *) answered; /* the mail, newest first */
	_Atomic(struct http_conn *) arrived;

	/* The thread's own. */
	int64_t now_us; /* clock_monotonic_us() when the callback began */
	int64_t date_at_s;
	size_t date_len;
	char date[HTTP_DATE_MAX];
	struct http_conn *conns;
	struct http_exchange *orphans; /* unanswered, of connections that are gone */
	char *scratch;		       /* HTTP_SCRATCH_BYTES */
	char *decoded;		       /* HTTP_DECODED_MAX */
};

NODISCARD int http_loop_init(
	struct http_loop *loop, struct http_common *common, unsigned index);

/* After the thread ended: lets go of everything that is left. */
void http_loop_fini(struct http_loop *loop);

/* Starts the thread; http_loop_stop() ends and joins it. */
NODISCARD int http_loop_start(struct http_loop *loop);
void http_loop_stop(struct http_loop *loop);

/* Any thread: makes the loop look at its mail and at stop and draining. */
void http_loop_wake(struct http_loop *loop);

/* Any thread: the answer is in the exchange; the loop's from now on. */
void http_loop_answer(struct http_loop *loop, struct http_exchange *exchange);

/* Any thread: hands a new connection over. */
void http_loop_give(struct http_loop *loop, struct http_conn *conn);

/* The loop's thread: the text of the Date field. */
struct slice http_loop_date(struct http_loop *loop);

/* The loop's thread: takes the time once for all that a callback does. */
void http_loop_tick(struct http_loop *loop);

struct timeval http_timeval(int64_t us);
