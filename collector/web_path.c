/* SPDX-License-Identifier: Apache-2.0 */

/*
 * web_path.c - which file a path asks for
 *
 * A path is cut at its slashes before it is decoded.  A name that has a slash
 * or a backslash once it is decoded, or a control byte, or that begins with a
 * dot, is the name of nothing.
 */
#include "collector/http_chars.h"
#include "collector/web.h"

#include <string.h>

#define PAGE "index.html"

_Static_assert(sizeof(PAGE) <= WEB_NAME_MAX, "the page's name has room");

/* Where the page's own router is at home; * is any name. */
static const char *const pages[] = {
	"/",
	"/jobs",
	"/datasets",
	"/events",
	"/lineage/*/*/*",
	"/datasets/column-level/*/*",
};

/* Cuts the segment off the front of a path that begins with '/'. */
static struct slice take_segment(struct slice *path)
{
	const char *start = path->ptr + 1;
	const char *end = memchr(start, '/', path->len - 1);
	size_t n = end ? (size_t)(end - start) : path->len - 1;

	*path = slice_of(start + n, path->len - 1 - n);
	return slice_of(start, n);
}

static bool is_page(const char *page, struct slice path)
{
	struct slice rest = slice_from(page);

	while (rest.len > 0 && path.len > 0) {
		struct slice want = take_segment(&rest);
		struct slice have = take_segment(&path);

		if (slice_equal(want, SLICE("*")) ? have.len == 0
						  : !slice_equal(want, have))
			return false;
	}
	return rest.len == 0 && path.len == 0;
}

static bool is_any_page(struct slice path)
{
	if (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (is_page(pages[i], path))
			return true;
	}
	return false;
}

/* The next byte of a segment, decoded; -1: it is none that a name here may have. */
static int take_byte(struct slice *segment)
{
	bool escaped = segment->ptr[0] == '%';
	size_t n = escaped ? 3 : 1;
	int c = (unsigned char)segment->ptr[0];

	if (segment->len < n)
		return -1;
	if (escaped) {
		int high = http_hex(segment->ptr[1]);
		int low = http_hex(segment->ptr[2]);

		c = high < 0 || low < 0 ? -1 : high << 4 | low;
	}
	*segment = slice_of(segment->ptr + n, segment->len - n);
	return c < 0x20 || c == 0x7f || c == '/' || c == '\\' ? -1 : c;
}

/* Appends a segment's name; false when it is none, or there is no room. */
static bool put_name(struct slice segment, char name[WEB_NAME_MAX], size_t *len)
{
	size_t start = *len;

	while (segment.len > 0) {
		int c = take_byte(&segment);

		/* Behind this byte a slash or the NUL must fit. */
		if (c < 0 || *len + 1 >= WEB_NAME_MAX)
			return false;
		name[(*len)++] = (char)c;
	}
	return *len > start && name[start] != '.';
}

/* What has no file shall not be mistaken for one that is missing. */
static bool is_api(struct slice path)
{
	return slice_equal(take_segment(&path), SLICE("api"));
}

static bool put_names(struct slice path, char name[WEB_NAME_MAX])
{
	size_t len = 0;

	for (;;) {
		if (!put_name(take_segment(&path), name, &len))
			return false;
		if (path.len == 0)
			break;
		name[len++] = '/';
	}
	name[len] = '\0';
	return true;
}

enum web_kind web_find(struct slice raw_path, char name[WEB_NAME_MAX])
{
	if (raw_path.len == 0 || raw_path.ptr[0] != '/' || is_api(raw_path))
		return WEB_NONE;
	if (slice_equal(raw_path, SLICE("/healthcheck")))
		return WEB_ALIVE;
	if (is_any_page(raw_path)) {
		memcpy(name, PAGE, sizeof(PAGE));
		return WEB_PAGE;
	}
	return put_names(raw_path, name) ? WEB_FILE : WEB_NONE;
}
