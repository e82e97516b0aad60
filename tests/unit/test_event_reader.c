/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_event_reader.c - limits, ownership and batches
 *
 * What events mean is in test_event_cases.c.
 */
#include "collector/event_reader.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD                                                                             \
	"{\"eventTime\":\"2026-08-01T07:00:00Z\",\"job\":{\"namespace\":\"n\",\"name\":" \
	"\"j\"}"
#define SMALL 4096
#define LARGE (1 << 26)

static void facets_are_the_bytes_as_received(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct slice text = SLICE(HEAD ",\"run\":{\"runId\":\"r\",\"facets\":"
				       "{ \"a\" : { \"x\" : [ NaN ] } , \"b\":{}}}}");
	struct ol_event event;
	struct fault fault;

	assert_int_equal(event_read(text, 0, arena, &event, &fault), 0);
	assert_int_equal(event.run_facets.count, 2);
	assert_true(slice_equal(
		event.run_facets.list[0].bytes, SLICE("{ \"x\" : [ NaN ] }")));
	assert_true(event.run_facets.list[0].bytes.ptr > text.ptr);
	assert_true(slice_equal(event.run_facets.list[1].bytes, SLICE("{}")));
}

static void the_raw_text_and_its_hash_are_told(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct slice text = SLICE(" " HEAD "} \n");
	struct ol_event event;
	struct fault fault;

	assert_int_equal(event_read(text, 0, arena, &event, &fault), 0);
	assert_ptr_equal(event.raw.ptr, text.ptr);
	assert_int_equal(event.raw.len, text.len);
	assert_int_equal(event.raw_hash, hash64(text));
	assert_true(hash128_equal(event.lineage_hash, ol_event_lineage_hash(&event)));
}

#define RUN_OF(facets) HEAD ",\"run\":{\"runId\":\"r\",\"facets\":{" facets "}}}"
#define ANCESTOR(run, job)                                              \
	"\"run\":{\"runId\":\"" run "\"},\"job\":{\"namespace\":\"n\"," \
	"\"name\":\"" job "\"}"

/* Only the run knows its parent: jobs that were started by others say the same. */
static void the_lineage_hash_is_without_the_parent(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct ol_event event;
	struct ol_event other;

	assert_int_equal(event_read(SLICE(RUN_OF("\"parent\":{" ANCESTOR("a", "b") "}")),
				 0, arena, &event, NULL),
		0);
	assert_int_equal(event_read(SLICE(RUN_OF("")), 0, arena, &other, NULL), 0);
	assert_true(slice_equal(event.parent.name, SLICE("b")));
	assert_null(other.parent.name.ptr);
	assert_true(hash128_equal(event.lineage_hash, other.lineage_hash));
}

static void a_parent_is_of_runs_only(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct slice text = SLICE("{\"run\":{\"facets\":{\"parent\":{" ANCESTOR(
		"a", "b") "}}},\"dataset\":{\"namespace\":\"n\",\"name\":\"d\"}}");
	struct ol_event event;

	assert_int_equal(event_read(text, 0, arena, &event, NULL), 0);
	assert_int_equal(event.kind, EVENT_DATASET);
	assert_null(event.parent.name.ptr);
}

static void a_refused_event_leaves_the_output_alone(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct ol_event event = { .kind = EVENT_DATASET };

	assert_int_equal(event_read(SLICE(HEAD), 0, arena, &event, NULL), ERR_INVALID);
	assert_int_equal(event.kind, EVENT_DATASET);
}

/* HEAD, "x": n brackets, and what closes them. */
static struct slice deep_event(struct buf *text, size_t n)
{
	buf_clear(text);
	buf_str(text, HEAD ",\"x\":");
	for (size_t i = 0; i < n; i++)
		buf_byte(text, '[');
	for (size_t i = 0; i < n; i++)
		buf_byte(text, ']');
	buf_byte(text, '}');
	assert_int_equal(buf_error(text), 0);
	return buf_get(text);
}

static void nesting_is_limited(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct ol_event event;
	struct fault fault;
	struct buf text;
	int r;

	buf_init(&text, LARGE);
	r = event_read(deep_event(&text, EVENT_DEPTH_MAX - 1), 0, arena, &event, &fault);
	assert_int_equal(r, 0);
	r = event_read(deep_event(&text, EVENT_DEPTH_MAX), 0, arena, &event, &fault);
	assert_int_equal(r, ERR_TOO_LARGE);
	assert_true(fault.has_offset);
	assert_memory_equal(fault.where, "/x/0/0", 6);
	buf_fini(&text);
}

static void the_number_of_values_is_limited(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct ol_event event;
	struct fault fault;
	const size_t bytes = (size_t)2 * EVENT_VALUES_MAX;
	struct buf text;
	char *zeros;

	buf_init(&text, LARGE);
	buf_str(&text, HEAD ",\"inputs\":[0");
	zeros = buf_reserve(&text, bytes);
	assert_non_null(zeros);
	for (size_t i = 0; i < bytes; i++)
		zeros[i] = i % 2 ? '0' : ',';
	buf_advance(&text, bytes);
	buf_str(&text, "]}");
	assert_int_equal(buf_error(&text), 0);
	assert_int_equal(
		event_read(buf_get(&text), 0, arena, &event, &fault), ERR_TOO_LARGE);
	assert_string_equal(fault.why, "there are too many values");
	buf_fini(&text);
}

/* An event with n inputs, each with a facet. */
static struct slice wide_event(struct buf *text, size_t n)
{
	buf_str(text, HEAD ",\"inputs\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(text,
			"%s{\"namespace\":\"n\",\"name\":\"d%zu\",\"facets\":{\"f\":{}}}",
			i ? "," : "", i);
	buf_str(text, "]}");
	assert_int_equal(buf_error(text), 0);
	return buf_get(text);
}

static void many_inputs_keep_their_order(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct ol_event event;
	struct fault fault;
	struct buf text;

	buf_init(&text, LARGE);
	assert_int_equal(
		event_read(wide_event(&text, 1000), 0, arena, &event, &fault), 0);
	assert_int_equal(event.inputs.count, 1000);
	assert_true(slice_equal(event.inputs.list[0].name, SLICE("d0")));
	assert_true(slice_equal(event.inputs.list[999].name, SLICE("d999")));
	assert_int_equal(event.inputs.list[500].facets.count, 1);
	buf_fini(&text);
}

static void an_arena_that_is_full_is_no_memory(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, (size_t)4 * SMALL);
	struct ol_event event;
	struct fault fault;
	struct buf text;

	buf_init(&text, LARGE);
	assert_int_equal(
		event_read(wide_event(&text, 1000), 0, arena, &event, &fault), ERR_NOMEM);
	buf_fini(&text);
}

/* Whatever is cut off an event, it is refused within its bytes. */
static void every_prefix_of_an_event_is_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	struct slice text =
		SLICE(HEAD ",\"run\":{\"runId\":\"\\u0072\",\"facets\":{\"a\":"
			   "{\"_deleted\":true,\"b\":[1.5e3,\"\xc5\xbc\"]}}},"
			   "\"inputs\":[{\"namespace\":\"n\",\"name\":\"a\"}]}");
	struct ol_event event;
	struct fault fault;

	for (size_t n = 0; n < text.len; n++) {
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, text.ptr, n);
		assert_int_equal(event_read(slice_of(copy, n), 0, arena, &event, &fault),
			ERR_INVALID);
		assert_true(fault.has_offset);
		assert_in_range(fault.offset, 0, n);
		free(copy);
	}
	assert_int_equal(event_read(text, 0, arena, &event, &fault), 0);
}

static int note_element(void *ctx, size_t index, struct slice text)
{
	struct buf *notes = ctx;

	buf_printf(notes, "%zu:", index);
	buf_slice(notes, text);
	buf_byte(notes, ';');
	return slice_equal(text, SLICE("stop")) ? 7 : 0;
}

static void assert_cut(struct slice text, int result, const char *expected)
{
	char *copy = malloc(text.len ? text.len : 1);
	struct fault fault = { .has_offset = false };
	struct buf notes;

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	buf_init(&notes, LARGE);
	assert_int_equal(
		event_array_each(slice_of(copy, text.len), note_element, &notes, &fault),
		result);
	assert_int_equal(fault.has_offset, result < 0);
	assert_in_range(fault.offset, 0, text.len);
	buf_byte(&notes, '\0');
	assert_int_equal(buf_error(&notes), 0);
	assert_string_equal(notes.data, expected);
	buf_fini(&notes);
	free(copy);
}

static void an_array_is_cut_into_its_elements(void **state)
{
	(void)state;

	assert_cut(SLICE("[]"), 0, "");
	assert_cut(SLICE(" [ \n ] "), 0, "");
	assert_cut(SLICE("[{}]"), 0, "0:{};");
	assert_cut(SLICE("\xef\xbb\xbf[{\"a\":[1,{}]} ,\n {}]\n"), 0,
		"0:{\"a\":[1,{}]};1:{};");
	assert_cut(SLICE("[{\"a\":\"],[\\\"}\"},2]"), 0, "0:{\"a\":\"],[\\\"}\"};1:2;");
	assert_cut(SLICE("[{\"a\":\"\xc5\xbc,\\\\\"},[2,3]]"), 0,
		"0:{\"a\":\"\xc5\xbc,\\\\\"};1:[2,3];");
}

static void a_broken_element_does_not_swallow_the_others(void **state)
{
	(void)state;

	assert_cut(
		SLICE("[{},{\"a\":[1},{\"b\":2}]"), 0, "0:{};1:{\"a\":[1};2:{\"b\":2};");
	assert_cut(SLICE("[{\"a\":1]},{}]"), 0, "0:{\"a\":1]};1:{};");
	assert_cut(SLICE("[}},{}]"), 0, "0:}};1:{};");
	assert_cut(SLICE("[1,,2,]"), 0, "0:1;1:;2:2;3:;");
	assert_cut(SLICE("[nope,{]"), ERR_INVALID, "0:nope;");
}

static void what_is_no_array_is_refused(void **state)
{
	(void)state;

	assert_cut(SLICE(""), ERR_INVALID, "");
	assert_cut(SLICE("\xef\xbb\xbf"), ERR_INVALID, "");
	assert_cut(SLICE("{}"), ERR_INVALID, "");
	assert_cut(SLICE("["), ERR_INVALID, "");
	assert_cut(SLICE("[{},{}"), ERR_INVALID, "0:{};");
	assert_cut(SLICE("[{},\"\\"), ERR_INVALID, "0:{};");
	assert_cut(SLICE("[{}] {}"), ERR_INVALID, "0:{};");
}

static void cutting_stops_when_told(void **state)
{
	(void)state;

	assert_cut(SLICE("[1,stop,2]"), 7, "0:1;1:stop;");
}

static void cutting_goes_on_below_the_deepest_level(void **state)
{
	(void)state;
	struct buf text;
	struct buf notes;

	buf_init(&text, LARGE);
	buf_init(&notes, LARGE);
	buf_byte(&text, '[');
	buf_slice(&text, deep_event(&notes, (size_t)3 * EVENT_DEPTH_MAX));
	buf_str(&text, ",{}]");
	buf_clear(&notes);
	assert_int_equal(event_array_each(buf_get(&text), note_element, &notes, NULL), 0);
	assert_memory_equal(notes.data + notes.len - 6, ";1:{};", 6);
	buf_fini(&text);
	buf_fini(&notes);
}

static void an_array_is_told_by_its_first_byte(void **state)
{
	(void)state;

	assert_true(event_text_is_array(SLICE("[")));
	assert_true(event_text_is_array(SLICE("\xef\xbb\xbf \t\r\n[1]")));
	assert_false(event_text_is_array(SLICE("{\"a\":[]}")));
	assert_false(event_text_is_array(SLICE("")));
	assert_false(event_text_is_array(SLICE("   ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facets_are_the_bytes_as_received),
		cmocka_unit_test(the_raw_text_and_its_hash_are_told),
		cmocka_unit_test(the_lineage_hash_is_without_the_parent),
		cmocka_unit_test(a_parent_is_of_runs_only),
		cmocka_unit_test(a_refused_event_leaves_the_output_alone),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(the_number_of_values_is_limited),
		cmocka_unit_test(many_inputs_keep_their_order),
		cmocka_unit_test(an_arena_that_is_full_is_no_memory),
		cmocka_unit_test(every_prefix_of_an_event_is_refused),
		cmocka_unit_test(an_array_is_cut_into_its_elements),
		cmocka_unit_test(a_broken_element_does_not_swallow_the_others),
		cmocka_unit_test(what_is_no_array_is_refused),
		cmocka_unit_test(cutting_stops_when_told),
		cmocka_unit_test(cutting_goes_on_below_the_deepest_level),
		cmocka_unit_test(an_array_is_told_by_its_first_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
