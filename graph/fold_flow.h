/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_flow.h - what the facets `lineage` and `columnLineage` tell, and what
 * `dataQualityAssertions` do
 *
 * A set is put together in a telling: first its inputs and outputs, then the
 * flows of one event's facets (docs/SEMANTICS.md, What one event says).
 */
#pragma once

#include "graph/idlist.h"
#include "graph/timeline.h"

struct fold;

struct telling {
	struct fold *fold;
	const struct ol_event *event;
	node_id job;	     /* of the event; 0: it is a dataset's */
	struct ioset set;    /* inputs and outputs are sorted, covers are there */
	size_t flow_cap;     /* room in set.flows */
	struct idlist nodes; /* datasets and jobs that flows name */
};

/* A dataset of the event, whose facets may tell what flows into it. */
struct carrier {
	node_id id;
	const struct ol_dataset *dataset;
};

/* Explicit lineage of the event's job.  Returns 0, or 1 when it tells none. */
NODISCARD int fold_flow_job(struct telling *telling);

/* Column lineage of an output. */
NODISCARD int fold_flow_output(struct telling *telling, const struct carrier *output);

/* The columns of an input or output that the event's job makes assertions about. */
NODISCARD int fold_flow_checks(struct telling *telling, const struct carrier *dataset);

/* Explicit lineage, else column lineage, of the dataset of a dataset event. */
NODISCARD int fold_flow_dataset(struct telling *telling, const struct carrier *dataset);

/* Whether the event's job is of a kind whose events each tell all there is. */
NODISCARD int fold_flow_snapshot(
	struct fold *fold, const struct ol_event *event, bool *out);
