/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_tally.h - the counters of the hours that events are in now
 *
 * Most events of a transaction are in one hour, or in a few: what they add is
 * kept in memory, and written for all of them at once.
 */
#pragma once

#include "graph/model.h"

struct cached_entity;
struct fold;
struct tallies;

NODISCARD int tallies_new(struct tallies **out);
void tallies_free(struct tallies *tallies);
void tallies_clear(struct tallies *tallies);

/* A run event that was not there before. */
void fold_tally_event(struct fold *fold, const struct ol_event *event);

/*
 * A node that was first seen at one time is first seen at another one.  was_us
 * TIME_NEVER: it is new.  Of fields and wholes nothing is counted.
 */
void fold_tally_node(
	struct fold *fold, enum node_kind kind, int64_t was_us, int64_t now_us);

/* entity_cache_seen(), and its hour. */
void fold_tally_seen(struct fold *fold, struct cached_entity *entity, int64_t time_us);

/* Writes what is in memory; also returns what failed before. */
NODISCARD int tallies_flush(struct fold *fold);
