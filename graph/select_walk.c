/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_walk.c - '+' and '@' of a selector: walks from a set
 */
#include "graph/select_eval.h"

/* For the answers of walks, each of which lives until its ids are taken. */
#define WALK_CHUNK ((size_t)64 << 10)
#define WALK_MAX   ((size_t)1 << 30)

/* The part of a set that is walked at one level. */
struct expedition {
	struct select_eval *eval;
	enum lineage_level level;
	struct idlist roots;
	struct idlist *into;
};

static void note_walk(struct select_eval *eval, const struct lineage *answer)
{
	uint64_t looked = answer->node_count + answer->edge_count;

	if (answer->cut != CUT_NONE && !select_cut(eval)) {
		eval->meter.cut = answer->cut;
		eval->meter.left = 0;
	} else {
		(void)meter_take(&eval->meter, looked);
	}
}

static int walk_from(const struct expedition *on, const struct idlist *roots,
	enum direction direction, uint32_t depth)
{
	struct select_eval *eval = on->eval;
	AUTO(arena) struct arena *arena = NULL;
	struct lineage_query query = *eval->options->walk;
	struct lineage answer;
	int r;

	if (roots->count == 0 || !select_spend(eval))
		return 0;
	arena = arena_new(WALK_CHUNK, WALK_MAX);
	if (!arena)
		return ERR_NOMEM;
	query.roots = roots->ids;
	query.root_count = roots->count;
	query.upstream = direction == UPSTREAM;
	query.downstream = direction == DOWNSTREAM;
	query.depth = depth;
	query.level = on->level;
	query.filter = (struct lineage_filter){ 0 };
	/* Nothing left must not become no limit. */
	query.budget_edges = eval->meter.left ? eval->meter.left : 1;
	query.limit = 0;
	query.after_node = 0;
	r = lineage_walk(eval->snapshot, &query, arena, &answer);
	if (r)
		return r;
	note_walk(eval, &answer);
	for (size_t i = 0; !r && i < answer.node_count; i++)
		r = idlist_add(on->into, answer.nodes[i].id);
	return r;
}

/* Everything downstream, and everything upstream of that. */
static int walk_around(const struct expedition *on)
{
	struct idlist below = { .arena = on->eval->arena };
	struct expedition down = *on;
	int r;

	down.into = &below;
	r = walk_from(&down, &on->roots, DOWNSTREAM, DEPTH_ALL);
	if (r)
		return r;
	idlist_finish(&below);
	return walk_from(on, &below, UPSTREAM, DEPTH_ALL);
}

static int walk_both(const struct expedition *on, const struct select_node *walk)
{
	int r = 0;

	if (walk->around)
		return walk_around(on);
	if (walk->up)
		r = walk_from(on, &on->roots, UPSTREAM, walk->up);
	if (!r && walk->down)
		r = walk_from(on, &on->roots, DOWNSTREAM, walk->down);
	return r;
}

/* Jobs have no place among fields; fields have none elsewhere. */
static bool walks_at(const struct select_eval *eval, node_id id, enum lineage_level level)
{
	const struct image_node *node = image_node(eval->image, id);
	bool field = node && node->kind == NODE_FIELD;

	if (eval->options->walk->level == LEVEL_FIELD)
		return level == LEVEL_FIELD && node && node->kind != NODE_JOB;
	return field == (level == LEVEL_FIELD);
}

static int walk_level(struct select_eval *eval, const struct select_node *walk,
	const struct select_set *from, const struct expedition *at)
{
	struct expedition on = *at;
	int r = 0;

	on.roots.arena = eval->arena;
	for (size_t i = 0; !r && i < from->list.count; i++) {
		if (walks_at(eval, from->list.ids[i], on.level))
			r = idlist_add(&on.roots, from->list.ids[i]);
	}
	return r ? r : walk_both(&on, walk);
}

int select_walk(struct select_eval *eval, const struct select_node *walk,
	const struct select_set *from, struct select_set *out)
{
	struct expedition on = {
		.eval = eval, .level = eval->options->walk->level, .into = &out->list
	};
	int r = idlist_append(&out->list, from->list.ids, from->list.count);

	if (!r && on.level != LEVEL_FIELD)
		r = walk_level(eval, walk, from, &on);
	on.level = LEVEL_FIELD;
	return r ? r : walk_level(eval, walk, from, &on);
}
