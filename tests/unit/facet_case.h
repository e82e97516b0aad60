/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_case.h - facets in short, and what they say as text
 *
 * Facets stand in tests in a short form: ' is ", @d the names of dataset d in
 * the namespace n, @d.f with the field f, #j those of job j; <DIRECT/IDENTITY>
 * is a list of transformations, with ! behind one that masks.
 *
 * What is read is written as text: a flow as "source > target CLASSES", names
 * as namespace:name.field, * for the dataset or job that has the facet, - for
 * what is not told; "-N" at the end when N entries were left out; "!WHERE" when
 * the facet is malformed.
 */
#pragma once

#include "collector/facet_reader.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SMALL 4096
#define LARGE (1 << 30)

struct facet_case {
	const char *text;
	const char *expected;
};

static inline size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz");
}

/* Behind @ or #; returns what is behind the names. */
static inline const char *put_names(struct buf *out, const char *type, const char *text)
{
	size_t len = name_length(text);

	buf_printf(out, "\"type\":\"%s\",\"namespace\":\"n\",\"name\":\"%.*s\"", type,
		(int)len, text);
	text += len;
	if (*text != '.')
		return text;
	len = name_length(++text);
	buf_printf(out, ",\"field\":\"%.*s\"", (int)len, text);
	return text + len;
}

/* Behind <; returns what is behind >. */
static inline const char *put_transformations(struct buf *out, const char *text)
{
	buf_str(out, "\"transformations\":[");
	while (*text != '>') {
		size_t type = strcspn(text, "/");
		const char *subtype = text + type + 1;
		size_t len = strcspn(subtype, "! >");
		bool masking = subtype[len] == '!';

		buf_printf(out, "{\"type\":\"%.*s\",\"subtype\":\"%.*s\",\"masking\":%s}",
			(int)type, text, (int)len, subtype, masking ? "true" : "false");
		text = subtype + len + masking;
		if (*text == ' ') {
			buf_byte(out, ',');
			text++;
		}
	}
	buf_byte(out, ']');
	return text + 1;
}

/* JSON from the short form, in memory of exactly its size. */
static inline struct slice json(const char *text)
{
	struct slice json;
	struct buf out;

	buf_init(&out, LARGE);
	while (*text) {
		char c = *text++;

		if (c == '@')
			text = put_names(&out, "DATASET", text);
		else if (c == '#')
			text = put_names(&out, "JOB", text);
		else if (c == '<')
			text = put_transformations(&out, text);
		else
			buf_byte(&out, c == '\'' ? '"' : c);
	}
	assert_int_equal(buf_error(&out), 0);
	json.ptr = realloc(out.data, out.len);
	json.len = out.len;
	assert_non_null(json.ptr);
	return json;
}

static inline void put_skipped(struct buf *out, uint32_t skipped)
{
	if (skipped)
		buf_printf(out, "-%u", skipped);
}

static inline void put_end(struct buf *out, const struct ol_end *end)
{
	if (end->kind == NODE_JOB)
		buf_str(out, "job ");
	if (end->own) {
		assert_int_equal(end->namespace.len + end->name.len, 0);
		buf_byte(out, '*');
	} else {
		buf_slice(out, end->namespace);
		buf_byte(out, ':');
		buf_slice(out, end->name);
	}
	if (end->kind == NODE_FIELD) {
		buf_byte(out, '.');
		buf_slice(out, end->field);
	}
}

static inline void put_classes(struct buf *out, uint32_t classes)
{
	char before = ' ';

	for (unsigned i = 0; flow_class_text(i); i++) {
		if (!(classes & 1U << i))
			continue;
		buf_byte(out, before);
		buf_str(out, flow_class_text(i));
		before = '+';
	}
	if (flow_masked(classes))
		buf_str(out, "+MASKED");
}

static inline void put_flows(struct buf *out, const struct ol_flows *flows)
{
	for (size_t i = 0; i < flows->count; i++) {
		const struct ol_flow *flow = &flows->list[i];

		put_end(out, &flows->ends[flow->source]);
		buf_str(out, " > ");
		put_end(out, &flows->ends[flow->target]);
		put_classes(out, flow->classes);
		buf_str(out, "; ");
	}
	put_skipped(out, flows->skipped);
}

/* Reads a facet and writes what it says; a call of the facet reader. */
typedef int facet_describe(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault);

static inline void check_case(facet_describe *call, const struct facet_case *one)
{
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct slice bytes = json(one->text);
	struct fault fault;
	struct buf got;
	int r;

	assert_non_null(arena);
	buf_init(&got, LARGE);
	r = call(bytes, arena, &got, &fault);
	if (r) {
		assert_int_equal(r, ERR_INVALID);
		buf_printf(&got, "!%s", fault.where);
	}
	assert_int_equal(buf_error(&got), 0);
	if (!slice_equal(buf_get(&got), slice_from(one->expected)))
		fail_msg("%s\n gives: %.*s\n  want: %s", one->text, (int)got.len,
			got.data, one->expected);
	buf_fini(&got);
	free((void *)(uintptr_t)bytes.ptr);
}

/* Up to the one without a text. */
static inline void check_cases(facet_describe *call, const struct facet_case *cases)
{
	for (; cases->text; cases++)
		check_case(call, cases);
}
