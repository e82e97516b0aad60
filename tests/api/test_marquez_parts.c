/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_parts.c - time zones and phrases, which are asked of no graph
 */
#include "api/marquez_words.h"
#include "api/marquez_zone.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FILE_MAX 256

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(4096, (size_t)1 << 20);
	return arena ? 0 : -1;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

struct file {
	char bytes[FILE_MAX];
	size_t len;
};

static void put(struct file *file, uint64_t value, size_t bytes)
{
	for (size_t i = bytes; i > 0; i--)
		file->bytes[file->len++] = (char)(i > 8 ? 0 : value >> (8 * (i - 1)));
}

static void put_head(struct file *file, uint32_t times, uint32_t types)
{
	memcpy(file->bytes + file->len, "TZif2", 5);
	file->len += 5 + 15;
	put(file, 0, 12);
	put(file, times, 4);
	put(file, types, 4);
	put(file, 0, 4);
}

static int64_t at(const char *text)
{
	int64_t us;

	assert_int_equal(time_parse(slice_from(text), &us), 0);
	return us;
}

/* A zone an hour ahead, and two hours from 2026-03-29 to 2026-10-25, 01:00 UTC. */
static void make_file(struct file *file)
{
	*file = (struct file){ .len = 0 };
	put_head(file, 0, 1);
	put(file, 0, 6);
	put_head(file, 2, 2);
	put(file, (uint64_t)at("2026-03-29T01:00:00Z") / 1000000, 8);
	put(file, (uint64_t)at("2026-10-25T01:00:00Z") / 1000000, 8);
	put(file, 1, 1);
	put(file, 0, 1);
	put(file, 3600, 4);
	put(file, 0, 2);
	put(file, 7200, 4);
	put(file, 0x0100, 2);
}

static void read_zone(struct mq_zone *zone)
{
	struct file file;

	make_file(&file);
	assert_int_equal(mq_zone_decode(slice_of(file.bytes, file.len), arena, zone), 0);
}

static void a_zone_is_ahead_by_what_holds_then(void **state)
{
	const int64_t hour_us = INT64_C(3600000000);
	struct mq_zone zone;

	(void)state;
	read_zone(&zone);
	assert_int_equal(mq_zone_ahead_us(&zone, at("1970-01-01T00:00:00Z")), hour_us);
	assert_int_equal(mq_zone_ahead_us(&zone, at("2026-03-29T00:59:59Z")), hour_us);
	assert_int_equal(
		mq_zone_ahead_us(&zone, at("2026-03-29T01:00:00Z")), 2 * hour_us);
	assert_int_equal(mq_zone_ahead_us(&zone, at("2026-12-01T00:00:00Z")), hour_us);
}

static void a_day_begins_when_the_zone_s_clocks_show_midnight(void **state)
{
	struct mq_zone zone;
	struct mq_day day;

	(void)state;
	read_zone(&zone);
	day = mq_zone_day(&zone, at("2026-03-29T23:30:00Z"), 0);
	assert_int_equal(day.begin_us, at("2026-03-29T22:00:00Z"));
	assert_int_equal(day.shown_us, at("2026-03-30T00:00:00Z"));
	day = mq_zone_day(&zone, at("2026-03-29T23:30:00Z"), 1);
	assert_int_equal(day.begin_us, at("2026-03-28T23:00:00Z"));
	assert_int_equal(day.shown_us, at("2026-03-29T00:00:00Z"));
}

static void a_file_that_breaks_off_is_no_zone(void **state)
{
	struct mq_zone zone;
	struct file file;

	(void)state;
	make_file(&file);
	for (size_t len = 0; len < file.len; len++) {
		char *copy = malloc(len + !len);

		assert_non_null(copy);
		memcpy(copy, file.bytes, len);
		assert_int_equal(mq_zone_decode(slice_of(copy, len), arena, &zone), 1);
		free(copy);
	}
}

static void a_file_that_names_a_rule_it_lacks_is_no_zone(void **state)
{
	struct mq_zone zone;
	struct file file;

	(void)state;
	make_file(&file);
	file.bytes[file.len - 14] = 2;
	assert_int_equal(mq_zone_decode(slice_of(file.bytes, file.len), arena, &zone), 1);
}

static void only_names_of_zones_are_looked_for(void **state)
{
	static const char *const names[] = { "", "/etc/passwd", "../../../etc/passwd",
		"Europe/../UTC", "Europe", "No/Such", "zone.tab" };
	struct mq_zone zone;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(mq_zone_read(slice_from(names[i]), arena, &zone), 1);
	assert_int_equal(mq_zone_read(SLICE("Etc/GMT\0"), arena, &zone), 1);
	assert_int_equal(mq_zone_read(SLICE("UTC"), arena, &zone), 0);
	assert_int_equal(mq_zone_ahead_us(&zone, at("2026-08-01T00:00:00Z")), 0);
}

static bool finds(const char *text, const char *phrase, const char *words)
{
	struct mq_match match;

	if (!mq_phrase_in(slice_from(text), slice_from(phrase), &match))
		return false;
	return slice_equal(
		slice_of(text + match.begin, match.end - match.begin), slice_from(words));
}

static void a_phrase_is_words_in_a_row_and_the_start_of_one(void **state)
{
	(void)state;
	assert_true(finds("INSERT INTO orders", "into", "INTO"));
	assert_true(finds("INSERT INTO orders", "into ord", "INTO orders"));
	assert_true(finds("public.top_orders", "Top-Orders", "top_orders"));
	assert_true(finds("into in into orders", "into o", "into orders"));
	assert_false(finds("INSERT INTO orders", "in orders", ""));
	assert_false(finds("INSERT INTO orders", "rders", ""));
	assert_false(finds("INSERT INTO", "into orders", ""));
	assert_false(finds("anything", " .-", ""));
	assert_false(finds("", "a", ""));
}

static void a_fragment_has_what_is_around_a_match(void **state)
{
	struct slice text = SLICE("select * from orders where id = 1");
	struct mq_match match;
	struct slice out;

	(void)state;
	assert_true(mq_phrase_in(text, SLICE("order"), &match));
	assert_int_equal(mq_fragment(text, &match, arena, &out), 0);
	assert_true(
		slice_equal(out, SLICE("select * from <em>orders</em> where id = 1")));
}

static void a_fragment_is_cut_between_characters(void **state)
{
	char text[300];
	struct mq_match match;
	struct slice out;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? '\xa9' : '\xc3';
	for (size_t i = 150; i < 154; i++)
		text[i] = i == 151 ? 'x' : ' ';
	assert_true(mq_phrase_in(slice_of(text, sizeof(text)), SLICE("x"), &match));
	assert_int_equal(
		mq_fragment(slice_of(text, sizeof(text)), &match, arena, &out), 0);
	assert_true(out.len < sizeof(text));
	assert_int_equal((unsigned char)out.ptr[0], 0xc3);
	assert_int_equal((unsigned char)out.ptr[out.len - 1], 0xa9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_is_ahead_by_what_holds_then),
		cmocka_unit_test(a_day_begins_when_the_zone_s_clocks_show_midnight),
		cmocka_unit_test(a_file_that_breaks_off_is_no_zone),
		cmocka_unit_test(a_file_that_names_a_rule_it_lacks_is_no_zone),
		cmocka_unit_test(only_names_of_zones_are_looked_for),
		cmocka_unit_test(a_phrase_is_words_in_a_row_and_the_start_of_one),
		cmocka_unit_test(a_fragment_has_what_is_around_a_match),
		cmocka_unit_test(a_fragment_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
