/* SPDX-License-Identifier: Apache-2.0 */

/*
 * escape.c - names written into a text format that gives some characters a meaning
 */
#include "api/escape.h"

#include "api/utf8.h"

/* U+FFFE and U+FFFF are no characters. */
static bool is_no_character(struct slice sequence)
{
	return sequence.len == 3 && memcmp(sequence.ptr, "\xef\xbf", 2) == 0 &&
	       (uint8_t)sequence.ptr[2] >= 0xbe;
}

void escape_write(struct buf *buf, struct slice name, escape_ascii *ascii)
{
	for (size_t i = 0; i < name.len;) {
		struct slice rest = slice_of(name.ptr + i, name.len - i);
		size_t n = utf8_sequence(rest);
		const char *text = n == 1 ? ascii((uint8_t)rest.ptr[0]) : NULL;

		rest.len = n;
		if (text)
			buf_str(buf, text);
		else if (n == 0 || is_no_character(rest))
			buf_str(buf, ESCAPE_BAD);
		else
			buf_slice(buf, rest);
		i += n ? n : 1;
	}
}
