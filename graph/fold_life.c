/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_life.c - what an event does to a dataset as such: drops and renames
 */
#include "graph/fold_life.h"

#include "graph/entity_cache.h"
#include "graph/facet_meaning.h"
#include "graph/flow.h"
#include "graph/fold.h"
#include "graph/fold_node.h"
#include "graph/fold_static.h"

int fold_life_read(struct fold *fold, const struct ol_dataset *dataset, struct life *out)
{
	const struct ol_facet *facet;
	int r;

	*out = (struct life){ 0 };
	facet = facet_told(&dataset->facets, SLICE("lifecycleStateChange"));
	if (!facet || !fold->facets)
		return 0;
	r = fold->facets->lifecycle(facet->bytes, fold->scratch, &out->said, NULL);
	out->told = r == 0;
	return r == ERR_INVALID ? 0 : r;
}

/* A START announces, and what failed did not happen. */
static bool applies(const struct ol_event *event)
{
	return event->kind != EVENT_RUN || event->type == TYPE_COMPLETE ||
	       event->type == TYPE_OTHER;
}

static int drop(struct fold *fold, node_id dataset, int64_t time_us)
{
	struct cached_entity *entity;
	int r = entity_cache_get(fold->cache, fold->txn, dataset, &entity);

	if (!r)
		entity_cache_dropped(fold->cache, entity, time_us);
	return r;
}

/* What was in the old one is in the new one now. */
static int declare_rename(
	struct fold *fold, const struct ol_event *event, node_id now, node_id was)
{
	struct run_position position = fold_static_position(event);
	struct flow flow = {
		.target = now,
		.source = was,
		.classes = CLASS_UNKNOWN | CLASS_UNMASKED | CLASS_FORM_RENAME,
	};
	const struct ioset set = { .flows = &flow, .flow_count = 1 };
	ioset_id io;
	int r;

	r = ioset_intern(fold->txn, &set, &io);
	return r ? r : fold_declare(fold, now, EVIDENCE_INFERRED, &position, io);
}

int fold_life_previous(struct fold *fold, const struct ol_lifecycle *said, node_id *out)
{
	const struct node_key key = {
		.kind = NODE_DATASET,
		.namespace = said->previous.namespace,
		.name = said->previous.name,
	};

	return fold_node(fold, &key, TIME_NEVER, out);
}

static int rename_dataset(struct fold *fold, const struct ol_event *event,
	node_id dataset, const struct ol_lifecycle *said)
{
	node_id previous;
	int r;

	r = fold_life_previous(fold, said, &previous);
	if (r || previous == dataset)
		return r;
	r = drop(fold, previous, event->time_us);
	return r ? r : declare_rename(fold, event, dataset, previous);
}

int fold_life_apply(struct fold *fold, const struct ol_event *event, node_id dataset,
	const struct life *life)
{
	if (!life->told || !applies(event))
		return 0;
	if (life->said.state == LIFECYCLE_DROP)
		return drop(fold, dataset, event->time_us);
	if (life->said.state == LIFECYCLE_RENAME && life->said.has_previous)
		return rename_dataset(fold, event, dataset, &life->said);
	return 0;
}
