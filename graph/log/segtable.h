/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segtable.h - which segment an event is in, and about where
 *
 * The writer adds segments and notes a mark for every 64th frame it appends.
 * Marks of a segment that was there at opening are made by the first reader
 * that needs them, and kept.  Any thread may call; nothing is held long.
 */
#pragma once

#include "graph/log/segfile.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define SEGTABLE_STRIDE 64

/* Of the frame with sequence first + index * SEGTABLE_STRIDE. */
struct segmark {
	uint64_t offset;
	int64_t received_us;
};

struct segmarks {
	struct segmark *items;
	size_t count;
	size_t cap;
};

struct segtable_item {
	struct segfile_header head;
	struct segmarks marks;
	bool marked; /* marks has all there are */
};

struct segtable {
	pthread_mutex_t lock;
	struct segtable_item *items;
	size_t count;
	size_t cap;
};

/* Where to start walking. */
struct segplace {
	uint64_t first; /* of the segment: its name */
	uint64_t last;	/* of the segment; UINT64_MAX in the newest */
	uint64_t size;
	uint64_t bytes_before;
	uint64_t offset;
	uint64_t sequence; /* of the frame at offset */
	bool marked;	   /* no: offset is the segment's start */
};

NODISCARD int segmarks_reserve(struct segmarks *marks, size_t more);
void segmarks_fini(struct segmarks *marks);

/* To be called for every frame; there is room for the mark already. */
void segmarks_note(struct segmarks *marks, uint64_t index, struct segmark mark);

void segtable_init(struct segtable *table);
void segtable_fini(struct segtable *table);

/* Adds the newest; it takes the place of one that is empty. */
NODISCARD int segtable_add(
	struct segtable *table, const struct segfile_header *head, bool marked);

/* Writer only: room for the marks of so many frames more in the newest. */
NODISCARD int segtable_reserve(struct segtable *table, size_t frames);
void segtable_note(struct segtable *table, uint64_t sequence, struct segmark mark);

/* Returns 0 and the last mark at or before the event; 1 when it is in no segment. */
NODISCARD int segtable_find(
	struct segtable *table, uint64_t sequence, struct segplace *out);

/* Returns 0 and the last mark before the time, or 1 when there is no segment. */
NODISCARD int segtable_find_time(
	struct segtable *table, int64_t received_us, struct segplace *out);

/* Gives the marks of the segment with this first sequence. */
void segtable_give_marks(struct segtable *table, uint64_t first, struct segmarks *marks);
