/* SPDX-License-Identifier: Apache-2.0 */

/*
 * workers.h - threads for what may take a while: questions and large bodies
 *
 * A bounded queue, first come, first served.  A job runs on one worker and
 * answers by itself; nobody waits for it here.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

struct workers;

/* worker: which thread it runs on, from 0 on. */
typedef void workers_job(void *arg, unsigned worker);

NODISCARD int workers_start(unsigned threads, unsigned queue_max, struct workers **out);

/* Any thread.  ERR_BUSY when the queue is full, ERR_CLOSED after workers_stop(). */
NODISCARD int workers_submit(struct workers *workers, workers_job *job, void *arg);

/* Runs what is queued, then ends the threads and frees all. */
void workers_stop(struct workers *workers);
DEFINE_AUTO(workers, struct workers *, workers_stop);
