/* SPDX-License-Identifier: Apache-2.0 */

/*
 * append.c - the writer's side of the log
 *
 * A group of events is written with one call into one segment: when it does
 * not fit the rest of the newest segment, it begins the next.  A segment is
 * synced before its successor is made, so that only the newest can be torn.
 */
#include "graph/log/eventlog_state.h"
#include "graph/log/fileio.h"
#include "graph/log/frame.h"

#define BLOCK_BYTES   UINT64_C(4096)
#define SEGMENT_FIRST (UINT64_C(1) << 20)

/* A group's buffer that one huge event left behind is not kept beyond this. */
#define GROUP_KEEP ((size_t)8 * 1024 * 1024)

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Bytes that the log may still take. */
static uint64_t room(const struct eventlog *log)
{
	uint64_t left = fileio_room(log->dir);
	uint64_t quota = log->options.quota_bytes;
	uint64_t used = log->appender.disk_bytes;

	if (quota)
		left = min_u64(left, quota > used ? quota - used : 0);
	return left;
}

uint64_t eventlog_next_size(const struct eventlog *log, uint64_t frame_bytes)
{
	uint64_t most = log->options.segment_max;
	uint64_t small = min_u64(SEGMENT_FIRST, most);
	uint64_t least =
		(SEGFILE_FRAMES_AT + frame_bytes + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
	uint64_t left = room(log);
	uint64_t size = min_u64(log->appender.head.size * 2, most);

	if (size < small)
		size = small;
	while (size > left && size / 2 >= small)
		size = size / 2 & ~(BLOCK_BYTES - 1);
	if (size < least)
		size = least;
	return size > left ? 0 : size;
}

/* A failure after which it is not known what is on the disk. */
static int latch(struct eventlog *log, int r)
{
	if (r)
		log->appender.failed = true;
	return r ? ERR_IO : 0;
}

/* Makes the newest segment's frames durable. */
static int settle(struct eventlog *log)
{
	struct appender *appender = &log->appender;

	if (!appender->unsynced)
		return 0;
	if (!log->options.no_sync && fileio_sync(log->dir, appender->fd))
		return latch(log, ERR_IO);
	appender->unsynced = false;
	atomic_store_explicit(&log->durable, appender->next - 1, memory_order_release);
	return 0;
}

int eventlog_sync(struct eventlog *log)
{
	if (log->options.readonly)
		return ERR_UNSUPPORTED;
	return log->appender.failed ? ERR_IO : settle(log);
}

/* The spare, or one made now because it is too small or there is none. */
static int next_file(struct eventlog *log, uint64_t frame_bytes, int *fd, uint64_t *size)
{
	uint64_t want;
	int r = spare_take(log->spare, SEGFILE_FRAMES_AT + frame_bytes, fd, size);

	if (r == 0)
		return 0;
	want = eventlog_next_size(log, frame_bytes);
	if (want == 0)
		return ERR_DISK_FULL;
	spare_want(log->spare, want);
	return spare_take(log->spare, SEGFILE_FRAMES_AT + frame_bytes, fd, size);
}

static struct segfile_header next_header(
	struct eventlog *log, uint64_t size, int64_t since_us)
{
	const struct appender *appender = &log->appender;
	bool empty = appender->next == appender->head.first;

	return (struct segfile_header){
		.first = appender->next,
		.size = size,
		.previous_first =
			empty ? appender->head.previous_first : appender->head.first,
		.bytes_before =
			appender->head.bytes_before + appender->end - SEGFILE_FRAMES_AT,
		.since_us = since_us,
		.dictionaries = dictset_count(&log->dictionaries),
	};
}

/* Begins a segment in the new file, which it owns; one that is empty is replaced. */
static int begin_segment(struct eventlog *log, int fd, const struct segfile_header *head)
{
	struct appender *appender = &log->appender;
	int r = settle(log);

	if (!r)
		r = segfile_install(log->dir, fd, head);
	if (!r)
		r = segtable_add(&log->segments, head, true);
	if (r) {
		close(fd);
		return latch(log, r);
	}
	close(appender->fd);
	if (appender->next == appender->head.first)
		appender->disk_bytes -= appender->head.size;
	appender->disk_bytes += head->size;
	appender->fd = fd;
	appender->head = *head;
	appender->end = SEGFILE_FRAMES_AT;
	appender->asked = false;
	return 0;
}

static int next_segment(struct eventlog *log, uint64_t frame_bytes, int64_t received_us)
{
	struct segfile_header head;
	uint64_t size;
	int fd = -1;
	int r = next_file(log, frame_bytes, &fd, &size);

	/* Nothing happened to the log.  Descriptors come back, as memory does. */
	if (r == ERR_DISK_FULL || r == ERR_NOMEM)
		return r;
	if (r == ERR_BUSY)
		return ERR_NOMEM;
	if (r)
		return latch(log, r);
	head = next_header(log, size, received_us);
	return begin_segment(log, fd, &head);
}

static int check_record(const struct log_record *record)
{
	if (record->raw_bytes > FRAME_RAW_MAX)
		return ERR_TOO_LARGE;
	if (record->packed.len > record->raw_bytes || record->dictionary > DICTIONARY_MAX)
		return ERR_INVALID;
	return 0;
}

static int group_size(const struct log_record *records, size_t count, uint64_t *out)
{
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		int r = check_record(&records[i]);

		if (r)
			return r;
		total += frame_size((uint32_t)records[i].packed.len);
		if (total > SIZE_MAX / 2)
			return ERR_TOO_LARGE;
	}
	*out = total;
	return 0;
}

/* How far the last synced event is behind; 0 when that is not to be relied on. */
static uint32_t distance(const struct eventlog *log, uint64_t sequence)
{
	uint64_t behind = sequence - atomic_load(&log->durable);

	return log->options.no_sync || behind > UINT32_MAX ? 0 : (uint32_t)behind;
}

static struct frame frame_of(
	const struct eventlog *log, const struct log_record *record, uint64_t sequence)
{
	bool stored = record->packed.len == record->raw_bytes;

	return (struct frame){
		.sequence = sequence,
		.received_us = log->appender.last_us,
		.payload_bytes = (uint32_t)record->packed.len,
		.raw_bytes = record->raw_bytes,
		.unsynced = distance(log, sequence),
		.dictionary = stored ? 0 : (uint16_t)record->dictionary,
		.flags = stored ? FRAME_STORED : 0,
	};
}

static void build_group(
	struct eventlog *log, const struct log_record *records, size_t count, char *out)
{
	for (size_t i = 0; i < count; i++) {
		struct frame frame = frame_of(log, &records[i], log->appender.next + i);

		frame_write(&frame, records[i].packed.ptr, (uint8_t *)out);
		out += frame_size(frame.payload_bytes);
	}
}

/* The frames are in the file: the next ones go behind them. */
static void advance(struct eventlog *log, const struct log_record *records, size_t count)
{
	struct appender *appender = &log->appender;
	uint64_t start = appender->end;

	for (size_t i = 0; i < count; i++) {
		if ((appender->next - appender->head.first) % SEGTABLE_STRIDE == 0)
			segtable_note(&log->segments, appender->next,
				(struct segmark){ appender->end, appender->last_us });
		appender->end += frame_size((uint32_t)records[i].packed.len);
		appender->next++;
	}
	atomic_fetch_add(&log->frame_bytes, appender->end - start);
	appender->unsynced = true;
}

/* Asks for the next segment when this one is half full. */
static void look_ahead(struct eventlog *log)
{
	struct appender *appender = &log->appender;
	uint64_t size;

	if (appender->asked || appender->end < appender->head.size / 2)
		return;
	appender->asked = true;
	size = eventlog_next_size(log, 0);
	if (size)
		spare_want(log->spare, size);
}

static int write_group(struct eventlog *log, const struct log_record *records,
	size_t count, uint64_t bytes)
{
	struct appender *appender = &log->appender;
	struct buf *group = &appender->group;
	char *out;
	int r = segtable_reserve(&log->segments, count);

	if (r)
		return r;
	buf_clear(group);
	out = buf_reserve(group, (size_t)bytes);
	if (!out)
		return buf_error(group);
	build_group(log, records, count, out);
	r = fileio_write(log->dir, appender->fd, out, (size_t)bytes, appender->end);
	if (group->cap > GROUP_KEEP)
		buf_fini(group);
	return latch(log, r);
}

int eventlog_append(struct eventlog *log, const struct log_record *records, size_t count,
	int64_t received_us, uint64_t *first_out)
{
	struct appender *appender = &log->appender;
	uint64_t bytes;
	uint64_t first = appender->next;
	int r;

	if (log->options.readonly)
		return ERR_UNSUPPORTED;
	if (appender->failed)
		return ERR_IO;
	r = group_size(records, count, &bytes);
	if (r)
		return r;
	if (received_us > appender->last_us)
		appender->last_us = received_us;
	if (bytes > appender->head.size - appender->end)
		r = next_segment(log, bytes, appender->last_us);
	if (!r && count)
		r = write_group(log, records, count, bytes);
	if (r)
		return r;
	advance(log, records, count);
	look_ahead(log);
	*first_out = first;
	return 0;
}
