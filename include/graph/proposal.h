/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposal.h - which changes lead from the schema that stands to a proposed one
 *
 * What is not told is not compared: a proposed column without a type keeps its
 * type.  A type that is told where none stands is not known to be the same, and
 * unknown is never safe.
 */
#pragma once

#include "graph/facets.h"
#include "graph/impact.h"

struct proposed_rename {
	struct slice from; /* paths */
	struct slice to;
};

struct proposal {
	const struct ol_schema *standing;
	const struct ol_schema *proposed;
	/* The standing columns are those that lineage names: there may be others, so
	   that no column is said to be added. */
	bool partial;
	const struct proposed_rename *renames;
	size_t rename_count;
};

struct proposal_change {
	enum impact_op op;
	struct slice column; /* as it stands; of added ones the new path */
	struct slice to;     /* OP_RENAME_COLUMN */
	struct slice type_before;
	struct slice type_after;
	struct type_verdict types; /* OP_ALTER_TYPE */
};

/* What changes no lineage. */
struct proposal_remark {
	struct slice column;
	const char *text; /* static: a sentence */
};

/* A column that goes and one that comes, so alike that one may be the other. */
struct proposal_hint {
	struct slice from;
	struct slice to;
	struct slice why; /* a sentence */
};

struct proposal_changes {
	struct proposal_change *list; /* renames, what goes, then as proposed */
	size_t count;
	struct proposal_remark *remarks;
	size_t remark_count;
	struct proposal_hint *hints; /* best first; a column is in one at most */
	size_t hint_count;
};

/*
 * What out points to is in the arena.  A column that goes or comes stands for the
 * fields in it, which are not told apart.  ERR_INVALID with a fault at /schema or
 * /renames/N/from, to: a column is proposed twice, a rename does not fit.
 */
NODISCARD int proposal_compare(const struct proposal *proposal, struct arena *arena,
	struct proposal_changes *out, struct fault *fault);
