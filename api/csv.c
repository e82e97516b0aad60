/* SPDX-License-Identifier: Apache-2.0 */

/*
 * csv.c - cells of a table in text (RFC 4180)
 */
#include "api/csv.h"

#include "api/escape.h"

static const char *escape(uint8_t c)
{
	if (c == '"')
		return "\"\"";
	return c == '\0' ? ESCAPE_BAD : NULL;
}

/* Spreadsheets in East Asian languages take the wide forms as well. */
static bool is_formula(struct slice text)
{
	static const struct slice wide[] = { { "\xef\xbc\x9d", 3 }, { "\xef\xbc\x8b", 3 },
		{ "\xef\xbc\x8d", 3 }, { "\xef\xbc\xa0", 3 } };

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (slice_starts(text, wide[i]))
			return true;
	}
	return text.len > 0 && text.ptr[0] != '\0' && strchr("=+-@\t\r\n", text.ptr[0]);
}

static bool needs_quotes(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\0' && strchr(",\"\r\n ", text.ptr[i]))
			return true;
	}
	return false;
}

void csv_cell(struct buf *buf, struct slice text)
{
	bool quotes = needs_quotes(text);

	if (quotes)
		buf_byte(buf, '"');
	if (is_formula(text))
		buf_byte(buf, '\'');
	escape_write(buf, text, escape);
	if (quotes)
		buf_byte(buf, '"');
}
