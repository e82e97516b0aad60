/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_dataset_versions.c - GET .../datasets/{dataset}/versions, and one of them
 */
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/marquez_parts.h"
#include "api/marquez_run.h"
#include "api/nodeout.h"
#include "graph/timeline.h"

/* Writers of a dataset, and runs of each, among which a version's is looked for. */
#define WRITERS_LOOKED_MAX 64
#define RUNS_LOOKED_MAX	   16

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

/* One dataset with all that its versions have in common. */
struct owner {
	struct mq *mq;
	struct entity entity;
	struct mq_tags tags;
	struct slice source;
	struct slice description;
	struct mq_texts table;
	struct mq_dataset_versions versions;
};

static int read_owner(struct mq *mq, node_id dataset, struct owner *out)
{
	struct slice uri;
	int r = node_get(mq->call, dataset, &out->entity);

	out->mq = mq;
	if (!r)
		r = mq_tags_read(mq->call, &out->entity, &out->tags);
	if (!r)
		r = mq_source_of(mq->call, dataset, &out->source, &uri);
	if (!r)
		r = mq_description(mq->call, &out->entity, &out->description);
	if (!r)
		r = mq_table_read(mq->call, dataset, &out->table);
	return r ? r : mq_dataset_versions(mq, dataset, &out->versions);
}

/* Whether an event of the run came at that time. */
static bool told_at(const struct run *run, int64_t us)
{
	for (uint32_t i = 0; i < run->event_count; i++) {
		if (run->events[i].time_us == us)
			return true;
	}
	return false;
}

/* The run of one job that told a version: 0, or 1 when none is found. */
static int find_run(struct call *call, node_id job, const struct timeline_item *item,
	int64_t us, struct run *out)
{
	struct run_position at = run_position_last;

	at.start_us = us;
	for (unsigned i = 0; i < RUNS_LOOKED_MAX; i++) {
		size_t bytes;
		int r = mq_next_run(call, job, &at, out);

		if (r)
			return r;
		if (!told_at(out, us))
			continue;
		r = ioset_has(call->snapshot->txn, out->io, item, &bytes);
		if (r <= 0)
			return r;
	}
	return 1;
}

static int find_run_of_name(
	struct call *call, node_id dataset, int64_t us, struct run *out)
{
	const struct image_node *node = image_node(call->snapshot->image, dataset);
	const struct timeline_item item = { .what = ITEM_OUTPUT, .node = dataset };
	const struct image_edges *writers = &node->edges[UPSTREAM];

	for (uint32_t i = 0; i < writers->total && i < WRITERS_LOOKED_MAX; i++) {
		int r;

		if (!(writers->flags[i] & EDGE_OBSERVED_EVER))
			continue;
		r = find_run(call, writers->peers[i], &item, us, out);
		if (r <= 0)
			return r;
	}
	return 1;
}

/* The member "createdByRun": which run told it first; null when that is not known. */
static int write_run(
	struct jsonw *w, struct owner *owner, const struct mq_dataset_version *version)
{
	struct call *call = owner->mq->call;
	node_id dataset = owner->entity.id;
	struct run run;
	int r = 1;

	jsonw_key(w, "createdByRun");
	for (node_id at = dataset; at && r == 1; at = ring_next(call, dataset, at))
		r = find_run_of_name(call, at, version->created_us, &run);
	if (r == 0)
		return mq_run(w, owner->mq, &run, MQ_FULL);
	jsonw_null(w);
	return r < 0 ? r : 0;
}

/* Those that stand; of an earlier version the two that make it. */
static int write_facets(
	struct jsonw *w, struct owner *owner, const struct mq_dataset_version *version)
{
	const struct facet_choice all = { .all = true };

	if (version == &owner->versions.list[owner->versions.current])
		return jsonw_facets(w, owner->mq->call, &owner->entity, &all);
	jsonw_key(w, "facets");
	jsonw_object(w);
	if (version->schema.len) {
		jsonw_key(w, "schema");
		jsonw_stored(w, version->schema);
	}
	if (version->lifecycle.len) {
		jsonw_key(w, "lifecycleStateChange");
		jsonw_stored(w, version->lifecycle);
	}
	jsonw_object_end(w);
	return 0;
}

static int write_version(
	struct jsonw *w, struct owner *owner, const struct mq_dataset_version *version)
{
	struct ol_schema schema;
	int r = mq_schema_read(owner->mq->call, version->schema, &schema);

	if (r)
		return r;
	jsonw_object(w);
	mq_dataset_head(w, &owner->entity.key, &owner->table);
	mq_time(w, "createdAt", version->created_us);
	mq_uuid(w, "version", &version->id);
	jsonw_text_or_null(w, "namespace", owner->entity.key.namespace);
	jsonw_text_or_null(w, "sourceName", owner->source);
	mq_fields(w, &schema, &owner->tags);
	mq_tags_write(w, &owner->tags, (struct slice){ 0 });
	jsonw_key(w, "lifecycleState");
	jsonw_string(w, version->state);
	jsonw_text_or_null(w, "description", owner->description);
	mq_uuid(w, "currentSchemaVersion", &version->schema_id);
	r = write_run(w, owner, version);
	if (!r)
		r = write_facets(w, owner, version);
	jsonw_object_end(w);
	return r;
}

static int answer_versions(
	struct mq *mq, struct reply *reply, node_id dataset, const struct mq_page *page)
{
	struct owner owner;
	struct jsonw w;
	size_t i;
	size_t end;
	int r = read_owner(mq, dataset, &owner);

	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "versions");
	jsonw_array(&w);
	end = mq_page_end(page, owner.versions.count, &i);
	for (size_t begin = i; i < end && !r; i++) {
		if (page_must_end(mq->call, w.buf, i - begin))
			break;
		r = write_version(&w, &owner, &owner.versions.list[i]);
	}
	jsonw_array_end(&w);
	jsonw_key(&w, "totalCount");
	jsonw_uint(&w, owner.versions.count);
	jsonw_object_end(&w);
	return r;
}

int api_mq_dataset_versions(struct call *call, struct reply *reply)
{
	struct mq_page page;
	struct params p;
	node_id dataset;
	struct mq mq;
	int r = mq_params(call, page_rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (!r)
		r = mq_arg_dataset(call, reply, &dataset);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_versions(&mq, reply, dataset, &page);
	mq_close(&mq);
	return r;
}

static int answer_version(
	struct mq *mq, struct reply *reply, node_id dataset, const struct runid *id)
{
	struct owner owner;
	struct jsonw w;
	int r = read_owner(mq, dataset, &owner);

	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	for (size_t i = 0; i < owner.versions.count; i++) {
		if (runid_compare(&owner.versions.list[i].id, id) == 0)
			return write_version(&w, &owner, &owner.versions.list[i]);
	}
	(void)mq_refuse_missing(reply, "Dataset version", mq->call->args[2]);
	return 0;
}

int api_mq_dataset_version(struct call *call, struct reply *reply)
{
	node_id dataset;
	struct runid id;
	struct mq mq;
	int r = mq_arg_uuid(call, reply, 2, &id);

	if (!r)
		r = mq_arg_dataset(call, reply, &dataset);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_version(&mq, reply, dataset, &id);
	mq_close(&mq);
	return r;
}
