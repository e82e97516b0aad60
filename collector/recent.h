/* SPDX-License-Identifier: Apache-2.0 */

/*
 * recent.h - hashes of events that are appended and not yet published
 *
 * The graph knows every event that was published; the writer remembers those
 * on their way in two sets: the younger one takes new events, and once all of
 * the older one are published it is emptied and the two change places.  When
 * the graph is far behind, the oldest are forgotten: a duplicate is then
 * stored twice and folded to the same graph.  Writer only.
 */
#pragma once

#include "base/attr.h"

#include <stdint.h>

struct recent;

NODISCARD struct recent *recent_new(void);
void recent_free(struct recent *recent);
DEFINE_AUTO(recent, struct recent *, recent_free);

/* Returns 0 and the sequence number of the event with this hash, or 1. */
int recent_find(const struct recent *recent, uint64_t hash, uint64_t *sequence_out);

/* Remembers an event; published is the last sequence that the graph knows. */
void recent_add(
	struct recent *recent, uint64_t hash, uint64_t sequence, uint64_t published);

/* Forgets everything: what was added last was not written after all. */
void recent_clear(struct recent *recent);
