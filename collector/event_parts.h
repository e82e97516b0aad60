/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_parts.h - what the objects of an event have in common
 *
 * The event reader walks each object by a table of the members it wants.  A
 * member's reader stands in front of a value, takes it whole, and returns 0,
 * ERR_INVALID with the fault set, ERR_TOO_LARGE likewise, or ERR_NOMEM.
 */
#pragma once

#include "collector/json_scan.h"

#include "base/arena.h"
#include "graph/model.h"

struct reader {
	struct scan scan;
	struct slice text;
	int64_t received_us;
	struct arena *arena;
	struct ol_event *event;
	struct fault *fault;

	/* Where these values begin; NULL when they are missing, or null. */
	const char *run;
	const char *job;
	const char *dataset;
	bool has_time;
};

/*
 * A member that is read; all others are passed over.  read() stands in front
 * of the value, and replaces what an earlier member of that name left behind.
 */
struct member {
	struct slice name;
	int (*read)(struct reader *reader, void *out);
	size_t offset; /* of out in what the object is read into */
};

#define MEMBER(text, fn, type, field)                             \
	{                                                         \
		.name = { text, sizeof(text) - 1 }, .read = (fn), \
		.offset = offsetof(type, field)                   \
	}
#define MEMBERS_END          \
	{                    \
		.read = NULL \
	}

/*
 * Refuses the event because of what is at that place.  where is NULL when it
 * is the value being read there.  Returns ERR_INVALID.
 */
int reader_refuse(
	struct reader *reader, const char *at, const char *where, const char *why);

/* Refuses it with what the scan found wrong; returns that. */
int reader_refuse_text(struct reader *reader);

/* Counts an odd value that is passed over, and keeps the first one's place. */
NODISCARD int reader_warn(
	struct reader *reader, const char *at, const char *where, const char *why);

/* Makes room for one more of size bytes in a list of count. */
NODISCARD int reader_grow(struct reader *reader, void **list, size_t count, size_t size);

/* Passes over a value. */
NODISCARD int reader_skip(struct reader *reader);

/* As scan_enter() and scan_more(). */
NODISCARD int reader_enter(struct reader *reader);
NODISCARD int reader_more(struct reader *reader);

/* Reads an object into out, by a table that MEMBERS_END ends. */
NODISCARD int reader_members(
	struct reader *reader, const struct member *members, void *out);

/* A string into a struct slice; ptr is NULL for anything else. */
NODISCARD int reader_text(struct reader *reader, void *out);

/* The same, with a warning for anything else but null. */
NODISCARD int reader_optional_text(struct reader *reader, void *out);

/* An object of facets into a struct ol_facets; with a warning for anything else but null.
 */
NODISCARD int reader_facets(struct reader *reader, void *out);
