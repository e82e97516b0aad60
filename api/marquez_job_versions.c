/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_job_versions.c - GET .../jobs/{job}/versions, and one of them
 *
 * A version is what a job read and wrote at some time: a set of its timeline, as
 * runs and job events told it, and what stands now, which several may have told
 * together.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/marquez_parts.h"
#include "api/marquez_run.h"
#include "api/nodeout.h"
#include "graph/timeline.h"

#include <stdlib.h>

/* Segments of a lane, newest first, and runs of one, that are looked at. */
#define SEGMENTS_LOOKED_MAX 100000
#define SEGMENTS_A_LOOK	    256 /* between looks at the clock */
#define RUNS_LOOKED_MAX	    100
#define SETS_MAX	    ((size_t)1 << 20)

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

struct version {
	struct runid id;
	int64_t created_us;
	struct mq_io io;
	ioset_id set;		 /* 0: no run told just this */
	struct run_position end; /* of its newest segment: where the next one begins */
};

struct versions {
	struct version *list; /* newest first */
	size_t count;
	size_t room;
};

struct gathering {
	struct call *call;
	node_id job;
	struct idset *sets; /* ioset -> place */
	struct versions *versions;
};

static int make_room(struct arena *arena, struct versions *versions)
{
	size_t room = versions->room ? versions->room * 2 : 16;
	struct version *list;

	if (versions->count < versions->room)
		return 0;
	list = arena_array(arena, room, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (versions->count)
		memcpy(list, versions->list, versions->count * sizeof(*list));
	versions->list = list;
	versions->room = room;
	return 0;
}

/* One more segment, which ends where the one told of before begins. */
static int add_segment(struct gathering *gathering, const struct segment *segment,
	const struct run_position *end)
{
	struct versions *versions = gathering->versions;
	uint64_t place;
	int r;

	if (idset_get(gathering->sets, segment->io, &place) == 0) {
		struct version *known = &versions->list[place];

		if (segment->first.start_us < known->created_us)
			known->created_us = segment->first.start_us;
		return 0;
	}
	r = make_room(gathering->call->arena, versions);
	if (r)
		return r;
	versions->list[versions->count] = (struct version){
		.created_us = segment->first.start_us,
		.set = segment->io,
		.end = *end,
	};
	r = idset_put(gathering->sets, segment->io, versions->count++);
	return r < 0 ? r : 0;
}

/* The segment before a position: 0, or 1 when there is none. */
static int segment_before(struct gathering *gathering, enum evidence lane,
	struct run_position *at, struct segment *out)
{
	struct store_txn *txn = gathering->call->snapshot->txn;
	int r = run_index_next(txn, gathering->job, lane, RUN_OLDER, at, at);

	return r ? r : segment_floor(txn, gathering->job, lane, at, out);
}

static int gather_lane(struct gathering *gathering, enum evidence lane)
{
	struct run_position end = run_position_last;

	for (unsigned i = 0; i < SEGMENTS_LOOKED_MAX; i++) {
		struct run_position at = end;
		struct segment segment;
		int r = segment_before(gathering, lane, &at, &segment);

		if (i % SEGMENTS_A_LOOK == SEGMENTS_A_LOOK - 1 &&
			call_is_late(gathering->call))
			return 0;
		if (!r)
			r = add_segment(gathering, &segment, &end);
		if (r)
			return r < 0 ? r : 0;
		end = segment.first;
	}
	return 0;
}

/* Reads what each set has, and gives it its UUID. */
static int identify(struct gathering *gathering)
{
	struct versions *versions = gathering->versions;

	for (size_t i = 0; i < versions->count; i++) {
		struct version *version = &versions->list[i];
		int r = mq_in_time(gathering->call, i);

		if (!r)
			r = mq_set_io(gathering->call, version->set, &version->io);
		if (!r)
			r = mq_job_version_id(gathering->call, gathering->job,
				&version->io, &version->id);
		if (r)
			return r;
	}
	return 0;
}

static int by_id_and_time(const void *a, const void *b)
{
	const struct version *x = a;
	const struct version *y = b;
	int r = runid_compare(&x->id, &y->id);

	return r ? r : (x->created_us > y->created_us) - (x->created_us < y->created_us);
}

static int newest_first(const void *a, const void *b)
{
	const struct version *x = a;
	const struct version *y = b;

	if (x->created_us != y->created_us)
		return x->created_us > y->created_us ? -1 : 1;
	return runid_compare(&x->id, &y->id);
}

/* Of those with the same datasets the first begins it, and the last has its runs. */
static void unite(struct versions *versions)
{
	size_t kept = 0;

	qsort(versions->list, versions->count, sizeof(*versions->list), by_id_and_time);
	for (size_t i = 0; i < versions->count; i++) {
		const struct version *version = &versions->list[i];
		struct version *last = kept ? &versions->list[kept - 1] : NULL;

		if (!last || runid_compare(&last->id, &version->id) != 0) {
			versions->list[kept++] = *version;
		} else if (run_position_compare(&version->end, &last->end) > 0) {
			last->end = version->end;
			last->set = version->set;
		}
	}
	versions->count = kept;
	qsort(versions->list, versions->count, sizeof(*versions->list), newest_first);
}

/* What stands now, as if it were told last. */
static int add_standing(struct gathering *gathering)
{
	struct versions *versions = gathering->versions;
	struct version now = { .end = run_position_last };
	struct entity entity;
	int r = node_get(gathering->call, gathering->job, &entity);

	if (!r)
		r = mq_job_io(gathering->call, gathering->job, &now.io);
	if (!r)
		r = mq_job_version_id(gathering->call, gathering->job, &now.io, &now.id);
	if (!r)
		r = make_room(gathering->call->arena, versions);
	if (r)
		return r;
	now.created_us = entity.times.first_seen_us;
	for (size_t i = 0; i < versions->count; i++) {
		const struct version *version = &versions->list[i];

		if (runid_compare(&version->id, &now.id) == 0)
			return 0;
		if (version->created_us > now.created_us)
			now.created_us = version->created_us;
	}
	if (now.created_us == TIME_NEVER)
		now.created_us = 0;
	versions->list[versions->count++] = now;
	return 0;
}

static int find_versions(struct call *call, node_id job, struct versions *out)
{
	AUTO(idset) struct idset *sets = idset_new(SETS_MAX);
	struct gathering gathering = { call, job, sets, out };
	int r = sets ? 0 : ERR_NOMEM;

	*out = (struct versions){ .count = 0 };
	if (!r)
		r = gather_lane(&gathering, EVIDENCE_OBSERVED);
	if (!r)
		r = gather_lane(&gathering, EVIDENCE_DECLARED);
	if (!r)
		r = identify(&gathering);
	if (!r)
		r = add_standing(&gathering);
	if (!r)
		unite(out);
	return r;
}

/* The member "latestRun": the newest one that told this version. */
static int write_run(
	struct jsonw *w, struct mq *mq, node_id job, const struct version *version)
{
	struct run_position at = version->end;
	struct run run;

	jsonw_key(w, "latestRun");
	for (unsigned i = 0; version->set && i < RUNS_LOOKED_MAX; i++) {
		int r = mq_next_run(mq->call, job, &at, &run);

		if (r < 0)
			return r;
		if (r)
			break;
		if (run.io == version->set)
			return mq_run(w, mq, &run, MQ_FULL);
	}
	jsonw_null(w);
	return 0;
}

static int write_version(
	struct jsonw *w, struct mq *mq, node_id job, const struct version *version)
{
	struct mq_job_name name;
	struct slice location;
	int r = mq_job_name(mq->call, job, &name);

	if (!r)
		r = mq_location(mq->call, job, &location);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_object(w);
	jsonw_text_or_null(w, "namespace", name.namespace);
	jsonw_text_or_null(w, "name", name.name);
	mq_uuid(w, "version", &version->id);
	jsonw_object_end(w);
	jsonw_text_or_null(w, "name", name.name);
	mq_time(w, "createdAt", version->created_us);
	mq_uuid(w, "version", &version->id);
	jsonw_text_or_null(w, "namespace", name.namespace);
	jsonw_text_or_null(w, "location", location);
	r = mq_io_write(w, mq->call, &version->io);
	if (!r)
		r = write_run(w, mq, job, version);
	jsonw_object_end(w);
	return r;
}

static int answer_versions(
	struct mq *mq, struct reply *reply, node_id job, const struct mq_page *page)
{
	struct versions versions;
	struct jsonw w;
	size_t i;
	size_t end;
	int r = find_versions(mq->call, job, &versions);

	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "versions");
	jsonw_array(&w);
	end = mq_page_end(page, versions.count, &i);
	for (size_t begin = i; i < end && !r; i++) {
		if (page_must_end(mq->call, w.buf, i - begin))
			break;
		r = write_version(&w, mq, job, &versions.list[i]);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return r;
}

int api_mq_job_versions(struct call *call, struct reply *reply)
{
	struct mq_page page;
	struct params p;
	struct mq mq;
	node_id job;
	int r = mq_params(call, page_rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (!r)
		r = mq_arg_job(call, reply, &job);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_versions(&mq, reply, job, &page);
	mq_close(&mq);
	return r;
}

static int answer_version(
	struct mq *mq, struct reply *reply, node_id job, const struct runid *id)
{
	struct versions versions;
	struct jsonw w;
	int r = find_versions(mq->call, job, &versions);

	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	for (size_t i = 0; i < versions.count; i++) {
		if (runid_compare(&versions.list[i].id, id) == 0)
			return write_version(&w, mq, job, &versions.list[i]);
	}
	(void)mq_refuse_missing(reply, "Job version", mq->call->args[2]);
	return 0;
}

int api_mq_job_version(struct call *call, struct reply *reply)
{
	struct runid id;
	struct mq mq;
	node_id job;
	int r = mq_arg_uuid(call, reply, 2, &id);

	if (!r)
		r = mq_arg_job(call, reply, &job);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_version(&mq, reply, job, &id);
	mq_close(&mq);
	return r;
}
