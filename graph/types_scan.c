/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_scan.c - the text of a type, piece by piece
 */
#include "graph/types_impl.h"

#include "base/arena.h"

struct slice type_scan_slice(const struct type_scan *scan, size_t from, size_t to)
{
	while (from < to && type_is_blank(scan->text.ptr[from]))
		from++;
	while (to > from && type_is_blank(scan->text.ptr[to - 1]))
		to--;
	return slice_of(scan->text.ptr + from, to - from);
}

/* What names go on with: behind it, a word is another word. */
static bool is_word(char c)
{
	char small = type_small_letter(c);

	return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-' || c == '.' || c == '$' || (unsigned char)c >= 0x80;
}

bool type_scan_words(struct type_scan *scan, const char *words)
{
	struct type_scan ahead = *scan;

	for (; *words; words++) {
		char c = type_scan_char(&ahead);

		if (*words == ' ' && type_is_blank(c))
			type_scan_blanks(&ahead);
		else if (*words != ' ' && type_small_letter(c) == *words)
			ahead.at++;
		else
			return false;
	}
	if (!type_scan_ended(&ahead) && is_word(type_scan_char(&ahead)))
		return false;
	*scan = ahead;
	return true;
}

/* Where a quoted text ends that begins at a place; the end if it does not. */
static size_t quoted_end(const struct type_scan *scan, size_t at)
{
	char quote = scan->text.ptr[at++];

	for (; at < scan->text.len; at++) {
		if (scan->text.ptr[at] != quote)
			continue;
		if (at + 1 == scan->text.len || scan->text.ptr[at + 1] != quote)
			return at;
		at++;
	}
	return at;
}

static bool is_quote(char c)
{
	return c == '"' || c == '`' || c == '\'';
}

void type_scan_skip(struct type_scan *scan)
{
	size_t depth = 0;

	for (; !type_scan_ended(scan); scan->at++) {
		char c = scan->text.ptr[scan->at];

		if (is_quote(c)) {
			scan->at = quoted_end(scan, scan->at);
			if (type_scan_ended(scan))
				return;
		} else if (c && strchr("(<[{", c)) {
			depth++;
		} else if (c && strchr(")>]}", c)) {
			if (depth-- == 0)
				return;
		} else if (c == ',' && !depth) {
			return;
		}
	}
}

int type_scan_quoted(struct type_scan *scan, struct arena *arena, struct slice *out)
{
	size_t start = scan->at + 1;
	size_t end = quoted_end(scan, scan->at);
	char quote = type_scan_char(scan);
	size_t len = 0;
	char *bytes;

	if (end >= scan->text.len)
		return 1;
	scan->at = end + 1;
	*out = slice_of(scan->text.ptr + start, end - start);
	if (!out->len || !memchr(out->ptr, quote, out->len))
		return 0;
	bytes = arena_alloc(arena, out->len);
	if (!bytes)
		return ERR_NOMEM;
	for (size_t i = 0; i < out->len; i++) {
		bytes[len++] = out->ptr[i];
		if (out->ptr[i] == quote)
			i++;
	}
	*out = slice_of(bytes, len);
	return 0;
}

bool type_scan_brackets(struct type_scan *scan)
{
	struct type_scan ahead = *scan;

	if (!type_scan_take(&ahead, '['))
		return false;
	type_scan_blanks(&ahead);
	while (type_scan_char(&ahead) >= '0' && type_scan_char(&ahead) <= '9')
		ahead.at++;
	if (!type_scan_take(&ahead, ']'))
		return false;
	*scan = ahead;
	return true;
}
