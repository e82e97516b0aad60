/* SPDX-License-Identifier: Apache-2.0 */

/*
 * writer.h - the one thread that appends to the event log
 *
 * The writer takes whatever batches are waiting, drops the events that are
 * stored already, appends the rest with one write and one sync, tells every
 * batch that it is durable, and hands them to the folder.  What arrives during
 * a sync goes into the next group: the slower the disk, the larger the groups.
 *
 * It waits for the folder when that falls behind, so memory stays bounded, and
 * refuses batches (ERR_BUSY) when too many wait for it.
 */
#pragma once

#include "collector/batch.h"
#include "graph/graph.h"

struct folder;
struct writer;

struct writer_options {
	struct graph *graph;
	struct folder *folder;
	size_t queue_max_bytes; /* of raw events waiting or being appended */
};

/* Makes the writer and starts its thread. */
NODISCARD int writer_start(const struct writer_options *options, struct writer **out);

/*
 * Any thread.  Gives the batch, whose done() will be called.  On failure the
 * batch stays the caller's and done() is not called: ERR_BUSY when the queue
 * is full, ERR_CLOSED after writer_stop(), ERR_IO once the log has failed.
 */
NODISCARD int writer_submit(struct writer *writer, struct event_batch *batch);

/* The failure that ended the log for good, or 0. */
int writer_failure(const struct writer *writer);

/* Appends what waits, then ends the thread and frees the writer. */
void writer_stop(struct writer *writer);
DEFINE_AUTO(writer, struct writer *, writer_stop);
