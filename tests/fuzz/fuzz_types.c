/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_types.c - any text is a type, and any two lines are a change of one
 */
#include "base/arena.h"
#include "base/buf.h"
#include "graph/types.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool is_nested(const struct column_type *type)
{
	return type->kind == KIND_ARRAY || type->kind == KIND_MAP ||
	       type->kind == KIND_STRUCT;
}

static void check_one(const struct column_type *type)
{
	require(type->kind != KIND_ARRAY || type->part_count == 1);
	require(type->kind != KIND_MAP || type->part_count == 2);
	require(is_nested(type) || type->kind == KIND_STRING || !type->part_count);
	require(type->kind != KIND_INTEGER || type->bits);
	require(type->kind != KIND_FLOAT || type->bits);
	require(type->bits <= type->bits_max);
	require(type->precision >= 0 || type->kind == KIND_TIME ||
		type->kind == KIND_TIMESTAMP || type->kind == KIND_INTERVAL);
}

/* Every type in it is sound, and none is too deep. */
static void check_type(const struct column_type *type)
{
	const struct column_type *stack[COLUMN_TYPE_DEPTH_MAX + 1];
	size_t next[COLUMN_TYPE_DEPTH_MAX + 1] = { 0 };
	size_t depth = 0;

	stack[0] = type;
	check_one(type);
	for (;;) {
		const struct column_type *part;

		while (!is_nested(stack[depth]) ||
			next[depth] == stack[depth]->part_count) {
			if (depth == 0)
				return;
			depth--;
		}
		require(depth < COLUMN_TYPE_DEPTH_MAX);
		part = &stack[depth]->parts[next[depth]++];
		check_one(part);
		stack[++depth] = part;
		next[depth] = 0;
	}
}

static struct column_type read_type(struct arena *arena, struct slice text)
{
	struct column_type type;

	require(column_type_read(text, arena, &type) == 0);
	check_type(&type);
	return type;
}

/* What is written is read as the same, and written alike. */
static void check_written(struct arena *arena, const struct column_type *type)
{
	struct column_type again;
	struct buf first;
	struct buf second;

	buf_init(&first, SIZE_MAX);
	buf_init(&second, SIZE_MAX);
	column_type_write(&first, type);
	require(buf_error(&first) == 0);
	if (first.len <= COLUMN_TYPE_BYTES_MAX) {
		again = read_type(arena, buf_get(&first));
		require(again.kind == type->kind);
		require(again.part_count == type->part_count);
		column_type_write(&second, &again);
		require(buf_error(&second) == 0);
		require(slice_equal(buf_get(&first), buf_get(&second)));
	}
	buf_fini(&first);
	buf_fini(&second);
}

static void check_change(struct arena *arena, const struct column_type *before,
	const struct column_type *after)
{
	struct type_verdict verdict;
	struct type_verdict back;

	require(column_type_compare(before, after, arena, &verdict) == 0);
	require(column_type_compare(after, before, arena, &back) == 0);
	switch (verdict.change) {
	case TYPES_SAME:
		require(verdict.storage && verdict.reader && !verdict.path.len);
		require(back.change == TYPES_SAME);
		break;
	case TYPES_WIDENED:
		require(verdict.storage && verdict.reader);
		require(back.change != TYPES_SAME);
		break;
	case TYPES_LOSSY:
	case TYPES_NARROWED:
		require(!verdict.storage);
		break;
	case TYPES_INCOMPATIBLE:
	case TYPES_UNKNOWN:
		require(!verdict.reader && !verdict.sink);
		break;
	}
	require(back.change != TYPES_SAME || verdict.change == TYPES_SAME);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(65536, 1 << 30);
	const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
	size_t first = newline ? (size_t)(newline - data) : size;
	struct type_verdict verdict;
	struct column_type before;
	struct column_type after;

	require(arena != NULL);
	before = read_type(arena, slice_of(data, first));
	after = read_type(arena, slice_of(data + first, size - first));
	check_written(arena, &before);
	check_change(arena, &before, &after);
	require(column_type_compare(&before, &before, arena, &verdict) == 0);
	require(verdict.change == TYPES_SAME || verdict.change == TYPES_UNKNOWN);
	return 0;
}
