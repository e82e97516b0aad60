/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_part.c - parts of checked JSON text, as slices of it
 */
#include "collector/json_part.h"

#include "collector/json_text.h"

/* Passes over the value in front, and gives it. */
static bool take_value(struct scan *scan, struct slice *out)
{
	const char *at;

	(void)scan_peek(scan);
	at = scan->p;
	if (scan_skip(scan))
		return false;
	*out = slice_of(at, (size_t)(scan->p - at));
	return true;
}

void parts_init(struct json_parts *parts, struct slice array)
{
	scan_init(&parts->scan, array);
	parts->more = scan_peek(&parts->scan) == '[' && scan_enter(&parts->scan) == 0;
}

bool parts_next(struct json_parts *parts, struct slice *out)
{
	if (!parts->more || !take_value(&parts->scan, out))
		return false;
	parts->more = scan_more(&parts->scan) == 0;
	return true;
}

bool part_member(struct slice object, const char *name, struct slice *out)
{
	const struct slice wanted = slice_from(name);
	struct scan_string key;
	struct slice value;
	struct scan scan;
	bool found = false;

	scan_init(&scan, object);
	if (scan_peek(&scan) != '{')
		return false;
	for (int r = scan_enter(&scan); r == 0; r = scan_more(&scan)) {
		if (scan_key(&scan, &key) || !take_value(&scan, &value))
			return false;
		if (!slice_equal(key.raw, wanted))
			continue;
		*out = value;
		found = true;
	}
	return found;
}

int part_text(struct slice value, struct arena *arena, struct slice *out)
{
	struct slice raw;

	if (value.len < 2 || value.ptr[0] != '"')
		return 1;
	raw = slice_of(value.ptr + 1, value.len - 2);
	if (raw.len && memchr(raw.ptr, '\\', raw.len))
		return text_decode(raw, arena, out);
	*out = raw;
	return 0;
}
