/* SPDX-License-Identifier: Apache-2.0 */

/*
 * changein_impl.h - operations, from their words to changes of nodes
 */
#pragma once

#include "api/changein.h"
#include "graph/columns.h"

/* What stands of a dataset; each is read once. */
struct dataset_known {
	struct dataset_known *next;
	node_id dataset;
	struct ol_schema schema; /* without columns: none stands */
	struct column_names fields;
};

/* An operation as it was told. */
struct told_op {
	enum impact_op op;
	node_id dataset;
	struct slice column;
	struct slice to;
	struct slice to_namespace; /* empty: the dataset's own */
	struct slice type;
	struct slice from; /* the type before; ptr NULL: the one that stands */
	bool aliased;
	bool aliased_told;
};

/* A column of a dataset, as far as it is known. */
struct column_known {
	const struct ol_column *told; /* NULL: the schema does not have it */
	node_id field;		      /* 0: no lineage names it */
};

NODISCARD int dataset_known(
	struct changes_in *in, node_id dataset, const struct dataset_known **out);
struct column_known column_known(const struct dataset_known *known, struct slice path);

NODISCARD int changes_add(struct changes_in *in, const struct asked_change *change);
PRINTF(4, 5)
NODISCARD int changes_note(struct changes_in *in, node_id dataset, struct slice column,
	const char *fmt, ...);

/* Answers a fault at a member of an operation: 1, or a failure. */
PRINTF(4, 5)
NODISCARD int changes_refuse(struct changes_in *in, int status, const struct body_at *at,
	const char *fmt, ...);

/* The same with the fault of a body. */
NODISCARD int changes_refuse_body(struct changes_in *in, const struct body *body);

/* An operation in its place; 1 when the reply says what is wrong. */
NODISCARD int change_read(struct changes_in *in, struct body *body,
	const struct body_at *at, struct told_op *out);

/* What an operation comes to (change_find.c); `at` is its place. */
NODISCARD int change_find(
	struct changes_in *in, const struct told_op *told, const struct body_at *at);

/* Compares two types; one that is not told is not known. */
NODISCARD int change_types(struct arena *arena, struct slice before, struct slice after,
	struct type_verdict *out);

/*
 * What happens to a field happens to the columns that it is in, where lineage names
 * them: adds those changes for all of the list from `begin` on (change_around.c).
 */
NODISCARD int changes_surround(struct changes_in *in, size_t begin);

/*
 * What happens to a column happens to the fields in it that lineage names: adds
 * those changes for all of the list from `begin` on (change_parts.c).
 */
NODISCARD int changes_spread(struct changes_in *in, size_t begin);
