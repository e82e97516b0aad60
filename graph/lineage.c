/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage.c - one question: two walks, one ordered answer, a page of it
 */
#include "graph/lineage.h"

#include <string.h>

#include "graph/bitset.h"
#include "graph/idlist.h"
#include "graph/lineage_edges.h"
#include "graph/standing.h"
#include "graph/walk.h"

struct question {
	const struct lineage_query *query;
	const struct image_version *image;
	struct standing standing;
	struct walk walks[2]; /* by enum direction; not asked: never run */
	struct bitset roots;
	struct bitset namespaces; /* that pass the filter; not made: all */
	struct bitset twice;	  /* found by both walks, and answered */
	struct bitset before;	  /* of the answer, in the pages before this one */
	struct bitset page;
	struct bitset answer; /* LEVEL_FIELD: all of it */
};

/* Goes through what the two walks found, by (depth, id). */
struct merge {
	const struct walk *walk;
	size_t at;
	uint32_t depth;
};

static bool query_makes_sense(const struct lineage_query *query)
{
	if (query->root_count == 0 || (!query->upstream && !query->downstream) ||
		(!query->observed && !query->declared && !query->inferred))
		return false;
	switch (query->time) {
	case LINEAGE_CURRENT:
	case LINEAGE_AS_OF:
		return true;
	case LINEAGE_WINDOW:
		return query->from_us <= query->to_us;
	}
	return false;
}

static bool root_fits(enum lineage_level level, enum node_kind kind)
{
	switch (kind) {
	case NODE_DATASET:
		return true;
	case NODE_JOB:
		return level != LEVEL_FIELD;
	case NODE_FIELD:
	case NODE_WHOLE:
		return level == LEVEL_FIELD;
	}
	return false;
}

static int check_query(
	const struct image_version *image, const struct lineage_query *query)
{
	if (!query_makes_sense(query))
		return ERR_INVALID;
	for (size_t i = 0; i < query->root_count; i++) {
		const struct image_node *node = image_node(image, query->roots[i]);

		if (!node || !root_fits(query->level, (enum node_kind)node->kind))
			return ERR_INVALID;
		if (node->kind == NODE_WHOLE && query->root_count > 1)
			return ERR_INVALID;
	}
	return 0;
}

static int add_all(struct bitset *set, const uint32_t *ids, size_t count)
{
	int r = bitset_reserve(set, count);

	for (size_t i = 0; !r && i < count; i++)
		(void)bitset_add(set, ids[i]);
	return r;
}

static int init_namespaces(struct question *question)
{
	const struct lineage_filter *filter = &question->query->filter;
	uint32_t last = 0;
	int r;

	if (filter->namespace_count == 0)
		return 0;
	for (size_t i = 0; i < filter->namespace_count; i++) {
		if (filter->namespaces[i] > last)
			last = filter->namespaces[i];
	}
	r = bitset_init(&question->namespaces, last);
	if (r)
		return r;
	return add_all(
		&question->namespaces, filter->namespaces, filter->namespace_count);
}

static int mark(struct bitset *set, node_id id)
{
	int r = bitset_reserve(set, 1);

	if (!r)
		(void)bitset_add(set, id);
	return r;
}

static int init_roots(struct question *question)
{
	const struct lineage_query *query = question->query;
	int r = 0;

	for (size_t i = 0; !r && i < query->root_count; i++)
		r = mark(&question->roots,
			image_canonical(question->image, query->roots[i]));
	return r;
}

static int init_sets(struct question *question)
{
	struct bitset *sets[] = { &question->roots, &question->twice, &question->before,
		&question->page };
	bool fields = question->query->level == LEVEL_FIELD;
	int r = fields ? bitset_init(&question->answer, image_last(question->image)) : 0;

	for (size_t i = 0; !r && i < ARRAY_LEN(sets); i++)
		r = bitset_init(sets[i], image_last(question->image));
	return r ? r : init_roots(question);
}

static int question_init(struct question *question, const struct snapshot *snapshot,
	const struct lineage_query *query)
{
	int r;

	memset(question, 0, sizeof(*question));
	question->query = query;
	question->image = snapshot->image;
	r = standing_init(&question->standing, snapshot, query);
	if (r)
		return r;
	r = init_namespaces(question);
	if (r)
		return r;
	return init_sets(question);
}

static void question_fini(struct question *question)
{
	for (int d = 0; d < 2; d++)
		walk_fini(&question->walks[d]);
	bitset_fini(&question->roots);
	bitset_fini(&question->namespaces);
	bitset_fini(&question->twice);
	bitset_fini(&question->before);
	bitset_fini(&question->page);
	bitset_fini(&question->answer);
	standing_fini(&question->standing);
}

/* Of several cuts the first is told. */
static void note_cut(const struct question *question, struct lineage *answer)
{
	if (answer->cut == CUT_NONE)
		answer->cut = question->standing.meter.cut;
}

static int run_walks(struct question *question, struct lineage *answer)
{
	const struct lineage_query *query = question->query;
	bool asked[2] = {
		[UPSTREAM] = query->upstream, [DOWNSTREAM] = query->downstream
	};
	int r = 0;

	for (int d = UPSTREAM; !r && d <= DOWNSTREAM; d++) {
		struct walk *walk = &question->walks[d];

		if (!asked[d])
			continue;
		walk->standing = &question->standing;
		walk->direction = (enum direction)d;
		standing_refill(&question->standing, true);
		r = walk_run(walk);
		note_cut(question, answer);
	}
	return r;
}

/* Depth and id in one number, in the order of answers. */
static uint64_t position_of(uint32_t depth, node_id id)
{
	return (uint64_t)depth << 32 | id;
}

static uint64_t merge_peek(const struct merge *merge)
{
	if (merge->at == merge->walk->found.count)
		return UINT64_MAX;
	return position_of(merge->depth, merge->walk->found.ids[merge->at]);
}

static void merge_step(struct merge *merge)
{
	const struct frontier *starts = &merge->walk->starts;

	merge->at++;
	while (merge->depth + 1 < starts->count &&
		merge->at == starts->ids[merge->depth + 1])
		merge->depth++;
}

/* The next of both: its position, or UINT64_MAX behind the last one. */
static uint64_t merge_next(struct merge merges[2])
{
	uint64_t first = merge_peek(&merges[0]);
	uint64_t second = merge_peek(&merges[1]);
	uint64_t position = first < second ? first : second;

	if (position != UINT64_MAX)
		merge_step(&merges[first < second ? 0 : 1]);
	return position;
}

/* Whether a node that both walks found comes for the second time. */
static int came_before(struct question *question, node_id id)
{
	int r;

	if (!walk_found(&question->walks[UPSTREAM], id) ||
		!walk_found(&question->walks[DOWNSTREAM], id))
		return 0;
	r = bitset_reserve(&question->twice, 1);
	if (r)
		return r;
	return bitset_add(&question->twice, id) ? 0 : 1;
}

static bool only_passes(const struct idlist *only, node_id id)
{
	return !only || idlist_place(only->ids, only->count, id) < only->count;
}

static bool filter_passes(const struct question *question, node_id id)
{
	const struct lineage_filter *filter = &question->query->filter;
	const struct image_node *node = image_at(question->image, id);

	if (filter->kind && node->kind != filter->kind)
		return false;
	if (!only_passes(filter->only, id))
		return false;
	if (filter->namespace_count == 0)
		return true;
	return node->namespace_id >> BITSET_BLOCK_SHIFT < question->namespaces.places &&
	       bitset_has(&question->namespaces, node->namespace_id);
}

/* Gives one node of the answer its place: before the page, in it, or behind it. */
static int place_node(
	struct question *question, uint64_t position, struct lineage *answer)
{
	const struct lineage_query *query = question->query;
	uint32_t depth = (uint32_t)(position >> 32);
	node_id id = (node_id)position;
	bool root = depth == 0;
	int r;

	if (query->level == LEVEL_FIELD) {
		r = mark(&question->answer, id);
		if (r)
			return r;
	}
	answer->total_nodes++;
	if (query->after_node &&
		position <= position_of(query->after_depth, query->after_node))
		return mark(&question->before, id);
	if (query->limit && answer->node_count == query->limit) {
		answer->more = true;
		return 0;
	}
	answer->nodes[answer->node_count++] = (struct lineage_node){
		.id = id,
		.depth = depth,
		.upstream = !root && walk_found(&question->walks[UPSTREAM], id),
		.downstream = !root && walk_found(&question->walks[DOWNSTREAM], id),
		.root = root,
	};
	return mark(&question->page, id);
}

static int reserve_page(
	const struct question *question, struct arena *arena, struct lineage *answer)
{
	size_t most = question->walks[UPSTREAM].found.count +
		      question->walks[DOWNSTREAM].found.count;

	if (question->query->limit && question->query->limit < most)
		most = question->query->limit;
	answer->nodes = arena_array(arena, most, sizeof(*answer->nodes));
	return answer->nodes ? 0 : ERR_NOMEM;
}

static int collect_nodes(struct question *question, struct lineage *answer)
{
	struct merge merges[2] = { { .walk = &question->walks[UPSTREAM] },
		{ .walk = &question->walks[DOWNSTREAM] } };
	uint64_t position;
	int r = 0;

	while (!r && (position = merge_next(merges)) != UINT64_MAX) {
		r = came_before(question, (node_id)position);
		if (r < 0)
			return r;
		if (r == 0) {
			answer->depth = (uint32_t)(position >> 32);
			/* Roots, and what is one with them, are at depth 0. */
			if (answer->depth == 0 ||
				filter_passes(question, (node_id)position))
				r = place_node(question, position, answer);
		} else {
			r = 0;
		}
	}
	return r;
}

static int collect_edges(
	struct question *question, struct arena *arena, struct lineage *answer)
{
	bool fields = question->query->level == LEVEL_FIELD;
	struct edge_search search = {
		.near = { .standing = &question->standing,
			.roots = &question->roots,
			.answer = fields ? &question->answer : NULL },
		.before = question->query->after_node ? &question->before : NULL,
		.page = &question->page,
	};

	standing_refill(&question->standing, false);
	return lineage_find_edges(&search, arena, answer);
}

static int answer_question(
	struct question *question, struct arena *arena, struct lineage *answer)
{
	int r = run_walks(question, answer);

	if (r)
		return r;
	r = reserve_page(question, arena, answer);
	if (r)
		return r;
	r = collect_nodes(question, answer);
	if (r)
		return r;
	r = collect_edges(question, arena, answer);
	note_cut(question, answer);
	return r;
}

int lineage_walk(struct snapshot *snapshot, const struct lineage_query *query,
	struct arena *arena, struct lineage *out)
{
	struct lineage answer = { 0 };
	struct question question;
	int r = check_query(snapshot->image, query);

	if (r)
		return r;
	r = question_init(&question, snapshot, query);
	if (!r)
		r = answer_question(&question, arena, &answer);
	question_fini(&question);
	if (!r)
		*out = answer;
	return r;
}
