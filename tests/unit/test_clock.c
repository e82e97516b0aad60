/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_clock.c - what official clients call a time, and how we write one
 */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct example {
	const char *text;
	const char *canonical;
};

static void reads_as(const struct example *examples, size_t count)
{
	char text[TIME_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		int64_t us;

		if (time_parse(slice_from(examples[i].text), &us))
			fail_msg("%s was refused", examples[i].text);
		assert_string_equal(time_format(us, text), examples[i].canonical);
	}
}

static void times_of_official_clients_are_read(void **state)
{
	(void)state;
	static const struct example examples[] = {
		{ "2026-08-01T07:00:00.000000Z", "2026-08-01T07:00:00.000000Z" },
		{ "2021-11-03T10:53:52.427343", "2021-11-03T10:53:52.427343Z" },
		{ "2021-11-03T10:53:11.5Z", "2021-11-03T10:53:11.500000Z" },
		{ "2021-11-03T10:53:40.472698302Z", "2021-11-03T10:53:40.472698Z" },
		{ "2021-11-03T10:53:52+00:00", "2021-11-03T10:53:52.000000Z" },
		{ "20240101T000000Z", "2024-01-01T00:00:00.000000Z" },
		{ "2021-07-03T10:53:52+01:00[Europe/London]",
			"2021-07-03T09:53:52.000000Z" },
		{ "2021-11-03T10:53:52Z[UTC]", "2021-11-03T10:53:52.000000Z" },
	};

	reads_as(examples, sizeof(examples) / sizeof(examples[0]));
}

static void letters_and_the_mark_before_the_fraction_may_vary(void **state)
{
	(void)state;
	static const struct example examples[] = {
		{ "2024-01-01t00:00:00z", "2024-01-01T00:00:00.000000Z" },
		{ "2024-01-01 00:00:00Z", "2024-01-01T00:00:00.000000Z" },
		{ "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00.500000Z" },
		{ "2024-01-01T10:30", "2024-01-01T10:30:00.000000Z" },
		{ "20240101T1030Z", "2024-01-01T10:30:00.000000Z" },
		{ "2024-01-01T10", "2024-01-01T10:00:00.000000Z" },
		{ "20240101T103059.25+0200", "2024-01-01T08:30:59.250000Z" },
		{ "2024-01-01T00:00:00.9999999999999999999999Z",
			"2024-01-01T00:00:00.999999Z" },
	};

	reads_as(examples, sizeof(examples) / sizeof(examples[0]));
}

static void offsets_are_taken_off(void **state)
{
	(void)state;
	static const struct example examples[] = {
		{ "2024-01-01T00:00:00+01", "2023-12-31T23:00:00.000000Z" },
		{ "2024-01-01T00:00:00+0130", "2023-12-31T22:30:00.000000Z" },
		{ "2024-01-01T00:00:00-23:59", "2024-01-01T23:59:00.000000Z" },
		{ "1890-01-01T00:00:00.5+00:09:21", "1889-12-31T23:50:39.500000Z" },
		{ "0001-01-01T00:00:00-00:01", "0001-01-01T00:01:00.000000Z" },
	};

	reads_as(examples, sizeof(examples) / sizeof(examples[0]));
}

static void leap_seconds_and_hour_24_are_the_next_instant(void **state)
{
	(void)state;
	static const struct example examples[] = {
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z" },
		{ "2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250000Z" },
		{ "2024-02-28T24:00:00Z", "2024-02-29T00:00:00.000000Z" },
		{ "2024-02-29T24:00", "2024-03-01T00:00:00.000000Z" },
	};

	reads_as(examples, sizeof(examples) / sizeof(examples[0]));
}

static void week_dates_and_days_of_the_year_are_dates(void **state)
{
	(void)state;
	static const struct example examples[] = {
		{ "2024-W01-1T00:00:00Z", "2024-01-01T00:00:00.000000Z" },
		{ "2024W011T00:00:00Z", "2024-01-01T00:00:00.000000Z" },
		{ "2020-W53-7T12:00:00Z", "2021-01-03T12:00:00.000000Z" },
		{ "2021-W01T12:00:00Z", "2021-01-04T12:00:00.000000Z" },
		{ "2009-W01-1T00:00:00Z", "2008-12-29T00:00:00.000000Z" },
		{ "2024-366T00:00:00Z", "2024-12-31T00:00:00.000000Z" },
		{ "2024060T00:00:00Z", "2024-02-29T00:00:00.000000Z" },
	};

	reads_as(examples, sizeof(examples) / sizeof(examples[0]));
}

static void what_is_no_instant_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "garbage", "2024", "2024-01-01",
		"2024-01-01T", "2024-01-01T1", "2024-13-01T00:00:00Z",
		"2024-00-01T00:00:00Z", "2024-04-31T00:00:00Z", "2023-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-01T25:00:00Z",
		"2024-01-01T24:00:01Z", "2024-01-01T24:00:00.1Z", "2024-01-01T00:60:00Z",
		"2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00ZZ",
		"2024-01-01T00:00.5Z", "2024-01-01T00:00:00+24:00",
		"2024-01-01T00:00:00+1",
		"2024-01-01T00:00:00+01:", "2024-01-01T00:00:00Z[",
		"2024-01-01T00:00:00Z[]", "2024-01-01T00:00:00Z]", "2024-01-01X00:00:00Z",
		"2024-0101T00:00:00Z", "202401-01T00:00:00Z", "0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T24:00:00Z",
		"9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z",
		"2021-W53-1T00:00:00Z", "2024-W00-1T00:00:00Z", "2024-W01-8T00:00:00Z",
		"2023-366T00:00:00Z", "2024-000T00:00:00Z", " 2024-01-01T00:00:00Z",
		"2024-01-01T00:00:00 Z", "-024-01-01T00:00:00Z", "2024-01-01T0:00:00Z" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t us = 42;

		if (time_parse(slice_from(texts[i]), &us) != 1)
			fail_msg("%s was read", texts[i]);
		assert_int_equal(us, 42);
	}
}

static void a_day_lasts_from_its_first_to_its_last_microsecond(void **state)
{
	(void)state;
	char text[TIME_TEXT_MAX];
	int64_t first;
	int64_t last;

	assert_int_equal(time_parse_span(SLICE("2026-08-01"), &first, &last), 0);
	assert_string_equal(time_format(first, text), "2026-08-01T00:00:00.000000Z");
	assert_string_equal(time_format(last, text), "2026-08-01T23:59:59.999999Z");
	assert_int_equal(time_parse_span(SLICE("9999-12-31"), &first, &last), 0);
	assert_int_equal(last, TIME_MAX_US);
	assert_int_equal(
		time_parse_span(SLICE("2026-08-01T07:00:00Z"), &first, &last), 0);
	assert_string_equal(time_format(first, text), "2026-08-01T07:00:00.000000Z");
	assert_int_equal(first, last);
	assert_int_equal(time_parse_span(SLICE("2026-02-30"), &first, &last), 1);
	assert_int_equal(time_parse_span(SLICE("2026-08-0\0"), &first, &last), 1);
	assert_int_equal(time_parse_span(SLICE("2026-08"), &first, &last), 1);
	assert_int_equal(time_parse_span(SLICE(""), &first, &last), 1);
}

static void any_byte_changed_in_a_common_time_is_no_other_form(void **state)
{
	(void)state;
	static const char good[] = "2026-08-01T07:00:00Z";
	char text[sizeof(good)];
	int64_t us;

	for (size_t i = 0; i < 19; i++) {
		memcpy(text, good, sizeof(good));
		text[i] = good[i] == ':' ? ';' : ':';
		assert_int_equal(time_parse(slice_from(text), &us), 1);
		text[i] = (char)(good[i] | 0x80);
		assert_int_equal(time_parse(slice_from(text), &us), 1);
	}
}

/* 1 at each length at which the text is an instant. */
static void a_time_ends_where_its_slice_ends(void **state)
{
	(void)state;
	static const char full[] = "2026-08-01T07:00:00.123456+01:00";
	static const char read[] = "000000000000010010010111111001001";
	int64_t us;

	for (size_t len = 0; len < sizeof(full); len++) {
		char *exact = malloc(len ? len : 1);

		assert_non_null(exact);
		memcpy(exact, full, len);
		assert_int_equal(time_parse(slice_of(exact, len), &us), read[len] == '0');
		free(exact);
	}
}

static void the_ends_of_the_range_are_written(void **state)
{
	(void)state;
	char text[TIME_TEXT_MAX];

	assert_string_equal(
		time_format(TIME_MIN_US, text), "0001-01-01T00:00:00.000000Z");
	assert_string_equal(
		time_format(TIME_MAX_US, text), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(time_format(INT64_MIN, text), "0001-01-01T00:00:00.000000Z");
	assert_string_equal(time_format(INT64_MAX, text), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(time_format(0, text), "1970-01-01T00:00:00.000000Z");
	assert_string_equal(time_format(-1, text), "1969-12-31T23:59:59.999999Z");
}

/* Every 26 days and some, from the year 1 to 9999. */
static void dates_agree_with_the_c_library(void **state)
{
	(void)state;
	const int64_t step = INT64_C(2266620) * 1000003;

	for (int64_t us = TIME_MIN_US; us <= TIME_MAX_US; us += step) {
		char ours[TIME_TEXT_MAX];
		char theirs[TIME_TEXT_MAX];
		time_t seconds =
			(time_t)((us - TIME_MIN_US) / 1000000 + TIME_MIN_US / 1000000);
		struct tm tm;
		int64_t again;

		assert_non_null(gmtime_r(&seconds, &tm));
		(void)strftime(theirs, sizeof(theirs), "-%m-%dT%H:%M:%S", &tm);
		assert_memory_equal(time_format(us, ours) + 4, theirs, 15);
		assert_int_equal(strtol(ours, NULL, 10), tm.tm_year + 1900);
		assert_int_equal(time_parse(slice_from(ours), &again), 0);
		assert_int_equal(again, us);
	}
}

static void now_is_after_this_was_written_and_durations_do_not_shrink(void **state)
{
	(void)state;
	int64_t before = clock_monotonic_us();

	assert_true(clock_now_us() > INT64_C(1700000000000000));
	assert_true(clock_monotonic_us() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_official_clients_are_read),
		cmocka_unit_test(letters_and_the_mark_before_the_fraction_may_vary),
		cmocka_unit_test(offsets_are_taken_off),
		cmocka_unit_test(leap_seconds_and_hour_24_are_the_next_instant),
		cmocka_unit_test(week_dates_and_days_of_the_year_are_dates),
		cmocka_unit_test(what_is_no_instant_is_refused),
		cmocka_unit_test(a_day_lasts_from_its_first_to_its_last_microsecond),
		cmocka_unit_test(any_byte_changed_in_a_common_time_is_no_other_form),
		cmocka_unit_test(a_time_ends_where_its_slice_ends),
		cmocka_unit_test(the_ends_of_the_range_are_written),
		cmocka_unit_test(dates_agree_with_the_c_library),
		cmocka_unit_test(
			now_is_after_this_was_written_and_durations_do_not_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
