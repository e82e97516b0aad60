/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_dataset.c - a dataset as Marquez writes it
 */
#include "api/call.h"
#include "api/facetin.h"
#include "api/marquez_parts.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "graph/idlist.h"
#include "graph/note.h"

#include <stdlib.h>

/* What is read before anything of a dataset is written. */
struct dataset {
	struct entity entity;
	struct entity_times times;
	struct ol_schema schema;
	struct mq_tags tags;
	struct mq_texts table;
	struct slice source; /* its name */
	struct slice description;
	struct slice state; /* of its life, or empty */
};

int mq_source_of(
	struct call *call, node_id dataset, struct slice *name, struct slice *uri)
{
	struct mq_texts source = { { "name", "uri" }, { { 0 } } };
	int r = mq_facet_texts(call, dataset, SLICE("dataSource"), &source);

	*name = source.texts[0].len ? source.texts[0] : SLICE("default");
	*uri = source.texts[1].ptr && source.texts[0].len ? source.texts[1] : SLICE("");
	return r;
}

int mq_description(struct call *call, const struct entity *entity, struct slice *out)
{
	const struct slice names[] = { entity->key.namespace, entity->key.name };
	const struct note_key key = { slice_from(node_kind_text(entity->key.kind)), names,
		ARRAY_LEN(names) };
	struct mq_texts texts = { { "description" }, { { 0 } } };
	struct note note;
	int r = note_get(call->snapshot->txn, &key, &note);

	if (r == 0)
		r = mq_json_texts(call, note.content, &texts);
	if (r >= 0 && !texts.texts[0].ptr)
		r = mq_facet_texts(call, entity->id, SLICE("documentation"), &texts);
	*out = texts.texts[0];
	return r < 0 ? r : 0;
}

int mq_table_read(struct call *call, node_id dataset, struct mq_texts *out)
{
	*out = (struct mq_texts){ { "type", "physicalName", "schemaLocation" },
		{ { 0 } } };
	return mq_facet_texts(call, dataset, SLICE(MQ_TABLE_FACET), out);
}

/* The state that stands: versions, which have it too, cost much more to find. */
static int read_state(struct call *call, node_id dataset, struct slice *out)
{
	struct mq_texts state = { { "lifecycleStateChange" }, { { 0 } } };
	int r = mq_facet_texts(call, dataset, SLICE("lifecycleStateChange"), &state);

	*out = state.texts[0];
	return r;
}

static int read_dataset(struct mq *mq, node_id id, struct dataset *out)
{
	struct slice uri;
	int r = node_get(mq->call, id, &out->entity);

	if (!r)
		r = node_times(mq->call, id, &out->times);
	if (!r)
		r = facet_schema(mq->call, id, &out->schema);
	if (!r)
		r = mq_tags_read(mq->call, &out->entity, &out->tags);
	if (!r)
		r = read_state(mq->call, id, &out->state);
	if (!r)
		r = mq_source_of(mq->call, id, &out->source, &uri);
	if (!r)
		r = mq_table_read(mq->call, id, &out->table);
	return r ? r : mq_description(mq->call, &out->entity, &out->description);
}

void mq_fields(
	struct jsonw *w, const struct ol_schema *schema, const struct mq_tags *tags)
{
	jsonw_key(w, "fields");
	jsonw_array(w);
	for (size_t i = 0; i < schema->count; i++) {
		jsonw_object(w);
		jsonw_text_or_null(w, "name", schema->list[i].path);
		jsonw_text_or_null(w, "type", schema->list[i].type);
		mq_tags_write(w, tags, schema->list[i].path);
		jsonw_text_or_null(w, "description", schema->list[i].description);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void mq_dataset_head(
	struct jsonw *w, const struct node_key *key, const struct mq_texts *table)
{
	struct slice physical = table->texts[1];
	bool stream = slice_equal(table->texts[0], SLICE("STREAM"));

	jsonw_key(w, "id");
	jsonw_name(w, key);
	jsonw_key(w, "type");
	jsonw_text(w, stream ? "STREAM" : "DB_TABLE");
	jsonw_text_or_null(w, "name", key->name);
	jsonw_text_or_null(w, "physicalName", physical.ptr ? physical : key->name);
	if (stream)
		jsonw_text_or_null(w, "schemaLocation", table->texts[2]);
}

void mq_seen(struct jsonw *w, const struct entity_times *times)
{
	bool known = times->first_seen_us != TIME_NEVER;

	mq_time(w, "createdAt", known ? times->first_seen_us : 0);
	mq_time(w, "updatedAt", known ? times->last_seen_us : 0);
}

/* What a dataset and a node's data both have, up to the tags. */
static void write_common(struct jsonw *w, const struct dataset *dataset)
{
	const struct node_key *key = &dataset->entity.key;

	mq_dataset_head(w, key, &dataset->table);
	mq_seen(w, &dataset->times);
	jsonw_text_or_null(w, "namespace", key->namespace);
	jsonw_text_or_null(w, "sourceName", dataset->source);
	mq_fields(w, &dataset->schema, &dataset->tags);
	mq_tags_write(w, &dataset->tags, (struct slice){ 0 });
	mq_time_or_null(w, "lastModifiedAt", dataset->times.written_us);
}

static void write_state(struct jsonw *w, const struct dataset *dataset)
{
	jsonw_key(w, "lastLifecycleState");
	jsonw_string(w, dataset->state);
}

int mq_dataset_data(struct jsonw *w, struct mq *mq, node_id id)
{
	struct dataset dataset;
	int r = read_dataset(mq, id, &dataset);

	if (r)
		return r;
	jsonw_object(w);
	write_common(w, &dataset);
	jsonw_text_or_null(w, "description", dataset.description);
	write_state(w, &dataset);
	jsonw_object_end(w);
	return 0;
}

/* The fields that lineage knows, of all names of the dataset. */
static int gather_fields(struct call *call, node_id dataset, struct idlist *out)
{
	const struct image_version *image = call->snapshot->image;

	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		const struct image_node *node = image_node(image, at);
		const struct image_node *whole =
			node && node->parent ? image_node(image, node->parent) : NULL;
		const struct image_edges *edges;

		if (!whole)
			continue;
		edges = &whole->edges[DOWNSTREAM];
		for (uint32_t i = 0; i < edges->total; i++) {
			if ((edges->flags[i] & EDGE_CONTAINS) &&
				idlist_add(out, image_canonical(image, edges->peers[i])))
				return ERR_NOMEM;
		}
	}
	idlist_finish(out);
	return 0;
}

/* A field: a column, or one that flows into it. */
struct flow_end {
	node_id field;
	uint32_t classes;
	struct node_key key; /* with the names of the dataset that it is shown with */
};

struct flow_ends {
	struct flow_end *list;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct node_key *x = &((const struct flow_end *)a)->key;
	const struct node_key *y = &((const struct flow_end *)b)->key;
	int r = slice_compare(x->namespace, y->namespace);

	if (!r)
		r = slice_compare(x->name, y->name);
	return r ? r : slice_compare(x->field, y->field);
}

/* Sorts; what two names of a field were told to take is one. */
static void unite(struct flow_ends *inputs)
{
	size_t kept = 0;

	if (inputs->count < 2)
		return;
	qsort(inputs->list, inputs->count, sizeof(*inputs->list), by_name);
	for (size_t i = 0; i < inputs->count; i++) {
		if (kept && inputs->list[kept - 1].field == inputs->list[i].field)
			inputs->list[kept - 1].classes |= inputs->list[i].classes;
		else
			inputs->list[kept++] = inputs->list[i];
	}
	inputs->count = kept;
}

static size_t count_edges(const struct call *call, node_id field)
{
	size_t count = 0;

	for (node_id at = field; at; at = ring_next(call, field, at))
		count += image_node(call->snapshot->image, at)->edges[UPSTREAM].now;
	return count;
}

static int add_input(
	struct call *call, node_id field, uint32_t classes, struct flow_ends *out)
{
	struct flow_end *input = &out->list[out->count++];
	struct entity dataset;
	struct entity entity;
	int r = node_get(call, field, &entity);

	if (!r)
		r = node_get(call, node_dataset(call, field), &dataset);
	if (r)
		return r;
	*input = (struct flow_end){ field, classes, dataset.key };
	input->key.field = entity.key.field;
	return 0;
}

static int gather_inputs(struct call *call, node_id field, struct flow_ends *out)
{
	const struct image_version *image = call->snapshot->image;
	int r = 0;

	*out = (struct flow_ends){ arena_array(call->arena, count_edges(call, field) + 1,
					   sizeof(*out->list)),
		0 };
	if (!out->list)
		return ERR_NOMEM;
	for (node_id at = field; at && !r; at = ring_next(call, field, at)) {
		const struct image_edges *edges = &image_node(image, at)->edges[UPSTREAM];

		for (uint32_t i = 0; i < edges->now && !r; i++) {
			const struct image_node *peer =
				image_node(image, edges->peers[i]);

			if (peer && peer->kind == NODE_FIELD &&
				(edges->flags[i] & EDGE_FLOW_NOW))
				r = add_input(call,
					image_canonical(image, edges->peers[i]),
					EDGE_CLASSES(edges->flags[i]), out);
		}
	}
	unite(out);
	return r;
}

/* The members transformationDescription, which the graph does not keep, and -Type. */
static void write_transformation(struct jsonw *w, uint32_t classes)
{
	jsonw_key(w, "transformationDescription");
	jsonw_null(w);
	jsonw_text_or_null(
		w, "transformationType", slice_from(mq_transformation(classes)));
}

static void write_input(struct jsonw *w, const struct flow_end *input)
{
	jsonw_object(w);
	jsonw_text_or_null(w, "namespace", input->key.namespace);
	jsonw_text_or_null(w, "dataset", input->key.name);
	jsonw_text_or_null(w, "field", input->key.field);
	write_transformation(w, input->classes);
	jsonw_object_end(w);
}

/* One column and what flows into it; of one without inputs nothing. */
static int write_column(
	struct jsonw *w, struct call *call, const struct flow_end *column, bool *any)
{
	struct flow_ends inputs;
	uint32_t classes = 0;
	int r = gather_inputs(call, column->field, &inputs);

	if (r || !inputs.count)
		return r;
	if (!*any)
		jsonw_array(w);
	*any = true;
	jsonw_object(w);
	jsonw_text_or_null(w, "name", column->key.field);
	jsonw_key(w, "inputFields");
	jsonw_array(w);
	for (size_t i = 0; i < inputs.count; i++) {
		classes |= inputs.list[i].classes;
		write_input(w, &inputs.list[i]);
	}
	jsonw_array_end(w);
	write_transformation(w, classes);
	jsonw_object_end(w);
	return 0;
}

/* The fields in order of names. */
static int name_fields(
	struct call *call, const struct idlist *fields, struct flow_ends *out)
{
	int r = 0;

	out->list = arena_array(call->arena, fields->count + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < fields->count && !r; i++)
		r = add_input(call, fields->ids[i], 0, out);
	unite(out);
	return r;
}

/* The member "columnLineage": null when no column takes from another. */
static int write_column_lineage(struct jsonw *w, struct call *call, node_id dataset)
{
	struct idlist fields = { .arena = call->arena };
	struct flow_ends columns = { .count = 0 };
	bool any = false;
	int r = gather_fields(call, dataset, &fields);

	if (!r)
		r = name_fields(call, &fields, &columns);
	jsonw_key(w, "columnLineage");
	for (size_t i = 0; i < columns.count && !r; i++)
		r = write_column(w, call, &columns.list[i], &any);
	if (any)
		jsonw_array_end(w);
	else
		jsonw_null(w);
	return r;
}

int mq_dataset(struct jsonw *w, struct mq *mq, node_id id)
{
	const struct facet_choice all = { .all = true };
	struct mq_dataset_versions versions;
	struct dataset dataset;
	int r = read_dataset(mq, id, &dataset);

	if (!r)
		r = mq_dataset_versions(mq, id, &versions);
	if (r)
		return r;
	jsonw_object(w);
	write_common(w, &dataset);
	write_state(w, &dataset);
	jsonw_text_or_null(w, "description", dataset.description);
	mq_uuid(w, "currentVersion", &versions.list[versions.current].id);
	r = write_column_lineage(w, mq->call, id);
	if (!r)
		r = jsonw_facets(w, mq->call, &dataset.entity, &all);
	jsonw_key(w, "deleted");
	jsonw_bool(w, entity_dropped(&dataset.times));
	jsonw_object_end(w);
	return r;
}
