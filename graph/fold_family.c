/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_family.c - parents and roots that events name again and again
 *
 * Three tables with one place for each hash: who comes takes the place.
 */
#include "graph/fold_family.h"

#include "base/arena.h"
#include "base/hash.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_node.h"

#include <stdlib.h>
#include <string.h>

#define NAMES	   1024
#define NAME_BYTES 240 /* of namespace and name together */
#define RUNS	   4096
#define JOBS	   4096

struct name_place {
	node_id id; /* 0: nothing is here */
	uint16_t namespace_len;
	uint16_t name_len;
	char bytes[NAME_BYTES];
};

struct run_place {
	struct runid id;
	node_id job;	     /* 0: nothing is here */
	int64_t job_time_us; /* of a stub: the newest child */
	int64_t child_us;
	bool own; /* its job is its own: it is no stub */
	bool dirty;
	bool listed; /* among those to be flushed */
};

struct job_place {
	node_id job; /* 0: nothing is here */
	struct job_parent parent;
	bool dirty;
	bool listed;
};

struct families {
	struct name_place *names;
	struct run_place *runs;
	struct job_place *jobs;
	uint32_t *dirty_runs; /* places; some may be clean again */
	uint32_t *dirty_jobs;
	size_t dirty_run_count;
	size_t dirty_job_count;
};

int families_new(struct families **out)
{
	AUTO(families) struct families *families = calloc(1, sizeof(*families));

	if (!families)
		return ERR_NOMEM;
	families->names = calloc(NAMES, sizeof(*families->names));
	families->runs = calloc(RUNS, sizeof(*families->runs));
	families->jobs = calloc(JOBS, sizeof(*families->jobs));
	families->dirty_runs = calloc(RUNS, sizeof(*families->dirty_runs));
	families->dirty_jobs = calloc(JOBS, sizeof(*families->dirty_jobs));
	if (!families->names || !families->runs || !families->jobs ||
		!families->dirty_runs || !families->dirty_jobs)
		return ERR_NOMEM;
	*out = TAKE(families);
	return 0;
}

void families_free(struct families *families)
{
	if (!families)
		return;
	free(families->dirty_jobs);
	free(families->dirty_runs);
	free(families->jobs);
	free(families->runs);
	free(families->names);
	free(families);
}

void families_clear(struct families *families)
{
	memset(families->names, 0, NAMES * sizeof(*families->names));
	memset(families->runs, 0, RUNS * sizeof(*families->runs));
	memset(families->jobs, 0, JOBS * sizeof(*families->jobs));
	families->dirty_run_count = 0;
	families->dirty_job_count = 0;
}

static struct name_place *name_place(
	struct families *families, struct slice namespace, struct slice name)
{
	return &families->names[hash64_seeded(name, hash64(namespace)) % NAMES];
}

static bool has_name(
	const struct name_place *place, struct slice namespace, struct slice name)
{
	const char *bytes = place->bytes;

	return place->id &&
	       slice_equal(namespace, slice_of(bytes, place->namespace_len)) &&
	       slice_equal(name, slice_of(bytes + place->namespace_len, place->name_len));
}

static void keep_name(struct name_place *place, const struct node_key *key, node_id id)
{
	size_t namespace_len = key->namespace.len;
	size_t name_len = key->name.len;

	if (namespace_len > NAME_BYTES || name_len > NAME_BYTES - namespace_len)
		return;
	if (namespace_len)
		memcpy(place->bytes, key->namespace.ptr, namespace_len);
	if (name_len)
		memcpy(place->bytes + namespace_len, key->name.ptr, name_len);
	place->namespace_len = (uint16_t)namespace_len;
	place->name_len = (uint16_t)name_len;
	place->id = id;
}

int family_job(struct fold *fold, struct slice namespace, struct slice name, node_id *out)
{
	struct name_place *place = name_place(fold->families, namespace, name);
	const struct node_key key = {
		.kind = NODE_JOB,
		.namespace = namespace,
		.name = name,
	};
	int r;

	if (has_name(place, namespace, name)) {
		*out = place->id;
		return 0;
	}
	r = fold_node(fold, &key, TIME_NEVER, out);
	if (!r)
		keep_name(place, &key, *out);
	return r;
}

static struct run_place *run_place(struct families *families, const struct runid *id)
{
	return &families->runs[hash64(slice_of(id->bytes, sizeof(id->bytes))) % RUNS];
}

static void move_run(struct families *families, struct run_place *place, int64_t time_us)
{
	place->job_time_us = time_us;
	place->dirty = true;
	if (place->listed)
		return;
	place->listed = true;
	families->dirty_runs[families->dirty_run_count++] =
		(uint32_t)(place - families->runs);
}

bool family_knows_run(
	struct families *families, const struct run_link *link, int64_t time_us)
{
	struct run_place *place = run_place(families, &link->run);

	if (!place->job || runid_compare(&place->id, &link->run) != 0 ||
		time_us < place->child_us)
		return false;
	if (place->own)
		return true;
	if (place->job != link->job)
		return false;
	if (time_us > place->job_time_us)
		move_run(families, place, time_us);
	return true;
}

/* A stub that has sent an event since then has a job of its own. */
static int write_run(struct fold *fold, struct run_place *place)
{
	struct run run;
	int r;

	if (!place->dirty)
		return 0;
	place->dirty = false;
	r = run_get(fold->txn, &place->id, &run);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	if (run.job_own)
		return 0;
	/* What was read lies in the store, and the next put may take it away. */
	run.text = arena_dup(fold->scratch, run.text);
	if (!run.text.ptr)
		return ERR_NOMEM;
	run.job_time_us = place->job_time_us;
	return run_put(fold->txn, &run);
}

/* Whoever has the place goes, too. */
int family_leave_run(struct fold *fold, const struct runid *id)
{
	struct run_place *place = run_place(fold->families, id);
	int r = write_run(fold, place);

	place->job = 0;
	return r;
}

void family_keep_run(struct families *families, const struct run *run)
{
	struct run_place *place = run_place(families, &run->id);

	place->id = run->id;
	place->job = run->job;
	place->job_time_us = run->job_time_us;
	place->child_us = run->child_us;
	place->own = run->job_own;
}

static struct job_place *job_place(struct families *families, node_id job)
{
	return &families->jobs[job % JOBS];
}

static void move_job(struct families *families, struct job_place *place, int64_t time_us)
{
	place->parent.told_us = time_us;
	place->dirty = true;
	if (place->listed)
		return;
	place->listed = true;
	families->dirty_jobs[families->dirty_job_count++] =
		(uint32_t)(place - families->jobs);
}

bool family_knows_job(
	struct families *families, node_id job, const struct job_parent *told)
{
	struct job_place *place = job_place(families, job);

	if (place->job != job || place->parent.parent != told->parent ||
		place->parent.root != told->root)
		return false;
	if (told->told_us > place->parent.told_us)
		move_job(families, place, told->told_us);
	return true;
}

static int write_job(struct fold *fold, struct job_place *place)
{
	if (!place->dirty)
		return 0;
	place->dirty = false;
	return job_parent_put(fold->txn, place->job, &place->parent);
}

int family_leave_job(struct fold *fold, node_id job)
{
	struct job_place *place = job_place(fold->families, job);
	int r = write_job(fold, place);

	place->job = 0;
	return r;
}

void family_keep_job(
	struct families *families, node_id job, const struct job_parent *parent)
{
	struct job_place *place = job_place(families, job);

	place->job = job;
	place->parent = *parent;
}

int families_flush(struct fold *fold)
{
	struct families *families = fold->families;
	int r;

	for (size_t i = 0; i < families->dirty_run_count; i++) {
		struct run_place *place = &families->runs[families->dirty_runs[i]];

		place->listed = false;
		r = write_run(fold, place);
		if (r)
			return r;
	}
	families->dirty_run_count = 0;
	for (size_t i = 0; i < families->dirty_job_count; i++) {
		struct job_place *place = &families->jobs[families->dirty_jobs[i]];

		place->listed = false;
		r = write_job(fold, place);
		if (r)
			return r;
	}
	families->dirty_job_count = 0;
	return 0;
}
