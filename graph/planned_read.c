/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned_read.c - who reads what is planned to go, operation by operation
 */
#include "base/arena.h"
#include "graph/budget.h"
#include "graph/entity.h"
#include "graph/image_ring.h"
#include "graph/planned_impl.h"

static bool is_of_dataset(enum impact_op op)
{
	return op == OP_DROP_DATASET || op == OP_RENAME_DATASET;
}

/* These hang on who writes, who is not looked for here. */
static bool is_about_writers(enum impact_op op)
{
	return op == OP_SET_NOT_NULL || op == OP_ADD_REQUIRED;
}

/* Whether who reads one of both reads something of the other. */
static bool share(struct slice a, struct slice b)
{
	return slice_equal(a, b) || column_has_within(a, b) || column_has_within(b, a);
}

/* The column, the fields in it, and the columns it is in. */
static int find_column(
	const struct columns *columns, struct planned_op *op, struct idlist *fields)
{
	struct slice told = op->told->column;
	int r = 0;

	for (size_t i = 0; i < columns->count && !r; i++) {
		const struct column *column = &columns->list[i];

		if (slice_equal(column->path, told)) {
			op->field = column->node;
			op->in_schema = column->in_schema;
		}
		if (column->node && share(column->path, told))
			r = idlist_add(fields, column->node);
	}
	idlist_finish(fields);
	return r;
}

static enum planned_safe judge(const struct watching *watching,
	const struct columns *columns, const struct planned_op *op)
{
	if (is_about_writers(op->op))
		return SAFE_UNKNOWN;
	if (op->now)
		return SAFE_NO;
	if (watching->meter.cut != CUT_NONE || !columns->complete)
		return SAFE_UNKNOWN;
	if (is_of_dataset(op->op))
		return SAFE_YES;
	return columns->opaque_count || columns->opaque_dataset_count ? SAFE_UNKNOWN
								      : SAFE_YES;
}

static int read_op(
	struct watching *watching, const struct columns *columns, struct planned_op *op)
{
	struct idlist fields = { .arena = watching->arena };
	int r;

	watching->sightings = (struct sightings){ 0 };
	if (is_of_dataset(op->op)) {
		r = planned_gather_dataset(watching);
	} else {
		r = find_column(columns, op, &fields);
		if (!r)
			r = planned_gather_column(watching, &fields);
	}
	if (!r)
		r = planned_weigh(watching, op);
	if (!r)
		op->safe = judge(watching, columns, op);
	return r;
}

/* The worst first. */
static enum planned_safe worse(enum planned_safe a, enum planned_safe b)
{
	if (a == SAFE_NO || b == SAFE_NO)
		return SAFE_NO;
	return a == SAFE_UNKNOWN ? a : b;
}

static int read_ops(struct watching *watching, const struct ol_planned *told,
	const struct columns *columns, struct planned_answer *out)
{
	out->ops = arena_array(watching->arena, told->count + 1, sizeof(*out->ops));
	if (!out->ops)
		return ERR_NOMEM;
	out->safe = told->skipped ? SAFE_UNKNOWN : SAFE_YES;
	for (size_t i = 0; i < told->count; i++) {
		struct planned_op *op = &out->ops[out->op_count];
		int r;

		op->told = &told->list[i];
		if (planned_op_of(op->told, &op->op))
			continue; /* the reader of facets leaves out such */
		out->op_count++;
		r = read_op(watching, columns, op);
		if (r)
			return r;
		out->safe = worse(out->safe, op->safe);
	}
	return 0;
}

static int find_datasets(struct watching *watching, node_id dataset)
{
	const struct image_version *image = watching->snapshot->image;
	struct ring ring = ring_from(image, dataset);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring)) {
		const struct image_node *node = image_node(image, ring.at);

		r = idlist_add(&watching->datasets, ring.at);
		if (!r && node && node->parent)
			r = idlist_add(&watching->wholes, node->parent);
	}
	return r;
}

int planned_read(struct snapshot *snapshot, const struct planned_query *query,
	struct arena *arena, struct planned_answer *out)
{
	const struct planned *change = query->change;
	bool timed = change->told.registered_us != TIME_NEVER;
	struct watching watching = {
		.snapshot = snapshot,
		.arena = arena,
		.meter = meter_of(query->budget, query->deadline_us),
		.datasets.arena = arena,
		.wholes.arena = arena,
		.registered_us = timed ? change->told.registered_us : change->told_us,
	};
	struct planned_answer answer = { .registered_us = watching.registered_us };
	struct columns columns;
	int r = columns_read(
		snapshot, change->dataset, query->deadline_us, arena, &columns);

	if (!r)
		r = find_datasets(&watching, change->dataset);
	if (!r)
		r = read_ops(&watching, &change->told, &columns, &answer);
	if (r)
		return r;
	answer.has_schema = columns.has_schema;
	answer.opaque_readers = columns.opaque_readers;
	answer.opaque_count = columns.opaque_count;
	answer.opaque_datasets = columns.opaque_datasets;
	answer.opaque_dataset_count = columns.opaque_dataset_count;
	answer.complete = columns.complete && watching.meter.cut == CUT_NONE;
	*out = answer;
	return 0;
}
