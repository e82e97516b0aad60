/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodelife.c - the other names of a node, its times, and what became of it
 */
#include "api/nodelife.h"

#include "api/facetin.h"
#include "api/nodeout.h"
#include "graph/timeline.h"

#define EDGES_LOOKED_MAX 100000

static void widen(struct entity_times *times, const struct entity_times *other)
{
	if (other->first_seen_us != TIME_NEVER &&
		(times->first_seen_us == TIME_NEVER ||
			other->first_seen_us < times->first_seen_us))
		times->first_seen_us = other->first_seen_us;
	if (other->last_seen_us > times->last_seen_us)
		times->last_seen_us = other->last_seen_us;
	if (other->written_us > times->written_us)
		times->written_us = other->written_us;
	if (other->dropped_us > times->dropped_us)
		times->dropped_us = other->dropped_us;
}

node_id node_dataset(const struct call *call, node_id node)
{
	const struct image_version *image = call->snapshot->image;
	const struct image_node *found = image_node(image, node);

	if (found && found->kind == NODE_FIELD) {
		node = found->parent;
		found = image_node(image, node);
	}
	if (found && found->kind == NODE_WHOLE)
		node = found->parent;
	return image_canonical(image, node);
}

int node_times(struct call *call, node_id node, struct entity_times *out)
{
	struct entity entity;
	int r = node_get(call, node, &entity);

	if (r)
		return r;
	*out = entity.times;
	for (node_id at = ring_next(call, node, node); at;
		at = ring_next(call, node, at)) {
		r = node_get(call, at, &entity);
		if (r)
			return r;
		widen(out, &entity.times);
	}
	return 0;
}

void jsonw_seen(struct jsonw *w, const char *name, int64_t us)
{
	jsonw_key(w, name);
	if (us == TIME_NEVER)
		jsonw_null(w);
	else
		jsonw_time(w, us);
}

void jsonw_times(struct jsonw *w, const struct entity_times *times)
{
	jsonw_seen(w, "firstSeen", times->first_seen_us);
	jsonw_seen(w, "lastSeen", times->last_seen_us);
}

bool node_has_aliases(const struct call *call, node_id node)
{
	return ring_next(call, node, node) != 0;
}

void jsonw_name(struct jsonw *w, const struct node_key *key)
{
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, key->namespace);
	jsonw_key(w, "name");
	jsonw_string(w, key->name);
	jsonw_object_end(w);
}

int jsonw_aliases(struct jsonw *w, struct call *call, node_id node)
{
	struct entity entity;

	jsonw_key(w, "aliases");
	jsonw_array(w);
	for (node_id at = ring_next(call, node, node); at;
		at = ring_next(call, node, at)) {
		int r = node_get(call, at, &entity);

		if (r)
			return r;
		jsonw_name(w, &entity.key);
	}
	jsonw_array_end(w);
	return 0;
}

static bool is_listed(const struct renames *list, node_id id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->ids[i] == id)
			return true;
	}
	return false;
}

static void add_renames(const struct call *call, node_id node, node_id name,
	enum direction direction, struct renames *out)
{
	const struct image_node *image = image_node(call->snapshot->image, name);
	const struct image_edges *edges;
	uint32_t looked;

	if (!image)
		return;
	edges = &image->edges[direction];
	looked = edges->now < EDGES_LOOKED_MAX ? edges->now : EDGES_LOOKED_MAX;
	for (uint32_t i = 0; i < looked && out->count < RENAMES_MAX; i++) {
		node_id peer = image_canonical(call->snapshot->image, edges->peers[i]);

		if ((edges->flags[i] & EDGE_FLOW_INFERRED_NOW) && peer != node &&
			!is_listed(out, peer))
			out->ids[out->count++] = peer;
	}
}

void node_renames(const struct call *call, node_id node, enum direction direction,
	struct renames *out)
{
	out->count = 0;
	for (node_id at = node; at; at = ring_next(call, node, at))
		add_renames(call, node, at, direction, out);
}

/* Whether the rename of one name into another came last at this time. */
static int is_rename_of(
	struct call *call, node_id from, node_id to, int64_t at_us, bool *out)
{
	const struct timeline_item item = { .owner = to,
		.lane = EVIDENCE_INFERRED,
		.what = ITEM_FLOW,
		.node = to,
		.source = from };
	struct timeline_span span;
	int r = timeline_seen(call->snapshot->txn, &item, NULL, &span);

	*out = r == 0 && span.last.start_us == at_us;
	return r < 0 ? r : 0;
}

/* Whether any name of one was renamed to any name of the other at this time. */
static int was_renamed(
	struct call *call, node_id from, node_id to, int64_t at_us, bool *out)
{
	*out = false;
	for (node_id old = from; old; old = ring_next(call, from, old)) {
		for (node_id new = to; new; new = ring_next(call, to, new)) {
			int r = is_rename_of(call, old, new, at_us, out);

			if (r || *out)
				return r;
		}
	}
	return 0;
}

/* Names in the order of (namespace, name). */
static int compare_names(const struct node_key *a, const struct node_key *b)
{
	int r = slice_compare(a->namespace, b->namespace);

	return r ? r : slice_compare(a->name, b->name);
}

/*
 * The dataset whose rename dropped this one at a time: of several the one with
 * the smallest name.  Returns 0, or 1 when there is none.
 */
static int find_new_name(
	struct call *call, node_id node, int64_t at_us, struct entity *out)
{
	struct renames to;
	bool found = false;

	node_renames(call, node, DOWNSTREAM, &to);
	for (size_t i = 0; i < to.count; i++) {
		struct entity entity;
		bool is;
		int r = was_renamed(call, node, to.ids[i], at_us, &is);

		if (!r && is)
			r = node_get(call, to.ids[i], &entity);
		if (r)
			return r;
		if (!is || (found && compare_names(&entity.key, &out->key) > 0))
			continue;
		*out = entity;
		found = true;
	}
	return found ? 0 : 1;
}

int jsonw_lifecycle(struct jsonw *w, struct call *call, node_id node,
	const struct entity_times *times, bool always)
{
	struct entity renamed;
	bool has_name;
	int r;

	if (!entity_dropped(times)) {
		if (always) {
			jsonw_key(w, "lifecycle");
			jsonw_null(w);
		}
		return 0;
	}
	r = find_new_name(call, node, times->dropped_us, &renamed);
	if (r < 0)
		return r;
	has_name = r == 0;
	jsonw_key(w, "lifecycle");
	jsonw_object(w);
	jsonw_key(w, "state");
	jsonw_text(w, has_name ? "renamed" : "dropped");
	jsonw_seen(w, "at", times->dropped_us);
	if (has_name) {
		jsonw_key(w, "to");
		jsonw_name(w, &renamed.key);
	}
	jsonw_object_end(w);
	return 0;
}
