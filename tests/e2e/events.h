/* SPDX-License-Identifier: Apache-2.0 */

/*
 * events.h - events to send, from a seed
 */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The seed of this run: E2E_SEED of the environment, else from the clock.
 * Prints it, so that a failure can be seen again.
 */
uint64_t seed_new(void);

uint64_t random_next(uint64_t *state);
/* Below n. */
size_t random_below(uint64_t *state, size_t n);

/*
 * Appends one small RunEvent, different for every (client, number): numbers
 * 2k and 2k + 1 are START and COMPLETE of a run.  Every tenth run has its id in
 * common with the other clients.
 */
void event_small(struct buf *out, uint64_t seed, unsigned client, uint64_t number);

/* A list of texts that it owns. */
struct texts {
	struct slice *list;
	size_t count;
	size_t cap;
};

void texts_add(struct texts *texts, struct slice text);
void texts_fini(struct texts *texts);

/* Puts them into another order. */
void texts_shuffle(struct texts *texts, uint64_t *random);

/* Adds each line of the text. */
void texts_add_lines(struct texts *texts, struct slice text);

/* Appends all, each with a line feed behind it. */
void texts_join(const struct texts *texts, struct buf *out);

/* Appends [a,b,...] of the texts from `from` up to, without, `to`. */
void texts_array(const struct texts *texts, size_t from, size_t to, struct buf *out);

/*
 * A set in which all that matters to the fold occurs: the valid events of
 * tests/cases (but those whose time counts from their receipt), the demo's, and
 * generated ones with shared runs, late, early, failing and repeated ones,
 * declared lineage, facets that are removed, and notes.  Each is one line.
 */
void texts_add_everything(struct texts *texts, uint64_t *random);
