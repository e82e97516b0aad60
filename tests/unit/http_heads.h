/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_heads.h - heads as raw bytes, read whole and byte by byte
 *
 * Both must say the same; message and refusal are then what the reader said.
 */
#pragma once

#include "collector/http_read.h"
#include "tests/unit/http_verdict.h"

#define HOST "Host: a.example\r\n"

static char decoded[HTTP_DECODED_MAX];
static struct http_message message;
static struct http_refusal refusal;

/* 0, HTTP_READ_MORE, or the status of the refusal. */
static inline int read_cut(struct slice bytes, size_t first, size_t each)
{
	struct http_reader reader = { 0 };
	size_t dropped = 0;
	int r = HTTP_READ_MORE;

	for (size_t end = first; r == HTTP_READ_MORE; end += each) {
		size_t len = (end < bytes.len ? end : bytes.len) - dropped;

		r = http_head_read(&reader, slice_of(bytes.ptr + dropped, len), decoded,
			&message, &refusal);
		if (r == HTTP_READ_MORE)
			dropped += len - http_head_keep(&reader, len);
		if (end >= bytes.len)
			break;
	}
	return r == ERR_INVALID ? refusal.status : r;
}

static inline int read_bytes(struct slice bytes)
{
	int by_byte = read_cut(bytes, 1, 1);
	int whole = read_cut(bytes, bytes.len, 1);

	assert_int_equal(by_byte, whole);
	return whole;
}

static inline int read_text(const char *text)
{
	return read_bytes(slice_from(text));
}

static inline void assert_slice(struct slice s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.ptr, expected, s.len);
}

#define GET(fields) "GET / HTTP/1.1\r\n" HOST fields "\r\n"
