/* SPDX-License-Identifier: Apache-2.0 */

/*
 * LineageFacet 1-0-0: LineageJobFacet, whose entries are targets with their
 * sources, and LineageDatasetFacet, whose target is the dataset that has it.
 */
#include "collector/facet_parts.h"
#include "collector/facet_target.h"

static struct ol_end named(enum node_kind kind, const struct facet_source *source)
{
	return (struct ol_end){
		.kind = kind,
		.namespace = source->namespace,
		.name = source->name,
	};
}

static bool dataset_end(const struct facet_source *source, struct ol_end *out)
{
	*out = named(NODE_DATASET, source);
	if (source->field.ptr) {
		out->kind = NODE_FIELD;
		out->field = source->field;
	}
	return out->namespace.ptr && out->name.ptr;
}

static bool job_end(const struct facet_source *source, struct ol_end *out)
{
	*out = named(NODE_JOB, source);
	return out->namespace.ptr && out->name.ptr;
}

/* In a facet of a dataset: there is no job whose name could be left out. */
static bool end_of_dataset(const struct facet_source *source, struct ol_end *out)
{
	if (slice_equal(source->type, SLICE("DATASET")))
		return dataset_end(source, out);
	return slice_equal(source->type, SLICE("JOB")) && job_end(source, out);
}

/* In a facet of a job: one without a name is that job. */
static bool end_of_job(const struct facet_source *source, struct ol_end *out)
{
	bool nameless = !source->namespace.ptr && !source->name.ptr;

	if (nameless && slice_equal(source->type, SLICE("JOB"))) {
		*out = (struct ol_end){ .kind = NODE_JOB, .own = true };
		return true;
	}
	return end_of_dataset(source, out);
}

static const struct member column_members[] = {
	{ SLICE("inputs"), facet_sources, 0 },
	MEMBERS_END,
};

static int read_columns(struct reader *reader, void *out)
{
	struct facet_target columns = *(const struct facet_target *)out;

	/* Only what this object says twice is in the place of what it said. */
	columns.since = columns.flows->group_count;
	return facet_target_columns(reader, &columns, column_members);
}

/* An entry; its names may come behind its lists, so these are read later. */
struct entry {
	struct facet_source names;
	const char *inputs; /* NULL: missing, or null */
	const char *fields;
};

static int read_place(struct reader *reader, void *out)
{
	const char **at = out;
	char first = scan_peek(&reader->scan);

	*at = first == 'n' ? NULL : reader->scan.p;
	return reader_skip(reader);
}

static const struct member entry_members[] = {
	MEMBER("type", reader_text, struct entry, names.type),
	MEMBER("namespace", reader_text, struct entry, names.namespace),
	MEMBER("name", reader_text, struct entry, names.name),
	MEMBER("inputs", read_place, struct entry, inputs),
	MEMBER("fields", read_place, struct entry, fields),
	MEMBERS_END,
};

static bool entry_is_whole(const struct entry *entry, struct ol_end *out)
{
	if (!end_of_job(&entry->names, out) || (entry->inputs && *entry->inputs != '['))
		return false;
	return out->kind == NODE_JOB || !entry->fields || *entry->fields == '{';
}

static int read_lists(
	struct reader *reader, const struct entry *entry, struct facet_target *target)
{
	bool is_job = target->flows->ends[target->end].end.kind == NODE_JOB;
	int r = 0;

	if (entry->inputs)
		r = reader_again(reader, entry->inputs, facet_target_sources, target);
	if (!r && entry->fields && !is_job)
		r = reader_again(reader, entry->fields, read_columns, target);
	return r;
}

static int read_entry(struct reader *reader, struct flows *flows)
{
	struct facet_target target = {
		.flows = flows,
		.end_of = end_of_job,
		.since = flows->group_count,
		.classes = CLASS_UNKNOWN | CLASS_UNMASKED,
	};
	struct entry entry = { .inputs = NULL };
	struct ol_end end;
	int r = reader_object(reader, entry_members, &entry);

	if (r)
		return r;
	if (!entry_is_whole(&entry, &end)) {
		flows->skipped++;
		return 0;
	}
	r = flows_end(flows, &end, &target.end);
	return r ? r : read_lists(reader, &entry, &target);
}

struct job_lineage {
	struct flows flows;
	bool told; /* it has entries */
};

static int read_entries(struct reader *reader, void *out)
{
	struct job_lineage *lineage = out;
	int r = facet_expect(reader, '[');

	if (r)
		return r;
	flows_forget_all(&lineage->flows, false);
	lineage->told = true;
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		r = read_entry(reader, &lineage->flows);
		if (r)
			return r;
		arena_reset(reader->arena);
	}
	return r < 0 ? r : 0;
}

static const struct member job_members[] = {
	{ SLICE("entries"), read_entries, 0 },
	MEMBERS_END,
};

int facet_read_job_lineage(struct slice bytes, struct arena *arena, struct ol_flows *out,
	struct fault *fault)
{
	struct job_lineage lineage = { .flows = { .arena = arena, .text = bytes } };
	int r = facet_flows_read(&lineage.flows, job_members, &lineage, fault);

	if (!r && !lineage.told)
		r = facet_refuse_missing(fault, "/entries");
	return r ? r : flows_finish(&lineage.flows, out);
}

static int read_inputs(struct reader *reader, void *out)
{
	int r = facet_expect(reader, '[');

	return r ? r : facet_target_sources(reader, out);
}

static int read_fields(struct reader *reader, void *out)
{
	struct facet_target *target = out;
	int r = facet_expect(reader, '{');

	if (r)
		return r;
	flows_forget_all(target->flows, true);
	return read_columns(reader, target);
}

static const struct member dataset_members[] = {
	{ SLICE("inputs"), read_inputs, 0 },
	{ SLICE("fields"), read_fields, 0 },
	MEMBERS_END,
};

int facet_read_dataset_lineage(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault)
{
	const struct ol_end own = { .kind = NODE_DATASET, .own = true };
	struct flows flows = { .arena = arena, .text = bytes };
	struct facet_target target = {
		.flows = &flows,
		.end_of = end_of_dataset,
		.classes = CLASS_UNKNOWN | CLASS_UNMASKED,
	};
	int r = flows_end(&flows, &own, &target.end);

	if (!r)
		r = facet_flows_read(&flows, dataset_members, &target, fault);
	return r ? r : flows_finish(&flows, out);
}
