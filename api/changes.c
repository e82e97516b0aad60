/* SPDX-License-Identifier: Apache-2.0 */

/*
 * changes.c - GET /api/v2/changes and /api/v2/changes/{id}: what is planned, and
 * who still stands in its way
 */
#include "api/columnout.h"
#include "api/cursor.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/registry.h"
#include "base/hash.h"

/* What is looked at for one change of a list, or for one alone. */
#define LIST_BUDGET   ((uint64_t)1 << 20)
#define SINGLE_BUDGET ((uint64_t)1 << 21)

#define SCRATCH_CHUNK ((size_t)64 << 10)
#define SCRATCH_MAX   ((size_t)512 << 20) /* for what is found of one change */
#define OPAQUE_MAX    1000		  /* of each kind, with their names */

static const struct param_range list_limit = { 1, 1000, 100 };
static const struct param_range reader_limit = { 1, 10000, 1000 };

static const struct param_rule list_rules[] = { NODEREF_RULES, { "safe", 1 },
	{ "limit", 1 }, { "cursor", 1 }, { NULL, 0 } };
static const struct param_rule single_rules[] = { NODEREF_RULES, { "limit", 1 },
	{ "cursor", 1 }, { NULL, 0 } };

/* In the order of enum planned_safe; the last one: any. */
static const char *const safe_words[] = { "yes", "no", "unknown", NULL };
#define SAFE_ANY 3

/* A change and what was found of it. */
struct found_change {
	struct planned change;
	struct planned_answer answer;
};

static int look(struct call *call, uint64_t budget, struct found_change *found)
{
	const struct planned_query query = {
		.change = &found->change,
		.budget = budget,
		.deadline_us = call->deadline_us,
	};

	return planned_read(call->snapshot, &query, call->arena, &found->answer);
}

static void add_up(const struct planned_answer *answer, struct reader_counts *out)
{
	*out = (struct reader_counts){ .was = 0 };
	for (size_t i = 0; i < answer->op_count; i++) {
		out->was += answer->ops[i].was;
		out->now += answer->ops[i].now;
		out->stopped += answer->ops[i].stopped;
		out->began += answer->ops[i].began;
	}
}

static int write_last_read(
	struct jsonw *w, struct call *call, const struct planned_answer *answer)
{
	int64_t time_us = TIME_NEVER;
	node_id job = 0;

	for (size_t i = 0; i < answer->op_count; i++) {
		if (answer->ops[i].last_read_us <= time_us)
			continue;
		time_us = answer->ops[i].last_read_us;
		job = answer->ops[i].last_read_job;
	}
	return jsonw_last_read(w, call, time_us, job);
}

/* The members that a change has in both answers. */
static int write_found(struct jsonw *w, struct call *call, struct found_change *found)
{
	const struct planned_answer *answer = &found->answer;
	struct reader_counts counts;
	int r = jsonw_planned(w, call, &found->change);

	if (!r)
		r = jsonw_planned_ops(w, call, &found->change, answer);
	if (r)
		return r;
	add_up(answer, &counts);
	jsonw_key(w, "safe");
	jsonw_text(w, planned_safe_text(answer->safe));
	jsonw_key(w, "complete");
	jsonw_bool(w, answer->complete);
	jsonw_reader_counts(w, &counts);
	jsonw_key(w, "opaqueReaders");
	jsonw_uint(w, answer->opaque_count + answer->opaque_dataset_count);
	return write_last_read(w, call, answer);
}

/* A list in the making. */
struct change_list {
	struct call *call;
	struct arena *scratch; /* of one change after the other */
	struct planned_names names;
	unsigned safe; /* of enum planned_safe, or SAFE_ANY */
	size_t limit;
	size_t at; /* the next of the names */
	size_t written;
};

/* Each change may take long: the clock is looked at for every one. */
static bool list_must_end(
	const struct change_list *list, const struct jsonw *w, size_t begin)
{
	if (list->at == list->names.count || list->written == list->limit)
		return true;
	return list->at > begin && (page_is_long(w->buf) || call_is_late(list->call));
}

static int write_named(
	struct jsonw *w, struct change_list *list, const struct planned_name *name)
{
	struct call call = *list->call;
	struct found_change found;
	int r;

	arena_reset(list->scratch);
	call.arena = list->scratch;
	r = planned_get(
		call.snapshot, name->dataset, name->id, call.arena, &found.change);
	if (!r)
		r = look(&call, LIST_BUDGET, &found);
	if (r)
		return r == 1 ? 0 : r; /* nothing that can be read stands there */
	if (list->safe != SAFE_ANY && list->safe != (unsigned)found.answer.safe)
		return 0;
	jsonw_object(w);
	r = write_found(w, &call, &found);
	jsonw_object_end(w);
	list->written++;
	return r;
}

static int write_list(struct jsonw *w, struct change_list *list)
{
	size_t begin = list->at;
	int r = 0;

	jsonw_key(w, "changes");
	jsonw_array(w);
	while (!r && !list_must_end(list, w, begin))
		r = write_named(w, list, &list->names.list[list->at++]);
	jsonw_array_end(w);
	return r;
}

/* A change as cursors have it: how its id begins, in order, and a hash of all. */
static struct cursor cursor_behind(const struct planned_name *name)
{
	struct cursor cursor = { { 0, 0, hash64(name->id) + name->dataset } };

	for (size_t i = 0; i < 2 * sizeof(cursor.at[0]); i++) {
		uint64_t *half = &cursor.at[i / sizeof(*half)];

		*half = *half << 8 | (i < name->id.len ? (uint8_t)name->id.ptr[i] : 0);
	}
	return cursor;
}

static bool begins_alike(const struct cursor *a, const struct cursor *b)
{
	return a->at[0] == b->at[0] && a->at[1] == b->at[1];
}

static bool begins_before(const struct cursor *a, const struct cursor *b)
{
	return a->at[0] != b->at[0] ? a->at[0] < b->at[0] : a->at[1] < b->at[1];
}

/*
 * Changes come and go between two pages.  Where that of the cursor has gone, the
 * list goes on with those that begin like it: some may come again, none is left
 * out.
 */
static size_t place_behind(const struct planned_names *names, const struct cursor *cursor)
{
	size_t begin = 0;

	for (size_t at = 0; at < names->count; at++) {
		struct cursor here = cursor_behind(&names->list[at]);

		if (begins_before(&here, cursor))
			begin = at + 1;
		else if (!begins_alike(&here, cursor))
			break;
		else if (here.at[2] == cursor->at[2])
			return at + 1;
	}
	return begin;
}

static int answer_list(struct call *call, struct reply *reply, const struct params *p,
	struct change_list *list)
{
	struct cursor next = { { 0 } };
	bool more;
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	r = write_list(&w, list);
	if (r)
		return r;
	more = list->at > 0 && list->at < list->names.count;
	if (more)
		next = cursor_behind(&list->names.list[list->at - 1]);
	jsonw_next(&w, p, "changes", more ? &next : NULL);
	jsonw_object_end(&w);
	return 0;
}

int api_changes(struct call *call, struct reply *reply)
{
	AUTO(arena) struct arena *scratch = arena_new(SCRATCH_CHUNK, SCRATCH_MAX);
	struct planned_page page = { .limit = SIZE_MAX };
	struct change_list list = { .call = call, .scratch = scratch };
	struct cursor cursor;
	struct params p;
	bool paged;
	int r = 0;

	if (!scratch)
		return ERR_NOMEM;
	params_parse(&p, call->query, list_rules, call->arena);
	list.limit = param_uint(&p, "limit", &list_limit);
	list.safe = param_choice(&p, "safe", safe_words, SAFE_ANY);
	paged = param_cursor(&p, "changes", &cursor);
	if (params_error(&p))
		return params_refuse(&p, reply);
	if (noderef_given(&p))
		r = noderef_find(call, &p, NODE_DATASET, reply, &page.dataset);
	if (r)
		return r < 0 ? r : 0;
	r = planned_list(call->snapshot, &page, call->arena, &list.names);
	if (r)
		return r;
	list.at = paged ? place_behind(&list.names, &cursor) : 0;
	return answer_list(call, reply, &p, &list);
}

static bool has_owner(const struct ol_labels *owners, struct slice name)
{
	for (size_t i = 0; i < owners->count; i++) {
		if (slice_equal(owners->list[i].name, name))
			return true;
	}
	return false;
}

/* Whom to tell of a reader: who owns the job, and who owns what it writes. */
static int write_reader_owners(
	struct jsonw *w, struct call *call, const struct planned_reader *reader)
{
	struct ol_labels all = { .count = 0 };
	struct ol_labels of_job = { .count = 0 };
	struct ol_labels of_data = { .count = 0 };
	int r = facet_owners(call, node_dataset(call, reader->node), &of_data);

	if (!r && reader->job)
		r = facet_owners(call, reader->job, &of_job);
	if (r)
		return r;
	all.list = arena_array(
		call->arena, of_job.count + of_data.count + 1, sizeof(*all.list));
	if (!all.list)
		return ERR_NOMEM;
	for (size_t i = 0; i < of_job.count; i++)
		all.list[all.count++] = of_job.list[i];
	for (size_t i = 0; i < of_data.count; i++) {
		if (!has_owner(&of_job, of_data.list[i].name))
			all.list[all.count++] = of_data.list[i];
	}
	jsonw_owners(w, &all);
	return 0;
}

static const char *state_text(const struct planned_reader *reader, int64_t registered_us)
{
	if (reader->was)
		return reader->now ? "reading" : "stopped";
	return reader->first_us != TIME_NEVER && reader->first_us < registered_us
		       ? "startedAgain"
		       : "started";
}

/* The readers of all operations, in a row: those that began come first. */
struct reader_page {
	struct call *call;
	const struct found_change *found;
	size_t at;    /* of the reader that comes next */
	size_t begin; /* of the page */
	size_t end;
};

static int write_reader(struct jsonw *w, const struct reader_page *page,
	const struct planned_op *op, const struct planned_reader *reader)
{
	struct call *call = page->call;
	int r;

	jsonw_object(w);
	jsonw_key(w, "change");
	jsonw_uint(w, (uint64_t)(op->told - page->found->change.told.list));
	jsonw_key(w, "node");
	r = jsonw_node_brief(w, call, reader->node);
	jsonw_key(w, "job");
	if (!r)
		r = jsonw_job_or_null(w, call, reader->job);
	if (r)
		return r;
	jsonw_key(w, "whole");
	jsonw_bool(w, reader->whole);
	jsonw_key(w, "state");
	jsonw_text(w, state_text(reader, page->found->answer.registered_us));
	jsonw_key(w, "now");
	jsonw_bool(w, reader->now);
	jsonw_seen(w, "firstSeen", reader->first_us);
	jsonw_seen(w, "lastSeen", reader->last_us);
	r = write_reader_owners(w, call, reader);
	jsonw_object_end(w);
	return r;
}

static int write_readers(
	struct jsonw *w, struct reader_page *page, const char *name, bool was)
{
	const struct planned_answer *answer = &page->found->answer;
	int r = 0;

	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < answer->op_count; i++) {
		const struct planned_op *op = &answer->ops[i];

		for (size_t k = 0; k < op->reader_count && !r; k++) {
			if (op->readers[k].was != was)
				continue;
			if (page->at >= page->begin && page->at < page->end)
				r = write_reader(w, page, op, &op->readers[k]);
			page->at++;
		}
	}
	jsonw_array_end(w);
	return r;
}

static int write_nodes(struct jsonw *w, struct call *call, const char *name,
	const node_id *ids, size_t count)
{
	int r = 0;

	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count && i < OPAQUE_MAX && !r; i++) {
		struct ol_labels owners;
		struct entity entity;

		r = node_get(call, ids[i], &entity);
		if (!r)
			r = facet_owners(call, ids[i], &owners);
		if (r)
			break;
		jsonw_object(w);
		jsonw_node_name(w, &entity);
		jsonw_owners(w, &owners);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return r;
}

/* Who may read any column, for all that is told. */
static int write_opaque(
	struct jsonw *w, struct call *call, const struct planned_answer *answer)
{
	int r;

	jsonw_key(w, "opaque");
	jsonw_object(w);
	r = write_nodes(w, call, "jobs", answer->opaque_readers, answer->opaque_count);
	if (!r)
		r = write_nodes(w, call, "datasets", answer->opaque_datasets,
			answer->opaque_dataset_count);
	jsonw_object_end(w);
	return r;
}

static int answer_single(struct call *call, struct reply *reply, const struct params *p,
	struct cursor *cursor, size_t limit, struct found_change *found)
{
	struct reader_page page = { .call = call, .found = found };
	struct jsonw w;
	int r;

	page.begin = (size_t)cursor->at[0];
	if (__builtin_add_overflow(page.begin, limit, &page.end))
		page.end = SIZE_MAX;
	answer_open(&w, call, reply);
	r = write_found(&w, call, found);
	if (!r)
		r = write_readers(&w, &page, "began", false);
	if (!r)
		r = write_readers(&w, &page, "before", true);
	if (!r)
		r = write_opaque(&w, call, &found->answer);
	if (r)
		return r;
	cursor->at[0] = page.end;
	jsonw_next(&w, p, "change", page.end < page.at ? cursor : NULL);
	jsonw_object_end(&w);
	return 0;
}

int api_change(struct call *call, struct reply *reply)
{
	struct cursor cursor = { { 0 } };
	struct found_change found;
	struct params p;
	size_t limit;
	int r;

	params_parse(&p, call->query, single_rules, call->arena);
	limit = param_uint(&p, "limit", &reader_limit);
	(void)param_cursor(&p, "change", &cursor);
	r = registry_find_asked(call, &p, reply, &found.change);
	if (r)
		return r < 0 ? r : 0;
	r = look(call, SINGLE_BUDGET, &found);
	return r ? r : answer_single(call, reply, &p, &cursor, limit, &found);
}
