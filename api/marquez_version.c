/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_version.c - the versions that a dataset had
 *
 * A version is a schema and a lifecycle state together.  Both have a history of
 * contents (graph/history.h); each content that is new begins a version, and a run
 * that tells what was told before begins none.  The same content has the same
 * UUID, whatever producer told it.
 */
#include "api/marquez_list.h"

#include "api/call.h"
#include "api/facetin.h"
#include "base/hash.h"
#include "graph/history.h"

#include <stdlib.h>

#define TEXTS_A_COLUMN 3
#define DATASETS_MAX   ((size_t)1 << 24)

struct runid mq_uuid_of(const struct slice *texts, size_t count)
{
	struct hash128 hash = hash128_pieces(texts, count);
	struct runid id;

	for (size_t i = 0; i < 8; i++) {
		id.bytes[i] = (uint8_t)(hash.hi >> (56 - 8 * i));
		id.bytes[8 + i] = (uint8_t)(hash.lo >> (56 - 8 * i));
	}
	id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

/* Something that was told for the first time. */
struct content {
	int64_t first_us;
	int64_t last_us;
	uint64_t hash;
	bool is_schema;
	struct slice bytes; /* empty: it was taken back */
};

struct contents {
	struct content *list;
	size_t count;
};

struct version_list {
	struct mq_dataset_version *list;
	size_t count;
};

static int append(struct call *call, const struct past_facets *past, bool is_schema,
	struct contents *out)
{
	struct content *list =
		arena_array(call->arena, out->count + past->count + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	if (out->count)
		memcpy(list, out->list, out->count * sizeof(*list));
	out->list = list;
	for (size_t i = 0; i < past->count; i++)
		list[out->count++] =
			(struct content){ past->list[i].first_us, past->list[i].last_us,
				past->list[i].hash, is_schema, past->list[i].bytes };
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct content *x = a;
	const struct content *y = b;

	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* All that any name of the dataset was told, oldest first. */
static int gather(struct call *call, node_id dataset, struct contents *out)
{
	static const char *const facets[] = { "schema", "lifecycleStateChange" };

	*out = (struct contents){ .count = 0 };
	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		for (size_t i = 0; i < ARRAY_LEN(facets); i++) {
			struct past_facets past;
			int r = history_list(call->snapshot->txn, at,
				hash64(slice_from(facets[i])), call->arena, &past);

			if (!r)
				r = append(call, &past, i == 0, out);
			if (r)
				return r;
		}
	}
	if (out->count)
		qsort(out->list, out->count, sizeof(*out->list), by_time);
	return 0;
}

int mq_schema_read(struct call *call, struct slice bytes, struct ol_schema *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct fault fault;
	int r;

	*out = (struct ol_schema){ .count = 0 };
	if (!bytes.len || !reader)
		return 0;
	r = reader->schema(bytes, call->arena, out, &fault);
	return r == ERR_INVALID ? 0 : r;
}

/* Both UUIDs, and the state. */
static int identify(
	struct call *call, const struct node_key *key, struct mq_dataset_version *version)
{
	struct mq_texts state = { { "lifecycleStateChange" }, { { 0 } } };
	struct ol_schema schema;
	struct slice *texts;
	size_t count = 0;
	int r = mq_schema_read(call, version->schema, &schema);

	if (!r)
		r = mq_json_texts(call, version->lifecycle, &state);
	if (r)
		return r;
	texts = arena_array(
		call->arena, schema.count * TEXTS_A_COLUMN + 4, sizeof(*texts));
	if (!texts)
		return ERR_NOMEM;
	version->state = state.texts[0];
	texts[count++] = SLICE("dataset");
	texts[count++] = key->namespace;
	texts[count++] = key->name;
	for (size_t i = 0; i < schema.count; i++) {
		texts[count++] = schema.list[i].path;
		texts[count++] = schema.list[i].type;
	}
	version->schema_id = mq_uuid_of(texts, count);
	for (size_t i = 0; i < schema.count; i++)
		texts[count++] = schema.list[i].description;
	texts[count++] = version->state;
	version->id = mq_uuid_of(texts, count);
	return 0;
}

/* Goes through the contents; all that is told at one time is one version. */
static int add_past(struct call *call, const struct node_key *key,
	const struct contents *contents, struct version_list *versions)
{
	struct mq_dataset_version now = { .created_us = 0 };

	for (size_t i = 0; i < contents->count; i++) {
		const struct content *content = &contents->list[i];
		int r = mq_in_time(call, i);

		if (content->is_schema)
			now.schema = content->bytes;
		else
			now.lifecycle = content->bytes;
		if (content->is_schema || !now.schema.len)
			now.told_us = content->last_us;
		now.created_us = content->first_us;
		if (i + 1 < contents->count &&
			contents->list[i + 1].first_us == content->first_us)
			continue;
		if (!r)
			r = identify(call, key, &now);
		if (r)
			return r;
		versions->list[versions->count++] = now;
	}
	return 0;
}

/* A content that stands begins a version no earlier than it was first told. */
static void narrow(const struct contents *contents, bool is_schema,
	struct mq_dataset_version *version)
{
	struct slice bytes = is_schema ? version->schema : version->lifecycle;

	for (size_t i = 0; i < contents->count; i++) {
		const struct content *content = &contents->list[i];

		if (content->is_schema != is_schema ||
			!slice_equal(content->bytes, bytes))
			continue;
		if (content->first_us > version->created_us)
			version->created_us = content->first_us;
		if (is_schema || !version->schema.len)
			version->told_us = content->last_us;
	}
}

/* What stands may be an older schema with a newer state. */
static int add_standing(struct call *call, const struct entity *entity,
	const struct contents *contents, struct version_list *versions, struct runid *id)
{
	struct mq_dataset_version now = { .created_us = entity->times.first_seen_us,
		.told_us = entity->times.last_seen_us };
	int r = facet_newest(call, entity->id, SLICE("schema"), &now.schema);

	if (r >= 0)
		r = facet_newest(
			call, entity->id, SLICE("lifecycleStateChange"), &now.lifecycle);
	if (r >= 0)
		r = identify(call, &entity->key, &now);
	if (r < 0)
		return r;
	narrow(contents, true, &now);
	narrow(contents, false, &now);
	if (now.created_us == TIME_NEVER)
		now.created_us = 0;
	versions->list[versions->count++] = now;
	*id = now.id;
	return 0;
}

static int by_id_and_time(const void *a, const void *b)
{
	const struct mq_dataset_version *x = a;
	const struct mq_dataset_version *y = b;
	int r = runid_compare(&x->id, &y->id);

	return r ? r : (x->created_us > y->created_us) - (x->created_us < y->created_us);
}

/* One that was told again was made when it was told first. */
static void unite(struct version_list *versions)
{
	size_t kept = 0;

	qsort(versions->list, versions->count, sizeof(*versions->list), by_id_and_time);
	for (size_t i = 0; i < versions->count; i++) {
		const struct mq_dataset_version *version = &versions->list[i];
		struct mq_dataset_version *last = kept ? &versions->list[kept - 1] : NULL;

		if (!last || runid_compare(&last->id, &version->id) != 0)
			versions->list[kept++] = *version;
		else if (version->told_us > last->told_us)
			last->told_us = version->told_us;
	}
	versions->count = kept;
}

static int newest_first(const void *a, const void *b)
{
	const struct mq_dataset_version *x = a;
	const struct mq_dataset_version *y = b;

	if (x->created_us != y->created_us)
		return x->created_us > y->created_us ? -1 : 1;
	return runid_compare(&x->id, &y->id);
}

static size_t place_of(const struct version_list *versions, const struct runid *id)
{
	size_t i = 0;

	while (runid_compare(&versions->list[i].id, id) != 0)
		i++;
	return i;
}

static int find_versions(
	struct call *call, node_id dataset, struct mq_dataset_versions *out)
{
	struct version_list versions = { .count = 0 };
	struct contents contents;
	struct entity entity;
	struct runid current;
	int r = entity_get(call->snapshot->txn, dataset, &entity);

	if (!r)
		r = gather(call, dataset, &contents);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	versions.list =
		arena_array(call->arena, contents.count + 1, sizeof(*versions.list));
	if (!versions.list)
		return ERR_NOMEM;
	r = add_past(call, &entity.key, &contents, &versions);
	if (!r)
		r = add_standing(call, &entity, &contents, &versions, &current);
	if (r)
		return r;
	unite(&versions);
	qsort(versions.list, versions.count, sizeof(*versions.list), newest_first);
	*out = (struct mq_dataset_versions){ versions.list, versions.count,
		place_of(&versions, &current) };
	return 0;
}

static int make_room(struct mq *mq)
{
	struct mq_versions_known *known = &mq->versions;
	size_t room = known->room ? known->room * 2 : 16;
	struct mq_dataset_versions *list;

	if (!known->places)
		known->places = idset_new(DATASETS_MAX);
	if (!known->places)
		return ERR_NOMEM;
	if (known->count < known->room)
		return 0;
	list = arena_array(mq->call->arena, room, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (known->count)
		memcpy(list, known->list, known->count * sizeof(*list));
	known->list = list;
	known->room = room;
	return 0;
}

int mq_dataset_versions(struct mq *mq, node_id dataset, struct mq_dataset_versions *out)
{
	struct mq_versions_known *known = &mq->versions;
	uint64_t place;
	int r;

	if (known->places && idset_get(known->places, dataset, &place) == 0) {
		*out = known->list[place];
		return 0;
	}
	r = find_versions(mq->call, dataset, out);
	if (!r)
		r = make_room(mq);
	if (r)
		return r;
	known->list[known->count] = *out;
	r = idset_put(known->places, dataset, known->count++);
	return r < 0 ? r : 0;
}

const struct mq_dataset_version *mq_version_at(
	const struct mq_dataset_versions *versions, int64_t us)
{
	const struct mq_dataset_version *list = versions->list;

	for (size_t i = 0; i < versions->count; i++) {
		if (list[i].created_us <= us && us <= list[i].told_us)
			return &list[i];
	}
	for (size_t i = 0; i < versions->count; i++) {
		if (list[i].created_us <= us)
			return &list[i];
	}
	return &list[versions->count - 1];
}
