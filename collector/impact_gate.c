/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_gate.c - when an answer about impact is to fail, and with which code
 */

#include "collector/impact_gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "collector/cmd.h"

static int add_effect(struct impact_gate *gate, struct slice word, struct fault *fault)
{
	size_t len = strlen(gate->effects);

	if (word.len == 0)
		return fault_set(fault, "--fail-on", "has an empty word");
	if (word.len + 2 > sizeof(gate->effects) - len)
		return fault_set(fault, "--fail-on", "is too long");
	snprintf(gate->effects + len, sizeof(gate->effects) - len, "%s%.*s",
		len ? "," : "", (int)word.len, word.ptr);
	gate->on_block = true;
	return 0;
}

static int read_word(
	struct impact_gate *gate, struct slice word, bool alone, struct fault *fault)
{
	if (slice_equal(word, SLICE("none")))
		return alone ? 0
			     : fault_set(fault, "--fail-on",
				       "none does not go with others");
	if (slice_equal(word, SLICE("review"))) {
		gate->on_review = true;
		gate->on_block = true;
		return 0;
	}
	if (slice_equal(word, SLICE("block"))) {
		gate->on_block = true;
		return 0;
	}
	return add_effect(gate, word, fault);
}

static int read_fail_on(struct impact_gate *gate, const char *text, struct fault *fault)
{
	bool alone = !strchr(text, ',');
	int r;

	do {
		size_t len = strcspn(text, ",");

		r = read_word(gate, slice_of(text, len), alone, fault);
		text += len;
	} while (!r && *text++ == ',');
	return r;
}

int impact_gate_read(const char *fail_on, const char *min_coverage,
	struct impact_gate *out, struct fault *fault)
{
	char *end;
	int r;

	*out = (struct impact_gate){ .has_min = min_coverage != NULL };
	r = fail_on ? read_fail_on(out, fail_on, fault) : 0;
	if (r || !min_coverage)
		return r;
	out->min_coverage = strtod(min_coverage, &end);
	if (end == min_coverage || *end || !(out->min_coverage >= 0) ||
		out->min_coverage > 1)
		return fault_set(fault, "--min-coverage", "must be between 0 and 1");
	return 0;
}

/* The value of a name in an outcome; empty when it is not there. */
static struct slice outcome_value(const char *outcome, struct slice name)
{
	while (*outcome) {
		size_t len = strcspn(outcome, ";");

		if (slice_starts(slice_of(outcome, len), name) &&
			outcome[name.len] == '=')
			return slice_of(outcome + name.len + 1, len - name.len - 1);
		outcome += len;
		outcome += strspn(outcome, "; ");
	}
	return slice_of("", 0);
}

/* Returns 0, or 1 when the answer does not say how much of it is known. */
static int read_coverage(const char *outcome, double *out)
{
	struct slice text = outcome_value(outcome, SLICE("coverage"));
	char *end;

	if (text.len == 0)
		return 1;
	*out = strtod(text.ptr, &end);
	return end == text.ptr + text.len ? 0 : 1;
}

int impact_gate_judge(
	const struct impact_gate *gate, const char *outcome, char *why, size_t size)
{
	struct slice verdict = outcome_value(outcome, SLICE("verdict"));
	struct slice complete = outcome_value(outcome, SLICE("complete"));
	double coverage = 0;

	why[0] = '\0';
	if (!gate->on_block && !gate->has_min)
		return EXIT_DONE;
	if (read_coverage(outcome, &coverage) || verdict.len == 0) {
		snprintf(why, size, "the answer does not tell its verdict");
		return EXIT_NOT_ASKED;
	}
	if (gate->on_block && slice_equal(verdict, SLICE("block"))) {
		snprintf(why, size, "the verdict is block");
		return EXIT_BLOCK;
	}
	if (!slice_equal(complete, SLICE("true"))) {
		snprintf(why, size, "the answer is not complete");
		return EXIT_COVERAGE;
	}
	if (gate->untold) {
		snprintf(why, size, "what changes of %zu model%s is not known",
			gate->untold, gate->untold == 1 ? "" : "s");
		return EXIT_COVERAGE;
	}
	if (gate->has_min && coverage < gate->min_coverage) {
		snprintf(why, size, "coverage is %.3f, less than %g", coverage,
			gate->min_coverage);
		return EXIT_COVERAGE;
	}
	if (gate->on_review && slice_equal(verdict, SLICE("review"))) {
		snprintf(why, size, "the verdict is review");
		return EXIT_REVIEW;
	}
	return EXIT_DONE;
}
