/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_ndjson.c - a graph as OpenLineage events, one a line
 *
 * A job of the answer is a job event with its inputs and outputs there; where
 * which data flows where is known, it has a facet `lineage` beside them.  Flows
 * between datasets and fields are dataset events.  So whoever imports the lines
 * has the edges of the answer, as declared ones.
 */
#include "api/job_flows.h"
#include "api/lineage_query.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/told.h"

#define SPEC "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"

/* What goes out with each node. */
static const struct facet_choice carried = {
	.names = { { "schema", 6 }, { "ownership", 9 }, { "tags", 4 },
		{ "documentation", 13 } },
	.count = 4,
};

struct events {
	int64_t time_us;
	struct idlist datasets; /* of the answer */
	uint32_t *first;	/* of each node: where its edges begin in by_job */
	uint32_t *by_job;	/* edges, by the job that tells them */
	struct told_list flows; /* between datasets, or fields */
};

static bool is_data(const struct view_node *node)
{
	return node->key.kind == NODE_DATASET || node->key.kind == NODE_WHOLE ||
	       node->key.kind == NODE_FIELD;
}

static bool is_job(const struct view_node *node)
{
	return node->key.kind == NODE_JOB;
}

/* The time asked for, or that of the newest thing in the answer. */
static int find_time(struct graph_out *out, int64_t *time_us)
{
	const struct view *view = out->picture->view;

	*time_us = lineage_time_us(out->picture->query);
	if (*time_us != TIME_NEVER)
		return 0;
	for (size_t i = 0; i < view->node_count; i++) {
		struct entity_times times;
		node_id id = view->nodes[i].id;
		int r = id ? node_times(out->call, node_dataset(out->call, id), &times)
			   : 0;

		if (r)
			return r;
		if (id && times.last_seen_us > *time_us)
			*time_us = times.last_seen_us;
	}
	return 0;
}

static int collect_datasets(struct graph_out *out, struct events *events)
{
	const struct view *view = out->picture->view;
	int r = 0;

	events->datasets.arena = out->call->arena;
	for (size_t i = 0; i < view->node_count && !r; i++) {
		node_id id = view->nodes[i].id;

		if (id && is_data(&view->nodes[i]))
			r = idlist_add(&events->datasets, node_dataset(out->call, id));
	}
	idlist_finish(&events->datasets);
	return r;
}

/* The place of the job that tells an edge: of two, the one that data flows into. */
static uint32_t teller_of(const struct view *view, const struct view_edge *edge)
{
	if (is_job(&view->nodes[edge->to]))
		return edge->to;
	return is_job(&view->nodes[edge->from]) ? edge->from : UINT32_MAX;
}

/* Sorts the edges of jobs by job, by counting. */
static int sort_edges(struct graph_out *out, struct events *events)
{
	const struct view *view = out->picture->view;
	struct arena *arena = out->call->arena;
	uint32_t *first = arena_array(arena, view->node_count + 2, sizeof(*first));

	events->by_job = arena_array(arena, view->edge_count + 1, sizeof(*first));
	if (!first || !events->by_job)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->edge_count; i++) {
		uint32_t job = teller_of(view, &view->edges[i]);

		if (job != UINT32_MAX)
			first[job + 2]++;
	}
	for (size_t i = 2; i < view->node_count + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < view->edge_count; i++) {
		uint32_t job = teller_of(view, &view->edges[i]);

		if (job != UINT32_MAX)
			events->by_job[first[job + 1]++] = (uint32_t)i;
	}
	events->first = first;
	return 0;
}

/* Edges without a job at either end: flows that datasets tell. */
static int collect_flows(struct graph_out *out, struct events *events)
{
	const struct view *view = out->picture->view;
	int r = 0;

	for (size_t i = 0; i < view->edge_count && !r; i++) {
		const struct view_edge *edge = &view->edges[i];
		const struct told flow = { .target = view->nodes[edge->to].key,
			.source = view->nodes[edge->from].key,
			.classes = EDGE_CLASSES(edge->flags) };

		if (is_data(&view->nodes[edge->from]) &&
			is_data(&view->nodes[edge->to]) && !(edge->flags & EDGE_CONTAINS))
			r = told_add(&events->flows, out->call->arena, &flow);
	}
	told_finish(&events->flows);
	return r;
}

static int ndjson_begin(struct graph_out *out)
{
	struct events *events = arena_array(out->call->arena, 1, sizeof(*events));
	int r;

	if (!events)
		return ERR_NOMEM;
	out->state = events;
	r = find_time(out, &events->time_us);
	if (!r)
		r = collect_datasets(out, events);
	if (!r)
		r = sort_edges(out, events);
	return r ? r : collect_flows(out, events);
}

/* Returns where the line begins. */
static size_t open_event(struct graph_out *out, const char *schema)
{
	const struct events *events = out->state;
	size_t start = out->buf->len;

	jsonw_init(&out->json, out->buf);
	jsonw_object(&out->json);
	jsonw_key(&out->json, "eventTime");
	jsonw_time(&out->json, events->time_us == TIME_NEVER ? 0 : events->time_us);
	jsonw_key(&out->json, "producer");
	jsonw_text(&out->json, "urn:headwater");
	jsonw_key(&out->json, "schemaURL");
	jsonw_text(&out->json, schema);
	return start;
}

/* Line breaks stand between tokens of stored facets only. */
static void close_event(struct graph_out *out, size_t start)
{
	jsonw_object_end(&out->json);
	if (buf_error(out->buf))
		return;
	for (size_t i = start; i < out->buf->len; i++) {
		if (out->buf->data[i] == '\n' || out->buf->data[i] == '\r')
			out->buf->data[i] = ' ';
	}
	buf_byte(out->buf, '\n');
}

static int write_inputs_outputs(struct graph_out *out, uint32_t place, bool outputs)
{
	const struct events *events = out->state;
	const struct view *view = out->picture->view;
	struct jsonw *w = &out->json;

	jsonw_key(w, outputs ? "outputs" : "inputs");
	jsonw_array(w);
	for (uint32_t i = events->first[place]; i < events->first[place + 1]; i++) {
		const struct view_edge *edge = &view->edges[events->by_job[i]];
		uint32_t other = outputs ? edge->to : edge->from;

		if (other != place && is_data(&view->nodes[other]) &&
			(edge->flags & EDGE_IO_NOW))
			jsonw_name(w, &view->nodes[other].key);
	}
	jsonw_array_end(w);
	return 0;
}

static int write_job(struct graph_out *out, uint32_t place)
{
	const struct events *events = out->state;
	const struct view_node *node = &out->picture->view->nodes[place];
	const struct job_question question = { .picture = out->picture,
		.job = place,
		.edges = events->by_job + events->first[place],
		.edge_count = events->first[place + 1] - events->first[place],
		.datasets = &events->datasets };
	struct told_list told = { .count = 0 };
	struct entity entity;
	size_t start;
	int r = job_flows(out->call, &question, &told);

	if (!r)
		r = node_get(out->call, node->id, &entity);
	if (r)
		return r;
	start = open_event(out, SPEC "JobEvent");
	jsonw_key(&out->json, "job");
	jsonw_object(&out->json);
	jsonw_key(&out->json, "namespace");
	jsonw_string(&out->json, node->key.namespace);
	jsonw_key(&out->json, "name");
	jsonw_string(&out->json, node->key.name);
	jsonw_key(&out->json, "facets");
	jsonw_object(&out->json);
	r = jsonw_facet_members(&out->json, out->call, &entity, &carried);
	if (told.count)
		jsonw_job_lineage(&out->json, &told, &node->key);
	jsonw_object_end(&out->json);
	jsonw_object_end(&out->json);
	if (!r)
		r = write_inputs_outputs(out, place, false);
	if (!r)
		r = write_inputs_outputs(out, place, true);
	close_event(out, start);
	return r;
}

static void open_dataset(struct graph_out *out, const struct node_key *key)
{
	struct jsonw *w = &out->json;

	jsonw_key(w, "dataset");
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, key->namespace);
	jsonw_key(w, "name");
	jsonw_string(w, key->name);
	jsonw_key(w, "facets");
	jsonw_object(w);
}

static void close_dataset(struct graph_out *out, size_t start)
{
	jsonw_object_end(&out->json);
	jsonw_object_end(&out->json);
	close_event(out, start);
}

/* What is known of a dataset but its lineage; nothing when that is nothing. */
static int write_dataset(struct graph_out *out, const struct view_node *node)
{
	struct entity entity;
	size_t start;
	size_t empty;
	int r = node_get(out->call, node_dataset(out->call, node->id), &entity);

	if (r)
		return r;
	start = open_event(out, SPEC "DatasetEvent");
	open_dataset(out, &node->key);
	empty = out->buf->len;
	r = jsonw_facet_members(&out->json, out->call, &entity, &carried);
	if (out->buf->len == empty && !buf_error(out->buf))
		out->buf->len = start;
	else
		close_dataset(out, start);
	return r;
}

static int ndjson_node(struct graph_out *out, uint32_t place)
{
	const struct view_node *node = &out->picture->view->nodes[place];

	switch (node->key.kind) {
	case NODE_JOB:
		return write_job(out, place);
	case NODE_DATASET:
	case NODE_WHOLE:
		return write_dataset(out, node);
	case NODE_FIELD:
		break;
	}
	return 0;
}

static int ndjson_end(struct graph_out *out)
{
	const struct events *events = out->state;
	size_t count;

	for (size_t at = 0; at < events->flows.count; at += count) {
		size_t start = open_event(out, SPEC "DatasetEvent");

		count = told_of_target(&events->flows, at);
		open_dataset(out, &events->flows.list[at].target);
		jsonw_dataset_lineage(&out->json, &events->flows, at, count);
		close_dataset(out, start);
	}
	return 0;
}

const struct graph_format_row format_ndjson = {
	.name = "ndjson",
	.media_type = "application/x-ndjson",
	.begin = ndjson_begin,
	.node = ndjson_node,
	.end = ndjson_end,
};
