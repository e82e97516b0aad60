/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_node.c - a node in the canonical text: facets, names, parent, edges
 */
#include "base/arena.h"
#include "base/hash.h"
#include "graph/adjacency.h"
#include "graph/alias.h"
#include "graph/dump_impl.h"
#include "graph/history.h"
#include "graph/parent.h"
#include "graph/run.h"

#include <inttypes.h>

/* With the times of the content that stands put in: when it is written differs. */
static int dump_history(
	struct dump *dump, const struct entity *node, const struct entity_facet *row)
{
	struct buf *out = &dump->text;
	struct past_facets past;
	int r = history_list(dump->txn, node->id, row->name_hash, dump->scratch, &past);

	for (size_t i = 0; !r && i < past.count; i++) {
		const struct past_facet *at = &past.list[i];

		buf_printf(out, "\t\thistory %016" PRIx64, at->hash);
		dump_time(out, at->first_us);
		dump_time(out, at->last_us);
		buf_printf(out, " %016" PRIx64 "\n", hash64(at->bytes));
	}
	return r;
}

static int dump_facet(
	struct dump *dump, const struct entity *node, const struct entity_facet *row)
{
	struct buf *out = &dump->text;
	struct facet facet;
	int r;

	buf_printf(out, "\tfacet %016" PRIx64, row->name_hash);
	if (!row->hash) {
		buf_str(out, " deleted");
	} else {
		r = facet_get(dump->txn, node->id, row->name_hash, &facet);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		buf_byte(out, ' ');
		dump_quoted(out, facet.name);
		buf_printf(out, " %016" PRIx64, hash64(facet.bytes));
	}
	dump_time(out, row->time_us);
	buf_byte(out, '\n');
	return history_keeps(row->name_hash) ? dump_history(dump, node, row) : 0;
}

static int dump_facets(struct dump *dump, const struct entity *node)
{
	struct entity_facet *rows;
	int r;

	if (!node->facet_count)
		return 0;
	rows = arena_array(dump->scratch, node->facet_count, sizeof(*rows));
	if (!rows)
		return ERR_NOMEM;
	r = entity_facets(dump->txn, node->id, rows, node->facet_count);
	for (size_t i = 0; !r && i < node->facet_count; i++)
		r = dump_facet(dump, node, &rows[i]);
	return r;
}

static void dump_lifecycle(struct dump *dump, const struct entity_times *times)
{
	if (times->written_us == TIME_NEVER && times->dropped_us == TIME_NEVER)
		return;
	buf_str(&dump->text, "\twritten");
	dump_time(&dump->text, times->written_us);
	buf_str(&dump->text, " dropped");
	dump_time(&dump->text, times->dropped_us);
	buf_byte(&dump->text, '\n');
}

static int put_ids(struct dump *dump, const char *what, struct alias_ids *ids)
{
	int r = dump_rank(dump, ids->ids, ids->count);

	for (size_t i = 0; !r && i < ids->count; i++) {
		buf_str(&dump->text, what);
		dump_ranked(dump, ids->ids[i]);
		buf_byte(&dump->text, '\n');
	}
	return r;
}

static int put_line(struct dump *dump, const char *what, node_id id)
{
	int r = dump_name(dump, what, id);

	if (!r)
		buf_byte(&dump->text, '\n');
	return r;
}

static int dump_group(struct dump *dump, const struct entity *node)
{
	struct alias_ids group;
	int r = alias_group(dump->txn, node->id, dump->scratch, &group);

	if (r || group.count == 1)
		return r;
	r = put_line(dump, "\tgroup of ", group.ids[0]);
	return r ? r : put_ids(dump, "\tgroup ", &group);
}

static int dump_aliases(struct dump *dump, const struct entity *node)
{
	struct alias_claimers claimers;
	struct alias_ids claims;
	int r = alias_claims_get(dump->txn, node->id, dump->scratch, &claims);

	if (!r)
		r = put_ids(dump, "\tclaims ", &claims);
	if (!r)
		r = alias_claimers_get(dump->txn, node->id, dump->scratch, &claimers);
	if (!r)
		r = put_ids(dump, "\tclaimed by ", &claimers.all);
	if (!r && claimers.winner)
		r = put_line(dump, "\twon by ", claimers.winner);
	return r ? r : dump_group(dump, node);
}

static int gather_child(void *ctx, node_id child)
{
	node_id *id = dump_list_add(ctx);

	if (!id)
		return ERR_NOMEM;
	*id = child;
	return 0;
}

static int dump_children(struct dump *dump, const struct entity *node)
{
	struct dump_list list = { .item_bytes = sizeof(node_id) };
	struct alias_ids children;
	int r = job_children(dump->txn, node->id, gather_child, &list);

	children.ids = (void *)list.items;
	children.count = list.count;
	if (!r)
		r = put_ids(dump, "\tchild ", &children);
	dump_list_fini(&list);
	return r;
}

static int dump_parent(struct dump *dump, const struct entity *node)
{
	struct job_parent parent;
	int r = job_parent_get(dump->txn, node->id, &parent);

	if (r)
		return r < 0 ? r : 0;
	buf_str(&dump->text, "\ttold");
	dump_time(&dump->text, parent.told_us);
	r = dump_name(dump, " parent ", parent.parent);
	if (!r && parent.root)
		r = dump_name(dump, " root ", parent.root);
	buf_byte(&dump->text, '\n');
	return r;
}

struct edges {
	struct dump *dump;
	struct dump_list list;
};

struct ranked_edge {
	uint32_t rank;
	struct edge edge;
};

static int gather_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct edges *edges = ctx;
	struct ranked_edge *ranked;

	(void)node;
	(void)direction;
	if (!dump_find(edges->dump, edge->peer))
		return ERR_CORRUPT;
	ranked = dump_list_add(&edges->list);
	if (!ranked)
		return ERR_NOMEM;
	*ranked = (struct ranked_edge){ edges->dump->rank[edge->peer], *edge };
	return 0;
}

static int compare_edges(const void *a, const void *b)
{
	const struct ranked_edge *x = a;
	const struct ranked_edge *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void put_edges(struct dump *dump, const char *what, const struct dump_list *list)
{
	const struct ranked_edge *edges = (const void *)list->items;

	for (size_t i = 0; i < list->count; i++) {
		const struct ranked_edge *e = &edges[i];

		buf_str(&dump->text, what);
		dump_ranked(dump, e->rank);
		buf_printf(&dump->text,
			" flags %" PRIx32 " segments %" PRIu32 " %" PRIu32 "\n",
			e->edge.flags, e->edge.segments[0], e->edge.segments[1]);
	}
}

static int dump_edges(
	struct dump *dump, const struct entity *node, enum direction direction)
{
	struct edges edges = { dump, { .item_bytes = sizeof(struct ranked_edge) } };
	int r = adjacency_each(dump->txn, node->id, direction, gather_edge, &edges);

	dump_list_sort(&edges.list, compare_edges);
	if (!r)
		put_edges(dump, direction == UPSTREAM ? "\tupstream " : "\tdownstream ",
			&edges.list);
	dump_list_fini(&edges.list);
	return r;
}

/* What only nodes of its kind have. */
static int dump_kind(struct dump *dump, const struct entity *node)
{
	int r;

	switch (node->key.kind) {
	case NODE_DATASET:
		return dump_aliases(dump, node);
	case NODE_JOB:
		r = dump_parent(dump, node);
		return r ? r : dump_children(dump, node);
	case NODE_FIELD:
	case NODE_WHOLE:
		return 0;
	}
	return ERR_CORRUPT;
}

int dump_node(struct dump *dump, const struct entity *node)
{
	struct buf *out = &dump->text;
	int r;

	arena_reset(dump->scratch);
	buf_str(out, "node ");
	dump_key(out, &node->key);
	buf_str(out, " seen");
	dump_time(out, node->times.first_seen_us);
	dump_time(out, node->times.last_seen_us);
	buf_byte(out, '\n');
	dump_lifecycle(dump, &node->times);
	r = dump_facets(dump, node);
	if (!r)
		r = dump_kind(dump, node);
	if (!r)
		r = dump_edges(dump, node, UPSTREAM);
	if (!r)
		r = dump_edges(dump, node, DOWNSTREAM);
	if (!r)
		r = dump_lanes(dump, node);
	return r ? r : dump_flush(dump, DUMP_FLUSH);
}
