/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_scan.h - all datasets and jobs, looked at one after the other
 */
#pragma once

#include "api/marquez.h"

/* One of the names that a shown node has. */
struct mq_scanned {
	node_id id;		     /* the node that stands for it */
	const struct entity *entity; /* who has the name */
	struct slice name;	     /* of a job as it is shown */
};

struct mq_scan {
	enum node_kind kind;   /* NODE_DATASET or NODE_JOB */
	uint32_t namespace_id; /* 0: any */
	/* Stops the scan when it returns not 0. */
	int (*visit)(void *ctx, const struct mq_scanned *scanned);
	void *ctx;
};

/* Returns what visit returned, or 0; *late: the deadline ended it. */
NODISCARD int mq_scan(struct mq *mq, const struct mq_scan *scan, bool *late);
