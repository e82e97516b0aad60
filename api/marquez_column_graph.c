/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_column_graph.c - lineage of fields as a graph that has columns alone
 */
#include "api/marquez_column_graph.h"

#include "api/marquez_walk.h"
#include "api/nodelife.h"
#include "api/nodeout.h"

#include <stdlib.h>

/* The whole of a wide dataset may flow into that of another. */
#define EDGES_MAX ((size_t)4 << 20)

/* A field that stands beside its dataset in the answer. */
struct member {
	node_id dataset;
	node_id field;
};

struct maker {
	struct mq *mq;
	const struct mq_column_question *question;
	struct mq_column_graph *out;
	struct idset *places;	/* node -> place, or HIDDEN */
	struct member *members; /* by dataset */
	size_t member_count;
};

#define HIDDEN UINT64_MAX

static enum node_kind kind_of(const struct maker *maker, node_id id)
{
	const struct image_node *node = image_node(maker->mq->call->snapshot->image, id);

	return node ? (enum node_kind)node->kind : 0;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;

	if (x->dataset != y->dataset)
		return x->dataset < y->dataset ? -1 : 1;
	return (x->field > y->field) - (x->field < y->field);
}

static int find_members(struct maker *maker)
{
	const struct lineage *found = maker->question->found;
	size_t n = 0;

	maker->members = arena_array(
		maker->mq->call->arena, found->edge_count + 1, sizeof(*maker->members));
	if (!maker->members)
		return ERR_NOMEM;
	for (size_t i = 0; i < found->edge_count; i++) {
		if (found->edges[i].flags & EDGE_CONTAINS)
			maker->members[n++] = (struct member){ found->edges[i].from,
				found->edges[i].to };
	}
	if (n)
		qsort(maker->members, n, sizeof(*maker->members), compare_members);
	maker->member_count = n;
	return 0;
}

/* The columns that one end of an edge stands for. */
struct ends {
	const struct member *members; /* NULL: the node itself */
	node_id node;
	size_t count;
};

static struct ends ends_of(const struct maker *maker, node_id id)
{
	struct ends ends = { .node = id, .count = 1 };
	size_t low = 0;
	size_t high = maker->member_count;
	size_t end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (maker->members[middle].dataset < id)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < maker->member_count; end++) {
		if (maker->members[end].dataset != id)
			break;
	}
	if (end > low) {
		ends.members = maker->members + low;
		ends.count = end - low;
	}
	return ends;
}

static node_id end_at(const struct ends *ends, size_t i)
{
	return ends->members ? ends->members[i].field : ends->node;
}

static int describe(struct maker *maker, node_id id, struct mq_column *out)
{
	struct call *call = maker->mq->call;
	struct entity entity;
	int r;

	switch (kind_of(maker, id)) {
	case NODE_WHOLE:
		*out = maker->question->lone;
		return 0;
	case NODE_DATASET:
		*out = (struct mq_column){ id, SLICE("*") };
		return 0;
	case NODE_FIELD:
	case NODE_JOB:
		break;
	}
	r = node_get(call, id, &entity);
	*out = (struct mq_column){ image_canonical(
					   call->snapshot->image, node_dataset(call, id)),
		entity.key.field };
	return r;
}

/* "FIELD#VERSION" */
static int add_version(
	struct maker *maker, const struct mq_column *column, struct slice *field)
{
	struct mq_dataset_versions versions;
	char text[RUNID_TEXT_MAX];
	char *copy;
	int r = mq_dataset_versions(maker->mq, column->dataset, &versions);

	if (r)
		return r;
	(void)runid_format(&mq_version_at(&versions, maker->question->at_us)->id, text);
	copy = arena_alloc(maker->mq->call->arena, field->len + RUNID_TEXT_MAX);
	if (!copy)
		return ERR_NOMEM;
	if (field->len)
		memcpy(copy, field->ptr, field->len);
	copy[field->len] = '#';
	memcpy(copy + field->len + 1, text, RUNID_TEXT_MAX - 1);
	*field = slice_of(copy, field->len + RUNID_TEXT_MAX);
	return 0;
}

static int name_column(
	struct maker *maker, const struct mq_column *column, struct slice *id_out)
{
	struct slice field = column->field;
	struct entity dataset;
	int r = node_get(maker->mq->call, column->dataset, &dataset);

	if (!r && maker->question->versioned)
		r = add_version(maker, column, &field);
	if (r)
		return r;
	return mq_graph_id(maker->mq->call->arena,
		(struct slice[]){ SLICE("datasetField"), dataset.key.namespace,
			dataset.key.name, field },
		4, id_out);
}

static int make_place(struct maker *maker, node_id id, uint64_t *out)
{
	struct mq_column_graph *graph = maker->out;
	size_t place = graph->graph.node_count;
	bool hidden;
	int r = describe(maker, id, &graph->columns[place]);

	if (!r)
		r = mq_node_hidden(maker->mq, graph->columns[place].dataset, &hidden);
	if (r)
		return r;
	*out = hidden ? HIDDEN : place;
	r = idset_put(maker->places, id, *out);
	if (r < 0 || hidden)
		return r < 0 ? r : 0;
	graph->graph.node_count++;
	return name_column(maker, &graph->columns[place], &graph->graph.nodes[place].id);
}

static int place_of(struct maker *maker, node_id id, uint64_t *out)
{
	return idset_get(maker->places, id, out) ? make_place(maker, id, out) : 0;
}

static int add_edge(struct maker *maker, node_id from, node_id to, uint32_t classes)
{
	struct mq_graph *graph = &maker->out->graph;
	uint64_t from_place;
	uint64_t to_place;
	int r = place_of(maker, from, &from_place);

	if (!r)
		r = place_of(maker, to, &to_place);
	if (r || from_place == HIDDEN || to_place == HIDDEN)
		return r;
	graph->out[graph->edge_count++] = (struct mq_graph_edge){ (uint32_t)from_place,
		(uint32_t)to_place, classes };
	return 0;
}

static int add_edges(struct maker *maker, const struct lineage_edge *edge)
{
	struct ends from = ends_of(maker, edge->from);
	struct ends to = ends_of(maker, edge->to);
	int r = 0;

	for (size_t i = 0; i < from.count && !r; i++) {
		for (size_t k = 0; k < to.count && !r; k++)
			r = add_edge(maker, end_at(&from, i), end_at(&to, k),
				EDGE_CLASSES(edge->flags));
	}
	return r;
}

/* How many edges those of the answer become, as far as they have room. */
static size_t count_edges(const struct maker *maker, size_t *edges_out)
{
	const struct lineage *found = maker->question->found;
	size_t total = 0;
	size_t i;

	for (i = 0; i < found->edge_count; i++) {
		const struct lineage_edge *edge = &found->edges[i];
		size_t pairs;

		if (edge->flags & EDGE_CONTAINS)
			continue;
		if (__builtin_mul_overflow(ends_of(maker, edge->from).count,
			    ends_of(maker, edge->to).count, &pairs) ||
			pairs > EDGES_MAX - total)
			break;
		total += pairs;
	}
	*edges_out = i;
	return total;
}

static int make_graph(struct maker *maker)
{
	const struct lineage *found = maker->question->found;
	struct mq_column_graph *out = maker->out;
	struct arena *arena = maker->mq->call->arena;
	size_t shown;
	size_t room = count_edges(maker, &shown);
	int r = 0;

	out->whole = shown == found->edge_count;
	out->graph.out = arena_array(arena, room + 1, sizeof(*out->graph.out));
	out->graph.nodes =
		arena_array(arena, found->node_count + 1, sizeof(*out->graph.nodes));
	out->columns = arena_array(arena, found->node_count + 1, sizeof(*out->columns));
	if (!out->graph.out || !out->graph.nodes || !out->columns)
		return ERR_NOMEM;
	for (size_t i = 0; i < shown && !r; i++) {
		if (!(found->edges[i].flags & EDGE_CONTAINS))
			r = add_edges(maker, &found->edges[i]);
	}
	return r ? r : mq_graph_order(&out->graph, arena);
}

int mq_column_graph(struct mq *mq, const struct mq_column_question *question,
	struct mq_column_graph *out)
{
	AUTO(idset)
	struct idset *places = idset_new(question->found->node_count + 1);
	struct maker maker = {
		.mq = mq, .question = question, .out = out, .places = places
	};
	int r;

	*out = (struct mq_column_graph){ .whole = true };
	if (!places)
		return ERR_NOMEM;
	r = find_members(&maker);
	return r ? r : make_graph(&maker);
}
