/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_fixture.h - facets that are read, for tests, in one word each
 *
 *	columnLineage, lineage	a.x>*.y:IDENTITY+MASKED;a>*:JOIN;#K>b
 *	symlinks		a;other@b
 *	lifecycleStateChange	DROP, CREATE, RENAME:old
 *	ownership		me;you
 *	tags			pii;level:3;x.pii (of the column x)
 *	schema			x:int;y;y.z;u:int*;v:int? (NOT NULL; NULL)
 *	headwater_change_ID	drop_column:x;rename_column:x:y;alter_type:x:int;@5;<9
 *				(registered at 5, due at 9)
 *	jobType			BATCH, BATCH:snapshot
 *	datasetType		TEMPORARY, or any other word
 *	jobDependencies		<K;>L (K is upstream)
 *	dataQualityAssertions	x;y (columns)
 *
 * A dataset is NAME or NAMESPACE@NAME, the namespace is "n" otherwise; with
 * .FIELD it is a field, and with a # before it a job.  * is the one that carries
 * the facet.  A flow without classes is UNKNOWN, and unmasked but for the word MASKED.
 *"?" is a malformed facet, and an entry "~" one that is left out.
 */
#pragma once

#include "graph/facets.h"
#include "tests/unit/event_text.h"

static inline struct slice facet_text_namespace(struct slice *name)
{
	return text_count(*name, '@') ? text_cut(name, '@') : SLICE("n");
}

/* Behind the first stop, or none (ptr NULL). */
static inline struct slice facet_text_rest(struct slice *text, char stop)
{
	bool has = text_count(*text, stop) > 0;
	struct slice part = text_cut(text, stop);
	struct slice rest = has ? *text : (struct slice){ 0 };

	*text = part;
	return rest;
}

/* The entries of a facet as an array of so many bytes each, zeroed. */
static inline int facet_text_list(struct slice bytes, struct arena *arena,
	size_t entry_bytes, void **out, struct fault *fault)
{
	if (slice_equal(bytes, SLICE("?")))
		return fault_set(fault, "", "is malformed");
	*out = arena_array(arena, text_count(bytes, ';') + 1, entry_bytes);
	return *out ? 0 : ERR_NOMEM;
}

/* The next entry; false when there is none. */
static inline bool facet_text_next(
	struct slice *bytes, struct slice *entry, uint32_t *skipped)
{
	while (bytes->len) {
		*entry = text_cut(bytes, ';');
		if (!slice_equal(*entry, SLICE("~")))
			return true;
		++*skipped;
	}
	return false;
}

static inline uint32_t facet_text_classes(struct slice text)
{
	uint32_t unmasked = CLASS_UNMASKED;
	uint32_t classes = 0;

	while (text.len) {
		struct slice word = text_cut(&text, '+');

		if (slice_equal(word, SLICE("MASKED")))
			unmasked = 0;

		for (unsigned bit = 0; flow_class_text(bit); bit++)
			if (slice_equal(word, slice_from(flow_class_text(bit))))
				classes |= UINT32_C(1) << bit;
	}
	return unmasked | (classes ? classes : CLASS_UNKNOWN);
}

static inline struct ol_end facet_text_end(struct slice text, enum node_kind own)
{
	struct ol_end end = { .kind = NODE_DATASET };

	if (text.len && text.ptr[0] == '#') {
		end.kind = NODE_JOB;
		text = slice_of(text.ptr + 1, text.len - 1);
	} else if (text_count(text, '.')) {
		end.kind = NODE_FIELD;
		end.field = facet_text_rest(&text, '.');
	}
	end.own = slice_equal(text, SLICE("*"));
	if (end.own && end.kind != NODE_FIELD)
		end.kind = own;
	if (end.own)
		return end;
	end.namespace = facet_text_namespace(&text);
	end.name = text;
	return end;
}

static inline int facet_text_flows(struct slice bytes, enum node_kind own,
	struct arena *arena, struct ol_flows *out, struct fault *fault)
{
	void *flows = NULL;
	void *ends = NULL;
	struct slice entry;
	int r;

	r = facet_text_list(bytes, arena, sizeof(struct ol_flow), &flows, fault);
	if (!r)
		r = facet_text_list(
			bytes, arena, 2 * sizeof(struct ol_end), &ends, fault);
	if (r)
		return r;
	*out = (struct ol_flows){ .ends = ends, .list = flows };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct slice classes = facet_text_rest(&entry, ':');
		struct slice source = text_cut(&entry, '>');
		uint32_t at = (uint32_t)out->end_count;

		out->ends[at] = facet_text_end(source, own);
		out->ends[at + 1] = facet_text_end(entry, own);
		out->end_count += 2;
		out->list[out->count++] =
			(struct ol_flow){ at, at + 1, facet_text_classes(classes) };
	}
	return 0;
}

static inline int facet_text_of_dataset(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault)
{
	return facet_text_flows(bytes, NODE_DATASET, arena, out, fault);
}

static inline int facet_text_of_job(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault)
{
	return facet_text_flows(bytes, NODE_JOB, arena, out, fault);
}

static inline int facet_text_symlinks(struct slice bytes, struct arena *arena,
	struct ol_symlinks *out, struct fault *fault)
{
	void *names = NULL;
	struct slice entry;
	int r = facet_text_list(bytes, arena, sizeof(struct ol_name), &names, fault);

	if (r)
		return r;
	*out = (struct ol_symlinks){ .list = names };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct ol_name *name = &out->list[out->count++];

		name->namespace = facet_text_namespace(&entry);
		name->name = entry;
	}
	return 0;
}

static inline enum lifecycle facet_text_state(struct slice word)
{
	static const char *const words[] = { "", "ALTER", "CREATE", "DROP", "OVERWRITE",
		"RENAME", "TRUNCATE" };

	for (size_t i = 1; i < ARRAY_LEN(words); i++)
		if (slice_equal(word, slice_from(words[i])))
			return (enum lifecycle)i;
	return LIFECYCLE_OTHER;
}

static inline int facet_text_lifecycle(struct slice bytes, struct arena *arena,
	struct ol_lifecycle *out, struct fault *fault)
{
	struct slice previous = facet_text_rest(&bytes, ':');

	(void)arena;
	if (slice_equal(bytes, SLICE("?")))
		return fault_set(fault, "", "is malformed");
	*out = (struct ol_lifecycle){ .state = facet_text_state(bytes) };
	out->has_previous = out->state == LIFECYCLE_RENAME && previous.ptr;
	if (!out->has_previous)
		return 0;
	out->previous.namespace = facet_text_namespace(&previous);
	out->previous.name = previous;
	return 0;
}

/* Cuts what is before the last dot, and that, off the front: a field has dots, too. */
static inline struct slice facet_text_field(struct slice *text)
{
	struct slice field = { 0 };
	size_t dots = text_count(*text, '.');

	if (!dots)
		return field;
	for (size_t len = 0; dots; len++) {
		field = slice_of(text->ptr, len);
		dots -= text->ptr[len] == '.';
	}
	*text = slice_of(text->ptr + field.len + 1, text->len - field.len - 1);
	return field;
}

static inline int facet_text_labels(struct slice bytes, struct arena *arena,
	struct ol_labels *out, struct fault *fault)
{
	void *labels = NULL;
	struct slice entry;
	int r = facet_text_list(bytes, arena, sizeof(struct ol_label), &labels, fault);

	if (r)
		return r;
	*out = (struct ol_labels){ .list = labels };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct ol_label *label = &out->list[out->count++];

		label->value = facet_text_rest(&entry, ':');
		label->field = facet_text_field(&entry);
		label->name = entry;
	}
	return 0;
}

/* Takes the mark off the end of a type. */
static inline enum nullability facet_text_nullable(struct slice *type)
{
	char last = type->len ? type->ptr[type->len - 1] : '\0';

	if (last != '*' && last != '?')
		return NULLABLE_UNTOLD;
	*type = slice_of(type->ptr, type->len - 1);
	return last == '*' ? NULLABLE_NO : NULLABLE_YES;
}

static inline int facet_text_schema(struct slice bytes, struct arena *arena,
	struct ol_schema *out, struct fault *fault)
{
	void *columns = NULL;
	struct slice entry;
	int r = facet_text_list(bytes, arena, sizeof(struct ol_column), &columns, fault);

	if (r)
		return r;
	*out = (struct ol_schema){ .list = columns };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct ol_column *column = &out->list[out->count++];

		column->type = facet_text_rest(&entry, ':');
		column->nullable = facet_text_nullable(&column->type);
		column->path = entry;
		column->depth = (uint32_t)text_count(entry, '.');
	}
	return 0;
}

static inline void facet_text_operation(struct slice text, struct ol_operation *out)
{
	struct slice column = facet_text_rest(&text, ':');
	struct slice rest = column.ptr ? facet_text_rest(&column, ':') : column;
	bool retypes = slice_equal(text, SLICE("alter_type"));

	*out = (struct ol_operation){ .op = text, .column = column };
	if (retypes)
		out->type = rest;
	else
		out->to = rest;
}

static inline int facet_text_planned(struct slice bytes, struct arena *arena,
	struct ol_planned *out, struct fault *fault)
{
	void *list = NULL;
	struct slice entry;
	int r = facet_text_list(bytes, arena, sizeof(struct ol_operation), &list, fault);

	if (r)
		return r;
	*out = (struct ol_planned){
		.list = list,
		.registered_us = INT64_MIN,
		.due_us = INT64_MIN,
	};
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct slice time = slice_of(entry.ptr + 1, entry.len - 1);

		if (entry.ptr[0] == '@')
			out->registered_us = (int64_t)text_number(time);
		else if (entry.ptr[0] == '<')
			out->due_us = (int64_t)text_number(time);
		else
			facet_text_operation(entry, &out->list[out->count++]);
	}
	return 0;
}

static inline int facet_text_job_type(struct slice bytes, struct arena *arena,
	struct ol_job_type *out, struct fault *fault)
{
	struct slice mode = facet_text_rest(&bytes, ':');

	(void)arena;
	if (slice_equal(bytes, SLICE("?")))
		return fault_set(fault, "", "is malformed");
	*out = (struct ol_job_type){ slice_equal(mode, SLICE("snapshot")), bytes };
	return 0;
}

static inline int facet_text_temporary(
	struct slice bytes, struct arena *arena, bool *out, struct fault *fault)
{
	(void)arena;
	if (slice_equal(bytes, SLICE("?")))
		return fault_set(fault, "", "is malformed");
	*out = slice_equal(bytes, SLICE("TEMPORARY"));
	return 0;
}

static inline int facet_text_dependencies(struct slice bytes, struct arena *arena,
	struct ol_dependencies *out, struct fault *fault)
{
	void *list = NULL;
	struct slice entry;
	int r = facet_text_list(bytes, arena, sizeof(struct ol_dependency), &list, fault);

	if (r)
		return r;
	*out = (struct ol_dependencies){ .list = list };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		struct ol_dependency *dependency = &out->list[out->count++];

		dependency->upstream = entry.len && entry.ptr[0] == '<';
		entry = slice_of(entry.ptr + 1, entry.len - 1);
		dependency->namespace = facet_text_namespace(&entry);
		dependency->name = entry;
	}
	return 0;
}

static inline int facet_text_checks(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault)
{
	void *flows = NULL;
	void *ends = NULL;
	struct slice entry;
	int r;

	r = facet_text_list(bytes, arena, sizeof(struct ol_flow), &flows, fault);
	if (!r)
		r = facet_text_list(
			bytes, arena, 2 * sizeof(struct ol_end), &ends, fault);
	if (r)
		return r;
	*out = (struct ol_flows){ .ends = ends, .end_count = 1, .list = flows };
	out->ends[0] = (struct ol_end){ .kind = NODE_JOB, .own = true };
	while (facet_text_next(&bytes, &entry, &out->skipped)) {
		uint32_t at = (uint32_t)out->end_count++;

		out->ends[at] = (struct ol_end){
			.kind = NODE_FIELD, .own = true, .field = entry
		};
		out->list[out->count++] =
			(struct ol_flow){ at, 0, CLASS_CONDITIONAL | CLASS_UNMASKED };
	}
	return 0;
}

static const struct facet_reader facet_text_reader = {
	.columns = facet_text_of_dataset,
	.job_lineage = facet_text_of_job,
	.dataset_lineage = facet_text_of_dataset,
	.symlinks = facet_text_symlinks,
	.lifecycle = facet_text_lifecycle,
	.owners = facet_text_labels,
	.tags = facet_text_labels,
	.schema = facet_text_schema,
	.planned = facet_text_planned,
	.job_type = facet_text_job_type,
	.temporary = facet_text_temporary,
	.dependencies = facet_text_dependencies,
	.checks = facet_text_checks,
};
