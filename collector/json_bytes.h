/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_bytes.h - looking at many bytes of JSON text at once
 *
 * Most of an event is the inside of strings, so the one question worth vector
 * instructions is where a run of plain bytes ends: at a quote, a backslash, a
 * control byte or a byte that is not ASCII.  SSE2 is part of every x86-64;
 * other machines take eight bytes at a time in a register.
 */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(HEADWATER_NO_SSE2)
#include <emmintrin.h>
#define BYTES_SSE2 1
#else
#define BYTES_SSE2 0
#endif

static inline bool byte_is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' &&
	       c != '\\';
}

static inline bool byte_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#if BYTES_SSE2

#define BYTES_STEP 16

/* A bit for the first byte that is not plain, perhaps for others; bit 0 is p[0]. */
static inline unsigned bytes_special(const char *p)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
	__m128i escape = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
	/* Signed, so that bytes from 0x80 on are below the space too. */
	__m128i low = _mm_cmplt_epi8(x, _mm_set1_epi8(0x20));

	return (unsigned)_mm_movemask_epi8(
		_mm_or_si128(low, _mm_or_si128(quote, escape)));
}

/* The same for what is no white space. */
static inline unsigned bytes_dark(const char *p)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i blank = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')),
		_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
	__m128i other = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\t')),
		_mm_cmpeq_epi8(x, _mm_set1_epi8('\r')));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(blank, other)) ^ 0xffffU;
}

#else

#define BYTES_STEP 8

#define BYTES_ONES  UINT64_C(0x0101010101010101)
#define BYTES_HIGHS UINT64_C(0x8080808080808080)

/* Sets the high bit of the first byte of x that is 0, if any, and perhaps others. */
static inline uint64_t bytes_zero(uint64_t x)
{
	return (x - BYTES_ONES) & ~x & BYTES_HIGHS;
}

static inline unsigned bytes_special(const char *p)
{
	uint64_t x;
	uint64_t hits;

	memcpy(&x, p, sizeof(x));
	x = le64toh(x);
	hits = bytes_zero(x ^ BYTES_ONES * '"') | bytes_zero(x ^ BYTES_ONES * '\\') |
	       ((x - BYTES_ONES * 0x20) & ~x & BYTES_HIGHS) | (x & BYTES_HIGHS);
	/* A borrow may add hits behind the first one: only that one is sure. */
	return hits ? 1U << __builtin_ctzll(hits) / 8 : 0;
}

static inline unsigned bytes_dark(const char *p)
{
	uint64_t x;
	unsigned mask = 0;

	memcpy(&x, p, sizeof(x));
	if (x == BYTES_ONES * ' ')
		return 0;
	for (unsigned i = 0; i < sizeof(x); i++)
		mask |= (unsigned)!byte_is_space(p[i]) << i;
	return mask;
}

#endif

/* Where the run of plain bytes from p on ends, at most at end. */
static inline const char *bytes_plain_end(const char *p, const char *end)
{
	while (end - p >= BYTES_STEP) {
		unsigned special = bytes_special(p);

		if (special)
			return p + __builtin_ctz(special);
		p += BYTES_STEP;
	}
	while (p < end && byte_is_plain(*p))
		p++;
	return p;
}

/* Where the run of white space from p on ends, at most at end. */
static inline const char *bytes_space_end(const char *p, const char *end)
{
	/* Mostly there is none, or one space. */
	if (p < end && (unsigned char)*p > ' ')
		return p;
	if (end - p >= 2 && *p == ' ' && (unsigned char)p[1] > ' ')
		return p + 1;
	while (end - p >= BYTES_STEP) {
		unsigned dark = bytes_dark(p);

		if (dark)
			return p + __builtin_ctz(dark);
		p += BYTES_STEP;
	}
	while (p < end && byte_is_space(*p))
		p++;
	return p;
}

/*
 * The quote that closes the string that p is in, or end.  What is between is
 * not looked at: this is for text that was checked, or will be.
 */
static inline const char *bytes_string_end(const char *p, const char *end)
{
	for (;;) {
		p = bytes_plain_end(p, end);
		if (p == end || *p == '"')
			return p;
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	}
}
