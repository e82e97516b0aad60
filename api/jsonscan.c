/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jsonscan.c - single members of stored JSON, without a tree
 */
#include "api/jsonscan.h"

#include "api/jsonw.h"
#include "api/params.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct jsonscan *scan)
{
	while (scan->at < scan->text.len && is_blank(scan->text.ptr[scan->at]))
		scan->at++;
}

void jsonscan_init(struct jsonscan *scan, struct slice text)
{
	*scan = (struct jsonscan){ .text = jsonw_without_mark(text) };
	skip_blanks(scan);
	if (scan->at == scan->text.len)
		return;
	if (scan->text.ptr[scan->at] == '{' || scan->text.ptr[scan->at] == '[')
		scan->open = scan->text.ptr[scan->at++];
}

/* Behind the string that begins at `at`. */
static size_t string_end(struct slice text, size_t at)
{
	for (at++; at < text.len && text.ptr[at] != '"'; at++) {
		if (text.ptr[at] == '\\')
			at++;
	}
	return at < text.len ? at + 1 : text.len;
}

static bool ends_value(char c)
{
	return c == ',' || c == '}' || c == ']' || is_blank(c);
}

/* Behind the value that begins at `at`. */
static size_t value_end(struct slice text, size_t at)
{
	size_t depth = 0;

	while (at < text.len) {
		char c = text.ptr[at];

		if (c == '"') {
			at = string_end(text, at);
			if (depth == 0)
				return at;
			continue;
		}
		if (depth == 0 && ends_value(c))
			return at;
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at;
	}
	return text.len;
}

static bool take_char(struct jsonscan *scan, char c)
{
	skip_blanks(scan);
	if (scan->at == scan->text.len || scan->text.ptr[scan->at] != c)
		return false;
	scan->at++;
	return true;
}

static bool take_name(struct jsonscan *scan, struct slice *name_out)
{
	size_t begin = scan->at;

	if (begin == scan->text.len || scan->text.ptr[begin] != '"')
		return false;
	scan->at = string_end(scan->text, begin);
	if (scan->at - begin < 2)
		return false;
	*name_out = slice_of(scan->text.ptr + begin + 1, scan->at - begin - 2);
	return take_char(scan, ':');
}

bool jsonscan_next(struct jsonscan *scan, struct slice *name_out, struct slice *value_out)
{
	size_t begin;

	*name_out = (struct slice){ 0 };
	if (!scan->open)
		return false;
	(void)take_char(scan, ',');
	skip_blanks(scan);
	if (scan->open == '{' && !take_name(scan, name_out))
		return false;
	skip_blanks(scan);
	begin = scan->at;
	scan->at = value_end(scan->text, begin);
	*value_out = slice_of(scan->text.ptr + begin, scan->at - begin);
	return value_out->len > 0;
}

bool jsonscan_member(struct slice object, struct slice name, struct slice *value_out)
{
	struct jsonscan scan;
	struct slice at;
	struct slice value;
	bool found = false;

	jsonscan_init(&scan, object);
	while (scan.open == '{' && jsonscan_next(&scan, &at, &value)) {
		if (!slice_equal(at, name))
			continue;
		*value_out = value;
		found = true;
	}
	return found;
}

/* The number that four hexadecimal digits at `at` make, or -1. */
static int hex_four(struct slice text, size_t at)
{
	int value = 0;

	if (text.len < 4 || at > text.len - 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		int digit = hex_value(text.ptr[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 63));
	out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* The character of "uXXXX" at `at`, with its second half when it has one. */
static uint32_t read_escape(struct slice text, size_t *at)
{
	int high = hex_four(text, *at + 1);
	int low;

	if (high < 0)
		return 0xfffd;
	*at += 5;
	if (high < 0xd800 || high > 0xdfff)
		return (uint32_t)high;
	if (high > 0xdbff || *at + 1 >= text.len || text.ptr[*at] != '\\' ||
		text.ptr[*at + 1] != 'u')
		return 0xfffd;
	low = hex_four(text, *at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 6;
	return 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
}

static char plain_escape(char c)
{
	static const char meant[256] = {
		['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'
	};
	char plain = meant[(unsigned char)c];

	if (plain)
		return plain;
	return c;
}

int jsonscan_text(struct slice value, struct arena *arena, struct slice *out)
{
	struct slice text;
	char *copy;
	size_t n = 0;

	if (value.len < 2 || value.ptr[0] != '"')
		return 1;
	text = slice_of(value.ptr + 1, value.len - 2);
	/* No escape is shorter than what it means. */
	copy = arena_alloc(arena, text.len + 4);
	if (!copy)
		return ERR_NOMEM;
	for (size_t at = 0; at < text.len;) {
		char c = text.ptr[at++];

		if (c != '\\' || at == text.len)
			copy[n++] = c;
		else if (text.ptr[at] == 'u' && hex_four(text, at + 1) >= 0)
			n += put_utf8(copy + n, read_escape(text, &at));
		else
			copy[n++] = plain_escape(text.ptr[at++]);
	}
	*out = slice_of(copy, n);
	return 0;
}
