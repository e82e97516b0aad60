/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What kind of job or dataset it is (JobTypeJobFacet 2-0-4,
 * DatasetTypeDatasetFacet 1-0-1), and which jobs a run waits for
 * (JobDependenciesRunFacet 1-0-1).
 */
#include "collector/facet_parts.h"

struct job_type {
	struct slice processing;
	struct slice integration;
	struct slice content_mode;
};

static const struct member pattern_members[] = {
	MEMBER("eventContentMode", reader_text, struct job_type, content_mode),
	MEMBERS_END,
};

static int read_pattern(struct reader *reader, void *out)
{
	struct job_type *type = out;

	type->content_mode = slice_of(NULL, 0);
	return reader_object(reader, pattern_members, type);
}

static const struct member job_type_members[] = {
	MEMBER("processingType", reader_text, struct job_type, processing),
	MEMBER("integration", reader_text, struct job_type, integration),
	{ SLICE("emissionPattern"), read_pattern, 0 },
	MEMBERS_END,
};

int facet_read_job_type(struct slice bytes, struct arena *arena, struct ol_job_type *out,
	struct fault *fault)
{
	struct job_type type = { .processing = { NULL, 0 } };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, job_type_members, &type);
	if (!r && !type.processing.ptr)
		r = facet_refuse_missing(fault, "/processingType");
	if (!r && !type.integration.ptr)
		r = facet_refuse_missing(fault, "/integration");
	if (r)
		return r;
	out->snapshot = slice_equal(type.content_mode, SLICE("COMPLETE_SNAPSHOT"));
	out->processing = type.processing;
	return 0;
}

struct dataset_type {
	struct slice type;
	struct slice subtype;
};

static const struct member dataset_type_members[] = {
	MEMBER("datasetType", reader_text, struct dataset_type, type),
	MEMBER("subType", reader_text, struct dataset_type, subtype),
	MEMBERS_END,
};

int facet_read_temporary(
	struct slice bytes, struct arena *arena, bool *out, struct fault *fault)
{
	struct dataset_type type = { .type = { NULL, 0 } };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, dataset_type_members, &type);
	if (!r && !type.type.ptr)
		r = facet_refuse_missing(fault, "/datasetType");
	if (r)
		return r;
	*out = slice_equal_nocase(type.subtype, "TEMPORARY");
	return 0;
}

static const struct member job_members[] = {
	MEMBER("namespace", reader_text, struct ol_dependency, namespace),
	MEMBER("name", reader_text, struct ol_dependency, name),
	MEMBERS_END,
};

static int read_job(struct reader *reader, void *out)
{
	struct ol_dependency *dependency = out;

	*dependency = (struct ol_dependency){ .upstream = false };
	return reader_object(reader, job_members, dependency);
}

static const struct member dependency_members[] = {
	{ SLICE("job"), read_job, 0 },
	MEMBERS_END,
};

static bool dependency_is_whole(const void *entry)
{
	const struct ol_dependency *dependency = entry;

	return dependency->namespace.ptr && dependency->name.ptr;
}

static int read_dependency_list(struct reader *reader, void *out)
{
	static const struct facet_entry dependency = { dependency_members,
		sizeof(struct ol_dependency), dependency_is_whole };
	struct facet_list *list = out;

	if (scan_peek(&reader->scan) != 'n')
		return facet_list_read(reader, &dependency, list);
	*list = (struct facet_list){ .count = 0 };
	return reader_skip(reader);
}

struct dependencies {
	struct facet_list upstream;
	struct facet_list downstream;
};

static const struct member dependencies_members[] = {
	MEMBER("upstream", read_dependency_list, struct dependencies, upstream),
	MEMBER("downstream", read_dependency_list, struct dependencies, downstream),
	MEMBERS_END,
};

static void append(
	struct ol_dependencies *all, const struct facet_list *side, bool upstream)
{
	const struct ol_dependency *list = side->list;

	for (size_t i = 0; i < side->count; i++) {
		all->list[all->count] = list[i];
		all->list[all->count++].upstream = upstream;
	}
	all->skipped += side->skipped;
}

int facet_read_dependencies(struct slice bytes, struct arena *arena,
	struct ol_dependencies *out, struct fault *fault)
{
	struct dependencies sides = { .upstream = { .count = 0 } };
	struct ol_dependencies all = { .count = 0 };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, dependencies_members, &sides);
	if (r)
		return r;
	all.list = arena_array(
		arena, sides.upstream.count + sides.downstream.count, sizeof(*all.list));
	if (!all.list)
		return ERR_NOMEM;
	append(&all, &sides.upstream, true);
	append(&all, &sides.downstream, false);
	*out = all;
	return 0;
}
