/* SPDX-License-Identifier: Apache-2.0 */

/*
 * changein.c - operations on datasets and columns, as people tell them
 */
#include "api/changein_impl.h"

#include "api/handlers.h"
#include "api/noderef.h"
#include "graph/entity.h"

#include <stdarg.h>
#include <stdio.h>

#define NOTE_MAX  400  /* bytes */
#define NOTES_MAX 1000 /* and one that says so */

/* What an operation has beside its dataset. */
enum op_member {
	OP_COLUMN = 1,
	OP_TO = 2,
	OP_TYPE = 4,
	OP_FROM = 8,
	OP_ALIASED = 16,
	OP_NULLABLE = 32,
	OP_DEFAULT = 64,
};

static const struct {
	const char *name;
	enum op_member member;
} op_members[] = {
	{ "column", OP_COLUMN },
	{ "to", OP_TO },
	{ "type", OP_TYPE },
	{ "from", OP_FROM },
	{ "aliased", OP_ALIASED },
	{ "nullable", OP_NULLABLE },
	{ "default", OP_DEFAULT },
};

static const unsigned op_takes[IMPACT_OPS] = {
	[OP_DROP_COLUMN] = OP_COLUMN,
	[OP_RENAME_COLUMN] = OP_COLUMN | OP_TO | OP_ALIASED,
	[OP_ALTER_TYPE] = OP_COLUMN | OP_TYPE | OP_FROM,
	[OP_SET_NULLABLE] = OP_COLUMN,
	[OP_SET_NOT_NULL] = OP_COLUMN,
	[OP_ADD_COLUMN] = OP_COLUMN | OP_TYPE | OP_NULLABLE | OP_DEFAULT,
	[OP_ADD_REQUIRED] = OP_COLUMN | OP_TYPE,
	[OP_MASK_COLUMN] = OP_COLUMN,
	[OP_CHANGE_MEANING] = OP_COLUMN,
	[OP_DROP_DATASET] = 0,
	[OP_RENAME_DATASET] = OP_TO | OP_ALIASED,
};

/* "/to/namespace" of a body is the parameter toNamespace, and so on. */
static void name_param(struct fault *fault)
{
	static const char *const names[][2] = {
		{ "/column", "field" },
		{ "/to/namespace", "toNamespace" },
		{ "/to/name", "to" },
	};
	struct fault named = *fault;
	const char *name = fault->where + (fault->where[0] == '/');

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(fault->where, names[i][0]) == 0)
			name = names[i][1];
	}
	(void)fault_set(&named, name, "%s", fault->why);
	*fault = named;
}

static int answer_fault(struct changes_in *in, int status, struct fault fault)
{
	if (in->of_params)
		name_param(&fault);
	problem_from_fault(in->reply, status, &fault);
	return 1;
}

int changes_refuse_body(struct changes_in *in, const struct body *body)
{
	return body->err == ERR_INVALID ? answer_fault(in, 400, body->fault) : body->err;
}

int changes_refuse(
	struct changes_in *in, int status, const struct body_at *at, const char *fmt, ...)
{
	struct body body = { .arena = in->call->arena };
	char why[FAULT_WHY_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	body_fault(&body, at, "%s", why);
	return body.err == ERR_INVALID ? answer_fault(in, status, body.fault) : body.err;
}

int changes_add(struct changes_in *in, const struct asked_change *change)
{
	struct asked_change *list = arena_grow(
		in->call->arena, in->list, in->count, &in->room, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	in->list = list;
	in->list[in->count++] = *change;
	return 0;
}

int changes_note(
	struct changes_in *in, node_id dataset, struct slice column, const char *fmt, ...)
{
	struct asked_note note = { .dataset = dataset, .column = column };
	struct asked_note *list = arena_grow(in->call->arena, in->notes, in->note_count,
		&in->note_room, sizeof(*list));
	char text[NOTE_MAX] = "there are more notes, which are left out";
	va_list args;

	if (in->note_count > NOTES_MAX)
		return 0;
	if (in->note_count == NOTES_MAX) {
		note = (struct asked_note){ .dataset = 0 };
	} else {
		va_start(args, fmt);
		(void)vsnprintf(text, sizeof(text), fmt, args);
		va_end(args);
	}
	note.text = arena_dup(in->call->arena, slice_from(text));
	if (!list || !note.text.ptr)
		return ERR_NOMEM;
	in->notes = list;
	in->notes[in->note_count++] = note;
	return 0;
}

/* "dataset:NAMESPACE:NAME", whatever colons the two have. */
static int find_by_text(struct call *call, struct reply *reply, struct body *body,
	const struct body_at *at, node_id *out)
{
	const struct slice text = body_words(body, at);
	const char *pointer = body_pointer(body, at);
	const struct noderef_names names = { "", "", "", "", pointer };
	const struct noderef ref = { .names = &names, .kind = NODE_DATASET };
	struct params p = { .count = 1 };

	if (body_error(body))
		return 0;
	p.list[0] = (struct param){ pointer, text };
	return noderef_find_as(call, &p, &ref, reply, out);
}

static int find_by_name(
	struct call *call, struct body *body, const struct body_at *at, node_id *out)
{
	static const char *const members[] = { "namespace", "name", NULL };
	struct body_at namespace = body_member(at, "namespace");
	struct body_at name = body_member(at, "name");
	struct node_key key = { .kind = NODE_DATASET };
	int r;

	body_object(body, at, members);
	key.namespace = body_words(body, &namespace);
	key.name = body_words(body, &name);
	if (body_error(body))
		return 0;
	r = entity_find(call->snapshot->txn, &key, out);
	if (!r)
		*out = image_canonical(call->snapshot->image, *out);
	return r;
}

int body_dataset(struct call *call, struct reply *reply, struct body *body,
	const struct body_at *in, node_id *out)
{
	struct changes_in refusing = { .call = call, .reply = reply };
	struct body_at node = body_member(in, "node");
	struct body_at dataset = body_member(in, "dataset");
	const struct body_at *at = body_has(&node) ? &node : &dataset;
	int r = 0;

	if (body_has(&node) && body_has(&dataset))
		body_fault(body, &dataset, "stands beside node: give one of both");
	else if (body_has(&node))
		r = find_by_text(call, reply, body, &node, out);
	else
		r = find_by_name(call, body, &dataset, out);
	if (body_error(body))
		return body_refuse(body, reply);
	/* Which of all datasets it is that is not there, in a list of changes. */
	if (r == 1 && (at == &dataset || reply->status == 404))
		return changes_refuse(&refusing, 404, at, "there is no such dataset");
	return r;
}

static void read_op(struct body *body, const struct body_at *at, struct told_op *out)
{
	const char *names[IMPACT_OPS + 1] = { NULL };
	struct body_at op = body_member(at, "op");

	for (unsigned i = 0; i < IMPACT_OPS; i++)
		names[i] = impact_op_text((enum impact_op)i);
	if (!body_has(&op))
		body_fault(body, &op, "is missing");
	out->op = (enum impact_op)body_choice(body, &op, names, 0);
}

/* Members that mean nothing to this operation. */
static void refuse_others(struct body *body, const struct body_at *at, enum impact_op op)
{
	for (size_t i = 0; i < ARRAY_LEN(op_members); i++) {
		struct body_at member = body_member(at, op_members[i].name);

		if (body_has(&member) && !(op_takes[op] & op_members[i].member))
			body_fault(body, &member, "is not for %s", impact_op_text(op));
	}
}

/* The new name: of a column a text, of a dataset that or both halves. */
static void read_to(struct body *body, const struct body_at *at, struct told_op *told)
{
	static const char *const members[] = { "namespace", "name", NULL };
	struct body_at to = body_member(at, "to");
	struct body_at namespace = body_member(&to, "namespace");
	struct body_at name = body_member(&to, "name");

	if (told->op == OP_RENAME_DATASET && json_is_object(to.json)) {
		body_object(body, &to, members);
		told->to = body_words(body, &name);
		told->to_namespace = body_text(body, &namespace);
	} else {
		told->to = body_words(body, &to);
	}
}

static void read_added(struct body *body, const struct body_at *at, struct told_op *told)
{
	struct body_at nullable = body_member(at, "nullable");
	struct body_at with_default = body_member(at, "default");

	if (told->op == OP_ADD_COLUMN && !body_bool(body, &nullable, true) &&
		!body_bool(body, &with_default, false))
		told->op = OP_ADD_REQUIRED;
}

static void read_members(
	struct body *body, const struct body_at *at, struct told_op *told)
{
	unsigned takes = op_takes[told->op];
	struct body_at column = body_member(at, "column");
	struct body_at type = body_member(at, "type");
	struct body_at from = body_member(at, "from");
	struct body_at aliased = body_member(at, "aliased");

	refuse_others(body, at, told->op);
	if (takes & OP_COLUMN)
		told->column = body_words(body, &column);
	if (takes & OP_TO)
		read_to(body, at, told);
	if (told->op == OP_ALTER_TYPE || body_has(&type))
		told->type = body_words(body, &type);
	told->from = body_text(body, &from);
	told->aliased_told = body_has(&aliased);
	told->aliased = body_bool(body, &aliased, false);
	read_added(body, at, told);
}

int change_read(struct changes_in *in, struct body *body, const struct body_at *at,
	struct told_op *out)
{
	static const char *const members[] = { "op", "dataset", "node", "column", "to",
		"type", "from", "aliased", "nullable", "default", NULL };
	/* Of operations whose dataset is known. */
	static const char *const bare[] = { "op", "column", "to", "type", "from",
		"aliased", "nullable", "default", NULL };

	*out = (struct told_op){ .dataset = in->dataset };
	body_object(body, at, in->dataset ? bare : members);
	read_op(body, at, out);
	if (!body_error(body))
		read_members(body, at, out);
	if (body_error(body))
		return changes_refuse_body(in, body);
	return in->dataset ? 0
			   : body_dataset(in->call, in->reply, body, at, &out->dataset);
}

static bool takes_column(const struct told_op *told)
{
	return op_takes[told->op] & OP_COLUMN;
}

static bool sets_null(const struct told_op *told)
{
	return told->op == OP_SET_NULLABLE || told->op == OP_SET_NOT_NULL;
}

static bool adds(const struct told_op *told)
{
	return told->op == OP_ADD_COLUMN || told->op == OP_ADD_REQUIRED;
}

/* What an operation leaves nothing of cannot be changed by another one. */
static bool contradicts(const struct told_op *told, const struct told_op *other)
{
	if (told->dataset != other->dataset)
		return false;
	if (told->op == OP_DROP_DATASET || (told->op == other->op && !takes_column(told)))
		return true;
	if (!takes_column(told) || !takes_column(other))
		return false;
	if (!slice_equal(told->column, other->column))
		return (told->op == OP_DROP_COLUMN && other->op != OP_DROP_COLUMN &&
			       column_has_within(told->column, other->column)) ||
		       (told->op == OP_RENAME_COLUMN && other->op == told->op &&
			       slice_equal(told->to, other->to));
	return told->op == other->op || told->op == OP_DROP_COLUMN || adds(told) ||
	       (sets_null(told) && sets_null(other));
}

static int refuse_contradictions(struct changes_in *in, const struct told_op *told,
	size_t count, const struct body_at *list)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = 0; k < i; k++) {
			struct body_at at = body_element(list, i);

			if (contradicts(&told[i], &told[k]) ||
				contradicts(&told[k], &told[i]))
				return changes_refuse(in, 400, &at,
					"contradicts or repeats operation %zu of the "
					"list (counted from 0)",
					k);
		}
	}
	return 0;
}

int changes_read(struct changes_in *in, const struct body_at *at)
{
	struct body body = { .arena = in->call->arena };
	size_t count = body_array(&body, at, IMPACT_CHANGES_MAX);
	struct told_op *told = arena_array(in->call->arena, count + 1, sizeof(*told));
	size_t begin = in->count;
	int r = 0;

	if (body_error(&body))
		return changes_refuse_body(in, &body);
	if (!told)
		return ERR_NOMEM;
	for (size_t i = 0; i < count && !r; i++) {
		struct body_at element = body_element(at, i);

		r = call_is_late(in->call) ? ERR_BUSY
					   : change_read(in, &body, &element, &told[i]);
	}
	if (!r)
		r = refuse_contradictions(in, told, count, at);
	for (size_t i = 0; i < count && !r; i++) {
		struct body_at element = body_element(at, i);

		r = call_is_late(in->call) ? ERR_BUSY
					   : change_find(in, &told[i], &element);
	}
	return r ? r : changes_spread(in, begin);
}
