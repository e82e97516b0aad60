/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_parts.h - what the objects of an event, and of a facet, have in common
 *
 * A reader walks each object by a table of the members it wants.  A member's
 * reader stands in front of a value, takes it whole, and returns 0,
 * ERR_INVALID with the fault set, ERR_TOO_LARGE likewise, or ERR_NOMEM.
 */
#pragma once

#include "collector/json_scan.h"

#include "base/arena.h"
#include "graph/model.h"

struct reader {
	struct scan scan;
	struct slice text;
	struct arena *arena;
	struct fault *fault;

	uint32_t warnings;     /* odd values that were passed over */
	struct fault *warning; /* the first of them, or NULL; in the arena */
};

/* In front of the first value of text.  fault may be NULL. */
void reader_init(struct reader *reader, struct slice text, struct arena *arena,
	struct fault *fault);

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
 * Refuses the text because of what is at that place.  where is NULL when it is
 * the value being read there.  Returns ERR_INVALID.
 */
int reader_refuse(
	struct reader *reader, const char *at, const char *where, const char *why);

/* Refuses it with what the scan found wrong; returns that. */
int reader_refuse_text(struct reader *reader);

/* Counts an odd value that is passed over, and keeps the first one's place. */
NODISCARD int reader_warn(
	struct reader *reader, const char *at, const char *where, const char *why);

/* Makes room for one more of size bytes in a list of count that only ever grew so. */
NODISCARD int list_grow(struct arena *arena, void **list, size_t count, size_t size);

/* Doubles a list that is full; *room is how many there is room for. */
NODISCARD int list_double(struct arena *arena, void **list, size_t *room, size_t size);

/* Passes over a value. */
NODISCARD int reader_skip(struct reader *reader);

/* As scan_enter() and scan_more(). */
NODISCARD int reader_enter(struct reader *reader);
NODISCARD int reader_more(struct reader *reader);

/* As scan_key(), decoded. */
NODISCARD int reader_key(struct reader *reader, struct slice *out);

/*
 * Reads a value that was passed over before, and then stands where it stood.
 * What the object needs first may come last in it.
 */
NODISCARD int reader_again(struct reader *reader, const char *at,
	int (*read)(struct reader *reader, void *out), void *out);

/* Reads an object into out, by a table that MEMBERS_END ends. */
NODISCARD int reader_members(
	struct reader *reader, const struct member *members, void *out);

/* Reads the value of a member that table may name; passes over any other. */
NODISCARD int reader_member(struct reader *reader, const struct member *members,
	struct slice name, void *out);

/* As reader_members() when an object is in front; passes over anything else. */
NODISCARD int reader_object(
	struct reader *reader, const struct member *members, void *out);

/* A string into a struct slice; ptr is NULL for anything else. */
NODISCARD int reader_text(struct reader *reader, void *out);

/* The same, with a warning for anything else but null. */
NODISCARD int reader_optional_text(struct reader *reader, void *out);

/* An object of facets into a struct ol_facets; with a warning for anything else but null.
 */
NODISCARD int reader_facets(struct reader *reader, void *out);
