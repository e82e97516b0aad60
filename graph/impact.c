/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact.c - three walks from the changes, and the answer made of them
 *
 * One for each horizon, and one table by table: a dataset that it alone reaches
 * is proved not to be touched.
 */
#include "graph/impact_spread.h"

#include <stdlib.h>

#include "base/arena.h"

/* The walks: by enum impact_horizon, and one more. */
#define WALK_TABLES 2
#define WALKS	    3

struct finding {
	struct spread walks[WALKS];
	struct arena *arena;
	const struct impact_query *query;
	struct impact_answer answer;
};

static bool makes_sense(const struct snapshot *snapshot, const struct impact_query *query)
{
	const struct lineage_query *graph = &query->graph;

	if (!query->change_count || query->change_count > UINT32_MAX ||
		!(graph->observed || graph->declared || graph->inferred) ||
		(graph->time == LINEAGE_WINDOW && graph->from_us > graph->to_us))
		return false;
	for (size_t i = 0; i < query->change_count; i++) {
		const struct impact_change *change = &query->changes[i];
		const struct image_node *dataset =
			image_node(snapshot->image, change->dataset);
		const struct image_node *field =
			image_node(snapshot->image, change->field);

		if (!dataset || dataset->kind != NODE_DATASET)
			return false;
		if (change->field &&
			(!field || field->kind != NODE_FIELD ||
				walk_shown(snapshot->image, field->parent) !=
					walk_shown(snapshot->image, change->dataset)))
			return false;
	}
	return true;
}

/* Puts a change at its column or, when state is of tables, at its dataset. */
static int seed(struct spread *spread, size_t change, enum state state, bool column)
{
	const struct impact_change *told = &spread->query->changes[change];
	node_id node = column && told->field ? told->field : told->dataset;
	const struct mark mark = {
		.node = image_canonical(spread->standing.image, node),
		.change = (uint32_t)change,
		.rule = RULE_CHANGE,
		.state = (uint8_t)state,
		.unnamed = column && !told->field,
	};

	return spread_seed(spread, &mark);
}

static bool of_dataset(const struct impact_change *change)
{
	return change->op == OP_DROP_DATASET ||
	       (change->op == OP_RENAME_DATASET && !change->aliased);
}

/* Whether what writes the dataset has to be changed as well. */
static bool breaks_writers(const struct impact_change *change)
{
	return change->op == OP_SET_NOT_NULL || change->op == OP_ADD_REQUIRED ||
	       (change->op == OP_ALTER_TYPE &&
		       (change->types.change == TYPES_NARROWED ||
			       change->types.change == TYPES_INCOMPATIBLE));
}

/* What its readers do at the next run: STATE_NONE when they go on. */
static enum state state_of_readers(const struct impact_change *change)
{
	enum state state = impact_seed(change);

	if (state == STATE_GONE || state == STATE_RETYPED)
		return STATE_READER_FAILS;
	return state == STATE_UNTOLD ? STATE_DOUBT : STATE_NONE;
}

static int seed_around(struct spread *spread, size_t i, enum state writers)
{
	const struct impact_change *change = &spread->query->changes[i];
	int r = 0;

	if (of_dataset(change) || breaks_writers(change))
		r = seed(spread, i, STATE_NONE, false);
	if (!r && of_dataset(change))
		r = spread_dataset_readers(spread, spread->mark_count);
	if (!r && breaks_writers(change))
		r = spread_writers(spread, spread->mark_count, writers);
	return r;
}

static int seed_fail_stop(struct spread *spread, size_t i)
{
	enum state readers = state_of_readers(&spread->query->changes[i]);
	int r = seed_around(spread, i, STATE_WRITER_FAILS);

	if (r || readers == STATE_NONE)
		return r;
	r = seed(spread, i, STATE_NONE, true);
	return r ? r : spread_column_readers(spread, spread->mark_count, readers);
}

static int seed_fix_forward(struct spread *spread, size_t i)
{
	enum state state = impact_seed(&spread->query->changes[i]);
	int r = seed_around(spread, i, STATE_WRITER);

	/* A column that comes is none of those there are. */
	return r || state == STATE_NONE ? r
					: seed(spread, i, state, state != STATE_GROWN);
}

static int seed_tables(struct spread *spread, size_t i)
{
	return seed(spread, i, STATE_TABLE, false);
}

static int walk_all(struct finding *finding, struct snapshot *snapshot)
{
	static int (*const seeds[WALKS])(struct spread *, size_t) = {
		[HORIZON_FAIL_STOP] = seed_fail_stop,
		[HORIZON_FIX_FORWARD] = seed_fix_forward,
		[WALK_TABLES] = seed_tables,
	};
	int r = 0;

	for (int w = 0; !r && w < WALKS; w++) {
		struct spread *spread = &finding->walks[w];

		r = spread_init(spread, snapshot, finding->query);
		for (size_t i = 0; !r && i < finding->query->change_count; i++)
			r = seeds[w](spread, i);
		if (!r)
			r = spread_run(spread);
		if (finding->answer.cut == CUT_NONE)
			finding->answer.cut = spread->standing.meter.cut;
	}
	return r;
}

/* The worst comes first; of equals a way that does not mask, then the shortest. */
static bool is_worse(const struct mark *mark, const struct mark *than)
{
	enum impact_effect effect = state_effect((enum state)mark->state);
	enum impact_effect worst = state_effect((enum state)than->state);

	if (effect != worst)
		return effect > worst;
	if (mark->masked != than->masked)
		return than->masked;
	if (mark->depth != than->depth)
		return mark->depth < than->depth;
	return mark->state < than->state;
}

static struct impact impact_of(const struct spread *spread, const struct spot *spot,
	const struct impact_step *steps)
{
	const struct mark *worst = &spread->marks[spot->first - 1];
	struct impact impact = { .node = spot->node };

	for (uint32_t place = spot->first; place; place = spread->marks[place - 1].next) {
		const struct mark *mark = &spread->marks[place - 1];

		impact.effects |= state_effect((enum state)mark->state);
		if (is_worse(mark, worst))
			worst = mark;
	}
	impact.effect = state_effect((enum state)worst->state);
	impact.certainty = (enum impact_certainty)worst->certainty;
	impact.depth = worst->depth;
	impact.change = worst->change;
	impact.upstream = state_upstream((enum state)worst->state);
	impact.masked = worst->masked;
	impact.because = &steps[worst - spread->marks];
	return impact;
}

static bool is_dataset(const struct spread *spread, node_id id)
{
	return spread_node(spread, id)->kind == NODE_DATASET;
}

/* Whether a dataset that tables lead to is proved not to be touched. */
static bool is_proved(const struct finding *finding, node_id dataset)
{
	const struct spread *columns = &finding->walks[HORIZON_FIX_FORWARD];
	const struct spot *spot = spread_known(columns, dataset);

	return !bitset_has(&columns->touched, dataset) && (!spot || !spot->first);
}

/* A dataset that tables lead to. */
static void count_dataset(struct finding *finding, node_id dataset)
{
	const struct spread *columns = &finding->walks[HORIZON_FIX_FORWARD];
	const struct spot *spot = spread_known(columns, dataset);

	finding->answer.coverage.datasets++;
	if (!spot || !(spot->has[0] >> STATE_OPAQUE & 1))
		finding->answer.coverage.datasets_resolved++;
}

static bool is_shown(struct finding *finding, int walk, const struct spot *spot)
{
	const struct spread *spread = &finding->walks[walk];

	if (!spot->first)
		return false;
	if (walk != WALK_TABLES)
		return true;
	if (!is_dataset(spread, spot->node))
		return false;
	count_dataset(finding, spot->node);
	return is_proved(finding, spot->node);
}

/* The nodes of one walk. */
static int list_walk(struct finding *finding, int walk)
{
	const struct spread *spread = &finding->walks[walk];
	struct impact_answer *answer = &finding->answer;
	const struct impact_step *steps = spread_steps(spread, finding->arena);

	if (!steps)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < spread->spot_count; i++) {
		struct impact impact;

		if (!is_shown(finding, walk, &spread->spots[i]))
			continue;
		impact = impact_of(spread, &spread->spots[i], steps);
		impact.horizon = walk == HORIZON_FAIL_STOP ? HORIZON_FAIL_STOP
							   : HORIZON_FIX_FORWARD;
		if (impact.effects & EFFECT_UNKNOWN)
			answer->coverage.lower_bound = true;
		/* A walk that was cut proves nothing. */
		if (impact.effect != EFFECT_UNAFFECTED || answer->cut == CUT_NONE)
			answer->list[answer->count++] = impact;
	}
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct impact *a = x;
	const struct impact *b = y;

	if (a->horizon != b->horizon)
		return a->horizon < b->horizon ? -1 : 1;
	if (a->effect != b->effect)
		return a->effect > b->effect ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static int list_all(struct finding *finding)
{
	struct impact_answer *answer = &finding->answer;
	size_t room = 1;
	int r = 0;

	for (int w = 0; w < WALKS; w++)
		room += finding->walks[w].spot_count;
	answer->list = arena_array(finding->arena, room, sizeof(*answer->list));
	if (!answer->list)
		return ERR_NOMEM;
	for (int w = 0; !r && w < WALKS; w++)
		r = list_walk(finding, w);
	qsort(answer->list, answer->count, sizeof(*answer->list), compare);
	return r;
}

static int tell_coverage(struct finding *finding)
{
	const struct spread *columns = &finding->walks[HORIZON_FIX_FORWARD];
	struct impact_answer *answer = &finding->answer;

	answer->coverage.opaque_hops = columns->opaque_hops;
	if (columns->opaque_hops || answer->cut != CUT_NONE)
		answer->coverage.lower_bound = true;
	answer->opaque = arena_array(
		finding->arena, columns->opaque_count + 1, sizeof(*answer->opaque));
	if (!answer->opaque)
		return ERR_NOMEM;
	memcpy(answer->opaque, columns->opaque,
		columns->opaque_count * sizeof(*answer->opaque));
	answer->opaque_count = columns->opaque_count;
	return 0;
}

int impact_find(struct snapshot *snapshot, const struct impact_query *query,
	struct arena *arena, struct impact_answer *out)
{
	struct finding finding = { .arena = arena, .query = query };
	int r;

	if (!makes_sense(snapshot, query))
		return ERR_INVALID;
	r = walk_all(&finding, snapshot);
	if (!r)
		r = list_all(&finding);
	if (!r)
		r = tell_coverage(&finding);
	for (int w = 0; w < WALKS; w++)
		spread_fini(&finding.walks[w]);
	if (!r)
		*out = finding.answer;
	return r;
}
