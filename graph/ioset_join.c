/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioset_join.c - sets in their normal form, and several as one
 *
 * Both begin with all members in a row.  Sorted, equal ones are neighbours and
 * become one; what is said of them differs by how the sets are joined.
 */
#include "base/arena.h"
#include "graph/entity.h"
#include "graph/flow.h"
#include "graph/idlist.h"
#include "graph/meter.h"
#include "graph/timeline_step.h"

#include <stdlib.h>

/* An output and its cover as one number, in the order of both. */
#define COVER_BITS 8

/* Beside the covers of a set that is not settled, while sets are joined. */
#define COVER_UNSETTLED 128

static int compare_u64(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * Of the covers of one output, the least and the most; those of settled sets are
 * less than others.  Side by side, what one of them leaves open is open: but
 * where a settled set covers it, a run that goes on may not have told all yet.
 */
static uint8_t join_covers(uint8_t least, uint8_t most, enum ioset_join join)
{
	least &= (uint8_t)~COVER_UNSETTLED;
	most &= (uint8_t)~COVER_UNSETTLED;
	if (join == JOIN_TIME && !least)
		return 0;
	return most ? most : least;
}

static void sort_ids(node_id *ids, size_t *count)
{
	struct idlist list = { .ids = ids, .count = *count };

	idlist_finish(&list);
	*count = list.count;
}

static int join_outputs(struct ioset *set, enum ioset_join join, struct arena *arena)
{
	uint64_t *pairs;
	size_t n = 0;

	if (!set->covers) {
		sort_ids(set->outputs, &set->output_count);
		return 0;
	}
	pairs = arena_array(arena, set->output_count + 1, sizeof(*pairs));
	if (!pairs)
		return ERR_NOMEM;
	for (size_t i = 0; i < set->output_count; i++)
		pairs[i] = (uint64_t)set->outputs[i] << COVER_BITS | set->covers[i];
	qsort(pairs, set->output_count, sizeof(*pairs), compare_u64);
	for (size_t i = 0, last; i < set->output_count; i = last + 1) {
		for (last = i; last + 1 < set->output_count &&
			       pairs[last + 1] >> COVER_BITS == pairs[i] >> COVER_BITS;)
			last++;
		set->outputs[n] = (node_id)(pairs[i] >> COVER_BITS);
		set->covers[n++] =
			join_covers((uint8_t)pairs[i], (uint8_t)pairs[last], join);
	}
	set->output_count = n;
	return 0;
}

/* A set has no covers rather than none in each place. */
static void drop_covers(struct ioset *set)
{
	for (size_t i = 0; set->covers && i < set->output_count; i++)
		if (set->covers[i])
			return;
	set->covers = NULL;
}

static int compare_pairs(const struct flow *a, const struct flow *b)
{
	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	return (a->source > b->source) - (a->source < b->source);
}

static int compare_flows(const void *a, const void *b)
{
	const struct flow *x = a;
	const struct flow *y = b;
	uint32_t form_x = x->classes & CLASSES_FORM;
	uint32_t form_y = y->classes & CLASSES_FORM;
	int r = compare_pairs(x, y);

	return r ? r : (form_x > form_y) - (form_x < form_y);
}

/* All forms of a pair are implied, or none. */
static void agree(struct flow *flows, size_t count)
{
	bool implied = true;

	for (size_t i = 0; i < count; i++)
		implied = implied && flows[i].implied;
	for (size_t i = 0; i < count; i++)
		flows[i].implied = implied;
}

static void join_flows(struct ioset *set)
{
	struct flow *flows = set->flows;
	size_t pair = 0;
	size_t n = 0;

	if (!set->flow_count)
		return;
	qsort(flows, set->flow_count, sizeof(*flows), compare_flows);
	for (size_t i = 1; i < set->flow_count; i++) {
		if (compare_flows(&flows[i], &flows[n]) == 0) {
			flows[n].classes |= flows[i].classes;
			flows[n].implied = flows[n].implied && flows[i].implied;
			continue;
		}
		if (compare_pairs(&flows[i], &flows[pair]) != 0) {
			agree(&flows[pair], n + 1 - pair);
			pair = n + 1;
		}
		flows[++n] = flows[i];
	}
	agree(&flows[pair], n + 1 - pair);
	set->flow_count = n + 1;
}

static int join_members(struct ioset *set, enum ioset_join join, struct arena *arena)
{
	int r;

	sort_ids(set->inputs, &set->input_count);
	r = join_outputs(set, join, arena);
	if (r)
		return r;
	drop_covers(set);
	join_flows(set);
	return 0;
}

static bool has_id(const node_id *ids, size_t count, node_id id)
{
	return idlist_place(ids, count, id) < count;
}

static void find_implied(struct ioset *set)
{
	for (size_t i = 0; i < set->flow_count; i++) {
		struct flow *flow = &set->flows[i];

		flow->implied = has_id(set->inputs, set->input_count, flow->source) &&
				has_id(set->outputs, set->output_count, flow->target);
	}
}

static bool covered_explicitly(const struct ioset *set, node_id dataset)
{
	size_t at = idlist_place(set->outputs, set->output_count, dataset);

	return at < set->output_count && set->covers[at] == COVER_EXPLICIT;
}

static bool has_explicit(const struct ioset *set)
{
	for (size_t i = 0; set->covers && i < set->output_count; i++)
		if (set->covers[i] == COVER_EXPLICIT)
			return true;
	return false;
}

/* The dataset that a target is, or is part of; 0 for a job. */
static int dataset_of(struct store_txn *txn, node_id node, node_id *out)
{
	struct entity entity;
	int r = entity_get(txn, node, &entity);

	/* A field, its whole, its dataset. */
	while (r == 0 && entity.parent)
		r = entity_get(txn, entity.parent, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = entity.key.kind == NODE_DATASET ? entity.id : 0;
	return 0;
}

/* An explicit lineage of an output is all there is: its columns go. */
static int drop_columns(struct store_txn *txn, struct ioset *set)
{
	node_id target = 0;
	bool covered = false;
	size_t n = 0;

	if (!has_explicit(set))
		return 0;
	for (size_t i = 0; i < set->flow_count; i++) {
		const struct flow *flow = &set->flows[i];
		node_id dataset;
		int r;

		if (flow->target != target) {
			r = dataset_of(txn, flow->target, &dataset);
			if (r)
				return r;
			target = flow->target;
			covered = covered_explicitly(set, dataset);
		}
		if (!covered || !(flow->classes & CLASS_FORM_COLUMNS))
			set->flows[n++] = *flow;
	}
	set->flow_count = n;
	return 0;
}

int ioset_normalise(struct store_txn *txn, struct arena *arena, struct ioset *set)
{
	int r = join_members(set, JOIN_RUN, arena);

	if (!r)
		r = drop_columns(txn, set);
	if (!r)
		find_implied(set);
	return r;
}

/* Room for the members of all sets. */
static int make_room(
	const struct ioset *sets, size_t count, struct arena *arena, struct ioset *out)
{
	size_t inputs = 1;
	size_t outputs = 1;
	size_t flows = 1;
	bool covers = false;

	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(inputs, sets[i].input_count, &inputs) ||
			__builtin_add_overflow(outputs, sets[i].output_count, &outputs) ||
			__builtin_add_overflow(flows, sets[i].flow_count, &flows))
			return ERR_NOMEM;
		covers |= sets[i].covers != NULL;
	}
	out->inputs = arena_array(arena, inputs, sizeof(*out->inputs));
	out->outputs = arena_array(arena, outputs, sizeof(*out->outputs));
	out->flows = arena_array(arena, flows, sizeof(*out->flows));
	if (covers)
		out->covers = arena_array(arena, outputs, sizeof(*out->covers));
	if (!out->inputs || !out->outputs || !out->flows || (covers && !out->covers))
		return ERR_NOMEM;
	return 0;
}

/* Where there is room for them.  Without covers there are zeros. */
static void append_covers(struct ioset *to, const struct ioset *set, bool settled)
{
	uint8_t *covers = to->covers + to->output_count;

	if (!to->covers)
		return;
	if (set->covers)
		memcpy(covers, set->covers, set->output_count);
	for (size_t i = 0; !settled && i < set->output_count; i++)
		covers[i] |= COVER_UNSETTLED;
}

static void append(struct ioset *to, const struct ioset *set, bool settled)
{
	if (set->input_count)
		memcpy(to->inputs + to->input_count, set->inputs,
			set->input_count * sizeof(*set->inputs));
	if (set->output_count)
		memcpy(to->outputs + to->output_count, set->outputs,
			set->output_count * sizeof(*set->outputs));
	append_covers(to, set, settled);
	if (set->flow_count)
		memcpy(to->flows + to->flow_count, set->flows,
			set->flow_count * sizeof(*set->flows));
	to->input_count += set->input_count;
	to->output_count += set->output_count;
	to->flow_count += set->flow_count;
	to->stated |= set->stated;
}

/* Returns 1 when the meter ends it. */
static int get_set(struct store_txn *txn, ioset_id id, struct meter *meter,
	struct arena *arena, struct ioset *out)
{
	int r = ioset_get(txn, id, arena, out);

	if (r)
		return r;
	return meter_allows(meter, out->input_count + out->output_count + out->flow_count)
		       ? 0
		       : 1;
}

static bool is_settled(const struct ioset_list *list, size_t i)
{
	return has_id(list->settled, list->settled_count, list->ids[i]);
}

int ioset_unite_within(struct store_txn *txn, const struct ioset_list *list,
	enum ioset_join join, struct meter *meter, struct arena *arena, struct ioset *out)
{
	struct ioset united = { 0 };
	struct ioset *sets;
	int r;

	if (list->count == 0) {
		*out = united;
		return 0;
	}
	if (list->count == 1)
		return get_set(txn, list->ids[0], meter, arena, out);

	sets = arena_array(arena, list->count, sizeof(*sets));
	if (!sets)
		return ERR_NOMEM;
	for (size_t i = 0; i < list->count; i++) {
		r = get_set(txn, list->ids[i], meter, arena, &sets[i]);
		if (r)
			return r;
	}
	r = make_room(sets, list->count, arena, &united);
	if (r)
		return r;
	for (size_t i = 0; i < list->count; i++)
		append(&united, &sets[i], join == JOIN_RUN || is_settled(list, i));
	r = join == JOIN_RUN ? ioset_normalise(txn, arena, &united)
			     : join_members(&united, join, arena);
	if (r)
		return r;
	*out = united;
	return 0;
}

int ioset_unite(struct store_txn *txn, const struct ioset_list *list,
	enum ioset_join join, struct arena *arena, struct ioset *out)
{
	return ioset_unite_within(txn, list, join, NULL, arena, out);
}

uint32_t ioset_flow(const struct ioset *set, node_id target, node_id source)
{
	const struct flow wanted = { .target = target, .source = source };
	uint32_t classes = 0;
	size_t low = 0;
	size_t high = set->flow_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_pairs(&set->flows[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low < set->flow_count && compare_pairs(&set->flows[low], &wanted) == 0)
		classes |= set->flows[low++].classes;
	return classes;
}
