/* SPDX-License-Identifier: Apache-2.0 */

/*
 * told.c - flows, written as the facets that tell them
 */
#include "api/told.h"

#include <stdlib.h>

#define SPEC "https://openlineage.io/spec/facets/1-0-0/LineageFacet.json#/$defs/"

/* What tells the classes of a flow again. */
struct transformation {
	uint32_t class;
	const char *type;
	const char *subtype;
};

static const struct transformation transformations[] = {
	{ CLASS_IDENTITY, "DIRECT", "IDENTITY" },
	{ CLASS_TRANSFORMATION, "DIRECT", "TRANSFORMATION" },
	{ CLASS_AGGREGATION, "DIRECT", "AGGREGATION" },
	{ CLASS_OTHER_DIRECT, "DIRECT", NULL },
	{ CLASS_JOIN, "INDIRECT", "JOIN" },
	{ CLASS_GROUP_BY, "INDIRECT", "GROUP_BY" },
	{ CLASS_FILTER, "INDIRECT", "FILTER" },
	{ CLASS_SORT, "INDIRECT", "SORT" },
	{ CLASS_WINDOW, "INDIRECT", "WINDOW" },
	{ CLASS_CONDITIONAL, "INDIRECT", "CONDITIONAL" },
	{ CLASS_OTHER_INDIRECT, "INDIRECT", NULL },
};

int told_add(struct told_list *told, struct arena *arena, const struct told *flow)
{
	if (told->count == TOLD_MAX)
		return ERR_TOO_LARGE;
	if (told->count == told->room) {
		size_t room = told->room ? told->room * 2 : 16;
		struct told *list = arena_array(arena, room, sizeof(*list));

		if (!list)
			return ERR_NOMEM;
		if (told->count)
			memcpy(list, told->list, told->count * sizeof(*list));
		told->list = list;
		told->room = room;
	}
	told->list[told->count++] = *flow;
	return 0;
}

/* The whole of a dataset stands with the dataset, before its fields. */
static int rank(enum node_kind kind)
{
	return kind == NODE_WHOLE ? NODE_DATASET : (int)kind;
}

static int compare_names(const struct node_key *a, const struct node_key *b)
{
	int r = (a->kind == NODE_JOB) - (b->kind == NODE_JOB);

	if (!r)
		r = slice_compare(a->namespace, b->namespace);
	return r ? r : slice_compare(a->name, b->name);
}

static int compare_keys(const struct node_key *a, const struct node_key *b)
{
	int r = compare_names(a, b);

	if (!r)
		r = rank(a->kind) - rank(b->kind);
	return r ? r : slice_compare(a->field, b->field);
}

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;
	int r = compare_keys(&x->target, &y->target);

	return r ? r : compare_keys(&x->source, &y->source);
}

void told_finish(struct told_list *told)
{
	size_t kept = 0;

	if (told->count < 2)
		return;
	qsort(told->list, told->count, sizeof(*told->list), compare_told);
	for (size_t i = 0; i < told->count; i++) {
		if (kept && compare_told(&told->list[i], &told->list[kept - 1]) == 0)
			told->list[kept - 1].classes |= told->list[i].classes;
		else
			told->list[kept++] = told->list[i];
	}
	told->count = kept;
}

size_t told_of_target(const struct told_list *told, size_t begin)
{
	size_t end = begin;

	while (end < told->count &&
		compare_names(&told->list[end].target, &told->list[begin].target) == 0)
		end++;
	return end - begin;
}

static void write_transformation(
	struct jsonw *w, const char *type, const char *subtype, bool masked)
{
	jsonw_object(w);
	jsonw_key(w, "type");
	jsonw_text(w, type);
	if (subtype) {
		jsonw_key(w, "subtype");
		jsonw_text(w, subtype);
	}
	if (masked) {
		jsonw_key(w, "masking");
		jsonw_bool(w, true);
	}
	jsonw_object_end(w);
}

static void write_transformations(struct jsonw *w, uint32_t classes)
{
	bool masked = flow_masked(classes);
	bool known = classes & (CLASSES_DIRECT | CLASSES_INDIRECT);

	if (!known && !masked)
		return;
	jsonw_key(w, "transformations");
	jsonw_array(w);
	for (size_t i = 0; i < ARRAY_LEN(transformations); i++) {
		if (classes & transformations[i].class)
			write_transformation(w, transformations[i].type,
				transformations[i].subtype, masked);
	}
	if (!known)
		write_transformation(w, "UNKNOWN", NULL, masked);
	jsonw_array_end(w);
}

static void write_name(struct jsonw *w, const struct node_key *key)
{
	jsonw_key(w, "namespace");
	jsonw_string(w, key->namespace);
	jsonw_key(w, "name");
	jsonw_string(w, key->name);
}

/* A job without a name is the event's own. */
static void write_end(
	struct jsonw *w, const struct node_key *key, const struct node_key *own)
{
	jsonw_key(w, "type");
	jsonw_text(w, key->kind == NODE_JOB ? "JOB" : "DATASET");
	if (!own || key->kind != NODE_JOB || compare_names(key, own) != 0)
		write_name(w, key);
}

static void write_source(
	struct jsonw *w, const struct told *flow, const struct node_key *own)
{
	if (!flow->source.kind)
		return;
	jsonw_object(w);
	write_end(w, &flow->source, own);
	if (flow->source.kind == NODE_FIELD) {
		jsonw_key(w, "field");
		jsonw_string(w, flow->source.field);
	}
	write_transformations(w, flow->classes);
	jsonw_object_end(w);
}

/* Sources of one target, list[begin] on: returns where those of the next begin. */
static size_t write_inputs(struct jsonw *w, const struct told *list, size_t count,
	size_t begin, const struct node_key *own)
{
	size_t i = begin;

	jsonw_key(w, "inputs");
	jsonw_array(w);
	for (; i < count && compare_keys(&list[i].target, &list[begin].target) == 0; i++)
		write_source(w, &list[i], own);
	jsonw_array_end(w);
	return i;
}

/* The members inputs and fields of one dataset or job. */
static void write_target(struct jsonw *w, const struct told *list, size_t count,
	const struct node_key *own)
{
	size_t at = 0;

	if (count && list[0].target.kind != NODE_FIELD)
		at = write_inputs(w, list, count, 0, own);
	if (at == count)
		return;
	jsonw_key(w, "fields");
	jsonw_object(w);
	while (at < count) {
		jsonw_key_slice(w, list[at].target.field);
		jsonw_object(w);
		at = write_inputs(w, list, count, at, own);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void open_facet(struct jsonw *w, const char *schema)
{
	jsonw_key(w, "lineage");
	jsonw_object(w);
	jsonw_key(w, "_producer");
	jsonw_text(w, "urn:headwater");
	jsonw_key(w, "_schemaURL");
	jsonw_text(w, schema);
}

void jsonw_job_lineage(
	struct jsonw *w, const struct told_list *told, const struct node_key *own)
{
	size_t count;

	open_facet(w, SPEC "LineageJobFacet");
	jsonw_key(w, "entries");
	jsonw_array(w);
	for (size_t at = 0; at < told->count; at += count) {
		count = told_of_target(told, at);
		jsonw_object(w);
		write_end(w, &told->list[at].target, own);
		write_target(w, told->list + at, count, own);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void jsonw_dataset_lineage(
	struct jsonw *w, const struct told_list *told, size_t begin, size_t count)
{
	open_facet(w, SPEC "LineageDatasetFacet");
	write_target(w, told->list + begin, count, NULL);
	jsonw_object_end(w);
}
