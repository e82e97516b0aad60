/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_params.c - query strings, cursors and intervals are read as documented
 */
#include "api/cursor.h"
#include "api/interval.h"
#include "api/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct param_rule rules[] = {
	{ "name", 1 },
	{ "limit", 1 },
	{ "at", 1 },
	{ "tag", 2 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(4096, 1 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct params parse(const char *query)
{
	struct params p;

	params_parse(&p, slice_from(query), rules, arena);
	return p;
}

static void assert_slice(struct slice s, const char *bytes, size_t len)
{
	assert_int_equal(s.len, len);
	if (len)
		assert_memory_equal(s.ptr, bytes, len);
}

static void assert_fault(const struct params *p, const char *where, const char *why)
{
	assert_int_equal(params_error(p), ERR_INVALID);
	assert_string_equal(p->fault.where, where);
	assert_non_null(strstr(p->fault.why, why));
}

static void values_are_percent_decoded_once(void **state)
{
	struct params p = parse("name=s3%3A%2F%2Fa+b%2520&tag=%00x");

	(void)state;
	assert_int_equal(params_error(&p), 0);
	assert_slice(param_get(&p, "name"), "s3://a b%20", 11);
	assert_slice(param_get(&p, "tag"), "\0x", 2);
}

static void an_empty_value_is_given(void **state)
{
	struct params p = parse("name=&tag");

	(void)state;
	assert_int_equal(params_error(&p), 0);
	assert_true(param_given(&p, "name"));
	assert_true(param_given(&p, "tag"));
	assert_false(param_given(&p, "limit"));
	assert_non_null(param_get(&p, "name").ptr);
	assert_slice(param_get(&p, "name"), "", 0);
}

static void an_empty_query_has_no_parameters(void **state)
{
	struct params p = parse("");
	struct params q = parse("&&");

	(void)state;
	assert_int_equal(params_error(&p), 0);
	assert_int_equal(p.count, 0);
	assert_int_equal(params_error(&q), 0);
	assert_int_equal(q.count, 0);
}

static void an_unknown_parameter_is_refused_by_name(void **state)
{
	struct params p = parse("name=x&limt=3");

	(void)state;
	assert_fault(&p, "limt", "no such parameter");
}

static void a_repeated_parameter_is_refused_by_name(void **state)
{
	struct params once = parse("name=x&name=x");
	struct params twice = parse("tag=x&tag=y&tag=z");

	(void)state;
	assert_fault(&once, "name", "once");
	assert_fault(&twice, "tag", "too often");
}

static void a_repeatable_parameter_gives_all_its_values(void **state)
{
	struct params p = parse("tag=x&name=n&tag=y");
	struct slice value;
	size_t at = 0;

	(void)state;
	assert_true(param_next(&p, "tag", &at, &value));
	assert_slice(value, "x", 1);
	assert_true(param_next(&p, "tag", &at, &value));
	assert_slice(value, "y", 1);
	assert_false(param_next(&p, "tag", &at, &value));
}

static void broken_escapes_and_bytes_are_refused(void **state)
{
	static const char *const queries[] = { "name=%", "name=%2", "name=%zz", "name=%f",
		"name=%ff", "name=%c0%80", "name=%ed%a0%80", "%gg=1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct params p = parse(queries[i]);

		assert_int_equal(params_error(&p), ERR_INVALID);
	}
}

static void numbers_keep_to_their_range(void **state)
{
	static const struct param_range range = { 1, 100, 7 };
	static const char *const wrong[] = { "limit=0", "limit=101", "limit=", "limit=-1",
		"limit=1x", "limit=+1", "limit=18446744073709551617" };
	struct params none = parse("");
	struct params good = parse("limit=100");

	(void)state;
	assert_int_equal(param_uint(&none, "limit", &range), 7);
	assert_int_equal(param_uint(&good, "limit", &range), 100);
	assert_int_equal(params_error(&good), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct params p = parse(wrong[i]);

		assert_int_equal(param_uint(&p, "limit", &range), 7);
		assert_fault(&p, "limit", "from 1 to 100");
	}
}

static void a_number_may_be_the_largest_there_is(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(uint_from_text(SLICE("18446744073709551615"), &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(uint_from_text(SLICE("18446744073709551616"), &value), 1);
}

static void choices_are_listed_when_none_fits(void **state)
{
	static const char *const choices[] = { "up", "down", "both", NULL };
	struct params p = parse("name=sideways");
	struct params q = parse("name=DOWN");

	(void)state;
	assert_int_equal(param_choice(&q, "name", choices, 2), 1);
	assert_int_equal(param_choice(&p, "name", choices, 2), 2);
	assert_fault(&p, "name", "must be up, down or both");
}

static void the_first_fault_stands(void **state)
{
	struct params p = parse("limit=x&at=never");

	(void)state;
	(void)param_time(&p, "at", 0);
	(void)param_uint(&p, "limit", &(struct param_range){ 1, 2, 1 });
	assert_fault(&p, "at", "must be a time");
}

static void a_time_is_read(void **state)
{
	struct params p = parse("at=1970-01-01T01:00:01%2B01:00");

	(void)state;
	assert_int_equal(param_time(&p, "at", 0), 1000000);
	assert_int_equal(params_error(&p), 0);
}

static void more_parameters_than_there_is_room_for_are_refused(void **state)
{
	static const struct param_rule many[] = { { "a", 1000 }, { NULL, 0 } };
	char query[2 * (PARAMS_MAX + 1)];
	struct params p;

	(void)state;
	for (size_t i = 0; i < sizeof(query); i++)
		query[i] = i % 2 ? '&' : 'a';
	params_parse(&p, slice_of(query, sizeof(query)), many, arena);
	assert_fault(&p, "a", "more than");
}

/* The text of the cursor to a place, for a query. */
static void write_cursor(const char *query, char *text, size_t size)
{
	struct params p = parse(query);
	struct jsonw w;
	struct buf b;

	buf_init(&b, 1000);
	jsonw_init(&w, &b);
	jsonw_next(&w, &p, "list", &(struct cursor){ { 5, UINT64_MAX, 7 } });
	assert_int_equal(buf_error(&b), 0);
	assert_true(b.len < size);
	/* "next":"..." */
	memcpy(text, b.data + 8, b.len - 9);
	text[b.len - 9] = '\0';
	buf_fini(&b);
}

static bool read_cursor(const char *query, const char *list, struct cursor *out)
{
	struct params p = parse(query);
	bool given = param_cursor(&p, list, out);

	assert_int_equal(params_error(&p), given ? 0 : ERR_INVALID);
	return given;
}

static void a_cursor_is_good_for_its_question_only(void **state)
{
	struct cursor cursor;
	char text[200];
	char query[300];

	(void)state;
	write_cursor("name=x&tag=t", text, sizeof(text));
	(void)snprintf(query, sizeof(query), "tag=t&name=x&limit=9&cursor=%s", text);
	assert_true(read_cursor(query, "list", &cursor));
	assert_int_equal(cursor.at[0], 5);
	assert_true(cursor.at[1] == UINT64_MAX);
	assert_int_equal(cursor.at[2], 7);
	assert_false(read_cursor(query, "other", &cursor));

	(void)snprintf(query, sizeof(query), "name=y&tag=t&cursor=%s", text);
	assert_false(read_cursor(query, "list", &cursor));
}

static void a_made_up_cursor_is_refused(void **state)
{
	static const char *const wrong[] = { "cursor=", "cursor=1", "cursor=1.2.3.4",
		"cursor=1.2.3.4.5", "cursor=....", "cursor=1.11111111111111111.2.3",
		"cursor=x.y.z.w" };
	struct cursor cursor;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(read_cursor(wrong[i], "list", &cursor));
}

#define DAY INT64_C(86400000000)

static void durations_are_read_in_both_spellings(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = { { "30d", 30 * DAY }, { "P30D", 30 * DAY }, { "2w", 14 * DAY },
		{ "P1DT12H", DAY + DAY / 2 }, { "45m", 45 * 60000000LL },
		{ "PT90S", 90000000 }, { "0s", 0 } };
	static const char *const wrong[] = { "", "P", "30", "d", "P1Y", "P1M", "1M1",
		"PT1D", "P1H", "9999999999999999999d", "-1d", "1.5h", "P1DT", "PT" };
	int64_t us;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(duration_parse(slice_from(good[i].text), &us), 0);
		assert_true(us == good[i].us);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(duration_parse(slice_from(wrong[i]), &us), 1);
}

static void intervals_have_two_ends(void **state)
{
	static const char *const same[] = { "1970-01-02T00:00:00Z/1970-01-03T00:00:00Z",
		"1970-01-02T00:00:00Z/P1D", "1d/1970-01-03T00:00:00Z", "24h" };
	static const char *const wrong[] = { "1970-01-03T00:00:00Z/1970-01-02T00:00:00Z",
		"/", "1d/1d", "1970-01-02T00:00:00Z/", "1970-01-02T00:00:00Z", "" };
	struct interval interval;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		assert_int_equal(
			interval_parse(slice_from(same[i]), 2 * DAY, &interval), 0);
		assert_true(interval.from_us == DAY && interval.to_us == 2 * DAY);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(
			interval_parse(slice_from(wrong[i]), 2 * DAY, &interval), 1);
}

static void a_list_of_words_is_a_set_of_bits(void **state)
{
	static const char *const choices[] = { "red", "green", "blue", NULL };
	struct params p;

	(void)state;
	params_parse(&p, SLICE("name=Blue,red,red"), rules, arena);
	assert_int_equal(param_words(&p, "name", choices, 2), 5);
	assert_int_equal(param_words(&p, "at", choices, 2), 2);
	assert_int_equal(params_error(&p), 0);
	params_parse(&p, SLICE("name=red,"), rules, arena);
	assert_int_equal(param_words(&p, "name", choices, 2), 2);
	assert_int_equal(params_error(&p), ERR_INVALID);
	assert_string_equal(p.fault.why, "must be red, green or blue");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_percent_decoded_once),
		cmocka_unit_test(a_list_of_words_is_a_set_of_bits),
		cmocka_unit_test(an_empty_value_is_given),
		cmocka_unit_test(an_empty_query_has_no_parameters),
		cmocka_unit_test(an_unknown_parameter_is_refused_by_name),
		cmocka_unit_test(a_repeated_parameter_is_refused_by_name),
		cmocka_unit_test(a_repeatable_parameter_gives_all_its_values),
		cmocka_unit_test(broken_escapes_and_bytes_are_refused),
		cmocka_unit_test(numbers_keep_to_their_range),
		cmocka_unit_test(a_number_may_be_the_largest_there_is),
		cmocka_unit_test(choices_are_listed_when_none_fits),
		cmocka_unit_test(the_first_fault_stands),
		cmocka_unit_test(a_time_is_read),
		cmocka_unit_test(more_parameters_than_there_is_room_for_are_refused),
		cmocka_unit_test(a_cursor_is_good_for_its_question_only),
		cmocka_unit_test(a_made_up_cursor_is_refused),
		cmocka_unit_test(durations_are_read_in_both_spellings),
		cmocka_unit_test(intervals_have_two_ends),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
