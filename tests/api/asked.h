/* SPDX-License-Identifier: Apache-2.0 */

/*
 * asked.h - questions about impact of a small graph, as words
 *
 * The dataset orders (also called sales) has a schema, out takes from it, lined
 * has columns that lineage alone names, bare has none.  b:c of the namespace n
 * and c of n:b are one text.
 */
#pragma once

#include "api/impact_ask.h"

#include "base/clock.h"
#include "fixture.h"
#include "graph/entity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1786000000000000)

#define DATASET(name, facets)                                                       \
	"{\"eventTime\":\"2026-08-01T00:00:00Z\",\"producer\":\"p\",\"schemaURL\":" \
	"\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"" name                   \
	"\",\"facets\":{" facets "}}}"
#define COLUMN(name, type) "{\"name\":\"" name "\",\"type\":\"" type "\"}"
#define ORDERS                                                                         \
	"\"schema\":{\"fields\":["                                                     \
	"{\"name\":\"id\",\"type\":\"int\",\"nullable\":false},"                       \
	"{\"name\":\"note\",\"type\":\"text\",\"nullable\":true},"                     \
	"{\"name\":\"addr\",\"type\":\"struct<city:string,zip:int>\",\"fields\":"      \
	"[" COLUMN("city", "string") "," COLUMN("zip", "int") "]}," COLUMN(            \
		"total", "int") "]},"                                                  \
				"\"symlinks\":{\"identifiers\":[{\"namespace\":\"n\"," \
				"\"name\":\"sales\","                                  \
				"\"type\":\"TABLE\"}]}"
#define FROM(target, source, column)                                               \
	"\"" target "\":{\"inputFields\":[{\"namespace\":\"n\",\"name\":\"" source \
	"\",\"field\":\"" column "\"}]}"
#define FLOWS                                                                            \
	"\"columnLineage\":{\"fields\":{" FROM("i", "orders", "id") "," FROM("c",        \
		"orders", "addr.city") "," FROM("z", "orders", "addr.zip") "," FROM("o", \
		"orders", "old") "," FROM("b", "lined", "b") "}}"

struct asked {
	struct fixture f;
	struct snapshot snapshot;
	struct reply reply;
	struct slice accept;
	struct impact_question question;
	struct buf text;
};

static inline int asked_begin(void **state)
{
	static const char *const events[] = { DATASET("orders", ORDERS),
		DATASET("out", FLOWS), DATASET("bare", ""), DATASET("b:c", ""), NULL };
	const char *other = "{\"eventTime\":\"2026-08-01T00:00:00Z\",\"producer\":\"p\","
			    "\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n:b\","
			    "\"name\":\"c\"}}";
	struct asked *asked = test_calloc(1, sizeof(*asked));

	fixture_open(&asked->f);
	for (size_t i = 0; events[i]; i++)
		fixture_add(&asked->f, slice_from(events[i]), RECEIVED_US);
	fixture_add(&asked->f, slice_from(other), RECEIVED_US);
	fixture_publish(&asked->f);
	arena_reset(asked->f.arena);
	assert_int_equal(snapshot_take(asked->f.graph, &asked->snapshot), 0);
	reply_init(&asked->reply);
	buf_init(&asked->text, 1 << 20);
	*state = asked;
	return 0;
}

static inline int asked_end(void **state)
{
	struct asked *asked = *state;

	buf_fini(&asked->text);
	reply_fini(&asked->reply);
	snapshot_end(&asked->snapshot);
	fixture_close(&asked->f);
	test_free(asked);
	return 0;
}

/* Single quotes stand for double ones, so that bodies can be read. */
static inline struct slice quoted(struct asked *asked, const char *text)
{
	struct slice copy = arena_dup(asked->f.arena, slice_from(text));
	char *at = arena_alloc(asked->f.arena, copy.len + 1);

	assert_non_null(at);
	for (size_t i = 0; i < copy.len; i++) {
		at[i] = copy.ptr[i];
		if (at[i] == '\'')
			at[i] = '"';
	}
	return slice_of(at, copy.len);
}

static inline int read_question(
	struct asked *asked, const char *method, const char *query, const char *body)
{
	struct call call = { .snapshot = &asked->snapshot,
		.method = slice_from(method),
		.path = SLICE("/api/v2/impact"),
		.query = slice_from(query),
		.accept = asked->accept,
		.body = quoted(asked, body),
		.arena = asked->f.arena };

	reply_fini(&asked->reply);
	reply_init(&asked->reply);
	return impact_question_read(&call, &asked->reply, &asked->question);
}

static inline void get(struct asked *asked, const char *query)
{
	int r = read_question(asked, "GET", query, "");

	if (r)
		fail_msg("%s: %d %.*s", query, r, (int)asked->reply.body.len,
			asked->reply.body.data);
}

static inline void post(struct asked *asked, const char *body)
{
	int r = read_question(asked, "POST", "", body);

	if (r)
		fail_msg("%s: %d %.*s", body, r, (int)asked->reply.body.len,
			asked->reply.body.data);
}

/* The status, and where it is wrong: "400 /changes/0/op". */
static inline const char *refusal(struct asked *asked)
{
	json_t *problem = json_loadb(
		asked->reply.body.data, asked->reply.body.len, JSON_ALLOW_NUL, NULL);
	const json_t *where = json_object_get(problem, "pointer");

	assert_non_null(problem);
	if (!where)
		where = json_object_get(problem, "parameter");
	buf_clear(&asked->text);
	buf_printf(&asked->text, "%d %s", asked->reply.status,
		where ? json_string_value(where) : "-");
	buf_byte(&asked->text, '\0');
	json_decref(problem);
	return asked->text.data;
}

static inline const char *refused_get(struct asked *asked, const char *query)
{
	assert_int_equal(read_question(asked, "GET", query, ""), 1);
	return refusal(asked);
}

static inline const char *refused(struct asked *asked, const char *body)
{
	assert_int_equal(read_question(asked, "POST", "", body), 1);
	return refusal(asked);
}

static inline void write_change(struct asked *asked, const struct asked_change *change)
{
	struct entity dataset;

	assert_int_equal(
		entity_get(asked->snapshot.txn, change->change.dataset, &dataset), 0);
	buf_printf(&asked->text, "%s %.*s", impact_op_text(change->change.op),
		(int)dataset.key.name.len, dataset.key.name.ptr);
	if (change->change.column.len)
		buf_printf(&asked->text, ".%.*s", (int)change->change.column.len,
			change->change.column.ptr);
	if (change->to.len)
		buf_printf(&asked->text, ">%.*s", (int)change->to.len, change->to.ptr);
	if (change->type_after.len)
		buf_printf(&asked->text, ":%.*s", (int)change->type_after.len,
			change->type_after.ptr);
	buf_str(&asked->text, change->change.aliased ? " aliased" : "");
	buf_str(&asked->text, change->change.field ? " #" : "");
}

/* "drop_column orders.id #; ...": '#' where lineage names the column. */
static inline const char *changes(struct asked *asked)
{
	buf_clear(&asked->text);
	for (size_t i = 0; i < asked->question.change_count; i++) {
		buf_str(&asked->text, i ? "; " : "");
		write_change(asked, &asked->question.changes[i]);
	}
	buf_byte(&asked->text, '\0');
	return asked->text.data;
}

/* Bodies, with single quotes for double ones. */
#define CHANGE(members) "{'changes':[{" members "}]}"
#define OF_ORDERS	"'node':'dataset:n:orders',"

#define ASK_TEST(name) cmocka_unit_test_setup_teardown(name, asked_begin, asked_end)
