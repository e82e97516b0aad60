/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_parts.c - the parts of a type
 */
#include "graph/types_impl.h"

#include "base/arena.h"

#define PARTS_FIRST 4

int type_parts_add(
	struct type_parts *parts, struct arena *arena, const struct column_type *part)
{
	if (parts->count == parts->capacity) {
		size_t capacity = parts->capacity ? parts->capacity * 2 : PARTS_FIRST;
		struct column_type *list = arena_array(arena, capacity, sizeof(*list));

		if (!list)
			return ERR_NOMEM;
		if (parts->count)
			memcpy(list, parts->list, parts->count * sizeof(*list));
		parts->list = list;
		parts->capacity = capacity;
	}
	parts->list[parts->count++] = *part;
	return 0;
}

/* The characters of UTF-8. */
static uint64_t count_characters(struct slice text)
{
	uint64_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

void type_make_enum(const struct type_parts *values, struct column_type *out)
{
	*out = (struct column_type){
		.kind = KIND_STRING,
		.parts = values->list,
		.part_count = values->count,
		.length = 1,
	};
	for (size_t i = 0; i < values->count; i++) {
		uint64_t length = count_characters(values->list[i].name);

		if (length > out->length)
			out->length = length;
	}
}

int type_make_nested(
	const struct type_parts *parts, struct arena *arena, struct column_type *out)
{
	size_t wanted = out->kind == KIND_MAP ? 2 : 1;

	out->parts = parts->list;
	out->part_count = parts->count;
	if (out->kind == KIND_STRUCT || parts->count == wanted)
		return 0;
	if (parts->count) {
		*out = (struct column_type){ .name = out->name };
		return 0;
	}
	out->parts = arena_array(arena, wanted, sizeof(*out->parts));
	out->part_count = wanted;
	return out->parts ? 0 : ERR_NOMEM;
}
