/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_io.c - what a job reads and writes, and the version that it is
 */
#include "api/marquez.h"

#include "api/call.h"
#include "api/nodeout.h"
#include "graph/idlist.h"
#include "graph/timeline.h"

#include <stdlib.h>

struct named {
	node_id id;
	struct node_key key;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	int r = slice_compare(x->key.namespace, y->key.namespace);

	return r ? r : slice_compare(x->key.name, y->key.name);
}

/* Puts ids without doubles in the order of their names. */
static int sort_by_name(struct call *call, struct idlist *list)
{
	struct named *names;
	struct entity entity;

	idlist_finish(list);
	if (list->count < 2)
		return 0;
	names = arena_array(call->arena, list->count, sizeof(*names));
	if (!names)
		return ERR_NOMEM;
	for (size_t i = 0; i < list->count; i++) {
		int r = node_get(call, list->ids[i], &entity);

		if (r)
			return r;
		names[i] = (struct named){ list->ids[i], entity.key };
	}
	qsort(names, list->count, sizeof(*names), by_name);
	for (size_t i = 0; i < list->count; i++)
		list->ids[i] = names[i].id;
	return 0;
}

static int finish(struct call *call, struct idlist *inputs, struct idlist *outputs,
	struct mq_io *out)
{
	int r = sort_by_name(call, inputs);

	if (!r)
		r = sort_by_name(call, outputs);
	*out = (struct mq_io){ inputs->ids, inputs->count, outputs->ids, outputs->count };
	return r;
}

static int gather_edges(struct call *call, const struct image_node *job,
	enum direction direction, struct idlist *out)
{
	const struct image_version *image = call->snapshot->image;
	const struct image_edges *edges = &job->edges[direction];
	int r = 0;

	for (uint32_t i = 0; i < edges->now && !r; i++) {
		const struct image_node *peer = image_node(image, edges->peers[i]);

		if ((edges->flags[i] & EDGE_IO_NOW) && peer && peer->kind == NODE_DATASET)
			r = idlist_add(out, image_canonical(image, edges->peers[i]));
	}
	return r;
}

int mq_job_io(struct call *call, node_id job, struct mq_io *out)
{
	const struct image_node *node = image_node(call->snapshot->image, job);
	struct idlist inputs = { .arena = call->arena };
	struct idlist outputs = { .arena = call->arena };
	int r = 0;

	*out = (struct mq_io){ 0 };
	if (!node)
		return 0;
	r = gather_edges(call, node, UPSTREAM, &inputs);
	if (!r)
		r = gather_edges(call, node, DOWNSTREAM, &outputs);
	return r ? r : finish(call, &inputs, &outputs, out);
}

static int gather_ids(
	struct call *call, const node_id *ids, size_t count, struct idlist *out)
{
	int r = 0;

	for (size_t i = 0; i < count && !r; i++)
		r = idlist_add(out, image_canonical(call->snapshot->image, ids[i]));
	return r;
}

int mq_set_io(struct call *call, ioset_id set, struct mq_io *out)
{
	struct idlist inputs = { .arena = call->arena };
	struct idlist outputs = { .arena = call->arena };
	struct ioset told;
	int r = ioset_get(call->snapshot->txn, set, call->arena, &told);

	if (!r)
		r = gather_ids(call, told.inputs, told.input_count, &inputs);
	if (!r)
		r = gather_ids(call, told.outputs, told.output_count, &outputs);
	return r ? r : finish(call, &inputs, &outputs, out);
}

/* The word, then namespace and name of each. */
static int put_names(struct call *call, struct slice word, const node_id *ids,
	size_t count, struct slice *texts)
{
	struct entity entity;

	*texts++ = word;
	for (size_t i = 0; i < count; i++) {
		int r = node_get(call, ids[i], &entity);

		if (r)
			return r;
		*texts++ = entity.key.namespace;
		*texts++ = entity.key.name;
	}
	return 0;
}

int mq_job_version_id(
	struct call *call, node_id job, const struct mq_io *io, struct runid *out)
{
	size_t count = 2 * (io->input_count + io->output_count) + 5;
	struct slice *texts = arena_array(call->arena, count, sizeof(*texts));
	struct slice *outputs;
	int r;

	if (!texts)
		return ERR_NOMEM;
	r = put_names(call, SLICE("job"), &job, 1, texts);
	if (!r)
		r = put_names(
			call, SLICE("inputs"), io->inputs, io->input_count, texts + 3);
	outputs = texts + 4 + 2 * io->input_count;
	if (!r)
		r = put_names(
			call, SLICE("outputs"), io->outputs, io->output_count, outputs);
	if (r)
		return r;
	*out = mq_uuid_of(texts, count);
	return 0;
}
