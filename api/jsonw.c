/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jsonw.c - JSON, written as a stream into a buffer
 *
 * Nearly all text needs no escapes, so strings are copied run by run: the end
 * of a run is looked for 16 bytes at a time where the machine can.
 */
#define _GNU_SOURCE /* memmem; NOLINT(readability-identifier-naming) */
#include "api/jsonw.h"

#include "api/utf8.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void jsonw_init(struct jsonw *w, struct buf *buf)
{
	w->buf = buf;
	w->comma = false;
}

/* Nearly always there is room already. */
static inline char *room(struct buf *buf, size_t n)
{
	if (LIKELY(!buf->err && buf->cap - buf->len >= n))
		return buf->data + buf->len;
	return buf_reserve(buf, n);
}

/* Room for a comma and n bytes; the comma is written when one is due. */
static inline char *value_reserve(struct jsonw *w, size_t n)
{
	char *out = room(w->buf, n + 1);

	if (out && w->comma) {
		*out++ = ',';
		buf_advance(w->buf, 1);
	}
	w->comma = true;
	return out;
}

static inline void put_byte(struct buf *buf, char c)
{
	char *out = room(buf, 1);

	if (out) {
		*out = c;
		buf_advance(buf, 1);
	}
}

static inline void value_bytes(struct jsonw *w, const char *bytes, size_t n)
{
	char *out = value_reserve(w, n);

	if (out && n) {
		memcpy(out, bytes, n);
		buf_advance(w->buf, n);
	}
}

void jsonw_object(struct jsonw *w)
{
	value_bytes(w, "{", 1);
	w->comma = false;
}

void jsonw_object_end(struct jsonw *w)
{
	put_byte(w->buf, '}');
	w->comma = true;
}

void jsonw_array(struct jsonw *w)
{
	value_bytes(w, "[", 1);
	w->comma = false;
}

void jsonw_array_end(struct jsonw *w)
{
	put_byte(w->buf, ']');
	w->comma = true;
}

void jsonw_key_plain(struct jsonw *w, struct slice name)
{
	char *out = value_reserve(w, name.len + 3);

	w->comma = false;
	if (!out)
		return;
	out[0] = '"';
	memcpy(out + 1, name.ptr, name.len);
	out[name.len + 1] = '"';
	out[name.len + 2] = ':';
	buf_advance(w->buf, name.len + 3);
}

void jsonw_key_slice(struct jsonw *w, struct slice name)
{
	jsonw_string(w, name);
	buf_byte(w->buf, ':');
	w->comma = false;
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* How many bytes at the front of p are plain, counted in steps of 16 if at all. */
static size_t plain_blocks(const char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i slash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);

	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* As signed bytes, those from 0x80 on are less than a space too. */
		__m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, space),
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		int mask = _mm_movemask_epi8(odd);

		if (mask)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#else
	(void)p;
	(void)n;
#endif
	return i;
}

/* How many bytes at the front of s can be copied as they are. */
static size_t copy_run(struct slice s)
{
	size_t i = plain_blocks(s.ptr, s.len);

	while (i < s.len) {
		size_t n;

		if (is_plain((uint8_t)s.ptr[i])) {
			i++;
			continue;
		}
		if ((uint8_t)s.ptr[i] < 0x80)
			break;
		n = utf8_sequence(slice_of(s.ptr + i, s.len - i));
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

/* Writes the one byte that ended a run. */
static void escape_byte(struct buf *buf, uint8_t c)
{
	static const char short_form[256] = { ['"'] = '"',
		['\\'] = '\\',
		['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't' };
	static const char hex[] = "0123456789abcdef";

	if (c >= 0x80) {
		buf_bytes(buf, "\xef\xbf\xbd", 3);
	} else if (short_form[c]) {
		buf_bytes(buf, (char[]){ '\\', short_form[c] }, 2);
	} else {
		buf_bytes(buf, (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] },
			6);
	}
}

/* A string that begins with n plain bytes; after them, run by run. */
static void string_with_escapes(struct jsonw *w, struct slice s, size_t n)
{
	value_bytes(w, "\"", 1);
	for (;;) {
		buf_bytes(w->buf, s.ptr, n);
		if (n == s.len)
			break;
		escape_byte(w->buf, (uint8_t)s.ptr[n]);
		s = slice_of(s.ptr + n + 1, s.len - n - 1);
		n = copy_run(s);
	}
	put_byte(w->buf, '"');
}

void jsonw_string(struct jsonw *w, struct slice s)
{
	size_t n = copy_run(s);
	char *out;

	if (n < s.len) {
		string_with_escapes(w, s, n);
		return;
	}
	out = value_reserve(w, n + 2);
	if (!out)
		return;
	*out++ = '"';
	if (n)
		memcpy(out, s.ptr, n);
	out[n] = '"';
	buf_advance(w->buf, n + 2);
}

void jsonw_text(struct jsonw *w, const char *text)
{
	jsonw_string(w, slice_from(text));
}

void jsonw_uint(struct jsonw *w, uint64_t value)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	value_bytes(w, text + at, sizeof(text) - at);
}

void jsonw_bool(struct jsonw *w, bool value)
{
	if (value)
		value_bytes(w, "true", 4);
	else
		value_bytes(w, "false", 5);
}

void jsonw_null(struct jsonw *w)
{
	value_bytes(w, "null", 4);
}

void jsonw_time(struct jsonw *w, int64_t us)
{
	char text[TIME_TEXT_MAX + 2];
	size_t n = strlen(time_format(us, text + 1));

	text[0] = '"';
	text[n + 1] = '"';
	value_bytes(w, text, n + 2);
}

struct slice jsonw_without_mark(struct slice text)
{
	struct slice mark = SLICE("\xef\xbb\xbf");

	if (!slice_starts(text, mark))
		return text;
	return slice_of(text.ptr + mark.len, text.len - mark.len);
}

/* Bytes of the string that s begins with, both quotes included. */
static size_t string_length(struct slice s)
{
	size_t i = 1;

	while (i < s.len && s.ptr[i] != '"')
		i += s.ptr[i] == '\\' ? 2 : 1;
	return i < s.len ? i + 1 : s.len;
}

/* Bytes of the value at the front of s that JSON does not know, else 0. */
static size_t odd_number(struct slice s)
{
	if (slice_starts(s, SLICE("NaN")))
		return 3;
	if (slice_starts(s, SLICE("Infinity")))
		return 8;
	return slice_starts(s, SLICE("-Infinity")) ? 9 : 0;
}

static void write_without_odd_numbers(struct buf *buf, struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		struct slice rest = slice_of(s.ptr + i, s.len - i);
		size_t odd = odd_number(rest);

		if (odd == 0) {
			i += rest.ptr[0] == '"' ? string_length(rest) : 1;
			continue;
		}
		buf_bytes(buf, s.ptr, i);
		buf_bytes(buf, "null", 4);
		s = slice_of(rest.ptr + odd, rest.len - odd);
		i = 0;
	}
	buf_slice(buf, s);
}

void jsonw_stored(struct jsonw *w, struct slice text)
{
	text = jsonw_without_mark(text);
	if (text.len == 0) {
		jsonw_null(w);
		return;
	}
	if (!memmem(text.ptr, text.len, "NaN", 3) &&
		!memmem(text.ptr, text.len, "Infinity", 8)) {
		value_bytes(w, text.ptr, text.len);
		return;
	}
	value_bytes(w, "", 0);
	write_without_odd_numbers(w->buf, text);
}
