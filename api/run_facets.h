/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run_facets.h - the facets of a run, gathered from its events in the log
 */
#pragma once

#include "api/call.h"
#include "graph/run.h"

/*
 * Whose facet it is: the run's, that of one of its inputs or outputs, or what its
 * events say of the job.
 */
enum run_part { PART_RUN, PART_INPUT, PART_OUTPUT, PART_JOB };

struct run_facet {
	enum run_part part;
	struct slice namespace; /* of the dataset */
	struct slice dataset;
	struct slice name;
	struct slice bytes;
	bool deleted;
	uint32_t rank; /* of two with one name the lower one stands */
};

struct run_facets {
	struct run_facet *list; /* by part, dataset and name, one of each; in the call's
				   arena */
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

/*
 * Those of the run or its job (key NULL), or of an input or output: the first of
 * them (NULL: there is none), and how many there are.
 */
const struct run_facet *run_facets_of(const struct run_facets *facets, enum run_part part,
	const struct node_key *key, size_t *count_out);
