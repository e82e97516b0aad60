/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_compare.c - what a change of type means, part by part
 *
 * Two types are walked together, with a stack of pairs of parts: those of structs
 * are paired by name, all others by place.
 */
#include "graph/types_impl.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdlib.h>

/* NULL: the part is not there. */
struct pair {
	const struct column_type *before;
	const struct column_type *after;
};

struct frame {
	enum type_kind kind; /* of the type that has the parts */
	struct pair *pairs;
	size_t count;
	size_t next;
};

struct comparison {
	struct arena *arena;
	struct type_verdict verdict;
	size_t depth;
	struct frame frames[COLUMN_TYPE_DEPTH_MAX];
};

/* What one pair adds to the verdict. */
struct finding {
	struct type_step step;
	bool storage;
	bool reader;
	bool sink;
};

static int compare_names(const void *a, const void *b)
{
	const struct column_type *const *left = a;
	const struct column_type *const *right = b;
	int order = slice_compare((*left)->name, (*right)->name);

	/* Parts of one name, or of none, stay in their order. */
	return order ? order : (*left > *right) - (*left < *right);
}

static const struct column_type **sort_parts(
	struct arena *arena, const struct column_type *type)
{
	const struct column_type **parts =
		arena_array(arena, type->part_count, sizeof(const struct column_type *));

	if (!parts)
		return NULL;
	for (size_t i = 0; i < type->part_count; i++)
		parts[i] = &type->parts[i];
	qsort(parts, type->part_count, sizeof(const struct column_type *), compare_names);
	return parts;
}

static bool same_names(const struct column_type *before, const struct column_type *after)
{
	if (before->part_count != after->part_count)
		return false;
	for (size_t i = 0; i < before->part_count; i++) {
		if (!slice_equal(before->parts[i].name, after->parts[i].name))
			return false;
	}
	return true;
}

static void pair_by_place(const struct column_type *before,
	const struct column_type *after, struct frame *frame)
{
	frame->count = before->part_count;
	for (size_t i = 0; i < frame->count; i++)
		frame->pairs[i] = (struct pair){ &before->parts[i], &after->parts[i] };
}

static int pair_by_name(struct arena *arena, const struct column_type *before,
	const struct column_type *after, struct frame *frame)
{
	const struct column_type **left = sort_parts(arena, before);
	const struct column_type **right = sort_parts(arena, after);
	size_t l = 0;
	size_t r = 0;

	if (!left || !right)
		return ERR_NOMEM;
	while (l < before->part_count || r < after->part_count) {
		int order = 0;

		if (l == before->part_count)
			order = 1;
		else if (r == after->part_count)
			order = -1;
		else
			order = slice_compare(left[l]->name, right[r]->name);
		frame->pairs[frame->count++] = (struct pair){
			order <= 0 ? left[l++] : NULL,
			order >= 0 ? right[r++] : NULL,
		};
	}
	return 0;
}

/* Pairs the parts of two types. */
static int pair_parts(struct arena *arena, const struct column_type *before,
	const struct column_type *after, struct frame *frame)
{
	size_t most;

	*frame = (struct frame){ .kind = before->kind };
	if (__builtin_add_overflow(before->part_count, after->part_count, &most))
		return ERR_NOMEM;
	frame->pairs = arena_array(arena, most, sizeof(*frame->pairs));
	if (!frame->pairs)
		return ERR_NOMEM;
	if (!same_names(before, after))
		return pair_by_name(arena, before, after, frame);
	pair_by_place(before, after, frame);
	return 0;
}

static void write_part_name(struct buf *out, const struct frame *frame)
{
	const struct pair *pair = &frame->pairs[frame->next - 1];
	struct slice name = pair->before ? pair->before->name : pair->after->name;

	if (frame->kind == KIND_ARRAY)
		buf_str(out, "_element");
	else if (frame->kind == KIND_MAP)
		buf_str(out, frame->next == 1 ? "key" : "value");
	else if (name.len)
		buf_slice(out, name);
	else
		buf_printf(out, "_%zu", frame->next - 1);
}

/* The path of the pair in work becomes the verdict's. */
static int set_path(struct comparison *comparison)
{
	struct slice *path = &comparison->verdict.path;
	struct buf out;
	int r;

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < comparison->depth; i++) {
		buf_str(&out, i ? "." : "");
		write_part_name(&out, &comparison->frames[i]);
	}
	r = buf_error(&out);
	if (!r) {
		*path = arena_dup(comparison->arena, buf_get(&out));
		r = path->ptr ? 0 : ERR_NOMEM;
	}
	buf_fini(&out);
	return r;
}

static int add_finding(struct comparison *comparison, const struct finding *finding)
{
	struct type_verdict *verdict = &comparison->verdict;

	verdict->storage = verdict->storage && finding->storage;
	verdict->reader = verdict->reader && finding->reader;
	verdict->sink = verdict->sink && finding->sink;
	verdict->grain = verdict->grain || finding->step.grain;
	if (!type_change_worse(finding->step.change, verdict->change))
		return 0;
	verdict->change = finding->step.change;
	return set_path(comparison);
}

/* A member that came, or one that is gone: tables may add and drop them. */
static int compare_membership(struct comparison *comparison, bool gone)
{
	struct finding finding = {
		.step.change = gone ? TYPES_INCOMPATIBLE : TYPES_WIDENED,
		.storage = true,
		.reader = !gone,
	};

	return add_finding(comparison, &finding);
}

/* Values that are gone narrow an enum, and values that came widen it. */
static int compare_enums(struct comparison *comparison, const struct pair *pair)
{
	struct finding finding = { .storage = true, .reader = true, .sink = true };
	struct frame values;
	int r = pair_parts(comparison->arena, pair->before, pair->after, &values);

	if (r)
		return r;
	for (size_t i = 0; i < values.count; i++) {
		if (!values.pairs[i].after) {
			finding.step.change = TYPES_NARROWED;
			finding.storage = false;
		} else if (!values.pairs[i].before) {
			finding.sink = false;
			if (finding.step.change == TYPES_SAME)
				finding.step.change = TYPES_WIDENED;
		}
	}
	return add_finding(comparison, &finding);
}

static bool is_nested(const struct column_type *type)
{
	return type->kind == KIND_ARRAY || type->kind == KIND_MAP ||
	       type->kind == KIND_STRUCT;
}

/* Stores turn what has no parts into a text; readers do not. */
static bool becomes_text(
	const struct column_type *before, const struct column_type *after)
{
	return after->kind == KIND_STRING && !after->length && !after->part_count &&
	       before->kind != KIND_STRING && before->kind != KIND_UNKNOWN &&
	       !is_nested(before);
}

static int compare_leaves(struct comparison *comparison, const struct pair *pair)
{
	struct type_step step = type_compare_scalars(pair->before, pair->after);
	struct type_step back = type_compare_scalars(pair->after, pair->before);
	struct finding finding = {
		.step = step,
		.storage = type_change_safe(step.change) ||
			   becomes_text(pair->before, pair->after),
		.reader =
			step.change != TYPES_INCOMPATIBLE && step.change != TYPES_UNKNOWN,
		.sink = type_change_safe(back.change),
	};

	return add_finding(comparison, &finding);
}

/* The parts of two nested types of one kind come next. */
static int open_frame(struct comparison *comparison, const struct pair *pair)
{
	int r;

	if (!pair->before->part_count || !pair->after->part_count ||
		comparison->depth == COLUMN_TYPE_DEPTH_MAX)
		return add_finding(
			comparison, &(struct finding){ .step.change = TYPES_UNKNOWN });
	/* Members are written by place, too: no other place for one is safe. */
	if (!same_names(pair->before, pair->after))
		comparison->verdict.sink = false;
	r = pair_parts(comparison->arena, pair->before, pair->after,
		&comparison->frames[comparison->depth]);
	if (!r)
		comparison->depth++;
	return r;
}

static int compare_pair(struct comparison *comparison, const struct pair *pair)
{
	if (!pair->before || !pair->after)
		return compare_membership(comparison, pair->before != NULL);
	if (is_nested(pair->before) && pair->before->kind == pair->after->kind)
		return open_frame(comparison, pair);
	if (pair->before->kind == KIND_STRING && pair->after->kind == KIND_STRING &&
		pair->before->part_count && pair->after->part_count)
		return compare_enums(comparison, pair);
	return compare_leaves(comparison, pair);
}

/* Goes to the next pair; NULL: there is none. */
static const struct pair *next_pair(struct comparison *comparison)
{
	while (comparison->depth) {
		struct frame *frame = &comparison->frames[comparison->depth - 1];

		if (frame->next < frame->count)
			return &frame->pairs[frame->next++];
		comparison->depth--;
	}
	return NULL;
}

int column_type_compare(const struct column_type *before, const struct column_type *after,
	struct arena *arena, struct type_verdict *out)
{
	struct comparison comparison = {
		.arena = arena,
		.verdict = { .storage = true, .reader = true, .sink = true },
	};
	const struct pair whole = { before, after };
	const struct pair *pair = &whole;

	for (; pair; pair = next_pair(&comparison)) {
		int r = compare_pair(&comparison, pair);

		if (r)
			return r;
	}
	*out = comparison.verdict;
	return 0;
}
