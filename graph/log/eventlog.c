/* SPDX-License-Identifier: Apache-2.0 */

/*
 * eventlog.c - opens and closes the log; its numbers
 */
#include "graph/eventlog.h"

#include "graph/log/eventlog_state.h"
#include "graph/log/fileio.h"
#include "graph/log/recovery.h"

#include <stdlib.h>

#define SEGMENT_MAX_DEFAULT ((size_t)64 * 1024 * 1024)
#define SEGMENT_MAX_LEAST   ((size_t)16 * 1024)
#define BLOCK_BYTES	    ((size_t)4096)
#define TRAIN_AFTER_DEFAULT 2000

static void set_options(struct eventlog *log, const struct eventlog_options *options)
{
	struct eventlog_options *own = &log->options;

	*own = *options;
	own->path = NULL;
	if (own->segment_max == 0)
		own->segment_max = SEGMENT_MAX_DEFAULT;
	if (own->segment_max < SEGMENT_MAX_LEAST)
		own->segment_max = SEGMENT_MAX_LEAST;
	own->segment_max &= ~(BLOCK_BYTES - 1);
	if (own->train_after == 0)
		own->train_after = TRAIN_AFTER_DEFAULT;
}

static int start_helpers(struct eventlog *log)
{
	struct trainer_options training = {
		.dictionaries = &log->dictionaries,
		.dir = log->dir,
		.train_after = log->options.train_after,
		.seen = eventlog_last(log),
	};
	int r = spare_new(log->dir, &log->spare);

	return r ? r : trainer_new(&training, &log->trainer);
}

static int open_all(struct eventlog *log, const char *path, struct fault *fault)
{
	int r = fileio_open_dir(path, !log->options.readonly, &log->dir);

	if (!r)
		r = recovery_run(log, path, fault);
	if (!r && !log->options.readonly)
		r = start_helpers(log);
	return r;
}

int eventlog_open(const struct eventlog_options *options, struct eventlog **out,
	struct fault *fault)
{
	AUTO(eventlog) struct eventlog *log = calloc(1, sizeof(*log));
	int r;

	if (!log)
		return ERR_NOMEM;
	log->dir = -1;
	log->appender.fd = -1;
	buf_init(&log->appender.group, SIZE_MAX);
	set_options(log, options);
	segtable_init(&log->segments);
	dictset_init(&log->dictionaries, EVENTLOG_LEVEL);
	if (fault)
		*fault = (struct fault){ 0 };
	r = open_all(log, options->path, fault);
	if (r && fault && !fault->why[0])
		(void)fault_set(fault, options->path, "%s", err_text(r));
	if (r)
		return r;
	*out = TAKE(log);
	return 0;
}

void eventlog_close(struct eventlog *log)
{
	if (!log)
		return;
	trainer_free(log->trainer);
	spare_free(log->spare);
	if (log->appender.fd >= 0)
		close(log->appender.fd);
	buf_fini(&log->appender.group);
	dictset_fini(&log->dictionaries);
	segtable_fini(&log->segments);
	if (log->dir >= 0)
		close(log->dir);
	free(log);
}

uint64_t eventlog_last(const struct eventlog *log)
{
	return atomic_load_explicit(&log->durable, memory_order_acquire);
}

uint64_t eventlog_first(const struct eventlog *log)
{
	return eventlog_last(log) ? log->first : 0;
}

uint64_t eventlog_bytes(const struct eventlog *log)
{
	return atomic_load(&log->frame_bytes);
}
