/* SPDX-License-Identifier: Apache-2.0 */

/*
 * recovery.c - from the files of a log to its state
 */
#include "graph/log/recovery.h"

#include "graph/log/eventlog_state.h"
#include "graph/log/fileio.h"
#include "graph/log/folder.h"
#include "graph/log/framewalk.h"
#include "graph/log/tail.h"

#include <fcntl.h>
#include <inttypes.h>

static int failed(struct fault *fault, int err, uint64_t first)
{
	return segfile_fault(fault, err, first, 0, "cannot read it: %s", err_text(err));
}

/* What a segment says about itself, and how many bytes it has. */
struct found {
	struct segfile_header head;
	uint64_t file_bytes;
	int fd;
};

static int read_header(int fd, struct found *out)
{
	uint8_t bytes[SEGFILE_HEADER_BYTES];
	size_t got;
	int r = fileio_size(fd, &out->file_bytes);

	if (!r)
		r = fileio_read(fd, bytes, sizeof(bytes), 0, &got);
	if (r)
		return r;
	return got < sizeof(bytes) ? ERR_CORRUPT : segfile_header_read(bytes, &out->head);
}

static int explain_header(int err, uint64_t first, struct fault *fault)
{
	if (err == ERR_VERSION)
		return segfile_fault(fault, err, first, 0,
			"the segment was written by a newer version of the program");
	if (err == ERR_CORRUPT)
		return segfile_fault(fault, err, first, 0,
			"the segment's header is damaged; restore the file from a "
			"backup");
	return failed(fault, err, first);
}

/* Opens one segment and checks its header; fd is the caller's, on failure too. */
static int open_segment(
	struct eventlog *log, uint64_t first, struct found *out, struct fault *fault)
{
	char name[SEGFILE_NAME_MAX];
	int r = fileio_open(log->dir, segfile_name(first, name),
		log->options.readonly ? O_RDONLY : O_RDWR, &out->fd);

	if (r)
		return failed(fault, r, first);
	r = read_header(out->fd, out);
	if (!r && out->head.first != first)
		r = ERR_CORRUPT;
	if (r)
		return explain_header(r, first, fault);
	if (out->head.dictionaries > dictset_count(&log->dictionaries))
		return segfile_fault(fault, ERR_CORRUPT, first, 0,
			"the segment uses up to %" PRIu32
			" dictionaries and there are %" PRIu32
			"; restore the .dict files from a backup",
			out->head.dictionaries, dictset_count(&log->dictionaries));
	return 0;
}

/* Whether next continues where before ends, and before has all its frames. */
static int check_link(
	const struct found *before, const struct found *next, struct fault *fault)
{
	uint64_t end;

	if (next->head.previous_first != before->head.first)
		return segfile_fault(fault, ERR_CORRUPT, next->head.first, 0,
			"the segment before it is missing: it should start at event "
			"%" PRIu64 ", and the one that is there starts at %" PRIu64,
			next->head.previous_first, before->head.first);
	if (next->head.bytes_before < before->head.bytes_before ||
		next->head.since_us < before->head.since_us)
		return segfile_fault(fault, ERR_CORRUPT, next->head.first, 0,
			"the segment's header does not fit the one before");
	end = SEGFILE_FRAMES_AT + next->head.bytes_before - before->head.bytes_before;
	if (end > before->head.size || end > before->file_bytes)
		return segfile_fault(fault, ERR_CORRUPT, before->head.first,
			before->file_bytes,
			"the segment is cut off: its frames end at %" PRIu64, end);
	return 0;
}

static int note_segment(struct eventlog *log, const struct found *found, bool newest)
{
	log->appender.disk_bytes += found->file_bytes;
	return segtable_add(&log->segments, &found->head, newest);
}

/* Visits all segments; the newest one's file stays open in *last. */
static int chain_segments(struct eventlog *log, const struct folder *folder,
	struct found *last, struct fault *fault)
{
	struct found before = { .fd = -1 };
	int r = 0;

	for (size_t i = 0; i < folder->count && !r; i++) {
		before = *last;
		auto_fd(&last->fd);
		last->fd = -1;
		r = open_segment(log, folder->segments[i], last, fault);
		if (!r && i > 0)
			r = check_link(&before, last, fault);
		if (!r)
			r = note_segment(log, last, i + 1 == folder->count);
	}
	if (!r && folder->count)
		log->first = folder->segments[0];
	return r;
}

static int check_dictionary(struct eventlog *log, const struct framewalk_span *at,
	uint16_t number, struct fault *fault)
{
	if (number <= dictset_count(&log->dictionaries))
		return 0;
	return segfile_fault(fault, ERR_CORRUPT, log->appender.head.first, at->offset,
		"an event was packed with dictionary %u, which is missing; restore it "
		"from a backup",
		(unsigned)number);
}

/* Reads the newest segment up to its last good frame. */
static int scan(struct eventlog *log, struct framewalk *walk, struct fault *fault)
{
	struct appender *appender = &log->appender;

	for (;;) {
		struct slice payload;
		struct frame frame;
		int r = framewalk_peek(walk, &frame);

		if (!r)
			r = framewalk_frame(walk, &frame, &payload);
		if (r == ERR_CORRUPT || r > 0)
			return 0;
		if (!r)
			r = check_dictionary(log, &walk->at, frame.dictionary, fault);
		if (!r)
			r = segtable_reserve(&log->segments, 1);
		if (r)
			return r;
		segtable_note(&log->segments, frame.sequence,
			(struct segmark){ walk->at.offset, frame.received_us });
		appender->last_us = frame.received_us;
		framewalk_step(walk, &frame);
	}
}

static int damaged_here(struct eventlog *log, struct fault *fault)
{
	return segfile_fault(fault, ERR_CORRUPT, log->appender.head.first,
		log->appender.end,
		"event %" PRIu64 " was stored here and is damaged; restore the file "
		"from a backup",
		log->appender.next);
}

/* What is behind the last good frame: zeros, a torn tail, or damage. */
static int check_tail(struct eventlog *log, struct fault *fault)
{
	struct appender *appender = &log->appender;
	struct tail tail = {
		.dir = log->dir,
		.fd = appender->fd,
		.offset = appender->end,
		.sequence = appender->next,
		.size = appender->head.size,
	};
	int r;

	if (appender->next <= log->options.known_durable)
		return damaged_here(log, fault);
	r = tail_look(&tail);
	if (r <= 0)
		return r;
	r = tail_was_durable(&tail);
	if (r > 0)
		return damaged_here(log, fault);
	if (r < 0 || log->options.readonly)
		return r;
	return tail_cut(&tail);
}

static int read_newest(
	struct eventlog *log, const struct found *last, struct fault *fault)
{
	struct appender *appender = &log->appender;
	struct framewalk walk = { 0 };
	struct framewalk_span span = {
		.fd = last->fd,
		.size = last->head.size,
		.offset = SEGFILE_FRAMES_AT,
		.sequence = last->head.first,
	};
	int r;

	appender->fd = last->fd;
	appender->head = last->head;
	appender->last_us = last->head.since_us;
	framewalk_start(&walk, &span);
	r = scan(log, &walk, fault);
	appender->end = walk.at.offset;
	appender->next = walk.at.sequence;
	framewalk_fini(&walk);
	return r ? r : check_tail(log, fault);
}

/* The first segment of a new log. */
static int make_first(struct eventlog *log)
{
	struct appender *appender = &log->appender;
	const atomic_bool stop = false;
	int r;

	appender->head = (struct segfile_header){
		.first = 1,
		.size = eventlog_next_size(log, 0),
		.dictionaries = dictset_count(&log->dictionaries),
	};
	if (appender->head.size == 0)
		return ERR_DISK_FULL;
	r = segfile_prewrite(log->dir, appender->head.size, &stop, &appender->fd);
	if (!r)
		r = segfile_install(log->dir, appender->fd, &appender->head);
	if (!r)
		r = fileio_sync_parent(log->dir);
	if (!r)
		r = segtable_add(&log->segments, &appender->head, true);
	appender->disk_bytes = appender->head.size;
	appender->end = SEGFILE_FRAMES_AT;
	appender->next = 1;
	log->first = 1;
	return r;
}

/*
 * What was found is what clients will be told is stored: a process that died
 * may have written it without a sync.
 */
static int make_durable(struct eventlog *log)
{
	int r = fileio_sync(log->dir, log->appender.fd);

	return r ? r : fileio_sync_dir(log->dir);
}

static int recover_segments(
	struct eventlog *log, const struct folder *folder, struct fault *fault)
{
	struct found last = { .fd = -1 };
	int r = chain_segments(log, folder, &last, fault);

	if (r && last.fd >= 0)
		close(last.fd);
	if (r)
		return r;
	r = read_newest(log, &last, fault);
	if (r || log->options.readonly)
		return r;
	return make_durable(log);
}

static void count_up(struct eventlog *log)
{
	struct appender *appender = &log->appender;
	struct segplace oldest;

	if (segtable_find(&log->segments, log->first, &oldest))
		return; /* readonly and nothing there */
	log->durable = appender->next - 1;
	log->frame_bytes = appender->head.bytes_before - oldest.bytes_before +
			   appender->end - SEGFILE_FRAMES_AT;
}

static int missing(struct eventlog *log, const char *path, struct fault *fault)
{
	(void)fault_set(fault, path,
		"the log is missing, and %" PRIu64
		" events were stored in it; restore it from a backup",
		log->options.known_durable);
	return ERR_CORRUPT;
}

int recovery_run(struct eventlog *log, const char *path, struct fault *fault)
{
	struct folder folder = { 0 };
	int r = folder_list(log->dir, !log->options.readonly, &folder);

	if (!r)
		r = dictset_load(&log->dictionaries, log->dir, folder.dictionaries,
			!log->options.readonly, fault);
	if (!r && folder.count)
		r = recover_segments(log, &folder, fault);
	else if (!r && log->options.known_durable)
		r = missing(log, path, fault);
	else if (!r && !log->options.readonly)
		r = make_first(log);
	folder_fini(&folder);
	if (!r)
		count_up(log);
	return r;
}
