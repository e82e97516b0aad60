/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_scan.c - hops, methods and patterns
 */
#include "graph/select_scan.h"

#include <string.h>

/* A pattern with marks is matched against every name. */
#define MARKED_BYTES_MAX 1024

int scan_place_fault(struct select_scan *scan, size_t at)
{
	if (scan->fault) {
		scan->fault->offset = at;
		scan->fault->has_offset = true;
	}
	return ERR_INVALID;
}

int scan_fault(struct select_scan *scan, size_t at, const char *why)
{
	(void)fault_set(scan->fault, "", "%s", why);
	return scan_place_fault(scan, at);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void scan_skip_blanks(struct select_scan *scan)
{
	while (!scan_at_end(scan) && is_blank(scan->text.ptr[scan->at]))
		scan->at++;
}

bool scan_ends_operand(const struct select_scan *scan, size_t at)
{
	char c;

	if (at == scan->text.len)
		return true;
	c = scan->text.ptr[at];
	return is_blank(c) || c == ',' || c == ')';
}

static size_t skip_digits(const struct select_scan *scan, size_t at)
{
	while (at < scan->text.len && is_digit(scan->text.ptr[at]))
		at++;
	return at;
}

/* The number of hops between two places; none is written: all. */
static uint32_t read_hops(const struct select_scan *scan, size_t from, size_t end)
{
	uint32_t hops = 0;

	if (from == end)
		return DEPTH_ALL;
	for (size_t i = from; i < end; i++) {
		if (__builtin_mul_overflow(hops, 10U, &hops) ||
			__builtin_add_overflow(
				hops, (uint32_t)(scan->text.ptr[i] - '0'), &hops))
			return DEPTH_ALL;
	}
	return hops;
}

bool scan_hops_before(struct select_scan *scan, uint32_t *hops_out)
{
	size_t end = skip_digits(scan, scan->at);

	if (end == scan->text.len || scan->text.ptr[end] != '+')
		return false;
	*hops_out = read_hops(scan, scan->at, end);
	scan->at = end + 1;
	return true;
}

bool scan_hops_behind(struct select_scan *scan, uint32_t *hops_out)
{
	size_t start;

	if (!scan_take(scan, '+'))
		return false;
	start = scan->at;
	scan->at = skip_digits(scan, start);
	*hops_out = read_hops(scan, start, scan->at);
	return true;
}

struct method_name {
	const char *text;
	enum select_method method;
};

static const struct method_name method_names[] = {
	{ "name", METHOD_NAME },
	{ "ns", METHOD_NS },
	{ "field", METHOD_FIELD },
	{ "owner", METHOD_OWNER },
	{ "tag", METHOD_TAG },
	{ "kind", METHOD_KIND },
	{ "edge", METHOD_EDGE },
	{ "seen", METHOD_SEEN },
};

int scan_method(struct select_scan *scan, enum select_method *out)
{
	size_t end = scan->at;
	struct slice word;

	*out = METHOD_NAME;
	while (end < scan->text.len &&
		((scan->text.ptr[end] >= 'a' && scan->text.ptr[end] <= 'z') ||
			scan->text.ptr[end] == '_'))
		end++;
	word = slice_of(scan->text.ptr + scan->at, end - scan->at);
	if (!word.len || end == scan->text.len || scan->text.ptr[end] != ':')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(method_names); i++) {
		if (slice_equal(word, slice_from(method_names[i].text))) {
			*out = method_names[i].method;
			scan->at = end + 1;
			return 0;
		}
	}
	if (slice_starts(
		    slice_of(scan->text.ptr + end, scan->text.len - end), SLICE("://")))
		return 0;
	return scan_fault(scan, scan->at,
		"no such method: ns, name, field, owner, tag, kind, edge, seen; "
		"a name with ':' is put in double quotes");
}

/* A pattern under construction; there is room for all of it. */
struct pattern {
	char *bytes;
	uint8_t *marks;
	size_t len;
	size_t prefix;
	bool marked;
};

static void pattern_add(struct pattern *pattern, char c, enum glob_mark mark)
{
	pattern->bytes[pattern->len] = c;
	pattern->marks[pattern->len++] = (uint8_t)mark;
	if (mark != GLOB_BYTE)
		pattern->marked = true;
	else if (!pattern->marked)
		pattern->prefix = pattern->len;
}

/* What is between double quotes, the first of which was taken. */
static int read_quoted(struct select_scan *scan, struct pattern *pattern)
{
	size_t open = scan->at - 1;

	while (!scan_at_end(scan)) {
		char c = scan->text.ptr[scan->at++];

		if (c == '"' && !scan_take(scan, '"'))
			return 0;
		pattern_add(pattern, c, GLOB_BYTE);
	}
	return scan_fault(scan, open, "expected '\"' behind this one");
}

/* A '+' with hops at most until the operand ends. */
static bool at_suffix(const struct select_scan *scan)
{
	return scan_at_char(scan, '+') &&
	       scan_ends_operand(scan, skip_digits(scan, scan->at + 1));
}

static int read_character(struct select_scan *scan, struct pattern *pattern)
{
	char c = scan->text.ptr[scan->at++];

	switch (c) {
	case '"':
		return read_quoted(scan, pattern);
	case '(':
		return scan_fault(
			scan, scan->at - 1, "'(' in a pattern is put in double quotes");
	case '*':
		pattern_add(pattern, c, GLOB_ANY);
		return 0;
	case '?':
		pattern_add(pattern, c, GLOB_ONE);
		return 0;
	case '\\':
		if (scan_at_end(scan))
			return scan_fault(
				scan, scan->at - 1, "expected a character behind '\\'");
		c = scan->text.ptr[scan->at++];
		break;
	}
	pattern_add(pattern, c, GLOB_BYTE);
	return 0;
}

/* More bytes than the pattern here will have. */
static size_t pattern_bound(const struct select_scan *scan)
{
	bool quoted = false;
	size_t end = scan->at;

	for (; end < scan->text.len && (quoted || !scan_ends_operand(scan, end)); end++) {
		if (scan->text.ptr[end] == '"')
			quoted = !quoted;
		else if (scan->text.ptr[end] == '\\' && !quoted &&
			 end + 1 < scan->text.len)
			end++;
	}
	return end - scan->at;
}

int scan_pattern(struct select_scan *scan, struct glob *out)
{
	size_t start = scan->at;
	size_t bound = pattern_bound(scan);
	struct pattern pattern = { 0 };

	if (scan_ends_operand(scan, scan->at) || at_suffix(scan))
		return scan_fault(scan, scan->at, "expected a pattern");
	pattern.bytes = arena_alloc(scan->arena, bound);
	pattern.marks = arena_alloc(scan->arena, bound);
	if (!pattern.bytes || !pattern.marks)
		return ERR_NOMEM;
	while (!scan_ends_operand(scan, scan->at) && !at_suffix(scan)) {
		int r = read_character(scan, &pattern);

		if (r)
			return r;
	}
	if (pattern.marked && pattern.len > MARKED_BYTES_MAX)
		return scan_fault(
			scan, start, "a pattern with '*' or '?' is 1 024 bytes at most");
	*out = (struct glob){ pattern.bytes, pattern.marks, pattern.len, pattern.prefix };
	return 0;
}
