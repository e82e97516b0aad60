/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run_facets.h - the facets of a run, gathered from its events in the log
 */
#pragma once

#include "api/call.h"
#include "graph/run.h"

struct run_facet {
	struct slice name;
	struct slice bytes;
	bool deleted;
	uint32_t rank; /* of two with one name the lower one stands */
};

struct run_facets {
	struct run_facet *list; /* by name, one of each; in the call's arena */
	size_t count;
	size_t room;
	uint32_t events; /* how many could be read */
};

/*
 * Reads the events that the record keeps track of, newest first: of a facet
 * that several carry, the newest stands.  Stops at the deadline.
 */
NODISCARD int run_facets_read(
	struct call *call, const struct run *run, struct run_facets *out);
