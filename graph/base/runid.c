/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runid.c - every way to write a UUID, and names that are none
 */
#include "base/runid.h"

#include <stdbool.h>
#include <uuid/uuid.h>

#define PLAIN_LEN  32
#define HYPHEN_LEN 36

/* The name space of derived run ids; another one would make other runs of them. */
static const unsigned char derived_space[16] = {
	0x6f, 0x1d, 0x2b, 0x0e, 0x53, 0x9c, 0x4c, 0x7a, //
	0x9e, 0x41, 0x0d, 0x8a, 0xc7, 0x35, 0x1b, 0x92, //
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Prefixes of URNs have no case. */
static struct slice without_urn(struct slice text)
{
	static const char urn[] = "urn:uuid:";
	size_t n = sizeof(urn) - 1;

	if (text.len < n)
		return text;
	for (size_t i = 0; i < n; i++) {
		char c = text.ptr[i];

		if ((c >= 'A' && c <= 'Z' ? (c | 0x20) : c) != urn[i])
			return text;
	}
	return slice_of(text.ptr + n, text.len - n);
}

static struct slice without_braces(struct slice text)
{
	if (text.len < 2 || text.ptr[0] != '{' || text.ptr[text.len - 1] != '}')
		return text;
	return slice_of(text.ptr + 1, text.len - 2);
}

static bool hyphen_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static bool read_uuid(struct slice text, struct runid *out)
{
	const char *p = text.ptr;
	bool hyphens = text.len == HYPHEN_LEN;

	if (!hyphens && text.len != PLAIN_LEN)
		return false;
	for (size_t i = 0; i < sizeof(out->bytes); i++) {
		int high;
		int low;

		if (hyphens && hyphen_before(i) && *p++ != '-')
			return false;
		high = hex_value(*p++);
		low = hex_value(*p++);
		if (high < 0 || low < 0)
			return false;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int runid_from_text(struct slice text, struct runid *out)
{
	if (read_uuid(without_braces(without_urn(text)), out))
		return 0;
	uuid_generate_sha1(out->bytes, derived_space, text.ptr ? text.ptr : "", text.len);
	return 1;
}

char *runid_format(const struct runid *id, char text[RUNID_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	char *p = text;

	for (size_t i = 0; i < sizeof(id->bytes); i++) {
		if (hyphen_before(i))
			*p++ = '-';
		*p++ = digits[id->bytes[i] >> 4];
		*p++ = digits[id->bytes[i] & 0xf];
	}
	*p = '\0';
	return text;
}

void runid_random(struct runid *out)
{
	uuid_generate_random(out->bytes);
}
