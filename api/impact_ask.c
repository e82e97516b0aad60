/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_ask.c - a question about impact, as it was asked
 */
#include "api/impact_ask_impl.h"

#include "api/changein.h"
#include "api/lineage_query.h"

static const struct param_rule get_rules[] = { NODEREF_RULES, CHANGE_RULES,
	IMPACT_OPTION_RULES, { NULL, 0 } };
static const struct param_rule post_rules[] = { IMPACT_OPTION_RULES, { NULL, 0 } };

static const char *const body_members[] = { "changes", "proposed", "waivers", "asOf",
	"window", "evidence", "direction", "horizons", "exclude", "groupBy", "limit",
	"cursor", "failOn", "format", "artifact", NULL };

/* Those of a body's members that are no options. */
static const char *const told_members[] = { "changes", "proposed", "waivers" };

/* A question in the making. */
struct asking {
	struct call *call;
	struct reply *reply;
	struct impact_question *out;
	json_t *json; /* NULL: without a body */
};

/* An option that stands in the body is told by its place there. */
static int refuse(struct asking *asking)
{
	struct params *p = &asking->out->params;
	struct fault fault = p->fault;
	char where[FAULT_WHERE_MAX + 1] = "/";
	int r;

	if (params_error(p) == ERR_INVALID && fault.where[0] &&
		json_object_get(asking->json, fault.where)) {
		memcpy(where + 1, fault.where, strnlen(fault.where, FAULT_WHERE_MAX - 1));
		(void)fault_set(&p->fault, where, "%s", fault.why);
		p->fault.has_offset = fault.has_offset;
		p->fault.offset = fault.offset;
	}
	r = params_refuse(p, asking->reply);
	return r ? r : 1;
}

/* What is told of changes is part of the question that a cursor is tied to. */
static int note_told(struct asking *asking)
{
	const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
	struct params *p = &asking->out->params;

	for (size_t i = 0; i < ARRAY_LEN(told_members); i++) {
		const json_t *told = json_object_get(asking->json, told_members[i]);
		size_t len = told ? json_dumpb(told, NULL, 0, flags) : 0;
		char *text = arena_alloc(asking->call->arena, len + 1);

		if (!text)
			return ERR_NOMEM;
		if (!told)
			continue;
		if (p->count == PARAMS_MAX || json_dumpb(told, text, len, flags) != len)
			return ERR_NOMEM;
		p->list[p->count++] =
			(struct param){ told_members[i], slice_of(text, len) };
	}
	return 0;
}

static void take_changes(const struct changes_in *in, struct impact_question *out)
{
	out->changes = in->list;
	out->change_count = in->count;
	out->hints = in->hints;
	out->hint_count = in->hint_count;
	out->notes = in->notes;
	out->note_count = in->note_count;
}

/* One of two ways to tell changes. */
static int read_told(struct asking *asking, struct body *body, const struct body_at *top)
{
	struct changes_in in = { .call = asking->call, .reply = asking->reply };
	struct body_at changes = body_member(top, "changes");
	struct body_at proposed = body_member(top, "proposed");
	struct body_at waivers = body_member(top, "waivers");
	int r;

	if (body_has(&changes) == body_has(&proposed)) {
		body_fault(body, top, "tell either changes or proposed");
		return body_refuse(body, asking->reply);
	}
	r = body_has(&changes) ? changes_read(&in, &changes)
			       : proposals_read(&in, &proposed);
	if (r)
		return r;
	take_changes(&in, asking->out);
	return impact_waivers_read(asking->call, asking->reply, &waivers, asking->out);
}

static int read_options(struct asking *asking)
{
	struct impact_question *out = asking->out;
	int r = impact_options_read(asking->call, &out->params, out);

	return r || !params_error(&out->params) ? r : refuse(asking);
}

static int read_body(struct asking *asking, struct body *body)
{
	struct body_at top = body_top("", asking->json);
	struct params *p = &asking->out->params;
	int r;

	params_parse(p, asking->call->query, post_rules, asking->call->arena);
	if (params_error(p))
		return refuse(asking);
	body_object(body, &top, body_members);
	if (body_error(body) || impact_options_of_body(body, &top, p))
		return body_refuse(body, asking->reply);
	r = note_told(asking);
	if (!r)
		r = read_options(asking);
	return r ? r : read_told(asking, body, &top);
}

static int read_post(struct asking *asking)
{
	struct body body;
	AUTO(json)
	json_t *json = body_parse(&body, asking->call->body, asking->call->arena);

	asking->json = json;
	return json ? read_body(asking, &body) : body_refuse(&body, asking->reply);
}

static int read_get(struct asking *asking)
{
	struct changes_in in = { .call = asking->call, .reply = asking->reply };
	struct params *p = &asking->out->params;
	int r;

	params_parse(p, asking->call->query, get_rules, asking->call->arena);
	if (params_error(p))
		return refuse(asking);
	r = read_options(asking);
	if (!r)
		r = changes_read_params(&in, p);
	if (!r)
		take_changes(&in, asking->out);
	return r;
}

int impact_question_read(
	struct call *call, struct reply *reply, struct impact_question *out)
{
	struct asking asking = { .call = call, .reply = reply, .out = out };

	*out = (struct impact_question){ .limit = 0 };
	return slice_equal(call->method, SLICE("POST")) ? read_post(&asking)
							: read_get(&asking);
}
