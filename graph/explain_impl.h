/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain_impl.h - an explanation in the making
 */
#pragma once

#include "graph/explain.h"
#include "graph/meter.h"

/* Nodes that are one end of the question: a node, its aliases, what stands for it. */
struct explain_end {
	node_id node;
	enum node_kind kind;
	bool unnamed; /* a column that is no node, and has none that stands for it */
	const node_id *ids;
	size_t count;
	const node_id *datasets; /* of a dataset or field: itself or the one it is of */
	size_t dataset_count;
};

struct explaining {
	struct snapshot *snapshot;
	const struct explain_question *question;
	struct arena *arena;   /* for the answer */
	struct arena *scratch; /* for one set */
	struct meter meter;
	struct explain_end from;
	struct explain_end to;
	struct assertion *list;
	size_t count;
	size_t cap;
	bool now;
	bool ever;
	node_id covering; /* a job that reads the one and writes the other covered, now */
};

/* What a job's own inputs or outputs say of a dataset, in all lanes. */
struct explain_half {
	bool ever;
	bool now;
	bool covered; /* now; or, when it is past, by the last run that had it */
};

/* Flags of an edge of the image, 0 when there is none. */
uint32_t explain_flags(
	struct explaining *x, node_id node, enum direction direction, node_id peer);

/* explain_assert.c: adds who tells it; what it says goes to out. */
NODISCARD int explain_io(struct explaining *x, node_id job, node_id dataset,
	enum direction direction, struct explain_half *out);
/* Whether a set of the job ever had both, and left the output open. */
NODISCARD int explain_was_open(
	struct explaining *x, node_id job, node_id source, node_id target, bool *out);
NODISCARD int explain_flow(struct explaining *x, node_id target, node_id source);

/* explain_absence.c: says why there is none now. */
NODISCARD int explain_absence(struct explaining *x, struct explanation *out);
