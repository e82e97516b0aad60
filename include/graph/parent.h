/* SPDX-License-Identifier: Apache-2.0 */

/*
 * parent.h - which job starts which: containment, never data flow
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

/* Of a job: as its newest run event with a facet `parent` says. */
struct job_parent {
	node_id parent;
	node_id root;	 /* 0: not told */
	int64_t told_us; /* that event's time */
};

/* Returns 0, or 1 when no run of the job told a parent. */
NODISCARD int job_parent_get(struct store_txn *txn, node_id job, struct job_parent *out);
NODISCARD int job_parent_put(
	struct store_txn *txn, node_id job, const struct job_parent *parent);

/* Calls visit for the jobs whose parent this is, in order of ids; stops when it
 * returns not 0. */
typedef int job_child_visit(void *ctx, node_id child);
NODISCARD int job_children(
	struct store_txn *txn, node_id parent, job_child_visit *visit, void *ctx);
