/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_lines.h - what the lines of a report about impact are made of
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct report {
	FILE *out;
	const json_t *answer;
	size_t width;
	bool colours;
};

/* What is told in one word, worst first, and its colour on a terminal. */
struct shade {
	const char *word;
	const char *colour;
};

/* The effects, worst first. */
#define IMPACT_SHADES 7
extern const struct shade impact_shades[IMPACT_SHADES];

/* Looks at what out is: colours are for terminals, unless NO_COLOR is set. */
void report_init(struct report *report, const json_t *answer, FILE *out);

void put_shade(const struct report *report, const struct shade *shade);

/* A sentence, broken between words so that it keeps to the width. */
void put_sentence(const struct report *report, size_t margin, const char *text);

/* An empty line, and a title. */
void put_section(const struct report *report, const char *title);

/* "N NOUN" or "N NOUNs", with a text before it. */
void put_count(
	const struct report *report, const char *before, uint64_t n, const char *noun);

/* Counts by effect, worst first: "2 BREAKS, 1 STALE". */
void put_counts(const struct report *report, const json_t *counts);
