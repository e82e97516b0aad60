/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain_absence.c - why there is no edge now
 */
#include "base/arena.h"
#include "graph/explain_impl.h"
#include "graph/idlist.h"
#include "graph/level.h"

/* An edge of the pair itself, the other way round. */
static bool reverse_edge(struct explaining *x)
{
	for (size_t i = 0; i < x->to.count; i++) {
		for (size_t j = 0; j < x->from.count; j++) {
			if (!meter_allows(&x->meter, 1))
				return false;
			if (explain_flags(x, x->to.ids[i], DOWNSTREAM, x->from.ids[j]) &
				EDGE_NOW)
				return true;
		}
	}
	return false;
}

/* Whether a job that reads the one now writes the other uncovered now. */
static bool writes_open(struct explaining *x, node_id job, node_id target)
{
	uint32_t flags = explain_flags(x, job, DOWNSTREAM, target);

	return (flags & EDGE_IO_NOW) && !(flags & EDGE_COVERED);
}

static bool reverse_job(struct explaining *x, node_id source, node_id target)
{
	const struct image_version *image = x->snapshot->image;
	const struct image_edges *edges = &image_node(image, source)->edges[DOWNSTREAM];

	for (uint32_t i = 0; i < edges->now; i++) {
		if (!meter_allows(&x->meter, 1))
			return false;
		if ((edges->flags[i] & EDGE_IO_NOW) &&
			writes_open(x, edges->peers[i], target))
			return true;
	}
	return false;
}

static bool is_reverse(struct explaining *x)
{
	if (reverse_edge(x))
		return true;
	if (x->from.kind != NODE_DATASET || x->to.kind != NODE_DATASET)
		return false;
	for (size_t i = 0; i < x->to.count; i++)
		for (size_t j = 0; j < x->from.count; j++)
			if (reverse_job(x, x->to.ids[i], x->from.ids[j]))
				return true;
	return false;
}

static enum lineage_level level_of(const struct explaining *x)
{
	if (x->from.kind == NODE_FIELD || x->to.kind == NODE_FIELD)
		return LEVEL_FIELD;
	if (x->from.kind == NODE_DATASET && x->to.kind == NODE_DATASET)
		return LEVEL_DATASET;
	return LEVEL_MIXED;
}

/* A walk from the one node; only the other is in its answer. */
static int walk(struct explaining *x, node_id from, node_id target,
	enum lineage_level level, struct lineage *out)
{
	struct idlist only = { .arena = x->arena };
	struct lineage_query query = {
		.roots = &from,
		.root_count = 1,
		.downstream = true,
		.depth = DEPTH_ALL,
		.level = level,
		.precise = true,
		.time = LINEAGE_CURRENT,
		.observed = true,
		.declared = true,
		.inferred = true,
		.filter.only = &only,
		.budget_edges = x->question->budget_edges,
		.deadline_us = x->question->deadline_us,
	};
	int r = idlist_add(&only, target);

	if (r)
		return r;
	idlist_finish(&only);
	return lineage_walk(x->snapshot, &query, x->arena, out);
}

/* A longer way; or none, or nobody knows. */
static int find_way(struct explaining *x, node_id from, node_id to,
	enum lineage_level level, struct explanation *out)
{
	node_id target = walk_shown(x->snapshot->image, to);
	struct lineage lineage;
	int r = walk(x, from, target, level, &lineage);

	if (r)
		return r;
	for (size_t i = 0; i < lineage.node_count; i++) {
		if (lineage.nodes[i].id != target || !lineage.nodes[i].downstream)
			continue;
		out->absence = ABSENCE_INDIRECT;
		out->distance = lineage.nodes[i].depth;
		return 0;
	}
	out->absence = lineage.cut == CUT_NONE ? ABSENCE_NO_PATH : ABSENCE_UNKNOWN;
	return 0;
}

static node_id dataset_of(const struct explain_end *end)
{
	return end->dataset_count ? end->datasets[0] : end->node;
}

/* Between fields: by columns, else by their datasets alone. */
static int find_field_way(struct explaining *x, struct explanation *out)
{
	bool jobs = x->from.kind == NODE_JOB || x->to.kind == NODE_JOB;
	int r = 0;

	out->absence = ABSENCE_NO_PATH;
	/* Jobs are no nodes of column lineage, and neither is what nobody names. */
	if (!jobs && !x->from.unnamed && !x->to.unnamed)
		r = find_way(x, x->from.node, x->to.node, LEVEL_FIELD, out);
	if (r || out->absence != ABSENCE_NO_PATH)
		return r;
	r = find_way(x, dataset_of(&x->from), dataset_of(&x->to),
		jobs ? LEVEL_MIXED : LEVEL_DATASET, out);
	if (!r && out->absence == ABSENCE_INDIRECT) {
		out->absence = ABSENCE_DATASETS_ONLY;
		out->distance = 0;
	}
	return r;
}

int explain_absence(struct explaining *x, struct explanation *out)
{
	enum lineage_level level = level_of(x);

	/* What was not looked at may be the edge. */
	if (x->meter.cut != CUT_NONE) {
		out->absence = ABSENCE_UNKNOWN;
		return 0;
	}
	if (x->ever) {
		out->absence = ABSENCE_REPLACED;
		return 0;
	}
	if (x->covering) {
		out->absence = ABSENCE_COVERED;
		out->job = x->covering;
		return 0;
	}
	if (is_reverse(x)) {
		out->absence = ABSENCE_REVERSE;
		return 0;
	}
	return level == LEVEL_FIELD ? find_field_way(x, out)
				    : find_way(x, x->from.node, x->to.node, level, out);
}
