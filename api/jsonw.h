/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jsonw.h - JSON, written as a stream into a buffer
 *
 * The writer puts the commas; the caller opens and closes what it opened.
 *
 *	struct jsonw w;
 *
 *	jsonw_init(&w, &reply->body);
 *	jsonw_object(&w);
 *	jsonw_key(&w, "name");
 *	jsonw_string(&w, name);
 *	jsonw_object_end(&w);
 *
 * Failures stay in the buffer (buf_error).  Whatever bytes it is given, what
 * comes out is JSON in UTF-8: what is not UTF-8 becomes U+FFFD.
 */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct jsonw {
	struct buf *buf;
	bool comma; /* a value stands before the next one */
};

void jsonw_init(struct jsonw *w, struct buf *buf);

void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);

/* A member's name that is ours: it needs no escapes. */
void jsonw_key_plain(struct jsonw *w, struct slice name);

/* Inline, so that the length of a literal is known when it is compiled. */
static inline void jsonw_key(struct jsonw *w, const char *name)
{
	jsonw_key_plain(w, slice_of(name, strlen(name)));
}

/* A member's name from outside. */
void jsonw_key_slice(struct jsonw *w, struct slice name);

void jsonw_string(struct jsonw *w, struct slice s);
void jsonw_text(struct jsonw *w, const char *text);
void jsonw_uint(struct jsonw *w, uint64_t value);
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
void jsonw_time(struct jsonw *w, int64_t us);

/*
 * Stored JSON text, a facet or an event: its bytes, but for NaN, Infinity and
 * -Infinity, which become null, and a byte order mark, which goes.
 */
void jsonw_stored(struct jsonw *w, struct slice text);

/* Without a byte order mark. */
struct slice jsonw_without_mark(struct slice text);
