/* SPDX-License-Identifier: Apache-2.0 */

/*
 * shrink.c - the least of an event that still shows something
 */
#include "tests/model/shrink.h"

#include "base/attr.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 2048

static bool is_needed(const char *key, const json_t *value)
{
	static const char *const keys[] = { "eventTime", "eventType", "run", "runId",
		"job", "dataset", "note", "namespace", "name" };

	for (size_t i = 0; i < ARRAY_LEN(keys) && !json_is_array(value); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

/* Objects and arrays of an event, outer ones first. */
struct parts {
	json_t *list[PARTS_MAX];
	size_t count;
};

static void add_part(struct parts *parts, json_t *value)
{
	if (!json_is_object(value) && !json_is_array(value))
		return;
	assert(parts->count < PARTS_MAX);
	parts->list[parts->count++] = value;
}

static bool take_member(json_t *object, size_t *nth)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (is_needed(key, value) || (*nth)-- > 0)
			continue;
		(void)json_object_del(object, key);
		return true;
	}
	return false;
}

static bool take_item(json_t *array, size_t *nth)
{
	size_t count = json_array_size(array);

	if (*nth < count) {
		(void)json_array_remove(array, *nth);
		return true;
	}
	*nth -= count;
	return false;
}

/* Takes away the nth of all members and items; false when there are not so many. */
static bool take(json_t *event, size_t nth)
{
	struct parts parts = { .count = 0 };
	const char *key;
	json_t *value;
	size_t k;

	add_part(&parts, event);
	for (size_t i = 0; i < parts.count; i++) {
		json_t *part = parts.list[i];

		if (json_is_object(part) ? take_member(part, &nth)
					 : take_item(part, &nth))
			return true;
		/* Of a note every part is needed. */
		json_object_foreach(part, key, value)
		{
			if (strcmp(key, "note") != 0)
				add_part(&parts, value);
		}
		json_array_foreach(part, k, value) add_part(&parts, value);
	}
	return false;
}

char *shrink_event(const char *text, shrink_shows *shows, void *ctx)
{
	json_t *event = json_loads(text, 0, NULL);
	size_t nth = 0;
	char *out;

	assert(event);
	for (;;) {
		json_t *less = json_deep_copy(event);
		char *written;

		assert(less);
		if (!take(less, nth)) {
			json_decref(less);
			break;
		}
		written = json_dumps(less, JSON_COMPACT);
		assert(written);
		if (shows(ctx, written)) {
			json_decref(event);
			event = json_incref(less);
		} else {
			nth++;
		}
		free(written);
		json_decref(less);
	}
	out = json_dumps(event, JSON_COMPACT);
	assert(out);
	json_decref(event);
	return out;
}
