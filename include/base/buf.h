/* SPDX-License-Identifier: Apache-2.0 */

/*
 * buf.h - growable bytes with a ceiling
 *
 * A buffer is made with the most it may hold.  The first append that does not
 * fit (or finds no memory) makes the buffer fail: later appends do nothing,
 * and whoever filled it asks buf_error() once, at the end.
 *
 *	struct buf b;
 *
 *	buf_init(&b, MAX_REPLY);
 *	buf_str(&b, "x=");
 *	buf_printf(&b, "%d", x);
 *	r = buf_error(&b);
 *	...
 *	buf_fini(&b);
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdint.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
	int err;
};

/* Allocates nothing yet. */
void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);

/* Empties the buffer and its failure; keeps the memory. */
void buf_clear(struct buf *buf);

/* 0, ERR_TOO_LARGE (the ceiling) or ERR_NOMEM. */
NODISCARD int buf_error(const struct buf *buf);

/*
 * Makes room for n more bytes without adding any: returns where they go, or
 * NULL when the buffer fails.  buf_advance() then says how many were written.
 */
char *buf_reserve(struct buf *buf, size_t n);
static inline void buf_advance(struct buf *buf, size_t n)
{
	buf->len += n;
}

void buf_bytes(struct buf *buf, const void *ptr, size_t n);
void buf_str(struct buf *buf, const char *text);
void buf_byte(struct buf *buf, char c);
PRINTF(2, 3) void buf_printf(struct buf *buf, const char *fmt, ...);

static inline void buf_slice(struct buf *buf, struct slice s)
{
	buf_bytes(buf, s.ptr, s.len);
}

static inline struct slice buf_get(const struct buf *buf)
{
	return slice_of(buf->data, buf->len);
}

/* Gives the bytes (malloc'd; NULL when empty) to the caller and starts afresh. */
char *buf_take(struct buf *buf, size_t *len_out);
