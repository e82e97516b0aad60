/* SPDX-License-Identifier: Apache-2.0 */

/*
 * eventlog.h - the raw events in the order they were accepted: the truth
 *
 * A log is a folder of segment files of a fixed size each, pre-written with
 * zeros, and of zstd dictionaries trained on the store's own traffic.  A frame
 * holds one event: length, sequence, time received, checksum, dictionary,
 * compressed bytes.  docs/STORAGE.md has the layout to the byte.
 *
 * Threads: eventlog_pack() may be called by any thread, each with a packer of
 * its own.  eventlog_append() and eventlog_sync() belong to one thread, the
 * writer.  Readers may be made and used by any thread (a reader by one at a
 * time), and see the events up to the last sync.
 *
 * Appending is two steps so that many events share one sync:
 *
 *	r = eventlog_append(log, records, n, received_us, &first);
 *	r = eventlog_sync(log);         - now they are durable
 *
 * After a failed append or sync the log accepts nothing more (ERR_IO for
 * ever), since what reached the disk is not known.  ERR_DISK_FULL and
 * ERR_NOMEM (memory or descriptors) are told before anything was written: they
 * may be tried again later.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eventlog;
struct log_packer;
struct log_reader;

struct eventlog_options {
	const char *path;   /* the folder; made when it is not there */
	bool readonly;	    /* never writes, not even to cut a torn tail */
	size_t segment_max; /* bytes; 0: 64 MiB. Segments start at 1 MiB and double up to
			       it */
	uint64_t quota_bytes; /* ERR_DISK_FULL beyond it; 0: none */
	uint32_t
		train_after; /* events before the first dictionary is trained; 0: 2 000 */
	uint64_t known_durable; /* fewer events than these are damage, not a torn tail; 0:
				   not known */
	bool no_sync;		/* for measurements only: a sync does nothing */
};

/*
 * Opens the log, checks the last segment and cuts a torn tail (frames after
 * the last good one are overwritten with zeros).  A bad frame that was synced
 * once is never cut: that is ERR_CORRUPT, as are segments and dictionaries that
 * are missing or damaged, and the fault says which file and offset.  The caller
 * sees to it that a folder has one owner at a time.
 */
NODISCARD int eventlog_open(const struct eventlog_options *options, struct eventlog **out,
	struct fault *fault);
void eventlog_close(struct eventlog *log);
DEFINE_AUTO(eventlog, struct eventlog *, eventlog_close);

/* Sequence numbers start at 1.  0 when the log is empty.  Any thread. */
uint64_t eventlog_last(const struct eventlog *log);  /* last durable event */
uint64_t eventlog_first(const struct eventlog *log); /* oldest one kept */
uint64_t eventlog_bytes(const struct eventlog *log); /* bytes of frames, all segments */

/* One event made ready to be appended. */
struct log_record {
	struct slice packed; /* owned by whoever packed it */
	uint32_t raw_bytes;  /* size before; packed.len when it did not shrink */
	uint32_t dictionary; /* 0: none */
};

/* ERR_UNSUPPORTED when the log is readonly; append and sync say the same. */
NODISCARD int log_packer_new(struct eventlog *log, struct log_packer **out);
void log_packer_free(struct log_packer *packer);
DEFINE_AUTO(log_packer, struct log_packer *, log_packer_free);

/* The most that eventlog_pack() writes for raw_bytes. */
size_t log_pack_bound(size_t raw_bytes);

/*
 * Compresses one event into out (at least log_pack_bound() bytes) with the
 * newest dictionary, and offers it as a sample for the next one.  An event of
 * more than 1 GiB is ERR_TOO_LARGE.
 */
NODISCARD int eventlog_pack(struct log_packer *packer, struct slice raw, void *out,
	struct log_record *record_out);

/*
 * Writer only.  Gives the sequence number of the first of them; all of them go
 * into one segment.  A time received that is before the last one's is taken
 * for that one, so that times in the log never go back.
 */
NODISCARD int eventlog_append(struct eventlog *log, const struct log_record *records,
	size_t count, int64_t received_us, uint64_t *first_out);
NODISCARD int eventlog_sync(struct eventlog *log);

struct log_event {
	uint64_t sequence;
	int64_t received_us;
	struct slice raw; /* until the next call on this reader */
};

NODISCARD int log_reader_new(struct eventlog *log, struct log_reader **out);
void log_reader_free(struct log_reader *reader);
DEFINE_AUTO(log_reader, struct log_reader *, log_reader_free);

/* The next event read is the first with a sequence (a time received) of at least this. */
NODISCARD int log_reader_seek(struct log_reader *reader, uint64_t sequence);
NODISCARD int log_reader_seek_time(struct log_reader *reader, int64_t received_us);

/* Returns 0 and an event, or 1 at the durable end of the log. */
NODISCARD int log_reader_next(struct log_reader *reader, struct log_event *out);

/*
 * After a failed read: in which file, at which offset and what.  Borrowed from
 * the reader until its next call.
 */
const struct fault *log_reader_fault(const struct log_reader *reader);
