/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_said.c - what an event says of the graph, in ids
 */
#include "base/arena.h"
#include "base/metrics.h"
#include "graph/entity.h"
#include "graph/entity_cache.h"
#include "graph/fold.h"
#include "graph/fold_facet.h"
#include "graph/idlist.h"
#include "graph/image.h"

/* The nodes of an event: its job or dataset, inputs, outputs, in this order. */
struct mentions {
	struct mention *list;
	size_t count;
	struct idlist inputs;
	struct idlist outputs;
};

static int add_node(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	struct entity entity;
	int r;

	r = entity_add(fold->txn, key, seen_us, out);
	if (!r)
		r = entity_get(fold->txn, *out, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return image_add_node(
		fold->image, *out, key->kind, entity.namespace_id, entity.parent);
}

static int find_node(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out)
{
	int r = entity_find(fold->txn, key, out);

	return r == 1 ? add_node(fold, key, seen_us, out) : r;
}

/* Finds or makes a node and notes what is told of it. */
static int mention(struct fold *fold, const struct node_key *key,
	const struct ol_facets *facets, int64_t seen_us, struct mentions *mentions)
{
	struct mention *m = &mentions->list[mentions->count++];

	m->facets = facets;
	return find_node(fold, key, seen_us, &m->id);
}

static int mention_dataset(struct fold *fold, const struct ol_dataset *dataset,
	int64_t seen_us, struct mentions *mentions)
{
	const struct node_key key = {
		.kind = NODE_DATASET,
		.namespace = dataset->namespace,
		.name = dataset->name,
	};

	return mention(fold, &key, &dataset->facets, seen_us, mentions);
}

static int mention_datasets(struct fold *fold, const struct ol_datasets *datasets,
	int64_t seen_us, struct mentions *mentions, struct idlist *ids)
{
	for (size_t i = 0; i < datasets->count; i++) {
		int r;

		r = mention_dataset(fold, &datasets->list[i], seen_us, mentions);
		if (!r)
			r = idlist_add(ids, mentions->list[mentions->count - 1].id);
		if (r)
			return r;
	}
	idlist_finish(ids);
	return 0;
}

static int mention_job(struct fold *fold, const struct ol_event *event,
	struct mentions *mentions, struct said *said)
{
	const struct node_key key = {
		.kind = NODE_JOB,
		.namespace = event->job.namespace,
		.name = event->job.name,
	};
	int r;

	r = mention(fold, &key, &event->job.facets, event->time_us, mentions);
	if (r)
		return r;
	said->job = mentions->list[0].id;
	r = mention_datasets(
		fold, &event->inputs, event->time_us, mentions, &mentions->inputs);
	if (r)
		return r;
	return mention_datasets(
		fold, &event->outputs, event->time_us, mentions, &mentions->outputs);
}

static int intern(struct fold *fold, const struct mentions *mentions, ioset_id *out)
{
	const struct ioset set = {
		.inputs = mentions->inputs.ids,
		.input_count = mentions->inputs.count,
		.outputs = mentions->outputs.ids,
		.output_count = mentions->outputs.count,
	};

	*out = 0;
	if (!set.input_count && !set.output_count)
		return 0;
	return ioset_intern(fold->txn, &set, out);
}

static int find_all(struct fold *fold, const struct ol_event *event,
	struct mentions *mentions, struct said *said)
{
	size_t count = 1 + event->inputs.count + event->outputs.count;
	int r;

	mentions->inputs.arena = fold->scratch;
	mentions->outputs.arena = fold->scratch;
	mentions->list = arena_array(fold->scratch, count, sizeof(*mentions->list));
	if (!mentions->list)
		return ERR_NOMEM;
	if (event->kind == EVENT_DATASET)
		return mention_dataset(fold, &event->dataset, event->time_us, mentions);
	r = mention_job(fold, event, mentions, said);
	return r ? r : intern(fold, mentions, &said->io);
}

/* Returns 1 when a facet lost against the one that stands. */
static int weigh(struct fold *fold, const struct mentions *mentions, int64_t time_us)
{
	int lost = 0;

	for (size_t i = 0; i < mentions->count; i++) {
		int r = fold_mention(fold, &mentions->list[i], time_us);

		if (r < 0)
			return r;
		lost |= r;
	}
	return lost;
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
	entry->job = said->job;
	entry->io = said->io;
	for (size_t i = 0; i < mentions->count; i++)
		entry->nodes[i] = nodes[i];
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
	*said = (struct said){ entry->job, entry->io };
	metric_add(M_FOLD_MEMO_HITS, 1);
	return true;
}

int fold_said(struct fold *fold, const struct ol_event *event, struct said *out)
{
	struct mentions mentions = { 0 };
	struct said said = { 0 };
	int r;

	if (recall(fold, event, out))
		return 0;
	r = find_all(fold, event, &mentions, &said);
	if (!r)
		r = weigh(fold, &mentions, event->time_us);
	if (r < 0)
		return r;
	if (!r)
		r = remember(fold, event, &mentions, &said);
	if (r < 0)
		return r;
	*out = said;
	return 0;
}
