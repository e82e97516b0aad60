/* SPDX-License-Identifier: Apache-2.0 */

/*
 * slice.h - borrowed bytes: a pointer and a length
 *
 * A slice owns nothing and is not NUL-terminated.  Names in this program are
 * exact bytes (they may hold NUL): compare them as slices, never as strings.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct slice {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })

static inline struct slice slice_of(const void *ptr, size_t len)
{
	return (struct slice){ ptr, len };
}

static inline struct slice slice_from(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Order of bytes, as memcmp; a prefix comes first. */
static inline int slice_compare(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (r)
		return r;
	return (a.len > b.len) - (a.len < b.len);
}

/* Equal but for the case of ASCII letters: for HTTP's words, never for names. */
static inline bool slice_equal_nocase(struct slice s, const char *text)
{
	return s.len == strlen(text) &&
	       (s.len == 0 || strncasecmp(s.ptr, text, s.len) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}
