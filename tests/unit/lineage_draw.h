/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_draw.h - graphs drawn in a string, and answers written as one
 *
 *	1>A A>2		A job reads dataset 1 and writes 2
 *	A=2		it writes 2, and tells all that flows there
 *	A~2 1>2 A>B	somebody tells a flow: job to dataset, datasets, jobs
 *	1-2		a flow beside which there is a way over a job
 *	1.a		a is a field of dataset 1
 *	a>b a>2 1>b	flows of fields, into and out of whole datasets
 *	1:2		2 is an alias of 1, with its whole; a:b for fields
 *
 * Datasets are 1 to 9, jobs A to I have the ids 11 to 19, the wholes of datasets
 * 21 to 29, and fields a to z 31 to 56.
 */
#pragma once

#include "tests/unit/lineage_world.h"

#include <string.h>

#define SEEN_NOW (EDGE_OBSERVED_NOW | EDGE_OBSERVED_EVER)
#define TOLD_NOW (EDGE_FLOW_OBSERVED_NOW | EDGE_FLOW_OBSERVED_EVER)

static inline node_id drawn_id(char c)
{
	if (c >= 'a')
		return (node_id)(c - 'a' + 31);
	return (node_id)(c >= 'A' ? c - 'A' + 11 : c - '0');
}

static inline node_id drawn_whole(node_id dataset)
{
	return dataset + 20;
}

static inline void put(struct world *w, node_id from, node_id to, uint32_t flags)
{
	assert_int_equal(image_put_edge(w->image, from, DOWNSTREAM, to, flags), 0);
	assert_int_equal(image_put_edge(w->image, to, UPSTREAM, from, flags), 0);
}

static inline bool drawn_job(node_id id)
{
	return id > 10 && id < 20;
}

static inline void draw_edge(struct world *w, node_id from, char how, node_id to)
{
	bool fields = from > 30 || to > 30;
	uint32_t flags = drawn_job(from) != drawn_job(to) ? SEEN_NOW : TOLD_NOW;

	if (how == '=')
		flags |= EDGE_COVERED;
	else if (how == '-')
		flags |= EDGE_IMPLIED;
	else if (how == '~')
		flags = TOLD_NOW;
	put(w, fields && from < 10 ? drawn_whole(from) : from,
		fields && to < 10 ? drawn_whole(to) : to, flags);
}

static inline void draw_field(struct world *w, node_id dataset, node_id field)
{
	node_id whole = drawn_whole(dataset);

	assert_int_equal(image_add_node(w->image, dataset, NODE_DATASET, 1, whole), 0);
	assert_int_equal(image_add_node(w->image, whole, NODE_WHOLE, 1, dataset), 0);
	assert_int_equal(image_add_node(w->image, field, NODE_FIELD, 1, whole), 0);
	assert_int_equal(
		image_put_edge(w->image, whole, DOWNSTREAM, field, EDGE_CONTAINS), 0);
}

static inline void draw_alias(struct world *w, node_id stands, node_id alias)
{
	const node_id ids[] = { stands, alias };
	const node_id wholes[] = { drawn_whole(stands), drawn_whole(alias) };

	assert_int_equal(image_set_ring(w->image, ids, 2), 0);
	if (stands < 10)
		/* ERR_CORRUPT when one of them has no whole. */
		(void)!image_set_ring(w->image, wholes, 2);
}

static inline void draw(struct world *w, const char *graph)
{
	for (node_id id = 1; id <= 20; id++)
		assert_int_equal(image_add_node(w->image, id,
					 id > 10 ? NODE_JOB : NODE_DATASET, 1, 0),
			0);
	for (const char *at = graph; *at && at[1]; at++) {
		if (at[1] == '.')
			draw_field(w, drawn_id(at[0]), drawn_id(at[2]));
	}
	for (const char *at = graph; *at && at[1]; at++) {
		if (at[1] == ':')
			draw_alias(w, drawn_id(at[0]), drawn_id(at[2]));
		else if (at[0] != ' ' && strchr(">=~-", at[1]))
			draw_edge(w, drawn_id(at[0]), at[1], drawn_id(at[2]));
	}
	assert_int_equal(image_publish(w->image, 1), 0);
	take_snapshot(w);
}

static inline struct lineage_query ask_down(const node_id *root)
{
	return (struct lineage_query){
		.roots = root,
		.root_count = 1,
		.downstream = true,
		.depth = DEPTH_ALL,
		.precise = true,
		.observed = true,
		.declared = true,
		.inferred = true,
	};
}

/* Nodes as "id/depth id/depth". */
static inline void assert_nodes(const struct lineage *out, const char *expected)
{
	char text[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < out->node_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u/%u",
			i ? " " : "", out->nodes[i].id, out->nodes[i].depth);
	assert_string_equal(text, expected);
}

static inline int compare_edges(const void *x, const void *y)
{
	const struct lineage_edge *a = x;
	const struct lineage_edge *b = y;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (a->via > b->via) - (a->via < b->via);
}

/* Edges as "from>to" or "from>to:via"; "from.to" when one only contains the other. */
static inline void assert_edges(const struct lineage *out, const char *expected)
{
	char text[512] = "";
	size_t used = 0;

	if (out->edge_count)
		qsort(out->edges, out->edge_count, sizeof(*out->edges), compare_edges);
	for (size_t i = 0; i < out->edge_count; i++) {
		const struct lineage_edge *edge = &out->edges[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u%c%u",
			i ? " " : "", edge->from, edge->flags & EDGE_NOW ? '>' : '.',
			edge->to);
		if (edge->via)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, ":%u", edge->via);
	}
	assert_string_equal(text, expected);
}
