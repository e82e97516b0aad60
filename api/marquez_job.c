/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_job.c - a job as Marquez writes it
 */
#include "api/call.h"
#include "api/marquez_parts.h"
#include "api/marquez_run.h"
#include "api/nodeout.h"
#include "graph/note.h"

#define RUNS_SHOWN 10

/* What is read before anything of a job is written. */
struct job {
	struct entity entity;
	struct mq_job_name name;
	struct slice kind;	  /* jobType: BATCH, STREAMING ... */
	struct slice integration; /* SPARK ... */
	struct slice what;	  /* QUERY ... */
	struct slice description;
	struct slice location;
	struct mq_io io;
};

/* Whether Java would take it for a URL. */
static bool is_url(struct slice text)
{
	const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
	size_t n = colon ? (size_t)(colon - text.ptr) : 0;

	if (n < 2 || text.len < n + 3 || memcmp(colon, "://", 3) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = (char)(text.ptr[i] | 0x20);

		if ((c < 'a' || c > 'z') && text.ptr[i] != '+')
			return false;
	}
	return true;
}

int mq_location(struct call *call, node_id job, struct slice *out)
{
	struct mq_texts texts = { { "location", "url" }, { { 0 } } };
	struct slice names[2];
	const struct note_key key = { SLICE("job"), names, ARRAY_LEN(names) };
	struct entity entity;
	struct note note;
	int r = node_get(call, job, &entity);

	if (r)
		return r;
	names[0] = entity.key.namespace;
	names[1] = entity.key.name;
	r = note_get(call->snapshot->txn, &key, &note);
	if (r == 0)
		r = mq_json_texts(call, note.content, &texts);
	*out = texts.texts[0];
	if (r >= 0 && !out->ptr) {
		r = mq_facet_texts(call, job, SLICE("sourceCodeLocation"), &texts);
		*out = texts.texts[1];
	}
	if (!is_url(*out))
		*out = (struct slice){ 0 };
	return r < 0 ? r : 0;
}

static int read_type(struct call *call, struct job *job)
{
	struct mq_texts texts = { { "processingType", "integration", "jobType" },
		{ { 0 } } };
	int r = mq_facet_texts(call, job->entity.id, SLICE("jobType"), &texts);

	job->kind = texts.texts[0];
	job->integration = texts.texts[1];
	job->what = texts.texts[2];
	return r;
}

int mq_fill_times(struct call *call, node_id node, struct entity_times *times)
{
	struct run_position at = run_position_first;
	struct run run;
	int r;

	if (times->first_seen_us != TIME_NEVER)
		return 0;
	r = run_index_next(
		call->snapshot->txn, node, EVIDENCE_OBSERVED, RUN_NEWER, &at, &at);
	if (!r)
		times->first_seen_us = at.start_us;
	if (!r)
		r = mq_latest_run(call, node, &run);
	if (!r)
		times->last_seen_us = run_start_us(&run);
	return r < 0 ? r : 0;
}

static int read_job(struct call *call, node_id id, struct job *out)
{
	int r = node_get(call, id, &out->entity);

	if (!r)
		r = mq_fill_times(call, id, &out->entity.times);
	if (!r)
		r = mq_job_name(call, id, &out->name);
	if (!r)
		r = read_type(call, out);
	if (!r)
		r = mq_description(call, &out->entity, &out->description);
	if (!r)
		r = mq_location(call, id, &out->location);
	return r ? r : mq_job_io(call, id, &out->io);
}

static const char *type_of(const struct job *job)
{
	if (slice_equal_nocase(job->kind, "STREAMING"))
		return "STREAM";
	return slice_equal_nocase(job->kind, "SERVICE") ? "SERVICE" : "BATCH";
}

static int write_datasets(struct jsonw *w, struct call *call, const char *name,
	const node_id *ids, size_t count)
{
	int r = 0;

	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count && !r; i++)
		r = mq_name(w, call, ids[i]);
	jsonw_array_end(w);
	return r;
}

int mq_io_write(struct jsonw *w, struct call *call, const struct mq_io *io)
{
	int r = write_datasets(w, call, "inputs", io->inputs, io->input_count);

	return r ? r : write_datasets(w, call, "outputs", io->outputs, io->output_count);
}

/* The members parentJobName and parentJobUuid. */
static int write_parent(struct jsonw *w, struct call *call, const struct job *job)
{
	struct slice texts[] = { SLICE("job"), { 0 }, { 0 } };
	struct entity parent;
	struct runid id;
	int r;

	jsonw_text_or_null(w, "parentJobName", job->name.parent_name);
	if (!job->name.parent) {
		jsonw_key(w, "parentJobUuid");
		jsonw_null(w);
		return 0;
	}
	r = node_get(call, job->name.parent, &parent);
	if (r)
		return r;
	texts[1] = parent.key.namespace;
	texts[2] = parent.key.name;
	id = mq_uuid_of(texts, ARRAY_LEN(texts));
	mq_uuid(w, "parentJobUuid", &id);
	return 0;
}

/* The members up to parentJobUuid, and behind it up to location. */
static int write_head(struct jsonw *w, struct call *call, const struct job *job)
{
	jsonw_key(w, "id");
	jsonw_object(w);
	jsonw_text_or_null(w, "namespace", job->name.namespace);
	jsonw_text_or_null(w, "name", job->name.name);
	jsonw_object_end(w);
	jsonw_key(w, "type");
	jsonw_text(w, type_of(job));
	jsonw_text_or_null(w, "name", job->name.name);
	jsonw_text_or_null(w, "simpleName", job->name.simple);
	return write_parent(w, call, job);
}

static int write_middle(struct jsonw *w, struct call *call, const struct job *job)
{
	int r;

	mq_seen(w, &job->entity.times);
	jsonw_text_or_null(w, "namespace", job->name.namespace);
	r = mq_io_write(w, call, &job->io);
	jsonw_text_or_null(w, "location", job->location);
	jsonw_text_or_null(w, "description", job->description);
	return r;
}

int mq_job_data(struct jsonw *w, struct mq *mq, node_id id, const struct mq_io *io)
{
	struct job job;
	struct run run;
	bool has_run;
	int r = read_job(mq->call, id, &job);

	if (r)
		return r;
	if (io)
		job.io = *io;
	r = mq_latest_run(mq->call, id, &run);
	if (r < 0)
		return r;
	has_run = r == 0;
	jsonw_object(w);
	r = write_head(w, mq->call, &job);
	if (has_run) {
		mq_uuid(w, "currentRunUuid", &run.id);
	} else {
		jsonw_key(w, "currentRunUuid");
		jsonw_null(w);
	}
	if (!r)
		r = write_middle(w, mq->call, &job);
	jsonw_key(w, "latestRun");
	if (!r && has_run)
		r = mq_run(w, mq, &run, MQ_SHORT);
	else
		jsonw_null(w);
	jsonw_object_end(w);
	return r;
}

/* The members latestRun, which is the first of latestRuns, and latestRuns. */
static int write_runs(struct jsonw *w, struct mq *mq, node_id job, enum mq_detail detail)
{
	struct run_position at = run_position_last;
	struct run run;
	int r = mq_next_run(mq->call, job, &at, &run);

	jsonw_key(w, "latestRun");
	if (r) {
		jsonw_null(w);
		jsonw_key(w, "latestRuns");
		jsonw_null(w);
		return r < 0 ? r : 0;
	}
	r = mq_run(w, mq, &run, detail);
	jsonw_key(w, "latestRuns");
	jsonw_array(w);
	for (unsigned i = 0; i < RUNS_SHOWN && !r; i++) {
		r = mq_run(w, mq, &run, detail);
		if (!r)
			r = mq_next_run(mq->call, job, &at, &run);
	}
	jsonw_array_end(w);
	return r < 0 ? r : 0;
}

/* The members currentVersion, labels and tags. */
static int write_tail(struct jsonw *w, struct call *call, const struct job *job)
{
	struct runid version;
	struct mq_tags tags;
	int r = mq_job_version_id(call, job->entity.id, &job->io, &version);

	if (!r)
		r = mq_tags_read(call, &job->entity, &tags);
	if (r)
		return r;
	mq_uuid(w, "currentVersion", &version);
	jsonw_key(w, "labels");
	jsonw_array(w);
	if (job->what.len)
		jsonw_string(w, job->what);
	if (job->integration.len)
		jsonw_string(w, job->integration);
	jsonw_array_end(w);
	mq_tags_write(w, &tags, (struct slice){ 0 });
	return 0;
}

int mq_job(struct jsonw *w, struct mq *mq, node_id id, enum mq_detail runs)
{
	const struct facet_choice all = { .all = true };
	struct job job;
	int r = read_job(mq->call, id, &job);

	if (r)
		return r;
	jsonw_object(w);
	r = write_head(w, mq->call, &job);
	if (!r)
		r = write_middle(w, mq->call, &job);
	if (!r)
		r = write_runs(w, mq, id, runs);
	if (!r)
		r = jsonw_facets(w, mq->call, &job.entity, &all);
	if (!r)
		r = write_tail(w, mq->call, &job);
	jsonw_object_end(w);
	return r;
}
