/* SPDX-License-Identifier: Apache-2.0 */

/*
 * flow.h - data that flows from one node into another, as some owner tells it
 *
 * A flow is (source, target, form, classes).  Its source and target are
 * datasets, jobs, fields, or whole datasets (NODE_WHOLE); docs/SEMANTICS.md
 * has the table that makes flows of the facets `lineage` and `columnLineage`
 * (OpenLineage LineageFacet 1-0-0, ColumnLineageDatasetFacet 1-2-0).
 *
 * The sets that owners tell are in timeline.h.  The store keeps here, for each
 * pair, who tells it: a row for each (target, source, owner, lane).  An edge's
 * flags are what its rows say together.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

/*
 * How a source takes part in a target; several may.  All bits of a pair add up,
 * whoever tells them: so one says what comes unmasked, not what is masked.
 */
enum flow_class {
	CLASS_IDENTITY = 1,
	CLASS_TRANSFORMATION = 2,
	CLASS_AGGREGATION = 4,
	CLASS_OTHER_DIRECT = 8,
	CLASS_JOIN = 16,
	CLASS_GROUP_BY = 32,
	CLASS_FILTER = 64,
	CLASS_SORT = 128,
	CLASS_WINDOW = 256,
	CLASS_CONDITIONAL = 512,
	CLASS_OTHER_INDIRECT = 1024,
	CLASS_UNKNOWN = 2048,  /* nothing was told */
	CLASS_UNMASKED = 4096, /* beside the others: some of it comes as it is */
	/*
	 * The forms that tell it, so that a summary of flows can have them.  What
	 * dataQualityAssertions tell has none: no data flows by it.
	 */
	CLASS_FORM_COLUMNS = 8192,
	CLASS_FORM_EXPLICIT = 16384,
	CLASS_FORM_RENAME = 32768,
};
#define CLASSES_DIRECT \
	(CLASS_IDENTITY | CLASS_TRANSFORMATION | CLASS_AGGREGATION | CLASS_OTHER_DIRECT)
#define CLASSES_INDIRECT                                                          \
	(CLASS_JOIN | CLASS_GROUP_BY | CLASS_FILTER | CLASS_SORT | CLASS_WINDOW | \
		CLASS_CONDITIONAL | CLASS_OTHER_INDIRECT)
#define CLASSES_FORM (CLASS_FORM_COLUMNS | CLASS_FORM_EXPLICIT | CLASS_FORM_RENAME)

/* Whether something is told of a pair, and all of it masks. */
static inline bool flow_masked(uint32_t classes)
{
	return (classes & ~(uint32_t)CLASSES_FORM) && !(classes & CLASS_UNMASKED);
}

/* Whether only assertions tell it: what a job checks, it need not take. */
static inline bool flow_is_check(uint32_t classes)
{
	return classes && !(classes & CLASSES_FORM);
}

/*
 * Names of single classes: "IDENTITY" ... "OTHER_INDIRECT", "UNKNOWN".
 * NULL behind the last one: for (i = 0; flow_class_text(i); i++) walks bit i.
 */
const char *flow_class_text(unsigned bit);

/*
 * One pair as one owner's lane tells it.  Zero segments and no `now` means that
 * there is no row.
 */
struct flow_row {
	node_id target;
	node_id source;
	node_id owner; /* a job or a dataset */
	enum evidence lane;
	uint32_t segments; /* of the owner's lane, that have it */
	uint32_t now;	   /* enum flow_class, of the sets that stand now; 0: none does */
	bool implied; /* in each of those its source is an input and its target an output
		       */
};

/* Returns 0, or 1 when there is no such row; key parts are taken from *row. */
NODISCARD int flow_get(struct store_txn *txn, struct flow_row *row);

/* Writes a row, or removes it when it says nothing. */
NODISCARD int flow_put(struct store_txn *txn, const struct flow_row *row);

/* Calls visit for the rows of a pair; stops when it returns not 0 and returns that. */
typedef int flow_visit(void *ctx, const struct flow_row *row);
NODISCARD int flow_each(struct store_txn *txn, node_id target, node_id source,
	flow_visit *visit, void *ctx);

/* The same over the whole store, in order of (target, source, owner, lane). */
NODISCARD int flow_all(struct store_txn *txn, flow_visit *visit, void *ctx);

/*
 * What all rows of a pair say together: bits of EDGE_FLOW_NOW, their EVER bits,
 * EDGE_IMPLIED, and the classes in the high half.  0: nobody tells it.
 */
NODISCARD int flow_flags(
	struct store_txn *txn, node_id target, node_id source, uint32_t *out);
