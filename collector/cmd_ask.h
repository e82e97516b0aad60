/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_ask.h - commands that ask a question: what they share
 */
#pragma once

#include "collector/cmd.h"

#include "base/buf.h"

#include <jansson.h>
#include <stdio.h>

struct question {
	const char *command; /* its name */
	const char *path;    /* of the route */
	int arguments;	     /* how many there must be */
	const char *needs;   /* what to say when there are others */
	bool drawn;	     /* there are formats beside json and text */
	/* Returns 0, or ERR_INVALID with a fault. */
	int (*build)(
		const struct settings *settings, struct buf *query, struct fault *fault);
	/* Prints the answer for people; 0, or ERR_INVALID when it is none. */
	int (*print)(const json_t *answer, FILE *out);
	/* Whether an answer in JSON has anything; NULL: it always has. */
	bool (*found)(const json_t *answer);
};

/* Asks, prints, says what was wrong; returns an exit code. */
int question_run(const struct settings *settings, const struct question *question);

/* Adds the options of questions that walk the graph. */
void question_walk(const struct settings *settings, struct buf *query);

/* The same of those that begin at NODE; direction, depth, filters and groups. */
void question_reach(const struct settings *settings, struct buf *query);

/* Those of a question about the way from one NODE to another. */
void question_ends(const struct settings *settings, struct buf *query);

/* What comes from outside, without what a terminal would obey. */
void print_safely(const char *text, FILE *out);
void print_part(struct slice text, FILE *out);

/* "name  (namespace)", of a field "name.field  (namespace)". */
void print_name(const json_t *node, FILE *out);
