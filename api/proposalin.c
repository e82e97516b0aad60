/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposalin.c - the changes that a proposed schema comes to
 *
 * A proposed schema is a schema facet, and is read as one; but what a facet may
 * leave out or misspell is a fault here.
 */
#include "api/changein_impl.h"

#include "api/handlers.h"
#include "api/nodeout.h"
#include "graph/proposal.h"

#include <stdio.h>

/* Levels of fields in fields: two places each, and a few above them. */
#define FIELDS_DEPTH_MAX ((BODY_DEPTH_MAX - 6) / 2)
#define FIELDS_MAX	 100000

struct level {
	struct body_at list;
	struct body_at field;
	size_t next;
	size_t count;
};

struct proposed {
	struct changes_in *in;
	struct body body;
	const struct body_at *at;
	const struct dataset_known *known;
	struct ol_schema schema;
	struct proposed_rename *renames;
	size_t rename_count;
};

static void check_field(struct body *body, const struct body_at *at)
{
	static const char *const members[] = { "name", "type", "nullable", "description",
		"ordinal_position", "fields", NULL };
	struct body_at name = body_member(at, "name");
	struct body_at type = body_member(at, "type");
	struct body_at nullable = body_member(at, "nullable");
	struct body_at description = body_member(at, "description");

	body_object(body, at, members);
	(void)body_words(body, &name);
	(void)body_text(body, &type);
	(void)body_bool(body, &nullable, false);
	(void)body_text(body, &description);
}

/* Goes to the fields of the level's field, if there are any. */
static void enter_fields(struct body *body, struct level *levels, size_t *depth)
{
	struct level *level = &levels[*depth - 1];
	struct body_at fields = body_member(&level->field, "fields");

	if (!body_has(&fields))
		return;
	if (*depth == FIELDS_DEPTH_MAX) {
		body_fault(body, &fields, "is deeper than %d levels", FIELDS_DEPTH_MAX);
		return;
	}
	level++;
	*level = (struct level){ .list = fields };
	level->count = body_array(body, &level->list, FIELDS_MAX);
	++*depth;
}

static void check_fields(struct body *body, const struct body_at *schema)
{
	struct level levels[FIELDS_DEPTH_MAX];
	size_t depth = 1;

	levels[0] = (struct level){ .list = body_member(schema, "fields") };
	levels[0].count = body_array(body, &levels[0].list, FIELDS_MAX);
	if (!body_has(&levels[0].list))
		body_fault(body, &levels[0].list, "is missing");
	while (depth && !body_error(body)) {
		struct level *level = &levels[depth - 1];

		if (level->next == level->count) {
			depth--;
			continue;
		}
		level->field = body_element(&level->list, level->next++);
		check_field(body, &level->field);
		enter_fields(body, levels, &depth);
	}
}

/* A JSON value as text, in the arena. */
static int dump_json(struct arena *arena, const json_t *json, struct slice *out)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
	size_t len = json_dumpb(json, NULL, 0, flags);
	char *text = arena_alloc(arena, len + 1);

	if (!len || !text || json_dumpb(json, text, len, flags) != len)
		return ERR_NOMEM;
	*out = slice_of(text, len);
	return 0;
}

/* Returns 0, 1 when it was refused, or a failure. */
static int read_schema(struct proposed *p)
{
	static const char *const members[] = { "fields", "_producer", "_schemaURL",
		NULL };
	const struct facet_reader *reader = graph_facets(p->in->call->snapshot->graph);
	struct body_at schema = body_member(p->at, "schema");
	struct arena *arena = p->in->call->arena;
	struct fault fault = { 0 };
	struct slice text;
	int r;

	body_object(&p->body, &schema, members);
	if (!body_error(&p->body))
		check_fields(&p->body, &schema);
	if (body_error(&p->body))
		return changes_refuse_body(p->in, &p->body);
	if (!reader)
		return ERR_UNSUPPORTED;
	r = dump_json(arena, schema.json, &text);
	if (!r)
		r = reader->schema(text, arena, &p->schema, &fault);
	if (r == ERR_INVALID || (!r && p->schema.skipped))
		return changes_refuse(
			p->in, 400, &schema, "cannot be read as the schema of a dataset");
	return r;
}

static int read_renames(struct proposed *p)
{
	static const char *const members[] = { "from", "to", NULL };
	struct body_at list = body_member(p->at, "renames");
	struct body *body = &p->body;

	p->rename_count = body_array(body, &list, IMPACT_CHANGES_MAX);
	p->renames = arena_array(body->arena, p->rename_count + 1, sizeof(*p->renames));
	if (!p->renames)
		return ERR_NOMEM;
	for (size_t i = 0; i < p->rename_count; i++) {
		struct body_at rename = body_element(&list, i);
		struct body_at from = body_member(&rename, "from");
		struct body_at to = body_member(&rename, "to");

		body_object(body, &rename, members);
		p->renames[i].from = body_words(body, &from);
		p->renames[i].to = body_words(body, &to);
	}
	return body_error(body) ? changes_refuse_body(p->in, body) : 0;
}

/* The columns that lineage names, where no schema stands. */
static int name_columns(struct proposed *p, struct ol_schema *out)
{
	const struct column_names *fields = &p->known->fields;

	out->list =
		arena_array(p->in->call->arena, fields->count + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < fields->count; i++)
		out->list[i].path = fields->list[i].name;
	out->count = fields->count;
	return changes_note(p->in, p->known->dataset, (struct slice){ 0 },
		"the dataset has no schema: what is proposed is compared with the "
		"columns that lineage names, and none is said to be new");
}

static int add_change(struct proposed *p, const struct proposal_change *told)
{
	const struct asked_change change = {
		.change = { .op = told->op,
			.dataset = p->known->dataset,
			.column = told->column,
			.field = column_known(p->known, told->column).field,
			.types = told->types },
		.to = told->to,
		.type_before = told->type_before,
		.type_after = told->type_after,
		.proposed = true,
	};

	return changes_add(p->in, &change);
}

static int add_hint(
	struct changes_in *in, node_id dataset, const struct proposal_hint *told)
{
	struct rename_hint *list = arena_grow(in->call->arena, in->hints, in->hint_count,
		&in->hint_room, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	in->hints = list;
	in->hints[in->hint_count++] = (struct rename_hint){
		.dataset = dataset, .from = told->from, .to = told->to, .why = told->why
	};
	return 0;
}

static int add_all(struct proposed *p, const struct proposal_changes *changes)
{
	node_id dataset = p->known->dataset;
	int r = 0;

	if (changes->count > IMPACT_CHANGES_MAX ||
		p->in->count > IMPACT_CHANGES_MAX - changes->count)
		return changes_refuse(p->in, 400, p->at,
			"comes to more than %d changes: ask in parts",
			IMPACT_CHANGES_MAX);
	for (size_t i = 0; i < changes->count && !r; i++)
		r = add_change(p, &changes->list[i]);
	for (size_t i = 0; i < changes->remark_count && !r; i++)
		r = changes_note(p->in, dataset, changes->remarks[i].column, "%s",
			changes->remarks[i].text);
	for (size_t i = 0; i < changes->hint_count && !r; i++)
		r = add_hint(p->in, dataset, &changes->hints[i]);
	return r;
}

/* A fault of the proposal is at a place in the object that proposes. */
static int refuse_proposal(struct proposed *p, const struct fault *fault)
{
	const char *pointer = body_pointer(&p->body, p->at);
	char where[FAULT_WHERE_MAX * 2];
	struct fault placed;

	if (!pointer)
		return ERR_NOMEM;
	(void)snprintf(where, sizeof(where), "%s%s", pointer, fault->where);
	(void)fault_set(&placed, where, "%s", fault->why);
	placed.has_offset = false;
	problem_from_fault(p->in->reply, 400, &placed);
	return 1;
}

static int compare(struct proposed *p)
{
	struct ol_schema named = { .count = 0 };
	struct proposal proposal = {
		.standing = &p->known->schema,
		.proposed = &p->schema,
		.partial = p->known->schema.count == 0,
		.renames = p->renames,
		.rename_count = p->rename_count,
	};
	struct proposal_changes changes;
	struct fault fault = { 0 };
	int r = 0;

	if (proposal.partial && !p->known->fields.count)
		return changes_refuse(p->in, 400, p->at,
			"the dataset has no schema, and no lineage names its columns: "
			"tell the changes instead");
	if (proposal.partial) {
		r = name_columns(p, &named);
		proposal.standing = &named;
	}
	if (!r)
		r = proposal_compare(&proposal, p->in->call->arena, &changes, &fault);
	if (r == ERR_INVALID)
		return refuse_proposal(p, &fault);
	return r ? r : add_all(p, &changes);
}

static int read_proposed(struct changes_in *in, const struct body_at *at, node_id *out)
{
	static const char *const members[] = { "dataset", "node", "schema", "renames",
		NULL };
	struct proposed p = { .in = in, .body = { .arena = in->call->arena }, .at = at };
	int r;

	if (call_is_late(in->call))
		return ERR_BUSY;
	body_object(&p.body, at, members);
	if (body_error(&p.body))
		return changes_refuse_body(in, &p.body);
	r = body_dataset(in->call, in->reply, &p.body, at, out);
	if (!r)
		r = read_schema(&p);
	if (!r)
		r = read_renames(&p);
	if (!r)
		r = dataset_known(in, *out, &p.known);
	return r ? r : compare(&p);
}

static int refuse_again(struct changes_in *in, const struct body_at *at,
	const node_id *datasets, size_t place)
{
	for (size_t i = 0; i < place; i++) {
		if (datasets[i] == datasets[place])
			return changes_refuse(in, 400, at,
				"is about the same dataset as element %zu", i);
	}
	return 0;
}

static int read_array(struct changes_in *in, const struct body_at *at)
{
	struct body body = { .arena = in->call->arena };
	size_t count = body_array(&body, at, IMPACT_CHANGES_MAX);
	node_id *datasets = arena_array(in->call->arena, count + 1, sizeof(*datasets));
	int r = 0;

	if (body_error(&body))
		return changes_refuse_body(in, &body);
	if (!datasets)
		return ERR_NOMEM;
	for (size_t i = 0; i < count && !r; i++) {
		struct body_at element = body_element(at, i);

		r = read_proposed(in, &element, &datasets[i]);
		if (!r)
			r = refuse_again(in, &element, datasets, i);
	}
	return r;
}

int proposals_read(struct changes_in *in, const struct body_at *at)
{
	size_t begin = in->count;
	node_id dataset;
	int r = json_is_object(at->json) ? read_proposed(in, at, &dataset)
					 : read_array(in, at);

	return r ? r : changes_spread(in, begin);
}
