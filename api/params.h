/* SPDX-License-Identifier: Apache-2.0 */

/*
 * params.h - the parameters of a query string, read once and bounded
 *
 * A handler says which parameters it knows; anything else in the query is a
 * fault.  The getters return the value or, when it is wrong, the fallback,
 * and keep the first fault: whoever reads the parameters asks params_error()
 * once, at the end.
 *
 *	static const struct param_rule rules[] = { { "limit", 1 }, { NULL, 0 } };
 *	struct params p;
 *
 *	params_parse(&p, call->query, rules, call->arena);
 *	limit = param_uint(&p, "limit", &(struct param_range){ 1, 1000, 100 });
 *	r = params_error(&p);
 *	if (r)
 *		return params_refuse(&p, reply);
 */
#pragma once

#include "api/problem.h"

#define PARAMS_MAX 64

struct param_rule {
	const char *name;
	unsigned times; /* how often it may stand */
};

struct param {
	const char *name; /* that of the rule */
	struct slice value;
};

struct params {
	struct param list[PARAMS_MAX];
	size_t count;
	int err;
	struct fault fault;
};

/* rules end with an all-zero row.  Decoded values are in the arena. */
void params_parse(struct params *p, struct slice query, const struct param_rule *rules,
	struct arena *arena);

/* 0, ERR_INVALID (p->fault says why) or ERR_NOMEM. */
NODISCARD int params_error(const struct params *p);

/* Answers with what params_error() said; returns 0, or a failure to pass on. */
NODISCARD int params_refuse(const struct params *p, struct reply *reply);

/* Notes that a parameter is wrong, unless one was before. */
PRINTF(3, 4)
void params_fault(struct params *p, const char *name, const char *fmt, ...);

/* The same with the words, and the offset, of whoever read the value. */
void params_fault_at(struct params *p, const char *name, const struct fault *fault);

bool param_given(const struct params *p, const char *name);

/* The first value; empty when it was not given. */
struct slice param_get(const struct params *p, const char *name);

/* Goes through the values of a parameter: *at is 0 at first. False at the end. */
bool param_next(
	const struct params *p, const char *name, size_t *at, struct slice *value_out);

struct param_range {
	uint64_t min;
	uint64_t max;
	uint64_t fallback;
};
uint64_t param_uint(struct params *p, const char *name, const struct param_range *range);

/* The index of the value in choices (NULL-ended), in any letter case. */
unsigned param_choice(struct params *p, const char *name, const char *const *choices,
	unsigned fallback);

/*
 * A comma list of choices (NULL-ended), in any letter case: bit i is set when
 * choices[i] is among them.
 */
unsigned param_words(struct params *p, const char *name, const char *const *choices,
	unsigned fallback);

bool param_bool(struct params *p, const char *name, bool fallback);

int64_t param_time(struct params *p, const char *name, int64_t fallback_us);

/* "a, b or c", as far as it fits. */
void choices_write(const char *const *choices, char *out, size_t size);

/* What a hexadecimal digit is worth, or -1. */
int hex_value(char c);

/* The decimal number that is all of the text: 0, or 1 when it is none below 2^64. */
NODISCARD int uint_from_text(struct slice text, uint64_t *out);

/*
 * A hash of the question: of all parameters but `limit` and `cursor`, in any
 * order.
 */
uint64_t params_question(const struct params *p);
