/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_jsonscan.c - members that are scanned are those that jansson reads
 *
 * Of what is JSON, each member is cut out, read by jansson and put together again:
 * the same comes of it.  Of what is none, nothing is read beyond its end.
 */
#include "api/jsonscan.h"

#include "api/json_auto.h"

#include <stdint.h>
#include <stdlib.h>

#define FLAGS	  (JSON_ALLOW_NUL | JSON_DECODE_ANY)
#define ARENA_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
	if (!truth)
		abort();
}

/* Strings are decoded as jansson does it. */
static void check_text(struct slice value, const json_t *read, struct arena *arena)
{
	struct slice text;
	int r = jsonscan_text(value, arena, &text);

	require(r == (json_is_string(read) ? 0 : 1));
	if (r == 0)
		require(slice_equal(text,
			slice_of(json_string_value(read), json_string_length(read))));
}

static void put_together(
	struct slice name, struct slice value, json_t *into, struct arena *arena)
{
	json_t *read = json_loadb(value.ptr, value.len, FLAGS, NULL);
	struct slice key;

	require(read != NULL);
	check_text(value, read, arena);
	if (json_is_array(into)) {
		require(json_array_append_new(into, read) == 0);
		return;
	}
	require(jsonscan_text(slice_of(name.ptr - 1, name.len + 2), arena, &key) == 0);
	require(json_object_setn_new(into, key.ptr, key.len, read) == 0);
}

static void check(struct slice text, const json_t *read, struct arena *arena)
{
	AUTO(json)
	json_t *again = json_is_array(read) ? json_array() : json_object();
	struct jsonscan scan;
	struct slice name;
	struct slice value;

	jsonscan_init(&scan, text);
	while (jsonscan_next(&scan, &name, &value))
		put_together(name, value, again, arena);
	require(json_equal(again, read));
}

static void scan_anything(struct slice text, struct arena *arena)
{
	struct jsonscan scan;
	struct slice name;
	struct slice value;
	struct slice decoded;

	jsonscan_init(&scan, text);
	while (jsonscan_next(&scan, &name, &value)) {
		require(value.ptr >= text.ptr);
		require(value.ptr + value.len <= text.ptr + text.len);
		(void)!jsonscan_text(value, arena, &decoded);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 << 10, ARENA_MAX);
	AUTO(json) json_t *read = NULL;
	struct slice text = slice_of(data, size);

	require(arena != NULL);
	scan_anything(text, arena);
	read = json_loadb((const char *)data, size, FLAGS, NULL);
	if (json_is_object(read) || json_is_array(read))
		check(text, read, arena);
	return 0;
}
