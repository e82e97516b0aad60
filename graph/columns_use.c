/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns_use.c - who reads a column, and since when nobody told so
 */
#include "base/arena.h"
#include "graph/columns_impl.h"
#include "graph/flow.h"
#include "graph/timeline.h"

/* The newest time that rows of a pair tell. */
struct last_read {
	struct reading *reading;
	int64_t last_us;
};

static int see_row(void *ctx, const struct flow_row *row)
{
	struct last_read *read = ctx;
	struct timeline_item item = {
		.owner = row->owner,
		.lane = row->lane,
		.what = ITEM_FLOW,
		.node = row->target,
		.source = row->source,
	};
	struct timeline_span span;
	int r = timeline_seen(
		read->reading->snapshot->txn, &item, &read->reading->meter, &span);

	if (r)
		return r < 0 ? r : 0;
	if (span.last.start_us > read->last_us)
		read->last_us = span.last.start_us;
	return 0;
}

/* What a column flows into, also a job; those that stand for several count once. */
static int add_reader(struct reading *reading, node_id peer, struct idlist *readers)
{
	const struct image_version *image = reading->snapshot->image;
	const struct image_node *node = image_node(image, peer);

	if (!node || node->kind == NODE_DATASET)
		return 0;
	return idlist_add(readers, image_canonical(image, peer));
}

/* What takes from one node: who now, and when last. */
static int use_of(
	struct reading *reading, node_id source, struct idlist *readers, int64_t *last_us)
{
	const struct image_node *node = image_node(reading->snapshot->image, source);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;
	struct last_read read = { reading, *last_us };
	int r = 0;

	for (uint32_t i = 0; edges && !r && i < edges->total; i++) {
		/* A whole contains its fields: nobody's reading. */
		if (!(edges->flags[i] & EDGE_FLOW_EVER))
			continue;
		if (!meter_allows(&reading->meter, 1))
			break;
		r = flow_each(
			reading->snapshot->txn, edges->peers[i], source, see_row, &read);
		if (!r && (edges->flags[i] & EDGE_FLOW_NOW))
			r = add_reader(reading, edges->peers[i], readers);
	}
	*last_us = read.last_us;
	return r;
}

/* Adds the fields in a column; fields are by name. */
static int add_within(struct reading *reading, struct slice path, struct idlist *fields)
{
	int r = 0;

	for (size_t i = columns_place(reading, path); !r && i < reading->field_count;
		i++) {
		const struct column_field *field = &reading->fields[i];

		if (!slice_starts(field->name, path) || !meter_allows(&reading->meter, 1))
			break;
		if (column_has_within(path, field->name))
			r = idlist_add(fields, field->node);
	}
	return r;
}

/* Adds those that a column is in. */
static int add_around(struct reading *reading, struct slice path, struct idlist *fields)
{
	int r = 0;

	for (size_t len = path.len; !r && len-- > 1;) {
		struct slice name = slice_of(path.ptr, len);
		size_t place;

		if (path.ptr[len] != '.')
			continue;
		place = columns_place(reading, name);
		if (place < reading->field_count &&
			slice_equal(reading->fields[place].name, name))
			r = idlist_add(fields, reading->fields[place].node);
	}
	return r;
}

/* The fields that who reads the column reads something of. */
static int find_shared(
	struct reading *reading, const struct column *column, struct idlist *fields)
{
	int r = column->node ? idlist_add(fields, column->node) : 0;

	if (!r)
		r = add_within(reading, column->path, fields);
	if (!r)
		r = add_around(reading, column->path, fields);
	idlist_finish(fields);
	return r;
}

static bool has_id(const struct idlist *list, node_id id)
{
	return idlist_place(list->ids, list->count, id) < list->count;
}

int columns_use(struct reading *reading, struct column *column)
{
	struct idlist fields = { .arena = reading->arena };
	struct idlist nodes = { .arena = reading->arena };
	struct idlist readers = { .arena = reading->arena };
	int r = find_shared(reading, column, &fields);

	for (size_t i = 0; !r && i < fields.count; i++)
		r = columns_ring(reading, fields.ids[i], &nodes);
	for (size_t i = 0; !r && i < nodes.count; i++)
		r = use_of(reading, nodes.ids[i], &readers, &column->last_read_us);
	if (r)
		return r;
	idlist_finish(&readers);
	for (size_t i = 0; i < readers.count; i++) {
		if (!has_id(&fields, readers.ids[i]) &&
			!has_id(&reading->whole_readers, readers.ids[i]))
			column->readers++;
	}
	return 0;
}

int columns_whole_use(struct reading *reading)
{
	int r = 0;

	for (size_t i = 0; !r && i < reading->wholes.count; i++)
		r = use_of(reading, reading->wholes.ids[i], &reading->whole_readers,
			&reading->whole_read_us);
	idlist_finish(&reading->whole_readers);
	return r;
}

/* Whether a job writes something now whose flows it does not tell. */
static bool writes_open(struct reading *reading, node_id job)
{
	const struct image_node *node = image_node(reading->snapshot->image, job);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;

	for (uint32_t i = 0; edges && i < edges->now; i++) {
		if (!meter_allows(&reading->meter, 1))
			return false;
		if ((edges->flags[i] & EDGE_IO_NOW) && !(edges->flags[i] & EDGE_COVERED))
			return true;
	}
	return false;
}

static int add_opaque(struct reading *reading, node_id dataset, struct idlist *jobs)
{
	const struct image_node *node = image_node(reading->snapshot->image, dataset);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;
	int r = 0;

	for (uint32_t i = 0; edges && !r && i < edges->now; i++) {
		if (!meter_allows(&reading->meter, 1))
			return 0;
		if ((edges->flags[i] & EDGE_IO_NOW) &&
			writes_open(reading, edges->peers[i]))
			r = idlist_add(jobs, edges->peers[i]);
	}
	return r;
}

/* The dataset, as answers name it, of a node that a flow leads to; 0: of a job. */
static node_id dataset_of(const struct image_version *image, node_id id)
{
	const struct image_node *node = image_node(image, id);

	if (node && node->kind == NODE_FIELD)
		node = image_node(image, node->parent);
	if (!node || node->kind == NODE_JOB)
		return 0;
	return image_canonical(image, node->kind == NODE_WHOLE ? node->parent : id);
}

/* Adds the datasets that flows lead to from one node now. */
static int add_targets(struct reading *reading, node_id source, struct idlist *targets)
{
	const struct image_version *image = reading->snapshot->image;
	const struct image_node *node = image_node(image, source);
	const struct image_edges *edges = node ? &node->edges[DOWNSTREAM] : NULL;
	int r = 0;

	for (uint32_t i = 0; edges && !r && i < edges->now; i++) {
		node_id target;

		if (!meter_allows(&reading->meter, 1))
			return 0;
		target = edges->flags[i] & EDGE_FLOW_NOW
				 ? dataset_of(image, edges->peers[i])
				 : 0;
		if (target)
			r = idlist_add(targets, target);
	}
	return r;
}

/* Those that the columns of the dataset are told to flow into. */
static int add_told(struct reading *reading, struct idlist *told)
{
	struct idlist columns = { .arena = reading->arena };
	int r = idlist_append(&columns, reading->wholes.ids, reading->wholes.count);

	for (size_t i = 0; !r && i < reading->field_count; i++)
		r = columns_ring(reading, reading->fields[i].node, &columns);
	for (size_t i = 0; !r && i < columns.count; i++)
		r = add_targets(reading, columns.ids[i], told);
	idlist_finish(told);
	return r;
}

/* Takes away what is told, and the dataset itself. */
static void keep_untold(struct idlist *targets, const struct idlist *told, node_id self)
{
	size_t kept = 0;

	for (size_t i = 0; i < targets->count; i++) {
		node_id id = targets->ids[i];

		if (id != self && idlist_place(told->ids, told->count, id) == told->count)
			targets->ids[kept++] = id;
	}
	targets->count = kept;
}

static int find_opaque_datasets(struct reading *reading, struct columns *out)
{
	struct idlist targets = { .arena = reading->arena };
	struct idlist told = { .arena = reading->arena };
	int r = 0;

	for (size_t i = 0; !r && i < reading->datasets.count; i++)
		r = add_targets(reading, reading->datasets.ids[i], &targets);
	if (r || !targets.count)
		return r;
	idlist_finish(&targets);
	r = add_told(reading, &told);
	if (r)
		return r;
	keep_untold(&targets, &told,
		dataset_of(reading->snapshot->image, reading->datasets.ids[0]));
	out->opaque_datasets = targets.ids;
	out->opaque_dataset_count = targets.count;
	return 0;
}

int columns_opaque(struct reading *reading, struct columns *out)
{
	struct idlist jobs = { .arena = reading->arena };
	int r = 0;

	for (size_t i = 0; !r && i < reading->datasets.count; i++)
		r = add_opaque(reading, reading->datasets.ids[i], &jobs);
	if (!r)
		r = find_opaque_datasets(reading, out);
	if (r)
		return r;
	idlist_finish(&jobs);
	out->opaque_readers = jobs.ids;
	out->opaque_count = jobs.count;
	return 0;
}
