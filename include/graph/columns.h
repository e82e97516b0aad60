/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns.h - the columns of a dataset, from its schema and from lineage
 */
#pragma once

#include "graph/facets.h"
#include "graph/graph.h"

struct column {
	struct slice path;
	struct slice type; /* ptr NULL: not told */
	struct slice description;
	enum nullability nullable;
	bool in_schema; /* of the standing schema */
	node_id node;	/* its field; 0: no lineage names it */
	/* Fields, wholes and jobs that take from it now, from a field in it, from a
	   column that it is in, or from the whole dataset. */
	uint64_t readers;
	/* When a run or declaration last told that something takes from one of these;
	   TIME_NEVER: never. */
	int64_t last_read_us;
};

struct columns {
	struct column *list; /* in order of the schema, then others by name */
	size_t count;
	bool has_schema;
	/* Jobs that read the dataset now and write something whose flows they do not
	   tell: for all we know they may read any column. */
	node_id *opaque_readers;
	size_t opaque_count;
	/* Datasets into which a flow leads from the dataset now (explicit lineage, a
	   rename), and none from one of its fields or its whole: the same. */
	node_id *opaque_datasets;
	size_t opaque_dataset_count;
	bool complete; /* within the deadline */
};

/*
 * Aliases of the dataset are one with it: their newest schema, all their fields.
 * ERR_INVALID when there is no such dataset.
 */
NODISCARD int columns_read(struct snapshot *snapshot, node_id dataset,
	int64_t deadline_us, struct arena *arena, struct columns *out);

/* A field of lineage; nodes of its name in aliases of the dataset are one. */
struct column_field {
	node_id node; /* the one that stands for them */
	struct slice name;
	bool listed; /* for columns_read(): the schema has it */
};

struct column_names {
	struct column_field *list; /* by name */
	size_t count;
};

/* The columns that lineage names, without a look at who reads them; else the same. */
NODISCARD int columns_named(struct snapshot *snapshot, node_id dataset,
	struct arena *arena, struct column_names *out);

/* Whether a path is that of a field in a column. */
static inline bool column_has_within(struct slice column, struct slice path)
{
	return path.len > column.len && path.ptr[column.len] == '.' &&
	       slice_starts(path, column);
}

/* Whether a name may be that of a field in a column. */
static inline bool column_may_nest(struct slice path)
{
	return path.len && memchr(path.ptr, '.', path.len);
}

/*
 * What changed from one schema to the next: first what was removed, in the order
 * of `before`, then the others in that of `after`.  A column may be retyped and
 * moved.
 */
enum column_change { COLUMN_ADDED, COLUMN_REMOVED, COLUMN_RETYPED, COLUMN_MOVED };
struct schema_change {
	enum column_change what;
	struct slice path;
	struct slice type_before;
	struct slice type_after;
};
struct schema_changes {
	struct schema_change *list;
	size_t count;
};
/* COLUMN_MOVED: in another order among the columns of both; as few as possible. */
NODISCARD int schema_compare(const struct ol_schema *before,
	const struct ol_schema *after, struct arena *arena, struct schema_changes *out);
