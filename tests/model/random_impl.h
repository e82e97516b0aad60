/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_impl.h - dice, and what is thrown with them
 */
#pragma once

#include "base/attr.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>

/* How likely something is, in a hundred; each set has its own. */
struct chances {
	int columns;
	int lineage;
	int symlinks;
	int lifecycle;
	int schema;
	int labels;
	int snapshot;
	int parent;
	int checks;
	int notes;
	int odd; /* deleted or malformed */
};

struct dice {
	unsigned seed;
	struct chances chances;
};

static inline int roll(struct dice *dice, int sides)
{
	return rand_r(&dice->seed) / 7 % sides;
}

static inline bool chance(struct dice *dice, int percent)
{
	return roll(dice, 100) < percent;
}

#define PICK(dice, list) ((list)[roll(dice, (int)ARRAY_LEN(list))])

/* JSON that cannot be made ends the test. */
void set(json_t *object, const char *key, json_t *value);
void append(json_t *array, json_t *value);
json_t *text(const char *value);
json_t *named(const char *namespace, const char *name);

json_t *random_dataset(struct dice *dice);
json_t *random_job(struct dice *dice);

/* Puts a facet in its place, now and then deleted or malformed. */
void put_facet(struct dice *dice, json_t *facets, const char *name, json_t *facet);

/* Owners, tags, and a facet of nobody's. */
void add_labels(struct dice *dice, json_t *facets);

/* share: how many of the column lineages that outputs have stand here, in a hundred. */
json_t *dataset_facets(struct dice *dice, int share);

/* Assertions, where inputs and outputs have them. */
void add_checks(struct dice *dice, json_t *dataset, const char *io_facets);

/* The member `note` of an event. */
json_t *random_note(struct dice *dice);

/* The two facets `lineage`, and jobType. */
json_t *job_lineage(struct dice *dice);
json_t *dataset_lineage(struct dice *dice);
json_t *job_type(struct dice *dice);
