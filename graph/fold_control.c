/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_control.c - which jobs wait for which: the run facet jobDependencies
 */
#include "graph/fold_control.h"

#include "graph/adjacency.h"
#include "graph/entity.h"
#include "graph/facet_meaning.h"
#include "graph/fold.h"
#include "graph/fold_edge.h"
#include "graph/fold_node.h"

/* Beside what flows between them. */
static int put_edge(struct fold *fold, node_id from, node_id to)
{
	struct edge edge;
	int r;

	if (from == to)
		return 0;
	r = adjacency_get(fold->txn, from, DOWNSTREAM, to, &edge);
	if (r < 0)
		return r;
	if (r)
		edge.flags = 0;
	if (edge.flags & EDGE_CONTROL)
		return 0;
	return fold_put_edge(fold, from, to, edge.flags | EDGE_CONTROL);
}

static int depend(struct fold *fold, node_id job, const struct ol_dependency *dependency)
{
	const struct node_key key = {
		.kind = NODE_JOB,
		.namespace = dependency->namespace,
		.name = dependency->name,
	};
	node_id other;
	int r;

	r = fold_node(fold, &key, TIME_NEVER, &other);
	if (r)
		return r;
	return dependency->upstream ? put_edge(fold, other, job)
				    : put_edge(fold, job, other);
}

int fold_control(struct fold *fold, const struct ol_event *event, node_id job)
{
	struct ol_dependencies dependencies;
	const struct ol_facet *facet;
	int r;

	facet = facet_told(&event->run_facets, SLICE("jobDependencies"));
	if (!facet || !fold->facets)
		return 0;
	r = fold->facets->dependencies(facet->bytes, fold->scratch, &dependencies, NULL);
	if (r == ERR_INVALID)
		fold->odd++;
	if (r)
		return r == ERR_INVALID ? 0 : r;
	fold->odd += dependencies.skipped;
	for (size_t i = 0; i < dependencies.count; i++) {
		r = depend(fold, job, &dependencies.list[i]);
		if (r)
			return r;
	}
	return 0;
}
