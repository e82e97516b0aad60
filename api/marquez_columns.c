/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_columns.c - GET /api/v1/column-lineage: which columns columns come from
 */
#include "api/columnout.h"
#include "api/facetin.h"
#include "api/graphout.h"
#include "api/handlers.h"
#include "api/marquez_column_graph.h"
#include "api/marquez_node.h"
#include "api/marquez_told.h"
#include "api/marquez_walk.h"

#include <stdlib.h>

#define DEPTH_USUAL   20
#define COLUMN_BUDGET 20000000

static const struct param_rule column_rules[] = { TIME_RULES, { "nodeId", 1 },
	{ "depth", 1 }, { "withDownstream", 1 }, { NULL, 0 } };

struct question {
	struct mq_node node;
	struct lineage_query query;
	struct mq_column_question shown;
};

/* A dataset of the answer: what is written of each of its columns. */
struct source {
	node_id dataset;
	struct entity entity;
	struct runid version;
	struct ol_schema schema; /* in the order of paths */
	struct mq_told told;
};

/* What was told of a column that something flows into. */
struct words {
	struct slice description;
	struct slice type;
};

struct writer {
	struct mq *mq;
	const struct mq_column_question *question;
	const struct mq_column_graph *columns;
	struct idset *places; /* dataset -> place in sources */
	struct source *sources;
	size_t source_count;
};

static int read_query(struct call *call, struct params *p, struct reply *reply,
	struct lineage_query *query)
{
	uint64_t depth;
	int r = mq_int(p, "depth", DEPTH_USUAL, reply, &depth);

	if (r)
		return r;
	*query = (struct lineage_query){ .upstream = true,
		.downstream = mq_bool(p, "withDownstream", false),
		.depth = depth ? (uint32_t)depth : 1,
		.level = LEVEL_FIELD,
		.precise = true,
		.observed = true,
		.declared = true,
		.inferred = true,
		.budget_edges = COLUMN_BUDGET,
		.deadline_us = call->deadline_us };
	return mq_walk_time(p, reply, query);
}

static int refuse_unknown(struct reply *reply)
{
	return mq_refuse(reply, 404, "Could not find node");
}

/* Of a job it is the current version, or none. */
static int read_job_version(
	struct mq *mq, struct reply *reply, const struct mq_node *node, int64_t *out)
{
	struct runid current;
	struct mq_io io;
	int r = mq_job_io(mq->call, node->id, &io);

	if (!r)
		r = mq_job_version_id(mq->call, node->id, &io, &current);
	if (r)
		return r;
	*out = INT64_MAX;
	return runid_compare(&current, &node->version) ? refuse_unknown(reply) : 0;
}

/* Until when a version of a dataset was the one that held. */
static int read_version(
	struct mq *mq, struct reply *reply, const struct mq_node *node, int64_t *out)
{
	struct mq_dataset_versions versions;
	size_t i = 0;
	int r;

	if (node->kind == NODE_JOB)
		return read_job_version(mq, reply, node, out);
	r = mq_dataset_versions(mq, node->id, &versions);
	if (r)
		return r;
	while (i < versions.count &&
		runid_compare(&versions.list[i].id, &node->version) != 0)
		i++;
	if (i == versions.count)
		return refuse_unknown(reply);
	*out = i ? versions.list[i - 1].created_us - 1 : INT64_MAX;
	return 0;
}

/* Version and withDownstream do not go together: 400 without a body. */
static int settle_version(struct mq *mq, struct reply *reply, struct question *question)
{
	struct lineage_query *query = &question->query;
	int r;

	if (query->downstream) {
		reply->status = 400;
		return 1;
	}
	r = read_version(mq, reply, &question->node, &query->as_of_us);
	if (r)
		return r;
	query->time = LINEAGE_AS_OF;
	question->shown.versioned = true;
	question->shown.at_us = query->as_of_us;
	return 0;
}

/* The whole of a dataset under any of its names; 0 when lineage never names it. */
static node_id whole_of(const struct call *call, node_id dataset)
{
	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		const struct image_node *node = image_node(call->snapshot->image, at);

		if (node && node->parent)
			return image_canonical(call->snapshot->image, node->parent);
	}
	return 0;
}

static int set_root(struct call *call, struct question *question, node_id root)
{
	node_id *roots = arena_array(call->arena, 1, sizeof(*roots));

	if (!roots)
		return ERR_NOMEM;
	roots[0] = root;
	question->query.roots = roots;
	question->query.root_count = root ? 1 : 0;
	return 0;
}

/* A dataset is all its fields; a job, those of what it writes. */
static int find_roots(struct mq *mq, struct question *question)
{
	const struct mq_node *node = &question->node;
	struct mq_io io;
	int r;

	switch (node->kind) {
	case NODE_DATASET:
	case NODE_WHOLE:
		return set_root(mq->call, question, node->id);
	case NODE_FIELD:
		if (node->field)
			return set_root(mq->call, question, node->field);
		question->shown.lone = (struct mq_column){ node->id, node->field_name };
		return set_root(mq->call, question, whole_of(mq->call, node->id));
	case NODE_JOB:
		break;
	}
	r = mq_job_io(mq->call, node->id, &io);
	question->query.roots = io.outputs;
	question->query.root_count = io.output_count;
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct ol_column *x = a;
	const struct ol_column *y = b;

	return slice_compare(x->path, y->path);
}

/* The columns in the order of their paths, since each is looked for. */
static int read_schema(const struct writer *writer, struct source *source,
	const struct mq_dataset_version *version)
{
	struct arena *arena = writer->mq->call->arena;
	struct ol_schema schema;
	struct ol_column *list;
	int r = mq_schema_read(writer->mq->call, version->schema, &schema);

	if (r)
		return r;
	list = arena_array(arena, schema.count + 1, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (schema.count) {
		memcpy(list, schema.list, schema.count * sizeof(*list));
		qsort(list, schema.count, sizeof(*list), by_path);
	}
	source->schema = (struct ol_schema){ .list = list, .count = schema.count };
	return 0;
}

static int make_source(struct writer *writer, node_id dataset, struct source *source)
{
	struct mq_dataset_versions versions;
	const struct mq_dataset_version *version;
	int r = node_get(writer->mq->call, dataset, &source->entity);

	if (!r)
		r = mq_dataset_versions(writer->mq, dataset, &versions);
	if (r)
		return r;
	version = &versions.list[versions.current];
	if (writer->question->versioned)
		version = mq_version_at(&versions, writer->question->at_us);
	source->dataset = dataset;
	source->version = version->id;
	r = mq_told_read(writer->mq->call, dataset, &source->told);
	return r ? r : read_schema(writer, source, version);
}

/* Each dataset is looked up once. */
static int source_of(struct writer *writer, uint32_t place, const struct source **out)
{
	uint32_t given = writer->columns->graph.nodes[place].given;
	node_id dataset = writer->columns->columns[given].dataset;
	uint64_t at = writer->source_count;
	int r;

	if (idset_get(writer->places, dataset, &at)) {
		r = make_source(writer, dataset, &writer->sources[at]);
		if (!r)
			r = idset_put(writer->places, dataset, at);
		if (r < 0)
			return r;
		writer->source_count++;
	}
	*out = &writer->sources[at];
	return 0;
}

static struct slice field_at(const struct writer *writer, uint32_t place)
{
	uint32_t given = writer->columns->graph.nodes[place].given;

	return writer->columns->columns[given].field;
}

static struct slice type_of(const struct source *source, struct slice field)
{
	const struct ol_column wanted = { .path = field };
	const struct ol_column *column = NULL;

	if (source->schema.count)
		column = bsearch(&wanted, source->schema.list, source->schema.count,
			sizeof(*column), by_path);
	return column && column->type.ptr ? column->type : SLICE("");
}

static void write_place(struct jsonw *w, const struct source *source, struct slice field)
{
	jsonw_text_or_null(w, "namespace", source->entity.key.namespace);
	jsonw_text_or_null(w, "dataset", source->entity.key.name);
	mq_uuid(w, "datasetVersion", &source->version);
	jsonw_text_or_null(w, "field", field);
}

static void write_words(struct jsonw *w, const struct words *words)
{
	jsonw_text_or_null(w, "transformationDescription", words->description);
	jsonw_text_or_null(w, "transformationType", words->type);
}

/* Of one source it is what lineage says of that, else what was told of all. */
static struct words words_of_input(const struct words *words, uint32_t classes)
{
	const char *type = mq_transformation(classes);
	struct words of_input = *words;

	if (type)
		of_input.type = slice_from(type);
	return of_input;
}

static int write_inputs(
	struct jsonw *w, struct writer *writer, uint32_t place, const struct words *words)
{
	size_t count;
	const struct mq_graph_edge *in =
		mq_graph_into(&writer->columns->graph, place, &count);

	jsonw_key(w, "inputFields");
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		struct words of_input = words_of_input(words, in[i].classes);
		const struct source *source;
		int r = source_of(writer, in[i].from, &source);

		if (r)
			return r;
		jsonw_object(w);
		write_place(w, source, field_at(writer, in[i].from));
		write_words(w, &of_input);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return 0;
}

/* What was told of a column, else what lineage says of its sources together. */
static int read_words(struct writer *writer, const struct source *source, uint32_t place,
	struct words *out)
{
	size_t count;
	const struct mq_graph_edge *in =
		mq_graph_into(&writer->columns->graph, place, &count);
	uint32_t classes = 0;
	int r;

	*out = (struct words){ { 0 }, { 0 } };
	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++)
		classes |= in[i].classes;
	r = mq_told_of(writer->mq->call, &source->told, field_at(writer, place),
		&out->description, &out->type);
	if (!r && !out->type.ptr)
		out->type = slice_from(mq_transformation(classes));
	return r;
}

/* A column that nothing flows into in this answer has no type, as Marquez has it. */
static int write_data(struct jsonw *w, struct writer *writer, uint32_t place)
{
	struct slice field = field_at(writer, place);
	const struct source *source;
	struct words words;
	size_t count;
	int r = source_of(writer, place, &source);

	if (!r)
		r = read_words(writer, source, place, &words);
	if (r)
		return r;
	(void)mq_graph_into(&writer->columns->graph, place, &count);
	jsonw_key(w, "data");
	jsonw_object(w);
	write_place(w, source, field);
	jsonw_text_or_null(w, "fieldType", count ? type_of(source, field) : SLICE(""));
	write_words(w, &words);
	r = write_inputs(w, writer, place, &words);
	jsonw_object_end(w);
	return r;
}

static int write_nodes(struct jsonw *w, struct writer *writer)
{
	const struct mq_graph *graph = &writer->columns->graph;
	int r = 0;

	for (size_t i = 0; i < graph->node_count && !r; i++) {
		jsonw_object(w);
		jsonw_key(w, "id");
		jsonw_string(w, graph->nodes[i].id);
		jsonw_key(w, "type");
		jsonw_text(w, "DATASET_FIELD");
		r = write_data(w, writer, (uint32_t)i);
		mq_graph_edges(w, graph, (uint32_t)i, true);
		jsonw_object_end(w);
	}
	return r;
}

static int write_graph(struct mq *mq, struct reply *reply,
	const struct question *question, const struct mq_column_graph *columns)
{
	AUTO(idset)
	struct idset *places = idset_new(columns->graph.node_count + 1);
	struct writer writer = { .mq = mq,
		.question = &question->shown,
		.columns = columns,
		.places = places };
	enum lineage_cut cut = columns->whole ? question->shown.found->cut : CUT_BUDGET;
	struct jsonw w;
	int r;

	writer.sources = arena_array(
		mq->call->arena, columns->graph.node_count + 1, sizeof(*writer.sources));
	if (!places || !writer.sources)
		return ERR_NOMEM;
	answer_json(&w, reply);
	jsonw_key(&w, "graph");
	jsonw_array(&w);
	r = write_nodes(&w, &writer);
	jsonw_array_end(&w);
	mq_truncated(&w, cut_text(cut));
	jsonw_object_end(&w);
	return r;
}

static int read_node(
	struct mq *mq, struct params *p, struct reply *reply, struct question *question)
{
	struct slice name;
	bool hidden = false;
	int r = mq_node_read(mq->call, p, MQ_NODE_FIELDS | MQ_NODE_VERSIONS, reply,
		&question->node, &name);

	if (r == 0)
		r = mq_node_hidden(mq, question->node.id, &hidden);
	if (r == 2 || hidden)
		return refuse_unknown(reply);
	if (!r)
		r = read_query(mq->call, p, reply, &question->query);
	if (!r && question->node.versioned)
		r = settle_version(mq, reply, question);
	return r ? r : find_roots(mq, question);
}

static int answer(struct mq *mq, struct params *p, struct reply *reply)
{
	struct question question = { .query = { .depth = 0 } };
	struct lineage found = { .cut = CUT_NONE };
	struct mq_column_graph columns;
	int r = read_node(mq, p, reply, &question);

	if (!r && question.query.root_count)
		r = lineage_walk(
			mq->call->snapshot, &question.query, mq->call->arena, &found);
	question.shown.found = &found;
	if (!r)
		r = mq_column_graph(mq, &question.shown, &columns);
	return r ? r : write_graph(mq, reply, &question, &columns);
}

int api_mq_columns(struct call *call, struct reply *reply)
{
	struct params p;
	struct mq mq;
	int r = mq_params(call, column_rules, &p, reply);

	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r < 0 ? r : 0;
	r = answer(&mq, &p, reply);
	mq_close(&mq);
	return r < 0 ? r : 0;
}
