/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns.c - the columns of a dataset: those of its schema, and those of lineage
 *
 * Aliases are one dataset: of their schemas the one told last counts, and their
 * fields are put together by name.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "graph/budget.h"
#include "graph/columns_impl.h"
#include "graph/entity.h"
#include "graph/image_ring.h"

#include <stdlib.h>

int columns_ring(struct reading *reading, node_id id, struct idlist *list)
{
	struct ring ring = ring_from(reading->snapshot->image, id);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring))
		r = idlist_add(list, ring.at);
	idlist_finish(list);
	return r;
}

static int find_datasets(struct reading *reading, node_id dataset)
{
	const struct image_version *image = reading->snapshot->image;
	const struct image_node *node = image_node(image, dataset);
	int r;

	if (!node || node->kind != NODE_DATASET)
		return ERR_INVALID;
	r = columns_ring(reading, dataset, &reading->datasets);
	for (size_t i = 0; !r && i < reading->datasets.count; i++) {
		node_id whole = image_node(image, reading->datasets.ids[i])->parent;

		if (whole)
			r = idlist_add(&reading->wholes, whole);
	}
	return r;
}

/* Fields of the dataset, gathered under those that stand for them. */
static int gather_fields(struct reading *reading, struct idlist *out)
{
	const struct image_version *image = reading->snapshot->image;

	for (size_t i = 0; i < reading->wholes.count; i++) {
		const struct image_edges *edges =
			&image_node(image, reading->wholes.ids[i])->edges[DOWNSTREAM];

		for (uint32_t k = 0; k < edges->total; k++) {
			int r;

			if (!(edges->flags[k] & EDGE_CONTAINS))
				continue;
			r = idlist_add(out, image_canonical(image, edges->peers[k]));
			if (r)
				return r;
		}
	}
	idlist_finish(out);
	return 0;
}

static int compare_fields(const void *a, const void *b)
{
	const struct column_field *x = a;
	const struct column_field *y = b;

	return slice_compare(x->name, y->name);
}

size_t columns_place(const struct reading *reading, struct slice name)
{
	size_t low = 0;
	size_t high = reading->field_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_compare(reading->fields[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int find_fields(struct reading *reading)
{
	struct idlist ids = { .arena = reading->arena };
	int r = gather_fields(reading, &ids);

	if (r)
		return r;
	reading->fields =
		arena_array(reading->arena, ids.count + 1, sizeof(*reading->fields));
	if (!reading->fields)
		return ERR_NOMEM;
	for (size_t i = 0; i < ids.count; i++) {
		struct entity entity;

		r = entity_get(reading->snapshot->txn, ids.ids[i], &entity);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		reading->fields[i] = (struct column_field){
			.node = ids.ids[i],
			.name = entity.key.field,
		};
	}
	reading->field_count = ids.count;
	qsort(reading->fields, ids.count, sizeof(*reading->fields), compare_fields);
	return 0;
}

/* The standing schema of a dataset; 0, or 1 when it has none. */
static int schema_row(struct reading *reading, node_id dataset, struct entity_facet *out)
{
	int r = entity_facet_row(reading->snapshot->txn, dataset, hash64(SLICE("schema")),
		reading->arena, out);

	return r || out->hash ? r : 1;
}

/* One of the schemas that a dataset and its aliases have. */
struct told_schema {
	node_id dataset; /* 0: none */
	bool alias;	 /* another one stands for it */
	struct entity_facet row;
};

/*
 * The newest one; at the same time that of the dataset that stands for all, else
 * the larger hash: the order of ids is that in which names came.
 */
static bool comes_first(const struct told_schema *a, const struct told_schema *b)
{
	if (!b->dataset || a->row.time_us != b->row.time_us)
		return !b->dataset || a->row.time_us > b->row.time_us;
	if (a->alias != b->alias)
		return b->alias;
	return a->row.hash > b->row.hash;
}

/* The schema among the aliases that counts; 0, or 1 when there is none. */
static int find_schema(struct reading *reading, struct slice *out)
{
	struct told_schema best = { 0 };
	struct facet facet;
	int r;

	for (size_t i = 0; i < reading->datasets.count; i++) {
		struct told_schema told = { .dataset = reading->datasets.ids[i] };

		r = schema_row(reading, told.dataset, &told.row);
		if (r < 0)
			return r;
		told.alias = image_at(reading->snapshot->image, told.dataset)->alias;
		if (r == 0 && comes_first(&told, &best))
			best = told;
	}
	if (!best.dataset)
		return 1;
	r = facet_get(reading->snapshot->txn, best.dataset, best.row.name_hash, &facet);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = facet.bytes;
	return 0;
}

/* Returns 1 when there is none that can be read. */
static int read_schema(struct reading *reading, struct ol_schema *out)
{
	const struct facet_reader *reader = graph_facets(reading->snapshot->graph);
	struct fault fault;
	struct slice bytes;
	int r;

	*out = (struct ol_schema){ 0 };
	if (!reader)
		return 1;
	r = find_schema(reading, &bytes);
	if (r)
		return r;
	r = reader->schema(bytes, reading->arena, out, &fault);
	return r == ERR_INVALID ? 1 : r;
}

static int add_column(
	struct reading *reading, struct column_field *field, struct column *column)
{
	column->readers = reading->whole_readers.count;
	column->last_read_us = reading->whole_read_us;
	column->node = field ? field->node : 0;
	return columns_use(reading, column);
}

static int add_schema(
	struct reading *reading, const struct ol_schema *schema, struct columns *out)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct ol_column *told = &schema->list[i];
		struct column_field wanted = { .name = told->path };
		struct column_field *field = bsearch(&wanted, reading->fields,
			reading->field_count, sizeof(wanted), compare_fields);
		struct column *column = &out->list[out->count++];
		int r;

		*column = (struct column){
			.path = told->path,
			.type = told->type,
			.description = told->description,
			.nullable = told->nullable,
			.in_schema = true,
		};
		if (field)
			field->listed = true;
		r = add_column(reading, field, column);
		if (r)
			return r;
	}
	return 0;
}

/* Columns that lineage names and the schema has not. */
static int add_others(struct reading *reading, struct columns *out)
{
	for (size_t i = 0; i < reading->field_count; i++) {
		struct column_field *field = &reading->fields[i];
		struct column *column = &out->list[out->count];
		int r;

		if (field->listed)
			continue;
		*column = (struct column){ .path = field->name };
		out->count++;
		r = add_column(reading, field, column);
		if (r)
			return r;
	}
	return 0;
}

static int list_columns(struct reading *reading, struct columns *out)
{
	struct ol_schema schema;
	size_t count;
	int r = read_schema(reading, &schema);

	if (r < 0)
		return r;
	out->has_schema = r == 0;
	if (__builtin_add_overflow(schema.count, reading->field_count, &count))
		return ERR_NOMEM;
	out->list = arena_array(reading->arena, count + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	r = add_schema(reading, &schema, out);
	return r ? r : add_others(reading, out);
}

int columns_read(struct snapshot *snapshot, node_id dataset, int64_t deadline_us,
	struct arena *arena, struct columns *out)
{
	struct reading reading = {
		.snapshot = snapshot,
		.arena = arena,
		.meter = meter_of(0, deadline_us),
		.datasets.arena = arena,
		.wholes.arena = arena,
		.whole_readers.arena = arena,
		.whole_read_us = TIME_NEVER,
	};
	struct columns columns = { 0 };
	int r = find_datasets(&reading, dataset);

	if (!r)
		r = find_fields(&reading);
	if (!r)
		r = columns_whole_use(&reading);
	if (!r)
		r = list_columns(&reading, &columns);
	if (!r)
		r = columns_opaque(&reading, &columns);
	if (r)
		return r;
	columns.complete = reading.meter.cut == CUT_NONE;
	*out = columns;
	return 0;
}

int columns_named(struct snapshot *snapshot, node_id dataset, struct arena *arena,
	struct column_names *out)
{
	struct reading reading = {
		.snapshot = snapshot,
		.arena = arena,
		.datasets.arena = arena,
		.wholes.arena = arena,
	};
	int r = find_datasets(&reading, dataset);

	if (!r)
		r = find_fields(&reading);
	if (r)
		return r;
	*out = (struct column_names){ reading.fields, reading.field_count };
	return 0;
}
