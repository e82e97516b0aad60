/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_group.c - groups in the place of nodes
 *
 * A node has one membership for each group that it is in.  Those of one group are
 * found by sorting; a group's place is that of its first membership.
 */
#include "graph/view_facet.h"
#include "graph/view_impl.h"

#include <stdlib.h>
#include <string.h>

#include "graph/entity.h"
#include "graph/parent.h"

#define MEMBERSHIPS_FIRST 64
#define TWICE		  UINT32_MAX /* in no group: the node is there already */

struct membership {
	/* The group: a node that stands for it, or one that stays alone, or a name. */
	node_id id;
	uint32_t alone; /* the node's place, plus 1 */
	struct slice namespace;
	struct slice name;

	uint32_t node;
	uint32_t order; /* its own place among the memberships */
	uint32_t group; /* first that of the group's first membership */
};

struct grouping {
	struct snapshot *snapshot;
	struct arena *arena;
	struct meter *meter;
	const struct view *view;
	enum view_group by;
	uint32_t node; /* in work */
	struct membership *list;
	size_t count;
	size_t capacity;
	size_t *first; /* of each node; one more than nodes */
	struct view_node *groups;
	size_t group_count;
};

static int add_membership(struct grouping *g, struct membership membership)
{
	if (g->count == g->capacity) {
		size_t capacity = g->capacity ? g->capacity : MEMBERSHIPS_FIRST / 2;
		struct membership *list;

		if (__builtin_mul_overflow(capacity, 2, &capacity) ||
			capacity > UINT32_MAX)
			return ERR_NOMEM;
		list = arena_array(g->arena, capacity, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (g->count)
			memcpy(list, g->list, g->count * sizeof(*list));
		g->list = list;
		g->capacity = capacity;
	}
	membership.node = g->node;
	membership.order = (uint32_t)g->count;
	g->list[g->count++] = membership;
	return 0;
}

static int join_alone(struct grouping *g)
{
	node_id id = g->view->nodes[g->node].id;

	if (id)
		return add_membership(g, (struct membership){ .id = id });
	return add_membership(g, (struct membership){ .alone = g->node + 1 });
}

/* The name up to its last dot or slash. */
static struct slice prefix_of(struct slice name)
{
	size_t end = name.len;

	while (end > 0 && name.ptr[end - 1] != '.' && name.ptr[end - 1] != '/')
		end--;
	return slice_of(name.ptr, end ? end - 1 : 0);
}

/* KEY=VALUE */
static struct slice tag_text(struct grouping *g, const struct ol_label *label)
{
	size_t bytes = label->name.len + 1 + label->value.len;
	char *text = arena_alloc(g->arena, bytes);

	if (!text)
		return (struct slice){ NULL, 0 };
	if (label->name.len)
		memcpy(text, label->name.ptr, label->name.len);
	text[label->name.len] = '=';
	if (label->value.len)
		memcpy(text + label->name.len + 1, label->value.ptr, label->value.len);
	return slice_of(text, bytes);
}

static int join_label(void *ctx, const struct ol_label *label)
{
	struct grouping *g = ctx;
	struct slice name = label->name;

	if (g->by == GROUP_TAG && label->value.ptr) {
		name = tag_text(g, label);
		if (!name.ptr)
			return ERR_NOMEM;
	}
	return add_membership(g, (struct membership){ .name = name });
}

static int join_labels(struct grouping *g, enum view_label which)
{
	size_t before = g->count;
	int r = view_each_label(
		g->snapshot, &g->view->nodes[g->node], which, g->arena, join_label, g);

	if (r || g->count > before)
		return r;
	return add_membership(g, (struct membership){ 0 });
}

static int join_ancestor(struct grouping *g)
{
	const struct view_node *node = &g->view->nodes[g->node];
	struct job_parent parent;
	node_id ancestor;
	int r = 1;

	if (node->id && node->key.kind == NODE_JOB)
		r = job_parent_get(g->snapshot->txn, node->id, &parent);
	if (r < 0)
		return r;
	if (r)
		return join_alone(g);
	ancestor = g->by == GROUP_ROOT && parent.root ? parent.root : parent.parent;
	return add_membership(g, (struct membership){ .id = ancestor });
}

static int join_groups(struct grouping *g)
{
	const struct node_key *key = &g->view->nodes[g->node].key;

	switch (g->by) {
	case GROUP_NAMESPACE:
		return add_membership(g, (struct membership){ .name = key->namespace });
	case GROUP_PREFIX:
		return add_membership(g, (struct membership){ .namespace = key->namespace,
						 .name = prefix_of(key->name) });
	case GROUP_OWNER:
		return join_labels(g, VIEW_OWNERS);
	case GROUP_TAG:
		return join_labels(g, VIEW_TAGS);
	case GROUP_PARENT:
	case GROUP_ROOT:
		return join_ancestor(g);
	case GROUP_NONE:
		break;
	}
	return join_alone(g);
}

static int join_all(struct grouping *g)
{
	int r = 0;

	g->first = arena_array(g->arena, g->view->node_count + 1, sizeof(*g->first));
	if (!g->first)
		return ERR_NOMEM;
	for (; !r && g->node < g->view->node_count; g->node++) {
		g->first[g->node] = g->count;
		r = join_groups(g);
	}
	g->first[g->view->node_count] = g->count;
	return r;
}

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_groups(const struct membership *x, const struct membership *y)
{
	int c = compare_u32(x->id, y->id);

	if (!c)
		c = compare_u32(x->alone, y->alone);
	if (!c)
		c = slice_compare(x->namespace, y->namespace);
	return c ? c : slice_compare(x->name, y->name);
}

static int compare_members(const void *a, const void *b)
{
	const struct membership *x = a;
	const struct membership *y = b;
	int c = compare_groups(x, y);

	return c ? c : compare_u32(x->order, y->order);
}

static int compare_order(const void *a, const void *b)
{
	const struct membership *x = a;
	const struct membership *y = b;

	return compare_u32(x->order, y->order);
}

/* Tells each membership of the first one of its group. */
static void find_groups(struct grouping *g)
{
	struct membership *leader = g->list;

	if (g->count == 0)
		return;
	qsort(g->list, g->count, sizeof(*g->list), compare_members);
	for (size_t i = 0; i < g->count; i++) {
		struct membership *it = &g->list[i];

		if (compare_groups(leader, it) != 0)
			leader = it;
		it->group = leader->order;
		if (it != leader && it[-1].node == it->node)
			it->group = TWICE;
	}
	qsort(g->list, g->count, sizeof(*g->list), compare_order);
}

static int start_group(
	struct grouping *g, const struct membership *first, struct view_node *out)
{
	const struct view_node *node = &g->view->nodes[first->node];

	*out = *node;
	out->members = 0;
	if (first->alone || (first->id && first->id == node->id))
		return 0;
	out->id = first->id;
	out->key =
		(struct node_key){ .namespace = first->namespace, .name = first->name };
	if (first->id) {
		struct entity entity;
		int r = entity_get(g->snapshot->txn, first->id, &entity);

		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		out->key = entity.key;
	}
	return 0;
}

static void add_member(struct view_node *group, const struct view_node *node)
{
	unsigned int times = view_times(node->change);

	if (group->members)
		times |= view_times(group->change);
	group->change = view_change_of(times);
	group->members += node->members;
	group->upstream |= node->upstream;
	group->downstream |= node->downstream;
	group->root |= node->root;
	if (node->depth < group->depth)
		group->depth = node->depth;
}

/* Makes the groups, in order of their first members. */
static int make_groups(struct grouping *g)
{
	g->groups = arena_array(g->arena, g->count, sizeof(*g->groups));
	if (!g->groups)
		return ERR_NOMEM;
	for (size_t i = 0; i < g->count; i++) {
		struct membership *it = &g->list[i];

		if (it->group == TWICE)
			continue;
		if (it->group == it->order) {
			int r = start_group(g, it, &g->groups[g->group_count]);

			if (r)
				return r;
			it->group = (uint32_t)g->group_count++;
		} else {
			it->group = g->list[it->group].group;
		}
		add_member(&g->groups[it->group], &g->view->nodes[it->node]);
	}
	return 0;
}

/* Edges from each group of one end to each of the other. */
static int join_edge(
	struct grouping *g, const struct view_edge *edge, struct view_edges *into)
{
	int r = 0;

	for (size_t i = g->first[edge->from]; i < g->first[edge->from + 1]; i++) {
		for (size_t k = g->first[edge->to]; !r && k < g->first[edge->to + 1];
			k++) {
			struct view_edge joined = *edge;

			/* Also of pairs that make no edge there may be very many. */
			if (!meter_take(g->meter, 1))
				return 0;
			joined.from = g->list[i].group;
			joined.to = g->list[k].group;
			if (joined.from != TWICE && joined.to != TWICE &&
				joined.from != joined.to)
				r = view_edges_add(into, &joined);
		}
	}
	return r;
}

int view_make_groups(struct snapshot *snapshot, enum view_group group,
	struct meter *meter, struct arena *arena, struct view *view)
{
	struct grouping g = { .snapshot = snapshot,
		.arena = arena,
		.meter = meter,
		.view = view,
		.by = group };
	struct view_edges edges = { .arena = arena };
	int r = join_all(&g);

	if (r)
		return r;
	find_groups(&g);
	r = make_groups(&g);
	for (size_t i = 0; !r && i < view->edge_count; i++)
		r = join_edge(&g, &view->edges[i], &edges);
	if (r)
		return r;
	view_edges_finish(&edges);
	*view = (struct view){ g.groups, g.group_count, edges.list, edges.count, true };
	return 0;
}
