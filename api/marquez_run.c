/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_run.c - a run as Marquez writes it
 */
#include "api/marquez_run.h"

#include "api/call.h"
#include "api/jsonscan.h"
#include "api/marquez_parts.h"
#include "api/nodeout.h"
#include "api/runout.h"

#define US_A_MS	    1000
#define ZONED_MAX   (TIME_TEXT_MAX + 8)
#define MINUTES_AT  16 /* behind "2020-02-22T22:00" */
#define SECONDS_AT  19
#define FRACTION_AT 20

static const struct run_facet *find_facet(
	const struct run_facets *facets, enum run_part part, const char *name)
{
	size_t count;
	const struct run_facet *list = run_facets_of(facets, part, NULL, &count);

	for (size_t i = 0; i < count; i++) {
		if (!list[i].deleted && slice_equal(list[i].name, slice_from(name)))
			return &list[i];
	}
	return NULL;
}

void mq_run_facet_list(
	struct jsonw *w, const char *name, const struct run_facet *list, size_t count)
{
	jsonw_key(w, name);
	jsonw_object(w);
	for (size_t i = 0; i < count; i++) {
		if (list[i].deleted)
			continue;
		jsonw_key_slice(w, list[i].name);
		jsonw_stored(w, list[i].bytes);
	}
	jsonw_object_end(w);
}

const char *mq_run_state(const struct run *run)
{
	switch (run->event_total ? run->state : TYPE_OTHER) {
	case TYPE_COMPLETE:
		return "COMPLETED";
	case TYPE_FAIL:
		return "FAILED";
	case TYPE_ABORT:
		return "ABORTED";
	case TYPE_OTHER: /* somebody told of it, and it has not begun */
		return "NEW";
	case TYPE_START:
	case TYPE_RUNNING:
		break;
	}
	return "RUNNING";
}

/* When it was to run; INT64_MAX where that was not told. */
struct nominal {
	int64_t start_us;
	int64_t end_us;
};

static int64_t nominal_time(struct slice text)
{
	int64_t us;

	return text.ptr && !time_parse(text, &us) ? us : INT64_MAX;
}

static int read_nominal(
	struct call *call, const struct run_facets *facets, struct nominal *out)
{
	struct mq_texts texts = { { "nominalStartTime", "nominalEndTime" }, { { 0 } } };
	const struct run_facet *facet = find_facet(facets, PART_RUN, "nominalTime");
	int r = facet ? mq_json_texts(call, facet->bytes, &texts) : 0;

	*out = (struct nominal){ nominal_time(texts.texts[0]),
		nominal_time(texts.texts[1]) };
	return r;
}

/* As Java's ZonedDateTime has it: "2020-02-22T22:00Z[UTC]". */
static void write_zoned(struct jsonw *w, const char *name, int64_t us)
{
	static const char zone[] = "Z[UTC]";
	char text[ZONED_MAX];
	size_t n = SECONDS_AT;

	if (us == INT64_MAX)
		return;
	(void)time_format(us, text);
	if (memcmp(text + FRACTION_AT, "000000", 6) != 0)
		n = memcmp(text + FRACTION_AT + 3, "000", 3) == 0 ? FRACTION_AT + 3
								  : FRACTION_AT + 6;
	else if (memcmp(text + MINUTES_AT, ":00", 3) == 0)
		n = MINUTES_AT;
	memcpy(text + n, zone, sizeof(zone) - 1);
	jsonw_key(w, name);
	jsonw_string(w, slice_of(text, n + sizeof(zone) - 1));
}

/* What whoever made the run told as its args: stored JSON, with names as they are. */
static void write_told_args(struct jsonw *w, const struct run_facets *facets)
{
	const struct run_facet *facet = find_facet(facets, PART_RUN, MQ_ARGS_FACET);
	struct jsonscan scan;
	struct slice args;
	struct slice name;
	struct slice value;

	if (!facet || !jsonscan_member(facet->bytes, SLICE("args"), &args))
		return;
	jsonscan_init(&scan, args);
	while (jsonscan_next(&scan, &name, &value)) {
		if (value.len < 2 || value.ptr[0] != '"')
			continue;
		jsonw_key_plain(w, name);
		jsonw_stored(w, value);
	}
}

static int write_args(struct jsonw *w, struct call *call, const struct run *run,
	const struct run_facets *facets, const struct nominal *nominal)
{
	struct entity parent;
	int r = 0;

	jsonw_key(w, "args");
	jsonw_object(w);
	write_told_args(w, facets);
	write_zoned(w, "nominal_start_time", nominal->start_us);
	write_zoned(w, "nominal_end_time", nominal->end_us);
	if (run->parent.job) {
		r = node_get(call, run->parent.job, &parent);
		mq_uuid(w, "run_id", &run->parent.run);
	}
	if (run->parent.job && !r) {
		jsonw_text_or_null(w, "name", parent.key.name);
		jsonw_text_or_null(w, "namespace", parent.key.namespace);
	}
	jsonw_object_end(w);
	return r;
}

static void write_times(
	struct jsonw *w, const struct run *run, const struct nominal *nominal)
{
	bool own = run->event_total > 0;
	bool begun = own && run->state != TYPE_OTHER;
	int64_t start_us = run_start_us(run);

	mq_time(w, "createdAt", own ? run->first_us : run->child_us);
	mq_time(w, "updatedAt", own ? run->last_us : run->child_us);
	mq_time_or_null(w, "nominalStartTime", nominal->start_us);
	mq_time_or_null(w, "nominalEndTime", nominal->end_us);
	jsonw_key(w, "state");
	jsonw_text(w, mq_run_state(run));
	mq_time_or_null(w, "startedAt", begun ? start_us : INT64_MAX);
	mq_time_or_null(w, "endedAt", run->end_us);
	jsonw_key(w, "durationMs");
	if (!own || run->end_us == INT64_MAX)
		jsonw_null(w);
	else
		jsonw_uint(w, run->end_us > start_us
				      ? (uint64_t)(run->end_us - start_us) / US_A_MS
				      : 0);
}

/* The member "jobVersion": of what this run read and wrote. */
static int write_job_version(
	struct jsonw *w, struct call *call, const struct run *run, const struct mq_io *io)
{
	struct mq_job_name name;
	struct runid version;
	int r;

	jsonw_key(w, "jobVersion");
	if (!io->input_count && !io->output_count) {
		jsonw_null(w);
		return 0;
	}
	r = mq_job_name(call, run->job, &name);
	if (!r)
		r = mq_job_version_id(call, run->job, io, &version);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_text_or_null(w, "namespace", name.namespace);
	jsonw_text_or_null(w, "name", name.name);
	mq_uuid(w, "version", &version);
	jsonw_object_end(w);
	return 0;
}

/* One of the datasets that a run read or wrote, as it was then. */
static int write_dataset_version(struct jsonw *w, struct mq *mq, const struct run *run,
	const struct run_facets *facets, enum run_part part, node_id dataset)
{
	struct mq_dataset_versions versions;
	const struct run_facet *list;
	struct entity entity;
	size_t count;
	int r = mq_dataset_versions(mq, dataset, &versions);

	if (!r)
		r = node_get(mq->call, dataset, &entity);
	if (r)
		return r;
	list = run_facets_of(facets, part, &entity.key, &count);
	jsonw_object(w);
	jsonw_key(w, "datasetVersionId");
	jsonw_object(w);
	jsonw_text_or_null(w, "namespace", entity.key.namespace);
	jsonw_text_or_null(w, "name", entity.key.name);
	mq_uuid(w, "version", &mq_version_at(&versions, run->last_us)->id);
	jsonw_object_end(w);
	mq_run_facet_list(w, "facets", list, count);
	jsonw_object_end(w);
	return 0;
}

static int write_io(struct jsonw *w, struct mq *mq, const struct run *run,
	const struct run_facets *facets, const struct mq_io *io)
{
	int r = 0;

	jsonw_key(w, "inputDatasetVersions");
	jsonw_array(w);
	for (size_t i = 0; i < io->input_count && !r; i++)
		r = write_dataset_version(w, mq, run, facets, PART_INPUT, io->inputs[i]);
	jsonw_array_end(w);
	jsonw_key(w, "outputDatasetVersions");
	jsonw_array(w);
	for (size_t i = 0; i < io->output_count && !r; i++)
		r = write_dataset_version(
			w, mq, run, facets, PART_OUTPUT, io->outputs[i]);
	jsonw_array_end(w);
	return r;
}

int mq_run(struct jsonw *w, struct mq *mq, const struct run *run, enum mq_detail detail)
{
	static const struct mq_io none = { 0 };
	struct run_facets facets = { .count = 0 };
	struct nominal nominal = { INT64_MAX, INT64_MAX };
	const struct run_facet *list;
	struct mq_io io = { 0 };
	size_t count;
	int r = 0;

	if (detail == MQ_FULL) {
		r = run_facets_read(mq->call, run, &facets);
		if (!r)
			r = read_nominal(mq->call, &facets, &nominal);
		if (!r)
			r = mq_set_io(mq->call, run->io, &io);
	}
	if (r)
		return r;
	jsonw_object(w);
	mq_uuid(w, "id", &run->id);
	write_times(w, run, &nominal);
	r = write_args(w, mq->call, run, &facets, &nominal);
	if (!r)
		r = write_job_version(w, mq->call, run, &io);
	if (!r)
		r = write_io(w, mq, run, &facets, detail == MQ_FULL ? &io : &none);
	list = run_facets_of(&facets, PART_RUN, NULL, &count);
	mq_run_facet_list(w, "facets", list, count);
	jsonw_object_end(w);
	return r;
}

int mq_next_run(struct call *call, node_id job, struct run_position *at, struct run *out)
{
	for (;;) {
		int r = run_index_next(
			call->snapshot->txn, job, EVIDENCE_OBSERVED, RUN_OLDER, at, at);

		if (!r)
			r = run_at(call, at, out);
		if (r || !run_is_snapshot_row(out, at))
			return r;
	}
}

int mq_latest_run(struct call *call, node_id job, struct run *out)
{
	struct run_position at = run_position_last;

	return mq_next_run(call, job, &at, out);
}
