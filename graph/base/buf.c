/* SPDX-License-Identifier: Apache-2.0 */

/*
 * buf.c - growable bytes with a ceiling
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define BUF_FIRST_BYTES 256

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){ .max = max };
}

void buf_fini(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->err = 0;
}

int buf_error(const struct buf *buf)
{
	return buf->err;
}

static size_t next_capacity(const struct buf *buf, size_t needed)
{
	size_t cap = buf->cap < BUF_FIRST_BYTES ? BUF_FIRST_BYTES : buf->cap;

	while (cap < needed) {
		if (__builtin_mul_overflow(cap, (size_t)2, &cap))
			return buf->max;
	}
	return cap < buf->max ? cap : buf->max;
}

/* One byte more than cap is allocated, for the NUL that vsnprintf writes. */
static int grow(struct buf *buf, size_t n)
{
	size_t needed;
	size_t cap;
	size_t bytes;
	char *data;

	if (__builtin_add_overflow(buf->len, n, &needed) || needed > buf->max)
		return ERR_TOO_LARGE;
	cap = next_capacity(buf, needed);
	if (__builtin_add_overflow(cap, (size_t)1, &bytes) || bytes > PTRDIFF_MAX)
		return ERR_NOMEM;
	data = realloc(buf->data, bytes);
	if (!data)
		return ERR_NOMEM;
	buf->data = data;
	buf->cap = cap;
	return 0;
}

char *buf_reserve(struct buf *buf, size_t n)
{
	if (UNLIKELY(buf->err))
		return NULL;
	if (UNLIKELY(n > buf->cap - buf->len || !buf->data)) {
		buf->err = grow(buf, n);
		if (buf->err)
			return NULL;
	}
	return buf->data + buf->len;
}

void buf_bytes(struct buf *buf, const void *ptr, size_t n)
{
	char *room;

	if (n == 0)
		return;
	room = buf_reserve(buf, n);
	if (!room)
		return;
	memcpy(room, ptr, n);
	buf->len += n;
}

void buf_str(struct buf *buf, const char *text)
{
	buf_bytes(buf, text, strlen(text));
}

void buf_byte(struct buf *buf, char c)
{
	char *room = buf_reserve(buf, 1);

	if (!room)
		return;
	*room = c;
	buf->len++;
}

PRINTF(2, 0) static int print(struct buf *buf, const char *fmt, va_list args)
{
	char *room = buf_reserve(buf, 0);

	if (!room)
		return 0;
	return vsnprintf(room, buf->cap - buf->len + 1, fmt, args);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args;
	int wanted;

	va_start(args, fmt);
	wanted = print(buf, fmt, args);
	va_end(args);
	if (wanted > 0 && (size_t)wanted > buf->cap - buf->len) {
		if (!buf_reserve(buf, (size_t)wanted))
			return;
		va_start(args, fmt);
		wanted = print(buf, fmt, args);
		va_end(args);
	}
	if (wanted < 0)
		buf->err = ERR_INVALID;
	else if (!buf->err)
		buf->len += (size_t)wanted;
}

char *buf_take(struct buf *buf, size_t *len_out)
{
	char *data = buf->data;

	*len_out = buf->len;
	if (buf->len == 0) {
		free(data);
		data = NULL;
	}
	buf_init(buf, buf->max);
	return data;
}
