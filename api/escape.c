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

void escape_write_short(
	struct buf *buf, struct slice name, size_t max, escape_ascii *ascii)
{
	size_t n = max;

	if (name.len <= max) {
		escape_write(buf, name, ascii);
		return;
	}
	/* Not within a character; what is none has no such bytes in a row. */
	while (n > 0 && max - n < 4 && ((uint8_t)name.ptr[n] & 0xc0) == 0x80)
		n--;
	escape_write(buf, slice_of(name.ptr, n), ascii);
	buf_str(buf, "\xe2\x80\xa6");
}

/* XML 1.0 has no way to write most control characters. */
const char *escape_xml(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	case '\t':
		return "&#9;";
	default:
		return c < 0x20 ? ESCAPE_BAD : NULL;
	}
}

/* '#...;' is an entity: whatever means something to Mermaid, Markdown or HTML is one. */
const char *escape_mermaid(uint8_t c)
{
	switch (c) {
	case '"':
		return "#quot;";
	case '#':
		return "#35;";
	case '&':
		return "#amp;";
	case '<':
		return "#lt;";
	case '>':
		return "#gt;";
	case '`':
		return "#96;";
	case '\\':
		return "#92;";
	case '\n':
	case '\r':
	case '\t':
		return " ";
	default:
		return c < 0x20 || c == 0x7f ? ESCAPE_BAD : NULL;
	}
}
