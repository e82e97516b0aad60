/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_told.h - what producers wrote beside the columns of a dataset
 *
 * The graph keeps what flows, and in which way.  The words are in the facet
 * columnLineage, of which the one that stands is read.
 */
#pragma once

#include "api/call.h"
#include "graph/model.h"

/* One member of columnLineage.fields. */
struct mq_told_column {
	struct slice name;
	struct slice json;
};

struct mq_told {
	struct mq_told_column *list;
	size_t count;
};

NODISCARD int mq_told_read(struct call *call, node_id dataset, struct mq_told *out);

/*
 * The transformationDescription and transformationType of a column; ptr NULL: not
 * told.  In the arena.
 */
NODISCARD int mq_told_of(struct call *call, const struct mq_told *told,
	struct slice column, struct slice *description, struct slice *type);
