/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_ask.c - parameters, read as generously as Marquez does
 */
#include "api/marquez.h"

#include "api/call.h"

#include <stdio.h>

#define INT_MAX_JAVA ((uint64_t)INT32_MAX)
#define WORDS_MAX    256

/* How often a parameter may stand; 0: nobody asks for it. */
static unsigned times_of(const struct param_rule *rules, struct slice name)
{
	for (; rules->name; rules++) {
		if (slice_equal(slice_from(rules->name), name))
			return rules->times;
	}
	return 0;
}

static struct slice name_of(struct slice pair)
{
	const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;

	return slice_of(pair.ptr, equals ? (size_t)(equals - pair.ptr) : pair.len);
}

static struct slice take_pair(struct slice *query)
{
	const char *end = memchr(query->ptr, '&', query->len);
	size_t n = end ? (size_t)(end - query->ptr) : query->len;
	struct slice pair = slice_of(query->ptr, n);

	n += end ? 1 : 0;
	*query = slice_of(query->ptr + n, query->len - n);
	return pair;
}

static unsigned count_name(struct slice query, struct slice name)
{
	unsigned count = 0;

	while (query.len > 0)
		count += slice_equal(name_of(take_pair(&query)), name);
	return count;
}

/* The pairs of a query that the rules know, in memory for all of it. */
static struct slice keep_known(
	struct slice query, const struct param_rule *rules, char *memory)
{
	struct slice kept = slice_of(memory, 0);

	while (query.len > 0) {
		struct slice pair = take_pair(&query);
		struct slice name = name_of(pair);

		if (count_name(kept, name) >= times_of(rules, name))
			continue;
		if (kept.len > 0)
			memory[kept.len++] = '&';
		memcpy(memory + kept.len, pair.ptr, pair.len);
		kept.len += pair.len;
	}
	return kept;
}

int mq_params(struct call *call, const struct param_rule *rules, struct params *out,
	struct reply *reply)
{
	char *memory = arena_alloc(call->arena, call->query.len + 1);
	int r;

	if (!memory)
		return ERR_NOMEM;
	params_parse(out, keep_known(call->query, rules, memory), rules, call->arena);
	r = params_error(out);
	return r == ERR_INVALID ? mq_refuse_param(reply, "%s", out->fault.why) : r;
}

static bool is_negative(struct slice text)
{
	uint64_t value;

	return text.len > 1 && text.ptr[0] == '-' &&
	       !uint_from_text(slice_of(text.ptr + 1, text.len - 1), &value) &&
	       value > 0 && value <= INT_MAX_JAVA + 1;
}

int mq_int(const struct params *p, const char *name, uint64_t fallback,
	struct reply *reply, uint64_t *out)
{
	struct slice text = param_get(p, name);

	*out = fallback;
	if (text.len == 0)
		return 0;
	if (is_negative(text))
		return mq_refuse_param(
			reply, "query param %s must be greater than or equal to 0", name);
	if (uint_from_text(text, out) || *out > INT_MAX_JAVA)
		return mq_refuse_path(reply);
	return 0;
}

bool mq_bool(const struct params *p, const char *name, bool fallback)
{
	return param_given(p, name) ? slice_equal_nocase(param_get(p, name), "true")
				    : fallback;
}

static char fuzzy(char c)
{
	if (c == '-' || c == '.')
		return '_';
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	return c;
}

static bool is_word(struct slice value, const char *word)
{
	if (value.len != strlen(word))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (fuzzy(value.ptr[i]) != word[i])
			return false;
	}
	return true;
}

int mq_word_of(struct slice value, const char *name, const char *const *words,
	struct reply *reply, unsigned *out)
{
	char list[WORDS_MAX] = "";
	size_t used = 0;

	for (unsigned i = 0; words[i]; i++) {
		int n = snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
			words[i]);

		if (is_word(value, words[i])) {
			*out = i;
			return 0;
		}
		used += n > 0 && (size_t)n < sizeof(list) - used ? (size_t)n : 0;
	}
	return mq_refuse(reply, 400, "query param %s must be one of [%s]", name, list);
}

int mq_word(const struct params *p, const char *name, const char *const *words,
	unsigned fallback, struct reply *reply, unsigned *out)
{
	*out = fallback;
	if (!param_given(p, name))
		return 0;
	return mq_word_of(param_get(p, name), name, words, reply, out);
}

int mq_page(const struct params *p, struct reply *reply, struct mq_page *out)
{
	int r = mq_int(p, "limit", 100, reply, &out->limit);

	return r ? r : mq_int(p, "offset", 0, reply, &out->offset);
}
