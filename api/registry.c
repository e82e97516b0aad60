/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry.c - planned changes by their id, and as answers print them
 */
#include "api/registry.h"

#include "api/columnout.h"
#include "api/facetin.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/noderef.h"

/* Datasets that are looked through for one id. */
#define SAME_ID_MAX 1000

/* Longest link, names percent-encoded: what a request line has room for. */
#define LINK_MAX 8000

int registry_facet(struct call *call, struct reply *reply, struct slice *out)
{
	char text[PLANNED_NAME_MAX];
	struct slice name = planned_facet_name(call->args[0], text);

	if (name.ptr) {
		*out = arena_dup(call->arena, name);
		return out->ptr ? 0 : ERR_NOMEM;
	}
	problem_reply(reply, 400,
		"the id of a change is 1 to %d of letters, digits, '.', '_' and '-'",
		PLANNED_ID_MAX);
	return 1;
}

/* Whether two names of datasets are of one. */
static bool is_same(struct call *call, node_id a, node_id b)
{
	return image_canonical(call->snapshot->image, a) ==
	       image_canonical(call->snapshot->image, b);
}

int registry_find(
	struct call *call, struct slice id, node_id dataset, struct planned *out)
{
	const struct planned_page page = { .after.id = id, .limit = SAME_ID_MAX };
	struct planned_names names;
	node_id found = 0;
	bool others = false;
	int r = planned_list(call->snapshot, &page, call->arena, &names);

	if (r)
		return r;
	for (size_t i = 0; i < names.count; i++) {
		node_id at = names.list[i].dataset;

		if (!slice_equal(names.list[i].id, id))
			break;
		if ((dataset && !is_same(call, at, dataset)) ||
			(found && !is_same(call, at, found)))
			others = true;
		else
			found = at;
	}
	if (!found || (others && !dataset))
		return others ? 2 : 1;
	return planned_get(call->snapshot, found, id, call->arena, out);
}

int registry_find_asked(
	struct call *call, struct params *p, struct reply *reply, struct planned *out)
{
	struct slice facet;
	node_id dataset = 0;
	int r = 0;

	if (params_error(p)) {
		r = params_refuse(p, reply);
		return r ? r : 1;
	}
	r = registry_facet(call, reply, &facet);
	if (!r && noderef_given(p))
		r = noderef_find(call, p, NODE_DATASET, reply, &dataset);
	if (r)
		return r;
	r = registry_find(call, call->args[0], dataset, out);
	if (r == 1 || (r == 2 && dataset))
		problem_reply(reply, 404, "no such change is registered");
	else if (r == 2)
		problem_reply(reply, 409,
			"several datasets have a change of this id: name one by node");
	return r > 0 ? 1 : r;
}

const char *planned_safe_text(enum planned_safe safe)
{
	switch (safe) {
	case SAFE_YES:
		return "yes";
	case SAFE_NO:
		return "no";
	case SAFE_UNKNOWN:
		break;
	}
	return "unknown";
}

static void write_due(struct jsonw *w, int64_t due_us)
{
	jsonw_seen(w, "due", due_us);
	jsonw_key(w, "overdue");
	jsonw_bool(w, due_us != TIME_NEVER && clock_now_us() >= due_us);
}

int jsonw_planned(struct jsonw *w, struct call *call, const struct planned *change)
{
	const struct ol_planned *told = &change->told;
	node_id dataset = image_canonical(call->snapshot->image, change->dataset);
	struct ol_labels owners;
	struct entity entity;
	int r = node_get(call, dataset, &entity);

	if (!r)
		r = facet_owners(call, dataset, &owners);
	if (r)
		return r;
	jsonw_key(w, "id");
	jsonw_string(w, change->id);
	jsonw_key(w, "dataset");
	jsonw_node_short(w, &entity);
	jsonw_seen(w, "registered",
		told->registered_us != TIME_NEVER ? told->registered_us
						  : change->told_us);
	write_due(w, told->due_us);
	jsonw_text_or_null(w, "note", told->note);
	jsonw_text_or_null(w, "contact", told->contact);
	jsonw_owners(w, &owners);
	return 0;
}

void jsonw_reader_counts(struct jsonw *w, const struct reader_counts *counts)
{
	jsonw_key(w, "readers");
	jsonw_object(w);
	jsonw_key(w, "was");
	jsonw_uint(w, counts->was);
	jsonw_key(w, "now");
	jsonw_uint(w, counts->now);
	jsonw_key(w, "stopped");
	jsonw_uint(w, counts->stopped);
	jsonw_key(w, "began");
	jsonw_uint(w, counts->began);
	jsonw_object_end(w);
}

int jsonw_job_or_null(struct jsonw *w, struct call *call, node_id job)
{
	struct entity entity;
	int r;

	if (!job) {
		jsonw_null(w);
		return 0;
	}
	r = node_get(call, job, &entity);
	if (!r)
		jsonw_node_short(w, &entity);
	return r;
}

int jsonw_last_read(struct jsonw *w, struct call *call, int64_t time_us, node_id job)
{
	int r;

	jsonw_key(w, "lastRead");
	if (time_us == TIME_NEVER) {
		jsonw_null(w);
		return 0;
	}
	jsonw_object(w);
	jsonw_seen(w, "time", time_us);
	jsonw_key(w, "job");
	r = jsonw_job_or_null(w, call, job);
	jsonw_object_end(w);
	return r;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

/* "&NAME=VALUE"; nothing without a value. */
static void put_parameter(struct buf *link, const char *name, struct slice value)
{
	if (!value.ptr)
		return;
	buf_byte(link, '&');
	buf_str(link, name);
	buf_byte(link, '=');
	for (size_t i = 0; i < value.len; i++) {
		if (is_plain(value.ptr[i]))
			buf_byte(link, value.ptr[i]);
		else
			buf_printf(link, "%%%02X", (unsigned char)value.ptr[i]);
	}
}

/* The member "impact": the question what the operation would do, if one can ask it. */
static int write_link(
	struct jsonw *w, const struct node_key *dataset, const struct ol_operation *told)
{
	struct buf link;
	int r;

	buf_init(&link, LINK_MAX);
	buf_str(&link, "/api/v2/impact?kind=");
	buf_str(&link, told->column.ptr ? "field" : "dataset");
	put_parameter(&link, "namespace", dataset->namespace);
	put_parameter(&link, "name", dataset->name);
	put_parameter(&link, "field", told->column);
	put_parameter(&link, "op", told->op);
	put_parameter(&link, "to", told->to);
	put_parameter(&link, "toNamespace", told->to_namespace);
	if (told->aliased)
		put_parameter(&link, "aliased", SLICE("true"));
	put_parameter(&link, "type", told->type);
	r = buf_error(&link);
	jsonw_key(w, "impact");
	if (!r)
		jsonw_string(w, buf_get(&link));
	else
		jsonw_null(w);
	buf_fini(&link);
	return r == ERR_TOO_LARGE ? 0 : r;
}

static int write_found(struct jsonw *w, struct call *call, const struct planned_op *op)
{
	const struct reader_counts counts = {
		.was = op->was,
		.now = op->now,
		.stopped = op->stopped,
		.began = op->began,
	};

	jsonw_key(w, "safe");
	jsonw_text(w, planned_safe_text(op->safe));
	jsonw_key(w, "inSchema");
	jsonw_bool(w, op->in_schema);
	jsonw_reader_counts(w, &counts);
	return jsonw_last_read(w, call, op->last_read_us, op->last_read_job);
}

/* What was found of an operation, the next one told; NULL: nothing was looked for. */
static const struct planned_op *next_op(
	const struct planned_answer *answer, size_t *at, const struct ol_operation *told)
{
	if (!answer || *at == answer->op_count || answer->ops[*at].told != told)
		return NULL;
	return &answer->ops[(*at)++];
}

int jsonw_planned_ops(struct jsonw *w, struct call *call, const struct planned *change,
	const struct planned_answer *answer)
{
	struct entity entity;
	size_t at = 0;
	int r = node_get(call, change->dataset, &entity);

	if (r)
		return r;
	jsonw_key(w, "changes");
	jsonw_array(w);
	for (size_t i = 0; i < change->told.count && !r; i++) {
		const struct ol_operation *told = &change->told.list[i];
		const struct planned_op *op = next_op(answer, &at, told);

		jsonw_object(w);
		jsonw_key(w, "op");
		jsonw_string(w, told->op);
		jsonw_text_or_null(w, "column", told->column);
		jsonw_text_or_null(w, "to", told->to);
		jsonw_text_or_null(w, "toNamespace", told->to_namespace);
		jsonw_text_or_null(w, "type", told->type);
		r = write_link(w, &entity.key, told);
		if (!r && op)
			r = write_found(w, call, op);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return r;
}
