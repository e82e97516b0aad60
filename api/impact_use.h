/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_use.h - who reads and writes what is changed
 *
 * What goes is in the way of the jobs that write it, and no rule says so: an
 * insert may name the column, or not.  So they are told beside the effects, and
 * the verdict is not that all is well while nobody agreed for them.
 */
#pragma once

#include "api/impact_ask.h"

#define WRITERS_SHOWN 3

struct impact_use {
	uint64_t readers; /* jobs, at the time asked about */
	uint64_t writers; /* of the dataset */
	bool more;	  /* they are at least so many: not all was looked at */
	int64_t last_us;  /* when it was last read; TIME_NEVER: never */
	node_id last_job; /* who did; 0: not known */
	/* Of what goes, when upstream is asked for: writers that are neither excluded
	   nor waived, and the first of them. */
	uint64_t at_risk;
	node_id shown[WRITERS_SHOWN];
	bool unsure; /* there may be more of them */
};

/* What was found is borrowed from: its changes, and its waivers. */
struct impact_found;

/* Finds what is used beside the changes, into the arena; counts used waivers, and who
   was excluded. */
NODISCARD int impact_use_find(const struct impact_question *question, struct call *call,
	struct arena *arena, struct impact_found *found);

/* Some job that writes what goes was not excluded, and nobody agreed for it. */
bool impact_use_at_risk(const struct impact_found *found);

/* What a change takes away, and leaves nothing under its name. */
bool impact_takes_away(const struct impact_change *change);
