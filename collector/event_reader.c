/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/event_reader.h"

#include "collector/event_note.h"
#include "collector/event_parent.h"
#include "collector/event_parts.h"

#include "base/clock.h"

#include <strings.h>

_Static_assert(EVENT_DEPTH_MAX == SCAN_DEPTH_MAX, "the scan keeps the promised depth");
_Static_assert(EVENT_VALUES_MAX == SCAN_VALUES_MAX, "the scan keeps the promised count");

/* An event that is being read. */
struct draft {
	struct ol_event event;
	int64_t received_us;
	bool has_time;

	/* Where these values begin; NULL when they are missing, or null. */
	const char *run;
	const char *job;
	const char *dataset;
	const char *note; /* passed over: others may have a member of that name */
};

/* An object of the event; *at tells where it began, or NULL for null. */
static int read_part(
	struct reader *reader, const struct member *members, void *out, const char **at)
{
	char first = scan_peek(&reader->scan);

	*at = first == 'n' ? NULL : reader->scan.p;
	return reader_object(reader, members, out);
}

static const struct member run_members[] = {
	MEMBER("runId", reader_text, struct ol_event, run_text),
	MEMBER("facets", reader_facets, struct ol_event, run_facets),
	MEMBERS_END,
};

static int read_run(struct reader *reader, void *out)
{
	struct draft *draft = out;
	struct ol_event *event = &draft->event;

	event->run_text = slice_of(NULL, 0);
	event->run_facets = (struct ol_facets){ .count = 0 };
	return read_part(reader, run_members, event, &draft->run);
}

static const struct member job_members[] = {
	MEMBER("namespace", reader_text, struct ol_job, namespace),
	MEMBER("name", reader_text, struct ol_job, name),
	MEMBER("facets", reader_facets, struct ol_job, facets),
	MEMBERS_END,
};

static int read_job(struct reader *reader, void *out)
{
	struct draft *draft = out;

	draft->event.job = (struct ol_job){ .name = { NULL, 0 } };
	return read_part(reader, job_members, &draft->event.job, &draft->job);
}

#define DATASET_MEMBERS                                                 \
	MEMBER("namespace", reader_text, struct ol_dataset, namespace), \
		MEMBER("name", reader_text, struct ol_dataset, name),   \
		MEMBER("facets", reader_facets, struct ol_dataset, facets)

static const struct member dataset_members[] = { DATASET_MEMBERS, MEMBERS_END };
static const struct member input_members[] = {
	DATASET_MEMBERS,
	MEMBER("inputFacets", reader_facets, struct ol_dataset, io_facets),
	MEMBERS_END,
};
static const struct member output_members[] = {
	DATASET_MEMBERS,
	MEMBER("outputFacets", reader_facets, struct ol_dataset, io_facets),
	MEMBERS_END,
};

static int read_dataset(struct reader *reader, void *out)
{
	struct draft *draft = out;
	struct ol_dataset *dataset = &draft->event.dataset;

	*dataset = (struct ol_dataset){ .name = { NULL, 0 } };
	return read_part(reader, dataset_members, dataset, &draft->dataset);
}

static int read_note(struct reader *reader, void *out)
{
	struct draft *draft = out;
	char first = scan_peek(&reader->scan);

	draft->note = first == 'n' ? NULL : reader->scan.p;
	return reader_skip(reader);
}

/* Reads one of inputs or outputs, or passes over what is no dataset. */
static int read_io_entry(
	struct reader *reader, const struct member *members, struct ol_datasets *datasets)
{
	struct ol_dataset dataset = { .name = { NULL, 0 } };
	void *list = datasets->list;
	const char *at;
	int r;

	(void)scan_peek(&reader->scan);
	at = reader->scan.p;
	r = reader_object(reader, members, &dataset);
	if (r)
		return r;
	if (!dataset.namespace.ptr || !dataset.name.ptr)
		return reader_warn(
			reader, at, NULL, "has no namespace or no name, and is ignored");
	if (!dataset.namespace.len || !dataset.name.len)
		r = reader_warn(reader, at, NULL, "has an empty namespace or name");
	if (!r)
		r = list_grow(reader->arena, &list, datasets->count, sizeof(dataset));
	if (r)
		return r;
	datasets->list = list;
	datasets->list[datasets->count++] = dataset;
	return 0;
}

static int read_io(
	struct reader *reader, const struct member *members, struct ol_datasets *datasets)
{
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	int r;

	*datasets = (struct ol_datasets){ .count = 0 };
	if (first != '[') {
		r = reader_skip(reader);
		if (r || first == 'n')
			return r;
		return reader_warn(
			reader, at, NULL, "is not an array of datasets, and ignored");
	}
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		r = read_io_entry(reader, members, datasets);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

static int read_inputs(struct reader *reader, void *out)
{
	return read_io(reader, input_members, out);
}

static int read_outputs(struct reader *reader, void *out)
{
	return read_io(reader, output_members, out);
}

static int read_type(struct reader *reader, void *out)
{
	enum event_type *type = out;
	struct slice text;
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	int r = reader_text(reader, &text);

	*type = TYPE_OTHER;
	if (r || first == 'n')
		return r;
	for (int i = TYPE_OTHER; i <= TYPE_ABORT; i++) {
		struct slice known = slice_from(event_type_text((enum event_type)i));

		if (text.len == known.len &&
			strncasecmp(text.ptr, known.ptr, known.len) == 0) {
			*type = (enum event_type)i;
			return 0;
		}
	}
	return reader_warn(reader, at, NULL, "is no known type, and taken as OTHER");
}

/* Why an instant cannot be when the event was; NULL when it can. */
static const char *time_refusal(struct slice text, int64_t received_us, int64_t *out)
{
	if (!text.ptr || time_parse(text, out))
		return "is not an instant; the time of receipt is taken";
	if (*out > received_us + EVENT_AHEAD_US)
		return "is more than a day ahead; the time of receipt is taken";
	return NULL;
}

static int read_time(struct reader *reader, void *out)
{
	struct draft *draft = out;
	struct slice text;
	const char *why;
	const char *at;
	int r;

	(void)scan_peek(&reader->scan);
	at = reader->scan.p;
	r = reader_text(reader, &text);
	if (r)
		return r;
	why = time_refusal(text, draft->received_us, &draft->event.time_us);
	draft->has_time = true;
	draft->event.time_guessed = why != NULL;
	if (!why)
		return 0;
	draft->event.time_us = draft->received_us;
	return reader_warn(reader, at, NULL, why);
}

/* Members whose reader needs the whole draft have the offset 0. */
static const struct member event_members[] = {
	MEMBER("eventType", read_type, struct draft, event.type),
	{ SLICE("eventTime"), read_time, 0 },
	{ SLICE("run"), read_run, 0 },
	{ SLICE("job"), read_job, 0 },
	MEMBER("inputs", read_inputs, struct draft, event.inputs),
	MEMBER("outputs", read_outputs, struct draft, event.outputs),
	{ SLICE("dataset"), read_dataset, 0 },
	{ SLICE("note"), read_note, 0 },
	MEMBER("producer", reader_optional_text, struct draft, event.producer),
	MEMBER("schemaURL", reader_optional_text, struct draft, event.schema_url),
	MEMBERS_END,
};

/* Refuses a part that is no object, like "job": "x". */
static int check_part(struct reader *reader, const char *at, const char *where)
{
	return *at == '{' ? 0 : reader_refuse(reader, at, where, "must be an object");
}

static int check_name(
	struct reader *reader, struct slice name, const char *at, const char *where)
{
	if (!name.ptr)
		return reader_refuse(reader, at, where, "is missing or not a string");
	if (!name.len)
		return reader_warn(reader, at, where, "is empty");
	return 0;
}

static int check_run(struct reader *reader, struct draft *draft)
{
	struct ol_event *event = &draft->event;
	int r = check_part(reader, draft->run, "/run");

	if (r)
		return r;
	if (!event->run_text.len)
		return reader_refuse(reader, draft->run, "/run/runId",
			"is missing, empty or not a string");
	event->run_derived = runid_from_text(event->run_text, &event->run) == 1;
	return event_parent_read(reader, event);
}

static int check_job(struct reader *reader, const struct draft *draft)
{
	const struct ol_job *job = &draft->event.job;
	int r = check_part(reader, draft->job, "/job");

	if (!r)
		r = check_name(reader, job->namespace, draft->job, "/job/namespace");
	if (!r)
		r = check_name(reader, job->name, draft->job, "/job/name");
	if (!r && !draft->run && draft->dataset)
		r = reader_warn(reader, draft->dataset, "/dataset",
			"stands beside a job, and is ignored");
	return r;
}

static int check_dataset(struct reader *reader, const struct draft *draft)
{
	const struct ol_event *event = &draft->event;
	const struct ol_dataset *dataset = &event->dataset;
	const char *at = draft->dataset;
	int r = check_part(reader, at, "/dataset");

	if (!r)
		r = check_name(reader, dataset->namespace, at, "/dataset/namespace");
	if (!r)
		r = check_name(reader, dataset->name, at, "/dataset/name");
	if (!r && (event->inputs.count || event->outputs.count))
		r = reader_warn(reader, NULL, "",
			"inputs and outputs of an event without a job are ignored");
	return r;
}

/* What only jobs have. */
static void forget_job(struct ol_event *event)
{
	event->run_text = slice_of(NULL, 0);
	event->run_facets = (struct ol_facets){ .count = 0 };
	event->inputs = (struct ol_datasets){ .count = 0 };
	event->outputs = (struct ol_datasets){ .count = 0 };
}

/*
 * The kind is decided by shape, never by schemaURL; what does not belong to
 * the kind is forgotten.
 */
static int check_event(struct reader *reader, struct draft *draft)
{
	struct ol_event *event = &draft->event;

	if (draft->job) {
		int r = draft->run ? check_run(reader, draft) : 0;

		event->kind = draft->run ? EVENT_RUN : EVENT_JOB;
		event->dataset = (struct ol_dataset){ .name = { NULL, 0 } };
		return r ? r : check_job(reader, draft);
	}
	if (draft->dataset) {
		int r = check_dataset(reader, draft);

		event->kind = EVENT_DATASET;
		forget_job(event);
		return r;
	}
	if (draft->note && !draft->run) {
		event->kind = EVENT_NOTE;
		forget_job(event);
		return event_note_read(reader, draft->note, event);
	}
	return reader_refuse(
		reader, NULL, "", "an event has a run and a job, a job, or a dataset");
}

static int read_event(struct reader *reader, struct draft *draft)
{
	int r;

	if (scan_peek(&reader->scan) != '{')
		return reader_refuse(
			reader, reader->scan.p, "", "an event must be a JSON object");
	r = reader_members(reader, event_members, draft);
	if (r)
		return r;
	if (scan_finish(&reader->scan))
		return reader_refuse_text(reader);
	if (!draft->has_time)
		r = reader_warn(reader, NULL, "/eventTime",
			"is missing; the time of receipt is taken");
	return r ? r : check_event(reader, draft);
}

int event_read(struct slice text, int64_t received_us, struct arena *arena,
	struct ol_event *out, struct fault *fault)
{
	struct draft draft = {
		.event = { .time_us = received_us, .time_guessed = true, .raw = text },
		.received_us = received_us,
	};
	struct ol_event *event = &draft.event;
	struct reader reader;
	int r;

	reader_init(&reader, text, arena, fault);
	r = read_event(&reader, &draft);
	if (r)
		return r;
	event->warnings = reader.warnings;
	event->warning = reader.warning;
	event->raw_hash = hash64(text);
	event->lineage_hash = ol_event_lineage_hash(event);
	*out = *event;
	return 0;
}
