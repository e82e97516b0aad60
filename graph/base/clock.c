/* SPDX-License-Identifier: Apache-2.0 */

/*
 * clock.c - instants: now, from text, to text
 *
 * Days are counted in the proleptic Gregorian calendar, without tables of
 * years and without the C library's time zone.
 */
#include "base/clock.h"

#include <stdbool.h>
#include <time.h>

#define SECOND_US      INT64_C(1000000)
#define DAY_SECONDS    INT64_C(86400)
#define DAY_US	       (DAY_SECONDS * SECOND_US)
#define DAYS_TO_1970   719162 /* from 0001-01-01 */
#define DAYS_400_YEARS 146097
#define DAYS_100_YEARS 36524
#define DAYS_4_YEARS   1461
#define COMMON_LEN     19 /* of "2026-08-01T07:00:00" */
#define DAY_BYTES      10 /* of "2026-08-01" */

/* Days of the year before each month, without a leap day. */
static const int before_month[13] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304,
	334, 365 };

struct scan {
	const char *p;
	const char *end;
};

struct moment {
	int64_t days; /* since 1970-01-01 */
	int hour;
	int minute;
	int second;
	int fraction_us;
	int offset_seconds;
};

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	/* Neither clock can fail on Linux. */
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to the first of January; year is at least 1. */
static int64_t days_to_year(int year)
{
	int past = year - 1;

	return INT64_C(365) * past + past / 4 - past / 100 + past / 400 - DAYS_TO_1970;
}

static int days_before_month(int year, int month)
{
	return before_month[month - 1] + (month > 2 && is_leap(year));
}

static bool days_from_date(int year, int month, int day, int64_t *out)
{
	int length;

	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	length = before_month[month] - before_month[month - 1];
	if (month == 2 && is_leap(year))
		length++;
	if (day > length)
		return false;
	*out = days_to_year(year) + days_before_month(year, month) + day - 1;
	return true;
}

static bool days_from_ordinal(int year, int day, int64_t *out)
{
	if (year < 1 || day < 1 || day > 365 + is_leap(year))
		return false;
	*out = days_to_year(year) + day - 1;
	return true;
}

/* The Monday of week 1, which is the week of the fourth of January. */
static int64_t first_monday(int year)
{
	int64_t fourth = days_to_year(year) + 3;

	/* 0001-01-01 was a Monday. */
	return fourth - (fourth + DAYS_TO_1970) % 7;
}

static bool days_from_week(int year, int week, int day, int64_t *out)
{
	int64_t monday;

	if (year < 1 || week < 1 || day < 1 || day > 7)
		return false;
	monday = first_monday(year) + INT64_C(7) * (week - 1);
	if (monday >= first_monday(year + 1))
		return false;
	*out = monday + day - 1;
	return true;
}

static bool at_digit(const struct scan *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool take_char(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool take_number(struct scan *s, int digits, int *out)
{
	int value = 0;

	while (digits--) {
		if (!at_digit(s))
			return false;
		value = value * 10 + (*s->p++ - '0');
	}
	*out = value;
	return true;
}

static int count_digits(const struct scan *s)
{
	struct scan ahead = *s;

	while (at_digit(&ahead))
		ahead.p++;
	return (int)(ahead.p - s->p);
}

/* What follows "2024-W" or "2024W": "01-1", "011" or "01". */
static bool read_week(struct scan *s, int year, int64_t *days_out)
{
	int week;
	int day = 1;

	if (!take_number(s, 2, &week))
		return false;
	if ((take_char(s, '-') || at_digit(s)) && !take_number(s, 1, &day))
		return false;
	return days_from_week(year, week, day, days_out);
}

static bool read_date(struct scan *s, int64_t *days_out)
{
	int year;
	int month;
	int day;
	bool hyphen;

	if (!take_number(s, 4, &year))
		return false;
	hyphen = take_char(s, '-');
	if (take_char(s, 'W') || take_char(s, 'w'))
		return read_week(s, year, days_out);
	if (count_digits(s) == 3)
		return take_number(s, 3, &day) && days_from_ordinal(year, day, days_out);
	if (!take_number(s, 2, &month) || hyphen != take_char(s, '-') ||
		!take_number(s, 2, &day))
		return false;
	return days_from_date(year, month, day, days_out);
}

/* Digits beyond the sixth are cut off. */
static bool read_fraction(struct scan *s, int *us_out)
{
	int scale = 100000;

	if (!take_char(s, '.') && !take_char(s, ','))
		return true;
	if (!at_digit(s))
		return false;
	for (; at_digit(s); s->p++) {
		*us_out += (*s->p - '0') * scale;
		scale /= 10;
	}
	return true;
}

/* "07", "07:00", "0700", "07:00:00" or "070000"; a fraction only after seconds. */
static bool read_time(struct scan *s, struct moment *m)
{
	bool colon;

	if (!take_number(s, 2, &m->hour))
		return false;
	colon = take_char(s, ':');
	if (!colon && !at_digit(s))
		return true;
	if (!take_number(s, 2, &m->minute))
		return false;
	if (colon ? !take_char(s, ':') : !at_digit(s))
		return true;
	return take_number(s, 2, &m->second) && read_fraction(s, &m->fraction_us);
}

static bool take_separator(struct scan *s)
{
	return take_char(s, 'T') || take_char(s, 't') || take_char(s, ' ');
}

static bool read_any_form(struct scan *s, struct moment *m)
{
	return read_date(s, &m->days) && take_separator(s) && read_time(s, m);
}

/* n digits at p; anything else sets a high bit in *bad. */
static inline int fixed_number(const char *p, int n, unsigned *bad)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		unsigned digit = (unsigned char)p[i] - (unsigned)'0';

		*bad |= digit > 9;
		value = value * 10 + (int)(digit & 0xf);
	}
	return value;
}

/*
 * "2026-08-01T07:00:00", what nearly every client writes: one test for the
 * punctuation, one for the digits.
 */
static bool read_common_form(struct scan *s, struct moment *m)
{
	const char *p = s->p;
	unsigned bad = 0;
	int year;
	int month;
	int day;

	if (s->end - p < COMMON_LEN)
		return false;
	bad |= (p[4] ^ '-') | (p[7] ^ '-') | (p[10] ^ 'T') | (p[13] ^ ':') |
	       (p[16] ^ ':');
	year = fixed_number(p, 4, &bad);
	month = fixed_number(p + 5, 2, &bad);
	day = fixed_number(p + 8, 2, &bad);
	m->hour = fixed_number(p + 11, 2, &bad);
	m->minute = fixed_number(p + 14, 2, &bad);
	m->second = fixed_number(p + 17, 2, &bad);
	if (bad || !days_from_date(year, month, day, &m->days))
		return false;
	s->p += COMMON_LEN;
	return read_fraction(s, &m->fraction_us);
}

/* "+01", "+0100", "+01:00", and with seconds, which old local times have. */
static bool read_offset(struct scan *s, int sign, int *seconds_out)
{
	struct moment offset = { 0 };

	if (!read_time(s, &offset) || offset.fraction_us)
		return false;
	if (offset.hour > 23 || offset.minute > 59 || offset.second > 59)
		return false;
	*seconds_out = sign * (offset.hour * 3600 + offset.minute * 60 + offset.second);
	return true;
}

/* No zone is UTC; the name of a zone after it repeats what the offset says. */
static bool read_zone(struct scan *s, int *seconds_out)
{
	if (take_char(s, '+')) {
		if (!read_offset(s, 1, seconds_out))
			return false;
	} else if (take_char(s, '-')) {
		if (!read_offset(s, -1, seconds_out))
			return false;
	} else if (!take_char(s, 'Z')) {
		(void)take_char(s, 'z');
	}
	if (s->p == s->end)
		return true;
	return take_char(s, '[') && s->end - s->p >= 2 && s->end[-1] == ']';
}

/* Second 60 is a leap second and counts as the next minute's 0; hour 24 likewise. */
static int join(const struct moment *m, int64_t *out)
{
	int64_t seconds = m->hour * INT64_C(3600) + m->minute * INT64_C(60) + m->second;
	int64_t us;

	if (m->hour > 24 || m->minute > 59 || m->second > 60)
		return 1;
	if (m->hour == 24 && (seconds > DAY_SECONDS || m->fraction_us))
		return 1;
	us = (m->days * DAY_SECONDS + seconds - m->offset_seconds) * SECOND_US +
	     m->fraction_us;
	if (us < TIME_MIN_US || us > TIME_MAX_US)
		return 1;
	*out = us;
	return 0;
}

int time_parse(struct slice text, int64_t *out)
{
	struct moment m = { 0 };
	struct scan s = { text.ptr, text.ptr + text.len };

	if (text.len == 0)
		return 1;
	if (UNLIKELY(!read_common_form(&s, &m))) {
		m = (struct moment){ 0 };
		s.p = text.ptr;
		if (!read_any_form(&s, &m))
			return 1;
	}
	if (!read_zone(&s, &m.offset_seconds))
		return 1;
	return join(&m, out);
}

struct date {
	int year;
	int month;
	int day;
};

/* Whole spans of days in n; the last of a cycle is longer, hence at most. */
static int take_spans(int *n, int span, int at_most)
{
	int count = *n / span;

	if (count > at_most)
		count = at_most;
	*n -= count * span;
	return count;
}

/* n: days since 0001-01-01. */
static struct date date_from_days(int n)
{
	struct date date = { .year = 1, .month = 1 };

	date.year += take_spans(&n, DAYS_400_YEARS, n) * 400;
	date.year += take_spans(&n, DAYS_100_YEARS, 3) * 100;
	date.year += take_spans(&n, DAYS_4_YEARS, 24) * 4;
	date.year += take_spans(&n, 365, 3);
	while (date.month < 12 && n >= days_before_month(date.year, date.month + 1))
		date.month++;
	date.day = n - days_before_month(date.year, date.month) + 1;
	return date;
}

static char *put_number(char *p, int value, int digits, char after)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	p[digits] = after;
	return p + digits + 1;
}

int time_parse_span(struct slice text, int64_t *first, int64_t *last)
{
	static const char midnight[] = "T00:00:00Z";
	char instant[DAY_BYTES + sizeof(midnight)];
	int r;

	if (text.len != DAY_BYTES) {
		r = time_parse(text, first);
		*last = r ? 0 : *first;
		return r;
	}
	memcpy(instant, text.ptr, DAY_BYTES);
	memcpy(instant + DAY_BYTES, midnight, sizeof(midnight));
	r = time_parse(slice_of(instant, sizeof(instant) - 1), first);
	*last = r ? 0 : *first + DAY_US - 1;
	return r;
}

char *time_format(int64_t us, char text[TIME_TEXT_MAX])
{
	int64_t since_year_1;
	struct date date;
	int seconds;
	char *p = text;

	if (us < TIME_MIN_US)
		us = TIME_MIN_US;
	if (us > TIME_MAX_US)
		us = TIME_MAX_US;
	since_year_1 = us - TIME_MIN_US;
	date = date_from_days((int)(since_year_1 / DAY_US));
	seconds = (int)(since_year_1 % DAY_US / SECOND_US);
	p = put_number(p, date.year, 4, '-');
	p = put_number(p, date.month, 2, '-');
	p = put_number(p, date.day, 2, 'T');
	p = put_number(p, seconds / 3600, 2, ':');
	p = put_number(p, seconds / 60 % 60, 2, ':');
	p = put_number(p, seconds % 60, 2, '.');
	p = put_number(p, (int)(since_year_1 % SECOND_US), 6, 'Z');
	*p = '\0';
	return text;
}
