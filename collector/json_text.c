/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/json_text.h"

#include "collector/json_bytes.h"

#include <stdbool.h>
#include <stdio.h>

#define REPLACEMENT 0xfffdU

static unsigned hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* Reads a \u escape, both when they are a pair; *p is behind the \u. */
static unsigned code_point(const char **p, const char *end)
{
	unsigned high = hex4(*p);
	unsigned low;

	*p += 4;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high >= 0xdc00 || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return REPLACEMENT;
	low = hex4(*p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	*p += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static size_t utf8_encode(unsigned code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/*
 * Takes one byte, or one escape, from *p on; returns how many bytes it means:
 * never more than it took.
 */
static size_t decode_one(const char **p, const char *end, char out[4])
{
	static const char names[] = "bfnrt";
	static const char bytes[] = "\b\f\n\r\t";
	const char *name;
	char c = *(*p)++;

	out[0] = c;
	if (c != '\\')
		return 1;
	c = *(*p)++;
	if (c == 'u')
		return utf8_encode(code_point(p, end), out);
	name = strchr(names, c);
	out[0] = c;
	if (name)
		out[0] = bytes[name - names];
	return 1;
}

int text_decode(struct slice raw, struct arena *arena, struct slice *out)
{
	const char *p = raw.ptr;
	const char *end = raw.ptr + raw.len;
	char *text = arena_alloc(arena, raw.len);
	size_t len = 0;

	if (!text)
		return ERR_NOMEM;
	while (p < end)
		len += decode_one(&p, end, text + len);
	*out = slice_of(text, len);
	return 0;
}

/*
 * Levels below this one never fit into a fault: each takes two bytes at least.
 * Their brackets are counted all the same.
 */
#define LEVELS (TEXT_POINTER_MAX / 2)

struct level {
	bool object;
	bool named;	  /* the value of key is being read */
	struct slice key; /* raw */
	size_t index;
};

struct path {
	struct level levels[LEVELS];
	size_t depth;
};

static void path_push(struct path *path, char bracket)
{
	if (path->depth < LEVELS)
		path->levels[path->depth] = (struct level){ .object = bracket == '{' };
	path->depth++;
}

/* What one byte outside strings does to the path. */
static void path_step(struct path *path, char c)
{
	struct level *top = NULL;

	if (path->depth > 0 && path->depth <= LEVELS)
		top = &path->levels[path->depth - 1];
	if (c == '{' || c == '[') {
		path_push(path, c);
	} else if ((c == '}' || c == ']') && path->depth > 0) {
		path->depth--;
	} else if (c == ':' && top) {
		top->named = true;
	} else if (c == ',' && top) {
		top->named = false;
		top->index++;
	}
}

static void path_find(struct path *path, const char *p, const char *end)
{
	path->depth = 0;
	while (p < end) {
		const char *last;

		if (*p != '"') {
			path_step(path, *p++);
			continue;
		}
		last = bytes_string_end(p + 1, end);
		if (last == end)
			return;
		if (path->depth > 0 && path->depth <= LEVELS) {
			struct level *top = &path->levels[path->depth - 1];

			if (top->object && !top->named)
				top->key = slice_of(p + 1, (size_t)(last - p - 1));
		}
		p = last + 1;
	}
}

struct pointer {
	char *text; /* TEXT_POINTER_MAX bytes */
	size_t len;
};

/* Adds all bytes or none; false when there is no room. */
static bool pointer_add(struct pointer *pointer, const char *bytes, size_t n)
{
	if (pointer->len + n >= TEXT_POINTER_MAX)
		return false;
	memcpy(pointer->text + pointer->len, bytes, n);
	pointer->len += n;
	return true;
}

static bool pointer_add_key(struct pointer *pointer, struct slice raw)
{
	const char *p = raw.ptr;
	const char *end = raw.ptr + raw.len;
	bool room = pointer_add(pointer, "/", 1);

	while (room && p < end) {
		char bytes[4];
		size_t n = decode_one(&p, end, bytes);

		if (bytes[0] == '~')
			room = pointer_add(pointer, "~0", 2);
		else if (bytes[0] == '/')
			room = pointer_add(pointer, "~1", 2);
		else
			room = pointer_add(pointer, bytes, n);
	}
	return room;
}

void text_pointer(struct slice text, size_t offset, char where[TEXT_POINTER_MAX])
{
	struct pointer pointer = { .text = where };
	struct path path;
	bool room = true;

	path_find(&path, text.ptr, text.ptr + offset);
	for (size_t i = 0; room && i < path.depth && i < LEVELS; i++) {
		const struct level *level = &path.levels[i];
		char index[24];

		if (level->object && !level->named)
			break;
		if (level->object) {
			room = pointer_add_key(&pointer, level->key);
		} else {
			int n = snprintf(index, sizeof(index), "/%zu", level->index);

			room = pointer_add(&pointer, index, (size_t)n);
		}
	}
	where[pointer.len] = '\0';
}
