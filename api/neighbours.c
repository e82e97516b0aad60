/* SPDX-License-Identifier: Apache-2.0 */

/*
 * neighbours.c - how many neighbours a node has, and of which sort
 */
#include "api/neighbours.h"

#include "api/facetin.h"
#include "api/nodeout.h"
#include "base/idset.h"
#include "graph/flow.h"

#define PEERS_LOOKED_MAX   100000
#define DEPENDENCIES_SHOWN 100

static const struct image_edges *edges_of(
	const struct call *call, node_id node, enum direction direction)
{
	static const struct image_edges none = { .now = 0 };
	const struct image_node *image = image_node(call->snapshot->image, node);

	return image ? &image->edges[direction] : &none;
}

static bool is_neighbour(const struct call *call, const struct image_edges *edges,
	uint32_t i, enum node_kind kind)
{
	const struct image_node *peer =
		image_node(call->snapshot->image, edges->peers[i]);

	if (!(edges->flags[i] & ~(uint32_t)(EDGE_CONTROL | EDGE_CONTAINS)))
		return false;
	return peer && (!kind || peer->kind == kind);
}

/* Notes a neighbour in the set of those seen; without one, each is new. */
static int note(struct idset *seen, node_id peer, bool now, struct peer_counts *out)
{
	uint64_t was = 0;
	int r = seen ? idset_get(seen, peer, &was) : 1;

	if (r == 1)
		out->ever++;
	if (now && !was)
		out->now++;
	if (!seen)
		return 0;
	r = idset_put(seen, peer, was || now);
	return r < 0 ? r : 0;
}

static int count_of_name(const struct call *call, const struct peer_question *question,
	node_id name, struct idset *seen, struct peer_counts *out)
{
	const struct image_edges *edges = edges_of(call, name, question->direction);
	uint32_t looked = edges->total;
	int r = 0;

	if (looked > PEERS_LOOKED_MAX) {
		looked = PEERS_LOOKED_MAX;
		out->complete = false;
	}
	for (uint32_t i = 0; i < looked && !r; i++) {
		node_id peer = image_canonical(call->snapshot->image, edges->peers[i]);

		if (is_neighbour(call, edges, i, question->kind))
			r = note(seen, peer, i < edges->now, out);
	}
	return r;
}

int count_peers(const struct call *call, const struct peer_question *question,
	struct peer_counts *out)
{
	AUTO(idset) struct idset *seen = NULL;
	int r = 0;

	*out = (struct peer_counts){ .complete = true };
	if (image_ring_count(call->snapshot->image)) {
		seen = idset_new(SIZE_MAX / 64);
		if (!seen)
			return ERR_NOMEM;
	}
	for (node_id at = question->node; at && !r;
		at = ring_next(call, question->node, at))
		r = count_of_name(call, question, at, seen, out);
	return r;
}

struct class_counts {
	uint64_t of[EDGE_CLASS_SHIFT]; /* by bit */
	uint64_t masked;
};

static void count_classes(const struct call *call, node_id field,
	enum direction direction, struct class_counts *out)
{
	for (node_id at = field; at; at = ring_next(call, field, at)) {
		const struct image_edges *edges = edges_of(call, at, direction);
		uint32_t looked =
			edges->now < PEERS_LOOKED_MAX ? edges->now : PEERS_LOOKED_MAX;

		for (uint32_t i = 0; i < looked; i++) {
			uint32_t classes = EDGE_CLASSES(edges->flags[i]);

			for (unsigned bit = 0; flow_class_text(bit); bit++)
				out->of[bit] += classes >> bit & 1;
			out->masked += flow_masked(classes);
		}
	}
}

static void write_classes(struct jsonw *w, const struct call *call, const char *name,
	node_id field, enum direction direction)
{
	struct class_counts counts = { 0 };

	count_classes(call, field, direction, &counts);
	jsonw_key(w, name);
	jsonw_object(w);
	for (unsigned bit = 0; flow_class_text(bit); bit++) {
		if (!counts.of[bit])
			continue;
		jsonw_key(w, flow_class_text(bit));
		jsonw_uint(w, counts.of[bit]);
	}
	if (counts.masked) {
		jsonw_key(w, "MASKED");
		jsonw_uint(w, counts.masked);
	}
	jsonw_object_end(w);
}

void jsonw_class_counts(struct jsonw *w, const struct call *call, node_id field)
{
	jsonw_key(w, "classes");
	jsonw_object(w);
	write_classes(w, call, "upstream", field, UPSTREAM);
	write_classes(w, call, "downstream", field, DOWNSTREAM);
	jsonw_object_end(w);
}

static int write_jobs(struct jsonw *w, struct call *call, const char *name, node_id job,
	enum direction direction)
{
	const struct image_edges *edges = edges_of(call, job, direction);
	unsigned shown = 0;

	jsonw_key(w, name);
	jsonw_array(w);
	for (uint32_t i = 0; i < edges->total && shown < DEPENDENCIES_SHOWN; i++) {
		struct entity entity;
		int r;

		if (!(edges->flags[i] & EDGE_CONTROL))
			continue;
		r = node_get(call, edges->peers[i], &entity);
		if (r)
			return r;
		jsonw_node_short(w, &entity);
		shown++;
	}
	jsonw_array_end(w);
	return 0;
}

int jsonw_dependencies(struct jsonw *w, struct call *call, node_id job)
{
	int r;

	jsonw_key(w, "dependencies");
	jsonw_object(w);
	r = write_jobs(w, call, "upstream", job, UPSTREAM);
	if (!r)
		r = write_jobs(w, call, "downstream", job, DOWNSTREAM);
	jsonw_object_end(w);
	return r;
}
