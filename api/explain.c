/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain.c - GET /api/v2/explain: who says that there is an edge, or why not
 */
#include "graph/explain.h"

#include "api/ends.h"
#include "api/graph_edge.h"
#include "api/handlers.h"
#include "api/logged.h"
#include "api/nodelife.h"

#include <stdio.h>

#define ASSERTIONS_MAX 1000
#define EXPLAIN_BUDGET 20000000

static const struct param_range assertion_limit = { 1, ASSERTIONS_MAX, 100 };

static const struct param_rule explain_rules[] = { NODEREF_ENDS_RULES, { "limit", 1 },
	{ NULL, 0 } };

/* What a reason is called, and what it means. */
struct reason {
	const char *name;
	const char *sentence;
};

static struct reason reason_of(enum absence absence)
{
	switch (absence) {
	case ABSENCE_NONE:
		break;
	case ABSENCE_SAME:
		return (struct reason){ "same",
			"Both are the same node, and edges from a node to itself are "
			"left out." };
	case ABSENCE_REPLACED:
		return (struct reason){ "replaced",
			"It was told once, but what was told later does not have it." };
	case ABSENCE_COVERED:
		return (struct reason){ "covered",
			"A job reads the one and writes the other, but it tells which "
			"data flows where, and this is not among it." };
	case ABSENCE_REVERSE:
		return (struct reason){ "reverse",
			"There is an edge the other way round." };
	case ABSENCE_INDIRECT:
		return (struct reason){ "indirect",
			"There is no edge, but a longer way." };
	case ABSENCE_DATASETS_ONLY:
		return (struct reason){ "datasetsOnly",
			"There is a way between their datasets, but nobody tells of one "
			"between these columns." };
	case ABSENCE_NO_PATH:
		return (struct reason){ "noPath",
			"There is no way from one to the other." };
	case ABSENCE_UNKNOWN:
		return (struct reason){ "unknown",
			"No edge is told; the search for a longer way was ended by its "
			"budget." };
	}
	return (struct reason){ NULL, NULL };
}

static int write_absence(
	struct jsonw *w, struct call *call, const struct explanation *found)
{
	struct reason reason = reason_of(found->absence);

	jsonw_key(w, "absence");
	if (!reason.name) {
		jsonw_null(w);
		return 0;
	}
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_text(w, reason.name);
	jsonw_key(w, "sentence");
	jsonw_text(w, reason.sentence);
	if (found->absence == ABSENCE_INDIRECT) {
		jsonw_key(w, "distance");
		jsonw_uint(w, found->distance);
	}
	if (found->absence == ABSENCE_COVERED && found->job) {
		int r;

		jsonw_key(w, "job");
		r = jsonw_node_brief(w, call, found->job);
		if (r)
			return r;
	}
	jsonw_object_end(w);
	return 0;
}

static void write_event(struct jsonw *w, uint64_t sequence)
{
	char text[48];

	jsonw_key(w, "event");
	if (!sequence) {
		jsonw_null(w);
		return;
	}
	(void)snprintf(
		text, sizeof(text), "/api/v2/events/%llu", (unsigned long long)sequence);
	jsonw_text(w, text);
}

/* A run has an id; a declaration is one event and has none. */
static void write_run_id(
	struct jsonw *w, enum evidence lane, const struct run_position *position)
{
	char text[RUNID_TEXT_MAX];

	jsonw_key(w, "runId");
	if (lane == EVIDENCE_OBSERVED)
		jsonw_text(w, runid_format(&position->run, text));
	else
		jsonw_null(w);
}

static void write_teller(struct jsonw *w, const char *name, enum evidence lane,
	const struct run_position *position, uint64_t sequence)
{
	jsonw_key(w, name);
	jsonw_object(w);
	write_run_id(w, lane, position);
	jsonw_seen(w, "at", position->start_us);
	write_event(w, sequence);
	jsonw_object_end(w);
}

static const char *what_text(const struct assertion *assertion)
{
	switch (assertion->what) {
	case ASSERT_READ:
		return "read";
	case ASSERT_WRITE:
		return "write";
	case ASSERT_FLOW:
		return "flow";
	}
	return "unknown";
}

static int write_producer(struct jsonw *w, struct logged *logged, uint64_t sequence)
{
	struct ol_event event;
	int r = sequence ? logged_read(logged, sequence, &event) : 1;

	if (r < 0)
		return r;
	jsonw_key(w, "producer");
	if (r == 0 && event.producer.ptr)
		jsonw_string(w, event.producer);
	else
		jsonw_null(w);
	return 0;
}

static void write_replaced(struct jsonw *w, const struct assertion *assertion)
{
	jsonw_key(w, "replacedBy");
	if (!assertion->replaced) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	write_run_id(w, assertion->lane, &assertion->replaced_by);
	jsonw_seen(w, "at", assertion->replaced_by.start_us);
	jsonw_object_end(w);
}

static void write_what(struct jsonw *w, const struct assertion *assertion)
{
	const char *form = flow_form_facet(assertion->classes);
	bool flow = assertion->what == ASSERT_FLOW;

	jsonw_key(w, "evidence");
	jsonw_text(w, evidence_text(assertion->lane));
	jsonw_key(w, "what");
	jsonw_text(w, what_text(assertion));
	jsonw_key(w, "facet");
	jsonw_text(w, flow && form ? form : "io");
	if (flow)
		jsonw_classes(w, assertion->classes);
	if (assertion->what == ASSERT_WRITE) {
		jsonw_key(w, "covered");
		jsonw_bool(w, assertion->covered);
	}
	jsonw_key(w, "now");
	jsonw_bool(w, assertion->now);
}

static int write_assertion(struct jsonw *w, struct call *call, struct logged *logged,
	const struct assertion *assertion)
{
	int r;

	jsonw_object(w);
	jsonw_key(w, "owner");
	r = jsonw_node_brief(w, call, assertion->owner);
	if (r)
		return r;
	write_what(w, assertion);
	jsonw_seen(w, "firstSeen", assertion->first.start_us);
	jsonw_seen(w, "lastSeen", assertion->last.start_us);
	jsonw_key(w, "runs");
	jsonw_object(w);
	write_teller(
		w, "first", assertion->lane, &assertion->first, assertion->first_event);
	write_teller(w, "last", assertion->lane, &assertion->last, assertion->last_event);
	jsonw_object_end(w);
	r = write_producer(w, logged, assertion->last_event);
	write_replaced(w, assertion);
	jsonw_object_end(w);
	return r;
}

static int write_assertions(
	struct jsonw *w, struct call *call, const struct explanation *found, bool *more)
{
	AUTO(logged) struct logged *logged = NULL;
	int r = logged_new(call, &logged);

	*more = found->more;
	jsonw_key(w, "assertions");
	jsonw_array(w);
	for (size_t i = 0; i < found->count && !r; i++) {
		if (page_must_end(call, w->buf, i)) {
			*more = true;
			break;
		}
		r = write_assertion(w, call, logged, &found->list[i]);
	}
	jsonw_array_end(w);
	return r;
}

static int write_answer(struct call *call, struct reply *reply, const struct ends *ends,
	const struct explanation *found)
{
	struct jsonw w;
	bool more;
	int r;

	answer_open(&w, call, reply);
	r = jsonw_ends(&w, call, ends);
	if (r)
		return r;
	jsonw_key(&w, "now");
	jsonw_bool(&w, found->now);
	jsonw_key(&w, "ever");
	jsonw_bool(&w, found->ever);
	r = write_absence(&w, call, found);
	if (!r)
		r = write_assertions(&w, call, found, &more);
	if (r)
		return r;
	jsonw_key(&w, "more");
	jsonw_bool(&w, more);
	jsonw_object_end(&w);
	return 0;
}

int api_explain(struct call *call, struct reply *reply)
{
	struct explain_question question = { .budget_edges = EXPLAIN_BUDGET,
		.deadline_us = call->deadline_us };
	struct explanation found;
	struct params p;
	struct ends ends;
	int r;

	params_parse(&p, call->query, explain_rules, call->arena);
	question.max = param_uint(&p, "limit", &assertion_limit);
	r = ends_read(call, &p, reply, &ends);
	if (r)
		return r < 0 ? r : 0;
	question.from = ends.from;
	question.to = ends.to;
	question.from_column = ends_from_is_untold(call, &ends);
	question.to_column = ends_to_is_untold(call, &ends);
	r = explain_edge(call->snapshot, &question, call->arena, &found);
	return r ? r : write_answer(call, reply, &ends, &found);
}
