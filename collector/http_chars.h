/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_chars.h - the character classes of RFC 9110 and RFC 3986 that we accept
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Membership of the ASCII characters as two words of bits, lowest first. */
static inline bool http_in_class(unsigned char c, uint64_t low, uint64_t high)
{
	return c < 128 && (((c < 64 ? low : high) >> (c & 63)) & 1);
}

/* tchar: letters, digits and !#$%&'*+-.^_`|~ */
static inline bool http_is_token(char c)
{
	return http_in_class((unsigned char)c, UINT64_C(0x03ff6cfa00000000),
		UINT64_C(0x57ffffffc7fffffe));
}

/* Printable ASCII but for the space and "<>\^{|}# */
static inline bool http_is_target(char c)
{
	return http_in_class((unsigned char)c, UINT64_C(0xaffffff200000000),
		UINT64_C(0x47ffffffafffffff));
}

/* In a query browsers leave \^{|} as they are typed. */
static inline bool http_is_query(char c)
{
	return http_is_target(c) || c == '\\' || c == '^' || (c >= '{' && c <= '}');
}

/* VCHAR, space, tab and obs-text. */
static inline bool http_is_value(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x20 ? u != 0x7f : u == '\t';
}

static inline bool http_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool http_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
static inline int http_hex(char c)
{
	if (http_is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
