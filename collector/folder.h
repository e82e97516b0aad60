/* SPDX-License-Identifier: Apache-2.0 */

/*
 * folder.h - the one thread that folds durable events into the graph
 *
 * It follows the writer: what is durable is folded at once and published (the
 * graph's commit) when someone waits for it, when nothing more has come for a
 * moment, or after some thousand events.  So commits of the graph never delay
 * an acknowledgement, and are shared by many events.
 *
 * When the graph cannot be written (its disk is full), the folder drops what
 * it holds and tries again from the log, which has everything.
 */
#pragma once

#include "collector/batch.h"
#include "graph/graph.h"

struct folder;

/* Makes the folder and starts its thread. */
NODISCARD int folder_start(struct graph *graph, struct folder **out);

/* Writer only: gives a list of durable batches, linked by next, in order of sequence. */
void folder_give(struct folder *folder, struct event_batch *list);

/* Writer only: returns when the folder holds less than its limit. */
void folder_wait_room(struct folder *folder);

/*
 * Any thread but the writer: returns 0 when readers can see every event up to
 * a sequence number; ERR_BUSY when that was not so by the deadline (of
 * clock_monotonic_us()); what keeps the graph from being written, else.
 */
NODISCARD int folder_wait(struct folder *folder, uint64_t sequence, int64_t deadline_us);

/* Folds and publishes what it was given, then ends the thread and frees the folder. */
void folder_stop(struct folder *folder);
DEFINE_AUTO(folder, struct folder *, folder_stop);
