/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_said.c - what an event says of the graph, in ids
 */
#include "base/arena.h"
#include "base/metrics.h"
#include "graph/entity_cache.h"
#include "graph/fold.h"
#include "graph/fold_facet.h"
#include "graph/fold_flow.h"
#include "graph/fold_life.h"
#include "graph/fold_node.h"
#include "graph/idlist.h"

#include <string.h>

/*
 * The nodes of an event: its job or dataset, inputs, outputs, in this order, and
 * behind them those that only its flows name.
 */
struct mentions {
	struct mention *list;
	struct life *lives; /* beside list, of datasets */
	size_t count;
	struct idlist inputs;
	struct idlist outputs;
};

static const struct ol_facets no_facets;

static int mention_job(
	struct fold *fold, const struct ol_event *event, struct mentions *mentions)
{
	const struct node_key key = {
		.kind = NODE_JOB,
		.namespace = event->job.namespace,
		.name = event->job.name,
	};
	struct mention *mention = &mentions->list[mentions->count++];

	mention->facets = &event->job.facets;
	return fold_node(fold, &key, event->time_us, &mention->id);
}

static int mention_dataset(struct fold *fold, const struct ol_dataset *dataset,
	int64_t time_us, struct mentions *mentions)
{
	const struct node_key key = {
		.kind = NODE_DATASET,
		.namespace = dataset->namespace,
		.name = dataset->name,
	};
	struct mention *mention = &mentions->list[mentions->count];
	struct life *life = &mentions->lives[mentions->count++];
	int r;

	mention->facets = &dataset->facets;
	r = fold_node(fold, &key, time_us, &mention->id);
	return r ? r : fold_life_read(fold, dataset, life);
}

static bool drops(const struct life *life)
{
	return life->told && life->said.state == LIFECYCLE_DROP;
}

static int mention_inputs(
	struct fold *fold, const struct ol_event *event, struct mentions *mentions)
{
	for (size_t i = 0; i < event->inputs.count; i++) {
		int r = mention_dataset(
			fold, &event->inputs.list[i], event->time_us, mentions);

		if (!r)
			r = idlist_add(&mentions->inputs,
				mentions->list[mentions->count - 1].id);
		if (r)
			return r;
	}
	idlist_finish(&mentions->inputs);
	return 0;
}

/* What an event drops it does not write. */
static int mention_outputs(
	struct fold *fold, const struct ol_event *event, struct mentions *mentions)
{
	for (size_t i = 0; i < event->outputs.count; i++) {
		size_t at = mentions->count;
		int r = mention_dataset(
			fold, &event->outputs.list[i], event->time_us, mentions);

		if (r)
			return r;
		if (drops(&mentions->lives[at]))
			continue;
		mentions->list[at].writes = event->kind == EVENT_RUN;
		r = idlist_add(&mentions->outputs, mentions->list[at].id);
		if (r)
			return r;
	}
	idlist_finish(&mentions->outputs);
	return 0;
}

static int mention_all(
	struct fold *fold, const struct ol_event *event, struct mentions *mentions)
{
	int r;

	if (event->kind == EVENT_DATASET) {
		r = mention_dataset(fold, &event->dataset, event->time_us, mentions);
		mentions->list[0].writes =
			mentions->lives[0].told && !drops(&mentions->lives[0]);
		return r;
	}
	r = mention_job(fold, event, mentions);
	if (!r)
		r = mention_inputs(fold, event, mentions);
	return r ? r : mention_outputs(fold, event, mentions);
}

static int find_all(
	struct fold *fold, const struct ol_event *event, struct mentions *mentions)
{
	size_t count;

	if (__builtin_add_overflow(event->inputs.count, event->outputs.count, &count) ||
		__builtin_add_overflow(count, 1, &count))
		return ERR_NOMEM;
	mentions->inputs.arena = fold->scratch;
	mentions->outputs.arena = fold->scratch;
	mentions->list = arena_array(fold->scratch, count, sizeof(*mentions->list));
	mentions->lives = arena_array(fold->scratch, count, sizeof(*mentions->lives));
	if (!mentions->list || !mentions->lives)
		return ERR_NOMEM;
	return mention_all(fold, event, mentions);
}

/* Of an output that is there twice each one may tell flows. */
static int tell_outputs(struct telling *telling, const struct mentions *mentions)
{
	const struct ol_event *event = telling->event;
	size_t first = 1 + event->inputs.count;

	for (size_t i = 0; i < event->outputs.count; i++) {
		const struct carrier output = {
			mentions->list[first + i].id,
			&event->outputs.list[i],
		};
		int r;

		if (drops(&mentions->lives[first + i]))
			continue;
		r = fold_flow_output(telling, &output);
		if (r)
			return r;
	}
	return 0;
}

/* Whether an explicit lineage is told or not: that is about data. */
static int tell_checks(struct telling *telling, const struct mentions *mentions)
{
	const struct ol_event *event = telling->event;
	size_t inputs = event->inputs.count;
	int r = 0;

	for (size_t i = 0; !r && i < inputs + event->outputs.count; i++) {
		const struct carrier dataset = {
			mentions->list[1 + i].id,
			i < inputs ? &event->inputs.list[i]
				   : &event->outputs.list[i - inputs],
		};

		if (i < inputs || !drops(&mentions->lives[1 + i]))
			r = fold_flow_checks(telling, &dataset);
	}
	return r;
}

static int tell_flows(struct telling *telling, const struct mentions *mentions)
{
	const struct ol_event *event = telling->event;
	const struct carrier dataset = { mentions->list[0].id, &event->dataset };
	int r;

	if (event->kind == EVENT_DATASET)
		return fold_flow_dataset(telling, &dataset);
	telling->job = mentions->list[0].id;
	r = fold_flow_job(telling);
	if (r == 1)
		r = tell_outputs(telling, mentions);
	return r ? r : tell_checks(telling, mentions);
}

static int intern(struct telling *telling, ioset_id *out)
{
	struct fold *fold = telling->fold;
	int r;

	*out = 0;
	if (ioset_empty(&telling->set))
		return 0;
	r = ioset_normalise(fold->txn, fold->scratch, &telling->set);
	return r ? r : ioset_intern(fold->txn, &telling->set, out);
}

static int tell(struct telling *telling, const struct mentions *mentions, ioset_id *out)
{
	struct ioset *set = &telling->set;
	int r;

	set->inputs = mentions->inputs.ids;
	set->input_count = mentions->inputs.count;
	set->outputs = mentions->outputs.ids;
	set->output_count = mentions->outputs.count;
	set->covers = arena_array(
		telling->fold->scratch, set->output_count + 1, sizeof(*set->covers));
	if (!set->covers)
		return ERR_NOMEM;
	r = tell_flows(telling, mentions);
	return r ? r : intern(telling, out);
}

static bool holds(const struct idlist *ids, node_id id)
{
	return idlist_place(ids->ids, ids->count, id) < ids->count;
}

static bool is_mentioned(const struct mentions *mentions, node_id id)
{
	return mentions->list[0].id == id || holds(&mentions->inputs, id) ||
	       holds(&mentions->outputs, id);
}

/* Nodes that only flows name are seen too. */
static int mention_named(
	struct fold *fold, struct idlist *nodes, struct mentions *mentions)
{
	struct mention *list;
	size_t count = mentions->count;

	idlist_finish(nodes);
	if (!nodes->count)
		return 0;
	list = arena_array(fold->scratch, count + nodes->count, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	memcpy(list, mentions->list, count * sizeof(*list));
	for (size_t i = 0; i < nodes->count; i++)
		if (!is_mentioned(mentions, nodes->ids[i]))
			list[count++] = (struct mention){
				.id = nodes->ids[i],
				.facets = &no_facets,
			};
	mentions->list = list;
	mentions->count = count;
	return 0;
}

/* Returns 1 when a facet lost against the one that stands. */
static int weigh(
	struct fold *fold, const struct ol_event *event, const struct mentions *mentions)
{
	int lost = 0;

	for (size_t i = 0; i < mentions->count; i++) {
		int r = fold_mention(fold, &mentions->list[i], event->time_us);

		if (r < 0)
			return r;
		lost |= r;
	}
	return lost;
}

/* Returns 1 when a dataset came to an end, which no memo tells again. */
static int apply_lives(
	struct fold *fold, const struct ol_event *event, const struct mentions *mentions)
{
	size_t datasets = event->kind == EVENT_DATASET
				  ? 1
				  : 1 + event->inputs.count + event->outputs.count;
	int ended = 0;

	for (size_t i = 0; i < datasets; i++) {
		const struct life *life = &mentions->lives[i];
		int r;

		if (!life->told)
			continue;
		ended |= life->said.state == LIFECYCLE_DROP ||
			 life->said.state == LIFECYCLE_RENAME;
		r = fold_life_apply(fold, event, mentions->list[i].id, life);
		if (r)
			return r;
	}
	return ended;
}

static int remember(struct fold *fold, const struct ol_event *event,
	const struct mentions *mentions, const struct said *said)
{
	struct memo_entry *entry;
	struct memo_node *nodes;
	int r;

	nodes = arena_array(fold->scratch, mentions->count, sizeof(*nodes));
	if (!nodes)
		return ERR_NOMEM;
	for (size_t i = 0; i < mentions->count; i++) {
		r = fold_mention_memo(fold, &mentions->list[i], &nodes[i]);
		if (r)
			return r < 0 ? r : 0;
	}
	entry = memo_add(fold->memo, event->lineage_hash, mentions->count);
	if (!entry)
		return 0;
	entry->owner = said->owner;
	entry->io = said->io;
	entry->snapshot = said->snapshot;
	entry->odd = fold->odd;
	memcpy(entry->nodes, nodes, mentions->count * sizeof(*nodes));
	return 0;
}

/* What the memo knows, when it still holds. */
static bool recall(struct fold *fold, const struct ol_event *event, struct said *said)
{
	const struct memo_entry *entry = memo_find(fold->memo, event->lineage_hash);

	if (!entry)
		return false;
	for (size_t i = 0; i < entry->count; i++)
		if (!fold_mention_holds(fold, &entry->nodes[i]))
			return false;
	for (size_t i = 0; i < entry->count; i++)
		fold_mention_again(fold, &entry->nodes[i], event->time_us);
	*said = (struct said){ entry->owner, entry->io, entry->snapshot };
	fold->odd += entry->odd;
	metric_add(M_FOLD_MEMO_HITS, 1);
	return true;
}

static int read_event(struct fold *fold, const struct ol_event *event,
	struct mentions *mentions, struct said *said)
{
	struct telling telling = {
		.fold = fold,
		.event = event,
		.nodes = { .arena = fold->scratch },
	};
	int r;

	r = find_all(fold, event, mentions);
	if (!r)
		r = tell(&telling, mentions, &said->io);
	if (!r)
		r = mention_named(fold, &telling.nodes, mentions);
	if (!r)
		r = fold_flow_snapshot(fold, event, &said->snapshot);
	said->owner = mentions->count ? mentions->list[0].id : 0;
	return r;
}

int fold_said(struct fold *fold, const struct ol_event *event, struct said *out)
{
	struct mentions mentions = { 0 };
	struct said said = { 0 };
	int ended;
	int lost;
	int r;

	if (recall(fold, event, out))
		return 0;
	r = read_event(fold, event, &mentions, &said);
	if (r)
		return r;
	lost = weigh(fold, event, &mentions);
	if (lost < 0)
		return lost;
	ended = apply_lives(fold, event, &mentions);
	if (ended < 0)
		return ended;
	if (!lost && !ended) {
		r = remember(fold, event, &mentions, &said);
		if (r)
			return r;
	}
	*out = said;
	return 0;
}
