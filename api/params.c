/* SPDX-License-Identifier: Apache-2.0 */

/*
 * params.c - the parameters of a query string, read once and bounded
 */
#include "api/params.h"

#include "api/utf8.h"
#include "base/clock.h"
#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>

int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into out, which has room for all of text.  Returns 0, or 1. */
static int percent_decode(struct slice text, char *out, size_t *len_out)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = text.len - i > 2 ? hex_value(text.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_value(text.ptr[i + 2]) : -1;

			if (low < 0)
				return 1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		out[n++] = c;
	}
	*len_out = n;
	return 0;
}

static void params_fail(struct params *p, int err)
{
	if (!p->err)
		p->err = err;
}

void params_fault(struct params *p, const char *name, const char *fmt, ...)
{
	char why[FAULT_WHY_MAX];
	va_list args;

	if (p->err)
		return;
	va_start(args, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	p->err = fault_set(&p->fault, name, "%s", why);
}

void params_fault_at(struct params *p, const char *name, const struct fault *fault)
{
	if (p->err)
		return;
	params_fault(p, name, "%s", fault->why);
	p->fault.has_offset = fault->has_offset;
	p->fault.offset = fault->offset;
}

/* A decoded copy; the pointer is never NULL but after a failure. */
static struct slice decode(struct params *p, struct slice text, struct arena *arena)
{
	char *copy = arena_alloc(arena, text.len + 1);
	struct slice out;

	if (!copy) {
		params_fail(p, ERR_NOMEM);
		return (struct slice){ 0 };
	}
	out.ptr = copy;
	if (percent_decode(text, copy, &out.len)) {
		params_fault(
			p, "", "the query has a '%%' without two hexadecimal digits");
		return (struct slice){ 0 };
	}
	if (!utf8_valid(out)) {
		params_fault(p, "", "the query is not UTF-8");
		return (struct slice){ 0 };
	}
	return out;
}

static const struct param_rule *find_rule(
	const struct param_rule *rules, struct slice name)
{
	for (; rules->name; rules++) {
		if (slice_equal(slice_from(rules->name), name))
			return rules;
	}
	return NULL;
}

static unsigned times_given(const struct params *p, const char *name)
{
	struct slice value;
	unsigned n = 0;

	for (size_t at = 0; param_next(p, name, &at, &value);)
		n++;
	return n;
}

static void refuse_unknown(struct params *p, struct slice name)
{
	char where[FAULT_WHERE_MAX];

	(void)snprintf(where, sizeof(where), "%.*s",
		(int)(name.len < sizeof(where) ? name.len : sizeof(where) - 1), name.ptr);
	params_fault(p, where, "this route has no such parameter");
}

static void add_pair(struct params *p, struct slice pair, const struct param_rule *rules,
	struct arena *arena)
{
	const char *equals = memchr(pair.ptr, '=', pair.len);
	size_t name_len = equals ? (size_t)(equals - pair.ptr) : pair.len;
	struct slice name = decode(p, slice_of(pair.ptr, name_len), arena);
	size_t skip = name_len + (equals ? 1 : 0);
	struct slice value = decode(p, slice_of(pair.ptr + skip, pair.len - skip), arena);
	const struct param_rule *rule;

	if (p->err)
		return;
	rule = find_rule(rules, name);
	if (!rule)
		refuse_unknown(p, name);
	else if (p->count == PARAMS_MAX)
		params_fault(p, rule->name, "more than %d parameters", PARAMS_MAX);
	else if (times_given(p, rule->name) >= rule->times)
		params_fault(p, rule->name,
			rule->times == 1 ? "may be given once" : "is given too often");
	else
		p->list[p->count++] = (struct param){ rule->name, value };
}

void params_parse(struct params *p, struct slice query, const struct param_rule *rules,
	struct arena *arena)
{
	p->count = 0;
	p->err = 0;
	while (query.len > 0 && !p->err) {
		const char *end = memchr(query.ptr, '&', query.len);
		size_t n = end ? (size_t)(end - query.ptr) : query.len;

		if (n > 0)
			add_pair(p, slice_of(query.ptr, n), rules, arena);
		n += end ? 1 : 0;
		query = slice_of(query.ptr + n, query.len - n);
	}
}

int params_error(const struct params *p)
{
	return p->err;
}

int params_refuse(const struct params *p, struct reply *reply)
{
	if (p->err != ERR_INVALID)
		return p->err;
	problem_from_fault(reply, 400, &p->fault);
	return 0;
}

bool param_next(
	const struct params *p, const char *name, size_t *at, struct slice *value_out)
{
	for (size_t i = *at; i < p->count; i++) {
		if (strcmp(p->list[i].name, name) != 0)
			continue;
		*at = i + 1;
		*value_out = p->list[i].value;
		return true;
	}
	return false;
}

bool param_given(const struct params *p, const char *name)
{
	return times_given(p, name) > 0;
}

struct slice param_get(const struct params *p, const char *name)
{
	struct slice value = { 0 };
	size_t at = 0;

	(void)param_next(p, name, &at, &value);
	return value;
}

int uint_from_text(struct slice text, uint64_t *out)
{
	uint64_t value = 0;

	if (text.len == 0)
		return 1;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(c - '0'), &value))
			return 1;
	}
	*out = value;
	return 0;
}

uint64_t param_uint(struct params *p, const char *name, const struct param_range *range)
{
	uint64_t value;

	if (!param_given(p, name))
		return range->fallback;
	if (!uint_from_text(param_get(p, name), &value) && value >= range->min &&
		value <= range->max)
		return value;
	params_fault(p, name, "must be a number from %llu to %llu",
		(unsigned long long)range->min, (unsigned long long)range->max);
	return range->fallback;
}

void choices_write(const char *const *choices, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; choices[i]; i++) {
		const char *comma = i == 0 ? "" : choices[i + 1] ? ", " : " or ";
		int n = snprintf(out + used, size - used, "%s%s", comma, choices[i]);

		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
}

static void refuse_choice(struct params *p, const char *name, const char *const *choices)
{
	char list[FAULT_WHY_MAX];

	choices_write(choices, list, sizeof(list));
	params_fault(p, name, "must be %s", list);
}

unsigned param_choice(
	struct params *p, const char *name, const char *const *choices, unsigned fallback)
{
	struct slice value = param_get(p, name);

	if (!param_given(p, name))
		return fallback;
	for (unsigned i = 0; choices[i]; i++) {
		if (slice_equal_nocase(value, choices[i]))
			return i;
	}
	refuse_choice(p, name, choices);
	return fallback;
}

static unsigned word_bit(struct slice word, const char *const *choices)
{
	for (unsigned i = 0; choices[i]; i++) {
		if (slice_equal_nocase(word, choices[i]))
			return 1U << i;
	}
	return 0;
}

unsigned param_words(
	struct params *p, const char *name, const char *const *choices, unsigned fallback)
{
	struct slice rest = param_get(p, name);
	unsigned words = 0;

	if (!param_given(p, name))
		return fallback;
	for (;;) {
		const char *comma = rest.len ? memchr(rest.ptr, ',', rest.len) : NULL;
		size_t n = comma ? (size_t)(comma - rest.ptr) : rest.len;
		unsigned bit = word_bit(slice_of(rest.ptr, n), choices);

		if (!bit) {
			refuse_choice(p, name, choices);
			return fallback;
		}
		words |= bit;
		if (!comma)
			return words;
		rest = slice_of(comma + 1, rest.len - n - 1);
	}
}

bool param_bool(struct params *p, const char *name, bool fallback)
{
	static const char *const truths[] = { "false", "true", NULL };

	return param_choice(p, name, truths, fallback) != 0;
}

int64_t param_time(struct params *p, const char *name, int64_t fallback_us)
{
	int64_t value;

	if (!param_given(p, name))
		return fallback_us;
	if (!time_parse(param_get(p, name), &value))
		return value;
	params_fault(p, name,
		"must be a time such as 2026-08-01T07:00:00Z (a '+' is written %%2B)");
	return fallback_us;
}

uint64_t params_question(const struct params *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct slice pieces[2] = { slice_from(p->list[i].name),
			p->list[i].value };

		if (strcmp(p->list[i].name, "limit") != 0 &&
			strcmp(p->list[i].name, "cursor") != 0)
			sum += hash128_pieces(pieces, 2).lo;
	}
	return sum;
}
