/* SPDX-License-Identifier: Apache-2.0 */

/*
 * neighbours.c - from the edges of the image to those of an answer
 */
#include "graph/neighbours.h"

#include <assert.h>
#include <stdlib.h>

#include "graph/image_ring.h"

#define LIST_FIRST ((size_t)32)

/* Flags that say who tells an edge, and when. */
#define LANES (EDGE_NOW | EDGE_IO_EVER | EDGE_FLOW_EVER)

void neighbours_fini(struct neighbours *n)
{
	span_buffer_fini(&n->near);
	span_buffer_fini(&n->far);
	free(n->list);
	n->list = NULL;
}

static int reserve(struct neighbours *n, size_t more)
{
	size_t capacity = n->capacity * 2;
	struct neighbour *list;
	size_t bytes;

	if (LIKELY(n->capacity - n->count >= more))
		return 0;
	if (capacity < n->count + more)
		capacity = n->count + more;
	if (capacity < LIST_FIRST)
		capacity = LIST_FIRST;
	if (__builtin_mul_overflow(capacity, sizeof(*list), &bytes))
		return ERR_NOMEM;
	list = realloc(n->list, bytes);
	if (!list)
		return ERR_NOMEM;
	n->list = list;
	n->capacity = capacity;
	return 0;
}

static inline bool limited(const struct neighbours *n)
{
	return n->among[0] || n->among[1];
}

static inline bool wanted(const struct neighbours *n, node_id id)
{
	if (id == n->start)
		return false;
	return !limited(n) || (n->among[0] && bitset_has(n->among[0], id)) ||
	       (n->among[1] && bitset_has(n->among[1], id));
}

/* One that is wanted. */
static inline int push(struct neighbours *n, node_id id, node_id via, uint32_t flags)
{
	int r = reserve(n, 1);

	if (!r)
		n->list[n->count++] = (struct neighbour){ id, via, flags };
	return r;
}

static int add(struct neighbours *n, node_id id, node_id via, uint32_t flags)
{
	return wanted(n, id) ? push(n, id, via, flags) : 0;
}

/* Looks at the node only when some are one. */
static inline node_id canonical(const struct neighbours *n, node_id id)
{
	return n->standing->rings ? image_canonical(n->standing->image, id) : id;
}

static bool is_root(const struct neighbours *n, node_id id)
{
	return n->roots && bitset_has(n->roots, id);
}

/* What both halves say; when they have no lane in common, what either says. */
static uint32_t joined_flags(uint32_t a, uint32_t b)
{
	return (a & b & EDGE_NOW ? a & b : a | b) & LANES;
}

/*
 * Of two edges that are the same in the answer.  Covered is said of reads and
 * writes, implied of flows: only when both that are such say it.
 */
static uint32_t united_flags(uint32_t a, uint32_t b)
{
	uint32_t united = a | b;

	if ((a & EDGE_IO_NOW && !(a & EDGE_COVERED)) ||
		(b & EDGE_IO_NOW && !(b & EDGE_COVERED)))
		united &= ~(uint32_t)EDGE_COVERED;
	if ((a & EDGE_FLOW_NOW && !(a & EDGE_IMPLIED)) ||
		(b & EDGE_FLOW_NOW && !(b & EDGE_IMPLIED)))
		united &= ~(uint32_t)EDGE_IMPLIED;
	return united;
}

static int edges_of(
	struct neighbours *n, node_id id, struct span_buffer *buffer, struct span *out)
{
	struct edge_source source = {
		.id = id,
		.node = image_at(n->standing->image, id),
		.direction = n->direction,
	};

	assert(source.node);
	return standing_edges(n->standing, &source, buffer, out);
}

static bool goes_on(const struct neighbours *n)
{
	return n->standing->meter.cut == CUT_NONE;
}

/* Edges through a hidden neighbour; those of its aliases count as its own. */
static int join_hidden(struct neighbours *n, node_id hidden, uint32_t flags)
{
	const struct image_version *image = n->standing->image;
	node_id via = canonical(n, hidden);
	struct ring ring = ring_from(image, hidden);
	int r = 0;

	for (; !r && ring.at && goes_on(n); ring_step(&ring)) {
		struct span span;

		r = edges_of(n, ring.at, &n->far, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			node_id shown = canonical(n, span.peers[i]);

			if (wanted(n, shown) && rule_passes(n->rule, span.flags[i]) &&
				image_at(image, shown)->kind == n->kinds.shown)
				r = push(n, shown, via,
					joined_flags(flags, span.flags[i]));
		}
	}
	return r;
}

/* One edge of a dataset or a job, at a level that hides one of these kinds. */
static int add_across(
	struct neighbours *n, uint8_t start_kind, node_id peer, uint32_t flags)
{
	uint8_t kind = image_at(n->standing->image, peer)->kind;
	node_id shown = canonical(n, peer);

	/* Between nodes that are shown, covered writes (of a root) are edges too. */
	if (kind == n->kinds.shown)
		return rule_passes(n->rule, flags & ~(uint32_t)EDGE_COVERED)
			       ? add(n, shown, 0, flags)
			       : 0;
	if (kind != n->kinds.hidden)
		return 0;
	if (is_root(n, shown))
		return add(n, shown, 0, flags);
	if (start_kind != n->kinds.shown || !rule_passes(n->rule, flags))
		return 0;
	return join_hidden(n, peer, flags);
}

/* One edge at the level that hides nothing. */
static int add_mixed(struct neighbours *n, node_id peer, uint32_t flags)
{
	node_id shown = canonical(n, peer);

	if (!wanted(n, shown) || !rule_passes(n->rule, flags))
		return 0;
	/* Those that are wanted by name are of the level. */
	if (!limited(n) &&
		!level_walks(n->kinds, image_at(n->standing->image, peer)->kind))
		return 0;
	return push(n, shown, 0, flags);
}

/* From one of the nodes that are the answer's one. */
static int find_plain(struct neighbours *n, node_id id)
{
	uint8_t kind = image_at(n->standing->image, id)->kind;
	struct span span;
	int r = edges_of(n, id, &n->near, &span);

	if (!r)
		r = reserve(n, span.count);
	for (size_t i = 0; !r && i < span.count; i++)
		r = n->kinds.shown ? add_across(n, kind, span.peers[i], span.flags[i])
				   : add_mixed(n, span.peers[i], span.flags[i]);
	return r;
}

static int add_fields(struct neighbours *n, node_id whole, uint32_t flags)
{
	const struct image_edges *edges =
		&image_at(n->standing->image, whole)->edges[DOWNSTREAM];
	size_t count = meter_take(&n->standing->meter, edges->total);
	int r = 0;

	for (size_t i = 0; !r && i < count; i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = add(n, canonical(n, edges->peers[i]), 0, flags);
	}
	return r;
}

/* The fields of a dataset and of its aliases. */
static int add_fields_of(struct neighbours *n, node_id dataset, uint32_t flags)
{
	const struct image_version *image = n->standing->image;
	struct ring ring = ring_from(image, dataset);
	int r = 0;

	for (; !r && ring.at && goes_on(n); ring_step(&ring)) {
		node_id whole = image_at(image, ring.at)->parent;

		if (whole)
			r = add_fields(n, whole, flags);
	}
	return r;
}

static bool dataset_told(const struct neighbours *n, node_id dataset)
{
	return n->answer && bitset_has(n->answer, dataset);
}

static bool is_column(const struct neighbours *n, node_id id)
{
	return id && (id == n->columns[0] || id == n->columns[1]);
}

/* What a flow leads to: a field, or a dataset with its fields. */
static int add_field_peer(struct neighbours *n, node_id peer, uint32_t flags)
{
	const struct image_version *image = n->standing->image;
	node_id column = canonical(n, peer);
	node_id shown;
	uint8_t kind;
	int r = 0;

	/* Wanted by name, so it is a field. */
	if (!n->standing->rings && limited(n) && wanted(n, peer) && !is_column(n, peer))
		return push(n, peer, 0, flags);
	kind = image_at(image, peer)->kind;
	shown = walk_shown(image, peer);
	if (kind == NODE_FIELD)
		return add(n, shown, 0, flags);
	if (kind != NODE_WHOLE)
		return 0;
	if (is_column(n, column))
		r = add(n, column, 0, flags);
	if (!r && (!n->answer || dataset_told(n, shown)))
		r = add(n, shown, 0, flags);
	if (r || dataset_told(n, shown))
		return r;
	return add_fields_of(n, shown, flags);
}

static int find_flows(struct neighbours *n, node_id id)
{
	struct span span;
	int r = edges_of(n, id, &n->near, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		/* Not the flags of what a whole contains: that is said elsewhere. */
		r = add_field_peer(
			n, span.peers[i], span.flags[i] & ~(uint32_t)EDGE_CONTAINS);
	}
	return r;
}

static int find_flows_of_ring(struct neighbours *n, node_id id)
{
	struct ring ring;
	int r = 0;

	if (!n->standing->rings)
		return find_flows(n, id);
	ring = ring_from(n->standing->image, id);
	for (; !r && ring.at && goes_on(n); ring_step(&ring))
		r = find_flows(n, ring.at);
	return r;
}

/* A dataset among fields: its whole, and those of its aliases. */
static int find_of_dataset(struct neighbours *n, node_id id)
{
	const struct image_version *image = n->standing->image;
	struct ring ring = ring_from(image, id);
	int r = 0;

	for (; !r && ring.at && goes_on(n); ring_step(&ring)) {
		node_id whole = image_at(image, ring.at)->parent;

		if (whole)
			r = find_flows(n, whole);
	}
	if (r || !n->answer || n->direction != DOWNSTREAM)
		return r;
	return add_fields_of(n, id, EDGE_CONTAINS);
}

/* Of a field: what it has by being one of its dataset's. */
static int find_of_its_whole(struct neighbours *n, node_id whole)
{
	node_id dataset = walk_shown(n->standing->image, whole);

	if (!dataset_told(n, dataset))
		return find_flows_of_ring(n, whole);
	return n->direction == UPSTREAM ? add(n, dataset, 0, EDGE_CONTAINS) : 0;
}

/* Whether the whole of a field has edges, as far as the field knows. */
static bool whole_has_edges(const struct neighbours *n, node_id field)
{
	return !n->standing->plain ||
	       (image_list_at(n->standing->image, field, n->direction)->marks &
		       MARK_WHOLE);
}

static int find_of_field(struct neighbours *n, node_id id)
{
	node_id whole = image_at(n->standing->image, id)->parent;
	bool contained = n->answer && n->direction == UPSTREAM;
	int r = find_flows_of_ring(n, id);

	if (r || !whole || (!contained && !whole_has_edges(n, id)))
		return r;
	return find_of_its_whole(n, whole);
}

static int find_at_fields(struct neighbours *n, node_id id)
{
	uint8_t kind = image_at(n->standing->image, id)->kind;

	if (kind == NODE_FIELD)
		return find_of_field(n, id);
	return kind == NODE_WHOLE ? find_flows_of_ring(n, id) : find_of_dataset(n, id);
}

static int find_of_ring(struct neighbours *n, node_id id)
{
	struct ring ring;
	int r = 0;

	if (!n->standing->rings)
		return find_plain(n, id);
	ring = ring_from(n->standing->image, id);
	for (; !r && ring.at && goes_on(n); ring_step(&ring))
		r = find_plain(n, ring.at);
	return r;
}

static int compare(const void *x, const void *y)
{
	const struct neighbour *a = x;
	const struct neighbour *b = y;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->via > b->via) - (a->via < b->via);
}

static bool is_tidy(const struct neighbours *n)
{
	for (size_t i = 1; i < n->count; i++) {
		if (compare(&n->list[i - 1], &n->list[i]) >= 0)
			return false;
	}
	return true;
}

/* Brings the list in order, and makes those that are the same one. */
static void tidy(struct neighbours *n)
{
	size_t last = 0;

	if (is_tidy(n))
		return;
	qsort(n->list, n->count, sizeof(*n->list), compare);
	for (size_t i = 1; i < n->count; i++) {
		struct neighbour *kept = &n->list[last];

		if (compare(kept, &n->list[i]) == 0)
			kept->flags = united_flags(kept->flags, n->list[i].flags);
		else
			n->list[++last] = n->list[i];
	}
	n->count = last + 1;
}

static void begin(struct neighbours *n)
{
	const struct lineage_query *query = n->standing->query;

	n->kinds = level_kinds(query->level);
	n->rule = level_rule(query);
	n->fields = query->level == LEVEL_FIELD;
	n->columns[0] = level_column(
		n->standing->image, query->level, query->roots, query->root_count);
	n->columns[1] = n->target;
	n->begun = true;
}

int neighbours_find(struct neighbours *n, node_id id, enum direction direction,
	const struct neighbour **out, size_t *count_out)
{
	int r;

	if (!n->begun)
		begin(n);
	n->start = id;
	n->direction = direction;
	n->count = 0;
	r = n->fields ? find_at_fields(n, id) : find_of_ring(n, id);
	if (r)
		return r;
	if (!limited(n) || n->fields || n->standing->rings)
		tidy(n);
	*out = n->list;
	*count_out = n->count;
	return 0;
}
