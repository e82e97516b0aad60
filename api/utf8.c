/* SPDX-License-Identifier: Apache-2.0 */

/*
 * utf8.c - the table of well-formed byte sequences, as code
 */
#include "api/utf8.h"

#include <stdint.h>

/* How long a sequence is, and the range of its second byte, by its first. */
struct lead {
	uint8_t length;
	uint8_t low;
	uint8_t high;
};

static struct lead lead_of(uint8_t c)
{
	if (c < 0x80)
		return (struct lead){ 1, 0, 0 };
	if (c < 0xc2 || c > 0xf4)
		return (struct lead){ 0, 0, 0 };
	if (c < 0xe0)
		return (struct lead){ 2, 0x80, 0xbf };
	if (c < 0xf0) {
		/* Not the overlong ones, and not the surrogates. */
		return (struct lead){ 3, c == 0xe0 ? 0xa0 : 0x80,
			c == 0xed ? 0x9f : 0xbf };
	}
	return (struct lead){ 4, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf };
}

size_t utf8_sequence(struct slice s)
{
	const uint8_t *p = (const uint8_t *)s.ptr;
	struct lead lead;

	if (s.len == 0)
		return 0;
	lead = lead_of(p[0]);
	if (lead.length <= 1)
		return lead.length;
	if (s.len < lead.length || p[1] < lead.low || p[1] > lead.high)
		return 0;
	for (size_t i = 2; i < lead.length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return lead.length;
}

bool utf8_valid(struct slice s)
{
	while (s.len > 0) {
		size_t n = utf8_sequence(s);

		if (n == 0)
			return false;
		s = slice_of(s.ptr + n, s.len - n);
	}
	return true;
}
