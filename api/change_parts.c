/* SPDX-License-Identifier: Apache-2.0 */

/*
 * change_parts.c - what happens to a column happens to the fields in it
 *
 * A field belongs to the longest told column that it is in: what is told of
 * that one happens to it.
 */
#include "api/changein_impl.h"

#include "api/handlers.h"

/* The changes that were told: those of the list before any is added here. */
struct spreading {
	struct changes_in *in;
	size_t begin;
	size_t end;
};

/* Cuts a name and the dot behind it off the front of a path. */
static bool take_name(struct slice *path, struct slice name)
{
	if (slice_equal(*path, name)) {
		*path = (struct slice){ 0 };
		return true;
	}
	if (!name.len || !column_has_within(name, *path))
		return false;
	*path = slice_of(path->ptr + name.len + 1, path->len - name.len - 1);
	return true;
}

/* The name of a part in paths, as in the schema facet. */
static struct slice part_name(const struct column_type *type, size_t part)
{
	switch (type->kind) {
	case KIND_ARRAY:
		return SLICE("_element");
	case KIND_MAP:
		return part ? SLICE("value") : SLICE("key");
	case KIND_UNKNOWN:
	case KIND_BOOLEAN:
	case KIND_INTEGER:
	case KIND_DECIMAL:
	case KIND_FLOAT:
	case KIND_STRING:
	case KIND_BINARY:
	case KIND_DATE:
	case KIND_TIME:
	case KIND_TIMESTAMP:
	case KIND_INTERVAL:
	case KIND_UUID:
	case KIND_JSON:
	case KIND_STRUCT:
		break;
	}
	return type->parts[part].name;
}

/* Types whose parts are not told may have any. */
static bool may_have_parts(const struct column_type *type)
{
	return type->kind == KIND_UNKNOWN || type->kind == KIND_JSON ||
	       (type->kind == KIND_STRUCT && !type->part_count);
}

/*
 * The type of a field in a type: NULL when there is none; one that is unknown
 * where parts are not told.
 */
static const struct column_type *find_part(
	const struct column_type *type, struct slice path)
{
	static const struct column_type unknown = { .kind = KIND_UNKNOWN };

	while (path.len) {
		const struct column_type *found = NULL;

		if (may_have_parts(type))
			return &unknown;
		/* The values of an enum are no fields. */
		for (size_t i = 0; type->kind != KIND_STRING && i < type->part_count;
			i++) {
			if (take_name(&path, part_name(type, i))) {
				found = &type->parts[i];
				break;
			}
		}
		if (!found)
			return NULL;
		type = found;
	}
	return type;
}

/* A change whose column has fields in it. */
struct parent {
	struct changes_in *in;
	struct asked_change told;
	struct column_type before; /* of OP_ALTER_TYPE */
	struct column_type after;
};

static int read_parent(struct parent *parent)
{
	struct arena *arena = parent->in->call->arena;
	int r;

	if (parent->told.change.op != OP_ALTER_TYPE)
		return 0;
	r = column_type_read(parent->told.type_before, arena, &parent->before);
	return r ? r : column_type_read(parent->told.type_after, arena, &parent->after);
}

/* A field of a column whose type changes. */
static int retype_part(
	const struct parent *parent, struct slice rest, struct asked_change *part)
{
	static const struct column_type unknown = { .kind = KIND_UNKNOWN };
	const struct column_type *before = find_part(&parent->before, rest);
	const struct column_type *after = find_part(&parent->after, rest);
	int r;

	if (!after) {
		part->change.op = OP_DROP_COLUMN;
		part->change.types = (struct type_verdict){ .change = TYPES_SAME };
		return changes_add(parent->in, part);
	}
	if (before && after->text.len && slice_equal(before->text, after->text))
		return 0;
	r = column_type_compare(before ? before : &unknown, after,
		parent->in->call->arena, &part->change.types);
	if (r || part->change.types.change == TYPES_SAME)
		return r;
	part->type_before = before ? before->text : (struct slice){ 0 };
	part->type_after = after->text;
	return changes_add(parent->in, part);
}

/* The new name of a field in a column that is renamed. */
static int rename_part(
	const struct parent *parent, struct slice rest, struct asked_change *part)
{
	struct slice to = parent->told.to;
	size_t len = to.len + 1 + rest.len;
	char *name = arena_alloc(parent->in->call->arena, len);

	if (!name)
		return ERR_NOMEM;
	memcpy(name, to.ptr, to.len);
	name[to.len] = '.';
	memcpy(name + to.len + 1, rest.ptr, rest.len);
	part->to = slice_of(name, len);
	return changes_add(parent->in, part);
}

static int change_part(const struct parent *parent, const struct column_field *field)
{
	size_t skip = parent->told.change.column.len + 1;
	struct slice rest = slice_of(field->name.ptr + skip, field->name.len - skip);
	struct asked_change part = { .change = parent->told.change,
		.proposed = parent->told.proposed };

	part.change.column = field->name;
	part.change.field = field->node;
	switch (part.change.op) {
	case OP_RENAME_COLUMN:
		return rename_part(parent, rest, &part);
	case OP_ALTER_TYPE:
		return retype_part(parent, rest, &part);
	case OP_DROP_COLUMN:
	case OP_SET_NULLABLE:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		return changes_add(parent->in, &part);
	case OP_SET_NOT_NULL:
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
	case OP_DROP_DATASET:
	case OP_RENAME_DATASET:
		break;
	}
	return 0;
}

/* Whether a longer told column has this field, or is it. */
static bool is_told_apart(
	const struct spreading *s, const struct impact_change *parent, struct slice field)
{
	for (size_t i = s->begin; i < s->end; i++) {
		const struct impact_change *other = &s->in->list[i].change;

		if (other->dataset == parent->dataset &&
			other->column.len > parent->column.len &&
			(slice_equal(field, other->column) ||
				column_has_within(other->column, field)))
			return true;
	}
	return false;
}

/* The first field that could be in a column: fields are sorted by name. */
static size_t first_field(const struct column_names *fields, struct slice column)
{
	size_t low = 0;
	size_t high = fields->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_compare(fields->list[middle].name, column) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int spread_one(const struct spreading *s, size_t place)
{
	struct parent parent = { .in = s->in, .told = s->in->list[place] };
	const struct impact_change *change = &parent.told.change;
	const struct column_names *fields;
	const struct dataset_known *known;
	int r = dataset_known(s->in, change->dataset, &known);

	if (!r)
		r = read_parent(&parent);
	if (r)
		return r;
	fields = &known->fields;
	for (size_t i = first_field(fields, change->column); i < fields->count && !r;
		i++) {
		struct slice name = fields->list[i].name;

		if (!slice_starts(name, change->column))
			break;
		if (column_has_within(change->column, name) &&
			!is_told_apart(s, change, name))
			r = change_part(&parent, &fields->list[i]);
	}
	return r;
}

int changes_spread(struct changes_in *in, size_t begin)
{
	const struct spreading s = { .in = in, .begin = begin, .end = in->count };
	int r = changes_surround(in, begin);

	/* One change is asked in any case: its answer says what was cut. */
	for (size_t i = s.begin; i < s.end && !r; i++) {
		if (i > s.begin && call_is_late(in->call))
			r = ERR_BUSY;
		else if (in->list[i].change.column.len)
			r = spread_one(&s, i);
	}
	return r;
}
