/* SPDX-License-Identifier: Apache-2.0 */

/*
 * text.c - printable UTF-8 out of any bytes
 */
#include "graph/base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How long the character that starts with this byte is; 0 when none does. */
static size_t length_by_lead(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if ((lead & 0xf0) == 0xe0)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/*
 * The second byte is where overlong forms, surrogates and what is beyond
 * U+10FFFF show; C1 controls too, which some terminals obey.
 */
static bool second_fits(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xc2:
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

/* Length of the printable character at p, 0 when there is none. */
static size_t printable(const unsigned char *p, size_t left)
{
	size_t n = length_by_lead(*p);

	if (n == 1)
		return *p >= 0x20 && *p != 0x7f;
	if (n == 0 || n > left || !second_fits(p[0], p[1]))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

static void clean(char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t n = printable((const unsigned char *)text + i, len - i);

		if (n == 0) {
			text[i] = '?';
			n = 1;
		}
		i += n;
	}
}

/* The greatest length up to len that does not end inside a character. */
static size_t whole_characters(const char *text, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)text[len - back];

		if ((c & 0xc0) == 0x80)
			continue;
		return length_by_lead(c) > back ? len - back : len;
	}
	return len;
}

size_t text_vformat(char *out, size_t size, const char *fmt, va_list args)
{
	int wanted = vsnprintf(out, size, fmt, args);
	size_t len;

	if (wanted < 0) {
		out[0] = '\0';
		return 0;
	}
	len = (size_t)wanted;
	if (len >= size) {
		len = whole_characters(out, size - 1);
		out[len] = '\0';
	}
	clean(out, len);
	return len;
}

size_t text_format(char *out, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = text_vformat(out, size, fmt, args);
	va_end(args);
	return len;
}
