/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns_impl.h - the columns of a dataset, in the making
 */
#pragma once

#include "graph/columns.h"
#include "graph/idlist.h"
#include "graph/meter.h"

struct reading {
	struct snapshot *snapshot;
	struct arena *arena;
	struct meter meter;
	struct idlist datasets;	     /* the dataset and its aliases */
	struct idlist wholes;	     /* theirs */
	struct column_field *fields; /* by name */
	size_t field_count;
	struct idlist whole_readers; /* who takes from a whole now: from any column */
	int64_t whole_read_us;	     /* when that was last told */
};

/* Adds a node and those that are one with it. */
NODISCARD int columns_ring(struct reading *reading, node_id id, struct idlist *list);

/*
 * columns_use.c: who takes from a column, from a field in it or from one that it is
 * in, and when that was last told.
 */
NODISCARD int columns_use(struct reading *reading, struct column *column);

/* The place of the first of the fields whose name is not before this one. */
size_t columns_place(const struct reading *reading, struct slice name);

/* Who takes from the whole of the dataset, and when that was last told. */
NODISCARD int columns_whole_use(struct reading *reading);

/* Jobs and datasets that may read any column. */
NODISCARD int columns_opaque(struct reading *reading, struct columns *out);
