/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_nulls.c - an object without the members that say nothing
 *
 * Commas are not copied but put: where a value or a name follows another.
 */
#include "collector/json_nulls.h"

#include "collector/json_bytes.h"

static bool is_mark(char c)
{
	return c == '{' || c == '}' || c == '[' || c == ']' || c == ':' || c == ',';
}

/* Behind a string, one of the six marks, or a word: a number, true, NaN. */
static const char *token_end(const char *p, const char *end)
{
	if (*p == '"') {
		p = bytes_string_end(p + 1, end);
		return p + (p < end);
	}
	if (is_mark(*p))
		return p + 1;
	while (p < end && !is_mark(*p) && !byte_is_space(*p))
		p++;
	return p;
}

static bool follows_another(const struct buf *out, size_t begin, char first)
{
	char last = '{';

	if (out->len > begin)
		last = out->data[out->len - 1];
	return first != '}' && first != ']' && last != '{' && last != '[' && last != ':';
}

void json_copy_without_nulls(struct slice text, struct buf *out)
{
	const char *end = text.len ? text.ptr + text.len : text.ptr;
	const char *p = bytes_space_end(text.ptr, end);
	size_t begin = out->len;
	size_t token = begin; /* where the last one, with its comma, begins */

	while (p < end) {
		const char *next = token_end(p, end);

		if (*p == ':' && *bytes_space_end(next, end) == 'n') {
			out->len = token;
			next = token_end(bytes_space_end(next, end), end);
		} else if (*p != ',') {
			token = out->len;
			if (*p != ':' && follows_another(out, begin, *p))
				buf_byte(out, ',');
			buf_bytes(out, p, (size_t)(next - p));
		}
		p = bytes_space_end(next, end);
	}
}
