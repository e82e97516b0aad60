/* SPDX-License-Identifier: Apache-2.0 */

/*
 * change_around.c - what happens to a field happens to the columns that it is in
 *
 * Who takes address as it is takes address.zip with it: a member that goes, comes
 * or changes its type makes another type of the column around it.
 */
#include "api/changein_impl.h"

#include "api/handlers.h"

/* The changes that were told, and behind them those that are added here. */
struct surrounding {
	struct changes_in *in;
	size_t begin;
	size_t end;
};

/* Makes a field's change one of a column around it: false when that stays as it is. */
static bool take_op(struct impact_change *change)
{
	struct type_verdict *types = &change->types;

	switch (change->op) {
	case OP_SET_NULLABLE:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		return true;
	case OP_RENAME_COLUMN:
		if (change->aliased)
			return false;
		*types = (struct type_verdict){ .change = TYPES_INCOMPATIBLE };
		break;
	case OP_DROP_COLUMN:
		*types = (struct type_verdict){ .change = TYPES_INCOMPATIBLE };
		break;
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
		*types = (struct type_verdict){ .change = TYPES_WIDENED, .reader = true };
		break;
	case OP_ALTER_TYPE:
		break;
	case OP_SET_NOT_NULL:
	case OP_DROP_DATASET:
	case OP_RENAME_DATASET:
		return false;
	}
	change->op = OP_ALTER_TYPE;
	return true;
}

/* Whether a column is changed by a word of its own, or in the same way already. */
static bool is_there(const struct surrounding *s, const struct impact_change *change)
{
	for (size_t i = s->begin; i < s->in->count; i++) {
		const struct impact_change *other = &s->in->list[i].change;

		if (other->dataset == change->dataset &&
			slice_equal(other->column, change->column) &&
			(i < s->end ||
				(other->op == change->op &&
					other->types.change == change->types.change)))
			return true;
	}
	return false;
}

/* The change of a field, as one of the column that its first len bytes name. */
static int change_around(const struct surrounding *s, const struct asked_change *told,
	const struct dataset_known *known, size_t len)
{
	struct slice column = told->change.column;
	struct asked_change around = { .change = told->change,
		.proposed = told->proposed };
	struct impact_change *change = &around.change;

	change->column = slice_of(column.ptr, len);
	change->field = column_known(known, change->column).field;
	if (!change->field || !take_op(change))
		return 0;
	change->types.path = slice_of(column.ptr + len + 1, column.len - len - 1);
	return is_there(s, change) ? 0 : changes_add(s->in, &around);
}

static int surround_one(const struct surrounding *s, size_t place)
{
	/* The list may move. */
	const struct asked_change told = s->in->list[place];
	struct slice column = told.change.column;
	const struct dataset_known *known;
	int r = dataset_known(s->in, told.change.dataset, &known);

	for (size_t len = column.len; !r && len-- > 1;) {
		if (column.ptr[len] == '.' && len + 1 < column.len)
			r = change_around(s, &told, known, len);
	}
	return r;
}

int changes_surround(struct changes_in *in, size_t begin)
{
	const struct surrounding s = { .in = in, .begin = begin, .end = in->count };
	int r = 0;

	for (size_t i = s.begin; i < s.end && !r; i++) {
		struct slice column = in->list[i].change.column;

		if (i > s.begin && call_is_late(in->call))
			r = ERR_BUSY;
		else if (column.len && memchr(column.ptr, '.', column.len))
			r = surround_one(&s, i);
	}
	return r;
}
