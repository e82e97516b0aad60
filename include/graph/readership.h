/* SPDX-License-Identifier: Apache-2.0 */

/*
 * readership.h - which jobs read a column or a dataset, and which write it
 *
 * A job reads a column when it tells a flow out of it, or out of the whole of its
 * dataset.  Jobs that read the dataset and tell no columns are not counted: nobody
 * knows (columns.h has them).
 */
#pragma once

#include "graph/idlist.h"
#include "graph/lineage.h"

struct readership {
	uint64_t readers; /* jobs, at the time asked about */
	uint64_t writers; /* of the dataset */
	int64_t last_us;  /* when it was last read, whenever; TIME_NEVER: never */
	node_id last_job; /* who did; 0: not known */
	uint64_t looked;  /* at so many edges and the like */
	bool complete;	  /* else there may be more */
};

/*
 * Of one of a dataset's columns, by its field; field 0 and by_table false: of one
 * that no lineage names.  by_table: of the dataset itself.  The query gives time,
 * evidence and deadline; budget is how much may be looked at.
 */
struct readership_question {
	const struct lineage_query *graph;
	node_id dataset;
	node_id field;
	bool by_table;
	uint64_t budget;
	struct idlist *writers; /* the jobs that write it are added, sorted; or NULL */
};
NODISCARD int readership_find(struct snapshot *snapshot,
	const struct readership_question *question, struct readership *out);
