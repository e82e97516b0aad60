/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_zone.c - days as a time zone has them
 *
 * A zone's file is read for the question that needs it: it is small, and in the
 * page cache.  The C library knows zones too, but only one for the whole process.
 */
#include "api/marquez_zone.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ZONE_FOLDER   "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64
#define ZONE_FILE_MAX ((size_t)64 << 10)
#define TZIF_HEAD     44
#define TZIF_TYPE     6
#define SECOND_US     INT64_C(1000000)
#define DAY_S	      INT64_C(86400)

/* Walks the bytes of a file; `bad` once it would have gone beyond them. */
struct cursor {
	struct slice rest;
	bool bad;
};

struct tzif_counts {
	size_t utc;
	size_t standard;
	size_t leaps;
	size_t times;
	size_t types;
	size_t chars;
};

static struct slice take(struct cursor *cursor, size_t n)
{
	struct slice out = { 0 };

	if (cursor->bad || n > cursor->rest.len) {
		cursor->bad = true;
		return out;
	}
	out = slice_of(cursor->rest.ptr, n);
	cursor->rest = slice_of(cursor->rest.ptr + n, cursor->rest.len - n);
	return out;
}

static uint64_t big_endian(const char *ptr, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | (uint8_t)ptr[i];
	return value;
}

/* Returns 0, or 1 when it is no such file.  The first version has no digit. */
static int take_head(struct cursor *cursor, struct tzif_counts *out, char *version_out)
{
	struct slice head = take(cursor, TZIF_HEAD);
	size_t *const counts[] = { &out->utc, &out->standard, &out->leaps, &out->times,
		&out->types, &out->chars };

	if (cursor->bad || !slice_starts(head, SLICE("TZif")))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		*counts[i] = (size_t)big_endian(head.ptr + 20 + 4 * i, 4);
		if (*counts[i] > ZONE_FILE_MAX)
			return 1;
	}
	*version_out = head.ptr[4];
	return 0;
}

/* Behind the first part, whose times have 32 bits, stands the same with 64. */
static int skip_to_wide(struct cursor *cursor, struct tzif_counts *counts)
{
	char version;

	if (take_head(cursor, counts, &version) || version < '2')
		return 1;
	(void)take(cursor, counts->times * 5 + counts->types * TZIF_TYPE + counts->chars +
				   counts->leaps * 8 + counts->standard + counts->utc);
	return take_head(cursor, counts, &version) || !counts->types;
}

static int32_t ahead_of_type(struct slice types, size_t index)
{
	return (int32_t)big_endian(types.ptr + index * TZIF_TYPE, 4);
}

int mq_zone_decode(struct slice file, struct arena *arena, struct mq_zone *out)
{
	struct cursor cursor = { .rest = file };
	struct tzif_counts counts = { 0 };
	struct slice times;
	struct slice indexes;
	struct slice types;

	if (skip_to_wide(&cursor, &counts))
		return 1;
	times = take(&cursor, counts.times * 8);
	indexes = take(&cursor, counts.times);
	types = take(&cursor, counts.types * TZIF_TYPE);
	if (cursor.bad)
		return 1;
	out->rules = arena_array(arena, counts.times + 1, sizeof(*out->rules));
	if (!out->rules)
		return ERR_NOMEM;
	out->rules[0] = (struct mq_zone_rule){ INT64_MIN, ahead_of_type(types, 0) };
	for (size_t i = 0; i < counts.times; i++) {
		size_t type = (uint8_t)indexes.ptr[i];

		if (type >= counts.types)
			return 1;
		out->rules[i + 1] =
			(struct mq_zone_rule){ (int64_t)big_endian(times.ptr + 8 * i, 8),
				ahead_of_type(types, type) };
	}
	out->count = counts.times + 1;
	return 0;
}

/* No dots: nothing outside of the folder can be named. */
static bool is_zone_name(struct slice name)
{
	if (name.len == 0 || name.len > ZONE_NAME_MAX || name.ptr[0] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(c >= '0' && c <= '9') && !(c && strchr("+-_/", c)))
			return false;
	}
	return true;
}

/* Returns 0, or 1 when it cannot be read as a whole. */
static int read_file(const char *path, char *out, size_t room, size_t *len_out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return 1;
	while (n > 0 && len < room) {
		n = read(fd, out + len, room - len);
		if (n > 0)
			len += (size_t)n;
	}
	(void)close(fd);
	*len_out = len;
	return n == 0 ? 0 : 1;
}

static int use_utc(struct arena *arena, struct mq_zone *out)
{
	out->rules = arena_array(arena, 1, sizeof(*out->rules));
	if (!out->rules)
		return ERR_NOMEM;
	out->rules[0] = (struct mq_zone_rule){ INT64_MIN, 0 };
	out->count = 1;
	return 0;
}

int mq_zone_read(struct slice name, struct arena *arena, struct mq_zone *out)
{
	char path[sizeof(ZONE_FOLDER) + 1 + ZONE_NAME_MAX];
	char *file;
	size_t len;

	if (slice_equal(name, SLICE("UTC")) || slice_equal(name, SLICE("Etc/UTC")))
		return use_utc(arena, out);
	if (!is_zone_name(name))
		return 1;
	(void)snprintf(path, sizeof(path), ZONE_FOLDER "/%.*s", (int)name.len, name.ptr);
	file = arena_alloc(arena, ZONE_FILE_MAX);
	if (!file)
		return ERR_NOMEM;
	if (read_file(path, file, ZONE_FILE_MAX, &len))
		return 1;
	return mq_zone_decode(slice_of(file, len), arena, out);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t ahead_s(const struct mq_zone *zone, int64_t s)
{
	size_t low = 1;
	size_t high = zone->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->rules[middle].from_s <= s)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->rules[low - 1].ahead_s;
}

int64_t mq_zone_ahead_us(const struct mq_zone *zone, int64_t us)
{
	return ahead_s(zone, floor_div(us, SECOND_US)) * SECOND_US;
}

/*
 * The moment when clocks show this.  Where they never do, or do twice, it is a
 * moment next to that: good enough for where a day begins.
 */
static int64_t moment_of(const struct mq_zone *zone, int64_t shown_s)
{
	int64_t guess = shown_s - ahead_s(zone, shown_s);

	return shown_s - ahead_s(zone, guess);
}

struct mq_day mq_zone_day(const struct mq_zone *zone, int64_t us, int days_before)
{
	int64_t now_s = floor_div(us, SECOND_US);
	int64_t day = floor_div(now_s + ahead_s(zone, now_s), DAY_S) - days_before;

	return (struct mq_day){ .begin_us = moment_of(zone, day * DAY_S) * SECOND_US,
		.shown_us = day * DAY_S * SECOND_US };
}
