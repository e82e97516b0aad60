/* SPDX-License-Identifier: Apache-2.0 */

/*
 * interval.c - a span of time, as people write it
 */
#include "api/interval.h"

#include "base/clock.h"

#define SECOND_US INT64_C(1000000)

/* Seconds of a unit; 0 when there is no such unit here. */
static int64_t unit_seconds(char unit, bool time_part)
{
	switch (unit | 0x20) {
	case 'w':
		return time_part ? 0 : 7 * 86400;
	case 'd':
		return time_part ? 0 : 86400;
	case 'h':
		return time_part ? 3600 : 0;
	case 'm':
		return time_part ? 60 : 0;
	case 's':
		return time_part ? 1 : 0;
	default:
		return 0;
	}
}

/* Cuts a whole number off the front of text; there must be something behind it. */
static int take_number(struct slice *text, int64_t *out)
{
	int64_t value = 0;
	size_t i = 0;

	for (; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, text->ptr[i] - '0', &value))
			return 1;
	}
	if (i == 0 || i == text->len)
		return 1;
	*text = slice_of(text->ptr + i, text->len - i);
	*out = value;
	return 0;
}

static int add_units(int64_t count, int64_t seconds, int64_t *sum_us)
{
	int64_t us;

	return seconds == 0 || __builtin_mul_overflow(count, seconds * SECOND_US, &us) ||
	       __builtin_add_overflow(*sum_us, us, sum_us);
}

/* What follows the P: 1W, 30D, 1DT12H, T90S. */
static int iso_duration(struct slice text, int64_t *out)
{
	bool time_part = false;
	int64_t sum = 0;

	if (text.len == 0)
		return 1;
	while (text.len > 0) {
		int64_t count;

		if (!time_part && (text.ptr[0] | 0x20) == 't') {
			time_part = true;
			text = slice_of(text.ptr + 1, text.len - 1);
		}
		if (take_number(&text, &count) ||
			add_units(count, unit_seconds(text.ptr[0], time_part), &sum))
			return 1;
		text = slice_of(text.ptr + 1, text.len - 1);
	}
	*out = sum;
	return 0;
}

int duration_parse(struct slice text, int64_t *out)
{
	int64_t count;
	int64_t sum = 0;
	int64_t seconds;

	if (text.len > 0 && (text.ptr[0] | 0x20) == 'p')
		return iso_duration(slice_of(text.ptr + 1, text.len - 1), out);
	if (take_number(&text, &count) || text.len != 1)
		return 1;
	seconds = unit_seconds(text.ptr[0], false);
	if (seconds == 0)
		seconds = unit_seconds(text.ptr[0], true);
	if (add_units(count, seconds, &sum))
		return 1;
	*out = sum;
	return 0;
}

static int two_halves(struct slice left, struct slice right, struct interval *out)
{
	int64_t duration;

	if (!time_parse(left, &out->from_us)) {
		if (!time_parse(right, &out->to_us))
			return 0;
		return duration_parse(right, &duration) ||
		       __builtin_add_overflow(out->from_us, duration, &out->to_us);
	}
	return time_parse(right, &out->to_us) || duration_parse(left, &duration) ||
	       __builtin_sub_overflow(out->to_us, duration, &out->from_us);
}

int interval_parse(struct slice text, int64_t end_us, struct interval *out)
{
	const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
	struct interval found = { .to_us = end_us };
	size_t n;

	if (slash) {
		n = (size_t)(slash - text.ptr);
		if (two_halves(slice_of(text.ptr, n),
			    slice_of(slash + 1, text.len - n - 1), &found))
			return 1;
	} else {
		int64_t duration;

		if (duration_parse(text, &duration) ||
			__builtin_sub_overflow(end_us, duration, &found.from_us))
			return 1;
	}
	if (found.from_us > found.to_us)
		return 1;
	*out = found;
	return 0;
}
