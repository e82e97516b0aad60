/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_facets.c - any bytes as a facet
 *
 * The first byte picks the call.  What is accepted is a JSON object; names
 * consist of bytes of the text or of the arena, places are in range, each end
 * is one of a flow, each flow has classes and none that only the graph gives;
 * and reading it again gives the same.
 */
#include "collector/facet_reader.h"
#include "collector/json_scan.h"

#include "base/arena.h"
#include "graph/planned.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARENA_CHUNK 4096
#define ARENA_MAX   (1 << 26)
#define PAIRS_MAX   64 /* flows among which a pair is looked for twice */

static void require(bool what)
{
	if (!what)
		abort();
}

/* A hash of what was read; the sanitizer objects when bytes are not ours. */
struct digest {
	uint64_t hash;
};

static void add_number(struct digest *digest, uint64_t number)
{
	digest->hash = hash64_seeded(slice_of(&number, sizeof(number)), digest->hash);
}

static void add_text(struct digest *digest, struct slice text)
{
	require(text.ptr || !text.len);
	add_number(digest, text.ptr ? text.len : UINT64_MAX);
	digest->hash = hash64_seeded(text, digest->hash);
}

static void add_end(struct digest *digest, const struct ol_end *end)
{
	require(end->kind >= NODE_DATASET && end->kind <= NODE_FIELD);
	require(!end->own || (!end->namespace.len && !end->name.len));
	require(end->own || (end->namespace.ptr && end->name.ptr));
	require((end->kind == NODE_FIELD) == (end->field.ptr != NULL));
	add_number(digest, (uint64_t)end->kind * 2 + end->own);
	add_text(digest, end->namespace);
	add_text(digest, end->name);
	add_text(digest, end->field);
}

static void check_flow(const struct ol_flows *flows, size_t place, bool *used)
{
	const struct ol_flow *flow = &flows->list[place];

	require(flow->source < flows->end_count && flow->target < flows->end_count);
	require(flow->classes & ~(uint32_t)CLASS_UNMASKED);
	require(flow->classes < CLASS_FORM_COLUMNS);
	used[flow->source] = true;
	used[flow->target] = true;
}

static void check_flows(const struct ol_flows *flows)
{
	bool *used = calloc(flows->end_count + 1, sizeof(*used));

	require(used != NULL);
	for (size_t i = 0; i < flows->count; i++)
		check_flow(flows, i, used);
	/* A column is named, also when nothing flows into it alone. */
	for (size_t i = 0; i < flows->end_count; i++)
		require(used[i] || flows->ends[i].kind == NODE_FIELD);
	free(used);
}

/* Column lineage tells each pair once, and keeps nothing back that is common. */
static void check_pairs(const struct ol_flows *flows)
{
	if (flows->count > PAIRS_MAX)
		return;
	for (size_t i = 0; i < flows->count; i++)
		for (size_t k = i + 1; k < flows->count; k++)
			require(flows->list[i].source != flows->list[k].source ||
				flows->list[i].target != flows->list[k].target);
}

static void add_flows(struct digest *digest, const struct ol_flows *flows)
{
	check_flows(flows);
	for (size_t i = 0; i < flows->end_count; i++)
		add_end(digest, &flows->ends[i]);
	for (size_t i = 0; i < flows->count; i++) {
		add_number(digest, flows->list[i].source);
		add_number(digest, flows->list[i].target);
		add_number(digest, flows->list[i].classes);
	}
	add_number(digest, flows->skipped);
}

static int read_columns(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_flows flows;
	int r = facet_reader_json.columns(text, arena, &flows, fault);

	if (r)
		return r;
	check_pairs(&flows);
	add_flows(digest, &flows);
	return 0;
}

static int read_job_lineage(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_flows flows;
	int r = facet_reader_json.job_lineage(text, arena, &flows, fault);

	if (!r)
		add_flows(digest, &flows);
	return r;
}

static int read_dataset_lineage(struct slice text, struct arena *arena,
	struct digest *digest, struct fault *fault)
{
	struct ol_flows flows;
	int r = facet_reader_json.dataset_lineage(text, arena, &flows, fault);

	if (!r)
		add_flows(digest, &flows);
	return r;
}

static int read_symlinks(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_symlinks symlinks;
	int r = facet_reader_json.symlinks(text, arena, &symlinks, fault);

	for (size_t i = 0; !r && i < symlinks.count; i++) {
		require(symlinks.list[i].namespace.ptr && symlinks.list[i].name.ptr);
		add_text(digest, symlinks.list[i].namespace);
		add_text(digest, symlinks.list[i].name);
	}
	return r;
}

static int read_lifecycle(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_lifecycle lifecycle;
	int r = facet_reader_json.lifecycle(text, arena, &lifecycle, fault);

	if (r)
		return r;
	require(lifecycle.state <= LIFECYCLE_TRUNCATE);
	require(!lifecycle.has_previous || lifecycle.state == LIFECYCLE_RENAME);
	add_number(digest, lifecycle.state);
	add_text(digest, lifecycle.previous.namespace);
	add_text(digest, lifecycle.previous.name);
	return 0;
}

static void add_labels(struct digest *digest, const struct ol_labels *labels)
{
	for (size_t i = 0; i < labels->count; i++) {
		require(labels->list[i].name.ptr != NULL);
		add_text(digest, labels->list[i].name);
		add_text(digest, labels->list[i].value);
		add_text(digest, labels->list[i].field);
	}
	add_number(digest, labels->skipped);
}

static int read_owners(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_labels labels;
	int r = facet_reader_json.owners(text, arena, &labels, fault);

	if (!r)
		add_labels(digest, &labels);
	return r;
}

static int read_tags(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_labels labels;
	int r = facet_reader_json.tags(text, arena, &labels, fault);

	if (!r)
		add_labels(digest, &labels);
	return r;
}

static int read_schema(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_schema schema;
	int r = facet_reader_json.schema(text, arena, &schema, fault);

	for (size_t i = 0; !r && i < schema.count; i++) {
		const struct ol_column *column = &schema.list[i];

		require(column->path.ptr && column->path.len >= column->depth);
		require(column->depth == 0 ||
			(i > 0 && column->depth <= schema.list[i - 1].depth + 1));
		add_text(digest, column->path);
		add_text(digest, column->type);
		add_text(digest, column->description);
		add_number(digest, column->nullable);
	}
	return r;
}

static int read_job_type(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_job_type type;
	int r = facet_reader_json.job_type(text, arena, &type, fault);

	if (r)
		return r;
	add_number(digest, type.snapshot);
	add_text(digest, type.processing);
	return 0;
}

static int read_temporary(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	bool temporary;
	int r = facet_reader_json.temporary(text, arena, &temporary, fault);

	if (!r)
		add_number(digest, temporary);
	return r;
}

static int read_dependencies(struct slice text, struct arena *arena,
	struct digest *digest, struct fault *fault)
{
	struct ol_dependencies dependencies;
	int r = facet_reader_json.dependencies(text, arena, &dependencies, fault);

	for (size_t i = 0; !r && i < dependencies.count; i++) {
		add_text(digest, dependencies.list[i].namespace);
		add_text(digest, dependencies.list[i].name);
		add_number(digest, dependencies.list[i].upstream);
	}
	return r;
}

/* Columns of the dataset itself, each once, that the event's job reads. */
static int read_checks(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_flows flows;
	int r = facet_reader_json.checks(text, arena, &flows, fault);

	if (r)
		return r;
	for (size_t i = 0; i < flows.count; i++) {
		const struct ol_flow *flow = &flows.list[i];

		require(flow->classes == (CLASS_CONDITIONAL | CLASS_UNMASKED));
		require(flows.ends[flow->source].kind == NODE_FIELD);
		require(flows.ends[flow->source].own);
		require(flows.ends[flow->target].kind == NODE_JOB);
		require(flows.ends[flow->target].own);
	}
	check_pairs(&flows);
	add_flows(digest, &flows);
	return 0;
}

/* Each operation has what it needs. */
static int read_planned(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault)
{
	struct ol_planned planned;
	int r = facet_reader_json.planned(text, arena, &planned, fault);

	if (r)
		return r;
	for (size_t i = 0; i < planned.count; i++) {
		const struct ol_operation *told = &planned.list[i];
		enum impact_op op;

		require(planned_op_of(told, &op) == 0);
		require(slice_equal(told->op, slice_from(impact_op_text(op))));
		add_text(digest, told->op);
		add_text(digest, told->column);
		add_text(digest, told->to);
		add_text(digest, told->type);
	}
	add_number(digest, (uint64_t)planned.registered_us);
	add_number(digest, (uint64_t)planned.due_us);
	add_text(digest, planned.note);
	add_text(digest, planned.contact);
	return 0;
}

typedef int read_call(struct slice text, struct arena *arena, struct digest *digest,
	struct fault *fault);
static read_call *const calls[] = { read_columns, read_job_lineage, read_dataset_lineage,
	read_symlinks, read_lifecycle, read_owners, read_tags, read_schema, read_job_type,
	read_temporary, read_dependencies, read_checks, read_planned };

static int read_once(read_call *call, struct slice text, struct digest *digest)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_CHUNK, ARENA_MAX);
	struct fault fault = { .has_offset = false };
	int r;

	require(arena != NULL);
	r = call(text, arena, digest, &fault);
	require(r == 0 || r == ERR_INVALID || r == ERR_TOO_LARGE || r == ERR_NOMEM);
	if (r == ERR_INVALID)
		require(fault.offset <= text.len && fault.why[0] != '\0');
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct digest digest = { 0 };
	struct digest again = { 0 };
	read_call *call;
	struct slice text;
	struct scan scan;
	int r;

	if (!size)
		return 0;
	call = calls[data[0] % ARRAY_LEN(calls)];
	text = slice_of(data + 1, size - 1);
	r = read_once(call, text, &digest);
	if (r == 0)
		require(scan_text(&scan, text) == 0);
	require(read_once(call, text, &again) == r);
	require(digest.hash == again.hash);
	return 0;
}
