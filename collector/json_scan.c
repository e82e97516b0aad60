/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Inside, a position is passed in and the one behind what was read is
 * returned, NULL when the text is wrong there: so it stays in a register.
 */
#include "collector/json_scan.h"

#include "collector/json_bytes.h"

static const char byte_order_mark[] = { '\xef', '\xbb', '\xbf' };

static const char *refuse(struct scan *scan, const char *at, const char *why)
{
	scan->err = ERR_INVALID;
	scan->at = at;
	scan->why = why;
	return NULL;
}

/* Another token than the one at p was due. */
static const char *refuse_token(struct scan *scan, const char *p, const char *why)
{
	if (p == scan->end)
		why = "the text ends inside an array or object";
	return refuse(scan, p, why);
}

static const char *refuse_size(struct scan *scan, const char *at, const char *why)
{
	refuse(scan, at, why);
	scan->err = ERR_TOO_LARGE;
	return NULL;
}

/* The byte at p, 0 at the end: no token begins or goes on with NUL. */
static inline char byte_at(const struct scan *scan, const char *p)
{
	return LIKELY(p < scan->end) ? *p : 0;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * The length of the UTF-8 sequence at p whose first byte is not ASCII, or 0
 * when it is none (RFC 3629: nothing overlong, no surrogates, up to U+10FFFF).
 */
static size_t utf8_length(const char *p, const char *end)
{
	unsigned char lead = (unsigned char)p[0];
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (lead < 0xc2 || lead > 0xf4 || (size_t)(end - p) < len)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	if ((unsigned char)p[1] < low || (unsigned char)p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Reads four hexadecimal digits at p; returns -1 when they are not. */
static int hex4(const struct scan *scan, const char *p)
{
	int value = 0;

	if (scan->end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = (unsigned char)p[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* p is behind \u. */
static const char *unicode_escape(struct scan *scan, const char *p)
{
	int code = hex4(scan, p);
	int low = -1;

	if (code < 0)
		return refuse(scan, p, "four hexadecimal digits must follow \\u");
	p += 4;
	if (code == 0)
		scan->odd |= SCAN_ODD_NUL;
	if (code < 0xd800 || code > 0xdfff)
		return p;
	if (code < 0xdc00 && scan->end - p >= 6 && p[0] == '\\' && p[1] == 'u')
		low = hex4(scan, p + 2);
	if (low >= 0xdc00 && low <= 0xdfff)
		return p + 6;
	scan->odd |= SCAN_ODD_SURROGATE;
	return p;
}

/* Passes over what is not plain in a string: an escape, or a run beyond ASCII. */
static const char *special(struct scan *scan, const char *p)
{
	size_t len;

	if (p == scan->end)
		return refuse(scan, p, "the text ends inside a string");
	if (*p == '\\') {
		char c = byte_at(scan, p + 1);

		if (c == 'u')
			return unicode_escape(scan, p + 2);
		if (c && strchr("\"\\/bfnrt", c))
			return p + 2;
		return refuse(scan, p, "there is no such escape");
	}
	if ((unsigned char)*p < 0x20)
		return refuse(scan, p, "a control byte in a string must be escaped");
	do {
		len = utf8_length(p, scan->end);
		if (len == 0)
			return refuse(scan, p, "these bytes are not UTF-8");
		p += len;
	} while (p < scan->end && (unsigned char)*p >= 0x80);
	return p;
}

/* p is behind the opening quote; returns the closing one. */
static inline const char *string_end(struct scan *scan, const char *p, bool *escaped)
{
	for (;;) {
		p = bytes_plain_end(p, scan->end);
		if (LIKELY(p < scan->end && *p == '"'))
			return p;
		if (p < scan->end && *p == '\\')
			*escaped = true;
		p = special(scan, p);
		if (!p)
			return NULL;
	}
}

static const char *literal(struct scan *scan, const char *p, struct slice word)
{
	if ((size_t)(scan->end - p) < word.len || memcmp(p, word.ptr, word.len) != 0)
		return refuse(scan, p, "a value must begin here");
	return p + word.len;
}

static const char *digits(struct scan *scan, const char *p)
{
	if (!is_digit(byte_at(scan, p)))
		return refuse(scan, p, "a digit must follow");
	while (p < scan->end && is_digit(*p))
		p++;
	return p;
}

/* p is behind 'e' or 'E'. */
static const char *exponent(struct scan *scan, const char *p)
{
	const char *first;

	if (byte_at(scan, p) == '+' || byte_at(scan, p) == '-')
		p++;
	first = p;
	p = digits(scan, p);
	if (p && p - first > 2)
		scan->odd |= SCAN_ODD_NUMBER;
	return p;
}

/* How many bytes of number a 64-bit integer has at most, and a bit less. */
#define NUMBER_PLAIN_MAX 18

static const char *number(struct scan *scan, const char *p)
{
	const char *first = p;

	if (*p == '-')
		p++;
	if (byte_at(scan, p) == 'I') {
		scan->odd |= SCAN_ODD_NAN;
		return literal(scan, p, SLICE("Infinity"));
	}
	p = byte_at(scan, p) == '0' ? p + 1 : digits(scan, p);
	if (p && byte_at(scan, p) == '.')
		p = digits(scan, p + 1);
	if (p && (byte_at(scan, p) | 0x20) == 'e')
		p = exponent(scan, p + 1);
	if (p && p - first > NUMBER_PLAIN_MAX)
		scan->odd |= SCAN_ODD_NUMBER;
	return p;
}

/* Anything that is not a string, an array or an object. */
static const char *scalar(struct scan *scan, const char *p)
{
	switch (*p) {
	case 't':
		return literal(scan, p, SLICE("true"));
	case 'f':
		return literal(scan, p, SLICE("false"));
	case 'n':
		return literal(scan, p, SLICE("null"));
	case 'N':
		scan->odd |= SCAN_ODD_NAN;
		return literal(scan, p, SLICE("NaN"));
	default:
		if (*p == '-' || *p == 'I' || is_digit(*p))
			return number(scan, p);
		return refuse(scan, p, "a value must begin here");
	}
}

/* p is where a key must be; returns what is behind its colon. */
static inline const char *key_end(
	struct scan *scan, const char *p, struct scan_string *out)
{
	const char *first;

	p = bytes_space_end(p, scan->end);
	if (UNLIKELY(byte_at(scan, p) != '"'))
		return refuse_token(scan, p, "a member's name in quotes must be here");
	first = p + 1;
	out->escaped = false;
	p = string_end(scan, first, &out->escaped);
	if (UNLIKELY(!p))
		return NULL;
	out->raw = slice_of(first, (size_t)(p - first));
	p = bytes_space_end(p + 1, scan->end);
	if (UNLIKELY(byte_at(scan, p) != ':'))
		return refuse_token(scan, p, "a colon must be here");
	return p + 1;
}

/*
 * p is at a bracket.  Returns what is behind it, or behind the closing one
 * when the array or object is empty: depth tells.
 */
static inline const char *enter(struct scan *scan, const char *p)
{
	char closer = *p == '{' ? '}' : ']';

	if (UNLIKELY(scan->depth == SCAN_DEPTH_MAX))
		return refuse_size(scan, p, "arrays and objects are nested too deeply");
	p = bytes_space_end(p + 1, scan->end);
	if (byte_at(scan, p) == closer)
		return p + 1;
	scan->closers[++scan->depth] = closer;
	if (scan->depth == SCAN_DEPTH_MAX)
		scan->odd |= SCAN_ODD_DEEP;
	return p;
}

static const char *refuse_separator(struct scan *scan, const char *p)
{
	bool object = scan->closers[scan->depth] == '}';

	return refuse_token(
		scan, p, object ? "',' or '}' must be here" : "',' or ']' must be here");
}

/*
 * p is behind a value.  Closes what ends here, down to floor; unless that is
 * reached, returns where the next value must be.
 */
static inline const char *leave(struct scan *scan, const char *p, size_t floor)
{
	struct scan_string key;

	while (scan->depth > floor) {
		p = bytes_space_end(p, scan->end);
		if (byte_at(scan, p) == ',') {
			p++;
			if (scan->closers[scan->depth] == '}')
				p = key_end(scan, p, &key);
			return p;
		}
		if (UNLIKELY(byte_at(scan, p) != scan->closers[scan->depth]))
			return refuse_separator(scan, p);
		scan->depth--;
		p++;
	}
	return p;
}

static inline bool count_value(struct scan *scan, const char *p)
{
	if (LIKELY(++scan->values <= SCAN_VALUES_MAX))
		return true;
	refuse_size(scan, p, "there are too many values");
	return false;
}

/* Counts the value that begins at p and passes over it, or over its bracket. */
static inline const char *value_begin(struct scan *scan, const char *p)
{
	bool escaped;

	if (UNLIKELY(p == scan->end))
		return refuse(scan, p, "the text ends where a value must be");
	if (UNLIKELY(!count_value(scan, p)))
		return NULL;
	if (*p == '"') {
		p = string_end(scan, p + 1, &escaped);
		return p ? p + 1 : NULL;
	}
	if (*p == '{' || *p == '[')
		return enter(scan, p);
	return scalar(scan, p);
}

static const char *skip(struct scan *scan, const char *p)
{
	const size_t floor = scan->depth;
	struct scan_string key;

	do {
		size_t depth = scan->depth;

		p = value_begin(scan, bytes_space_end(p, scan->end));
		if (!p)
			return NULL;
		if (scan->depth == depth)
			p = leave(scan, p, floor);
		else if (scan->closers[scan->depth] == '}')
			p = key_end(scan, p, &key);
		if (!p)
			return NULL;
	} while (scan->depth > floor);
	return p;
}

/* Moves on to p; the end of every call. */
static int advance(struct scan *scan, const char *p)
{
	if (!p)
		return scan->err;
	scan->p = p;
	return 0;
}

void scan_init(struct scan *scan, struct slice text)
{
	struct slice mark = slice_of(byte_order_mark, sizeof(byte_order_mark));

	scan->begin = text.ptr;
	scan->end = text.len ? text.ptr + text.len : text.ptr;
	scan->p = text.ptr;
	scan->depth = 0;
	scan->values = 0;
	scan->odd = 0;
	scan->err = 0;
	if (slice_starts(text, mark)) {
		scan->p += mark.len;
		scan->odd = SCAN_ODD_MARK;
	}
}

char scan_peek(struct scan *scan)
{
	scan->p = bytes_space_end(scan->p, scan->end);
	return byte_at(scan, scan->p);
}

int scan_skip(struct scan *scan)
{
	return advance(scan, skip(scan, scan->p));
}

int scan_take_string(struct scan *scan, struct scan_string *out)
{
	const char *first = scan->p + 1;
	const char *last;

	out->escaped = false;
	last = string_end(scan, first, &out->escaped);
	if (!last || !count_value(scan, scan->p))
		return scan->err;
	out->raw = slice_of(first, (size_t)(last - first));
	return advance(scan, last + 1);
}

int scan_enter(struct scan *scan)
{
	size_t depth = scan->depth;
	const char *p = enter(scan, scan->p);

	if (!p || !count_value(scan, scan->p))
		return scan->err;
	scan->p = p;
	return scan->depth == depth;
}

int scan_key(struct scan *scan, struct scan_string *out)
{
	return advance(scan, key_end(scan, scan->p, out));
}

int scan_more(struct scan *scan)
{
	const char *p = bytes_space_end(scan->p, scan->end);

	if (byte_at(scan, p) == ',') {
		scan->p = p + 1;
		return 0;
	}
	if (byte_at(scan, p) != scan->closers[scan->depth]) {
		refuse_separator(scan, p);
		return scan->err;
	}
	scan->depth--;
	scan->p = p + 1;
	return 1;
}

int scan_finish(struct scan *scan)
{
	const char *p = bytes_space_end(scan->p, scan->end);

	if (p != scan->end) {
		refuse(scan, p, "the text goes on behind its value");
		return scan->err;
	}
	return advance(scan, p);
}

int scan_text(struct scan *scan, struct slice text)
{
	int r;

	scan_init(scan, text);
	r = scan_skip(scan);
	return r ? r : scan_finish(scan);
}
