/* SPDX-License-Identifier: Apache-2.0 */

/*
 * eventlog_state.h - what an open log is made of
 */
#pragma once

#include "base/buf.h"
#include "graph/eventlog.h"
#include "graph/log/dictionary.h"
#include "graph/log/segtable.h"
#include "graph/log/spare.h"
#include "graph/log/trainer.h"

/*
 * zstd's level.  With a dictionary levels 1 to 3 cost the same on lineage
 * events, and 3 packs them an eighth smaller.
 */
#define EVENTLOG_LEVEL 3

/* The writer's own: where the next frame goes. */
struct appender {
	int fd;
	struct segfile_header head; /* of the newest segment */
	uint64_t end;		    /* of its last frame */
	uint64_t next;		    /* sequence */
	int64_t last_us;
	uint64_t disk_bytes; /* of all segments' files */
	bool unsynced;
	bool asked; /* for the next segment */
	bool failed;
	struct buf group;
};

struct eventlog {
	int dir;
	struct eventlog_options options; /* path is not kept */
	struct segtable segments;
	struct dictset dictionaries;
	struct trainer *trainer; /* NULL when readonly, as spare */
	struct spare *spare;
	uint64_t first;
	atomic_uint_fast64_t durable;
	atomic_uint_fast64_t frame_bytes;
	struct appender appender;
};

/*
 * The size of the next segment, for at least so many bytes of frames: twice
 * the newest one's, and less when the disk or the quota is nearly full.  0: no
 * room.  Writer only.
 */
uint64_t eventlog_next_size(const struct eventlog *log, uint64_t frame_bytes);
