/* SPDX-License-Identifier: Apache-2.0 */

/*
 * change_find.c - what an operation changes, by what stands
 */
#include "api/changein_impl.h"

#include "api/facetin.h"
#include "api/nodeout.h"

#include <stdlib.h>

/* An operation at hand. */
struct finding {
	struct changes_in *in;
	const struct told_op *told;
	const struct body_at *at;
	const struct dataset_known *known;
	struct asked_change change;
};

int dataset_known(
	struct changes_in *in, node_id dataset, const struct dataset_known **out)
{
	struct call *call = in->call;
	struct dataset_known *known = in->known;
	int r;

	while (known && known->dataset != dataset)
		known = known->next;
	*out = known;
	if (known)
		return 0;
	known = arena_array(call->arena, 1, sizeof(*known));
	if (!known)
		return ERR_NOMEM;
	known->dataset = dataset;
	r = facet_schema(call, dataset, &known->schema);
	if (!r)
		r = columns_named(call->snapshot, dataset, call->arena, &known->fields);
	if (r)
		return r;
	known->next = in->known;
	in->known = known;
	*out = known;
	return 0;
}

static int compare_fields(const void *a, const void *b)
{
	const struct column_field *x = a;
	const struct column_field *y = b;

	return slice_compare(x->name, y->name);
}

struct column_known column_known(const struct dataset_known *known, struct slice path)
{
	const struct column_field wanted = { .name = path };
	struct column_known column = { 0 };
	const struct column_field *field = NULL;

	for (size_t i = 0; i < known->schema.count && !column.told; i++) {
		if (slice_equal(known->schema.list[i].path, path))
			column.told = &known->schema.list[i];
	}
	if (known->fields.count)
		field = bsearch(&wanted, known->fields.list, known->fields.count,
			sizeof(wanted), compare_fields);
	column.field = field ? field->node : 0;
	return column;
}

int change_types(struct arena *arena, struct slice before, struct slice after,
	struct type_verdict *out)
{
	struct column_type was;
	struct column_type is;
	int r = column_type_read(before, arena, &was);

	if (!r)
		r = column_type_read(after, arena, &is);
	return r ? r : column_type_compare(&was, &is, arena, out);
}

static int note_column(struct finding *f, const char *text)
{
	return changes_note(f->in, f->told->dataset, f->told->column, "%s", text);
}

static int add(struct finding *f)
{
	return changes_add(f->in, &f->change);
}

static struct slice standing_type(const struct column_known *column)
{
	return column->told ? column->told->type : (struct slice){ 0 };
}

static int find_retyped(struct finding *f, const struct column_known *column)
{
	struct slice before = standing_type(column);
	int r = 0;

	if (f->told->from.ptr) {
		if (before.ptr && !slice_equal(before, f->told->from))
			r = changes_note(f->in, f->told->dataset, f->told->column,
				"the schema that stands gives it the type %.*s, and not "
				"the one in `from`",
				(int)(before.len < 100 ? before.len : 100), before.ptr);
		before = f->told->from;
	}
	f->change.type_before = before;
	f->change.type_after = f->told->type;
	if (!r && slice_equal(before, f->told->type))
		return note_column(f, "it has this type already");
	if (!r)
		r = change_types(f->in->call->arena, before, f->told->type,
			&f->change.change.types);
	if (r)
		return r;
	if (f->change.change.types.change == TYPES_SAME)
		return note_column(f, "its type is spelled otherwise, and the same");
	return add(f);
}

/* Whether the column is now what the operation would make it. */
static const char *why_nothing_changes(
	enum impact_op op, const struct column_known *column)
{
	enum nullability nullable =
		column->told ? column->told->nullable : NULLABLE_UNTOLD;

	if (op == OP_SET_NULLABLE && nullable == NULLABLE_YES)
		return "the schema that stands says that it is nullable";
	if (op == OP_SET_NOT_NULL && nullable == NULLABLE_NO)
		return "the schema that stands says that it is not nullable";
	return NULL;
}

static int find_renamed_column(struct finding *f)
{
	int r = 0;

	if (slice_equal(f->told->to, f->told->column))
		return note_column(f, "it has this name already");
	if (column_known(f->known, f->told->to).told)
		r = note_column(f, "the dataset has a column of the new name already");
	f->change.to = f->told->to;
	return r ? r : add(f);
}

static int refuse_column(struct finding *f)
{
	struct body_at column = body_member(f->at, "column");

	return changes_refuse(f->in, 404, &column,
		"its schema has no such column, and no lineage names it");
}

static int find_column(struct finding *f)
{
	const struct column_known column = column_known(f->known, f->told->column);
	const char *nothing = why_nothing_changes(f->told->op, &column);
	int r = 0;

	if (!column.told && !column.field) {
		if (f->known->schema.count)
			return refuse_column(f);
		r = note_column(f, "the dataset has no schema, and no lineage names this "
				   "column: nothing is known of it");
	}
	if (r)
		return r;
	f->change.change.field = column.field;
	if (nothing)
		return note_column(f, nothing);
	if (f->told->op == OP_ALTER_TYPE)
		return find_retyped(f, &column);
	if (f->told->op == OP_RENAME_COLUMN)
		return find_renamed_column(f);
	return add(f);
}

static int find_added(struct finding *f)
{
	const struct column_known column = column_known(f->known, f->told->column);
	int r = 0;

	if (column.told)
		r = note_column(f, "the schema that stands has this column already");
	f->change.change.field = column.field;
	f->change.type_after = f->told->type;
	return r ? r : add(f);
}

/* A symlink may tell the new name already. */
static int find_renamed_dataset(struct finding *f)
{
	struct body_at to = body_member(f->at, "to");
	struct node_key key = { .kind = NODE_DATASET, .name = f->told->to };
	struct snapshot *snapshot = f->in->call->snapshot;
	struct entity dataset;
	bool covered;
	node_id known;
	int r = node_get(f->in->call, f->told->dataset, &dataset);

	if (r)
		return r;
	key.namespace =
		f->told->to_namespace.len ? f->told->to_namespace : dataset.key.namespace;
	if (slice_equal(key.name, dataset.key.name) &&
		slice_equal(key.namespace, dataset.key.namespace))
		return changes_refuse(f->in, 400, &to, "is the name that it has");
	f->change.to = f->told->to;
	f->change.to_namespace = f->told->to_namespace;
	r = entity_find(snapshot->txn, &key, &known);
	if (r < 0)
		return r;
	covered = r == 0 && image_canonical(snapshot->image, known) == f->told->dataset;
	if (!f->told->aliased_told)
		f->change.change.aliased = covered;
	if (r == 0 && !covered)
		r = note_column(f, "there is a dataset of the new name already");
	return r < 0 ? r : add(f);
}

int change_find(
	struct changes_in *in, const struct told_op *told, const struct body_at *at)
{
	struct finding f = {
		.in = in,
		.told = told,
		.at = at,
		.change.change = { .op = told->op,
			.dataset = told->dataset,
			.column = told->column,
			.aliased = told->aliased },
	};
	int r = dataset_known(in, told->dataset, &f.known);

	if (r)
		return r;
	switch (told->op) {
	case OP_DROP_DATASET:
		return add(&f);
	case OP_RENAME_DATASET:
		return find_renamed_dataset(&f);
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
		return find_added(&f);
	case OP_DROP_COLUMN:
	case OP_RENAME_COLUMN:
	case OP_ALTER_TYPE:
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		break;
	}
	return find_column(&f);
}
