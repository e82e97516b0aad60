/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_lineage.c - GET /api/v1/lineage: the jobs and datasets around a node
 */
#include "api/graphout.h"
#include "api/handlers.h"
#include "api/marquez_graph.h"
#include "api/marquez_node.h"
#include "api/marquez_walk.h"

#define DEPTH_USUAL 20

static const struct param_rule lineage_rules[] = { TIME_RULES, { "nodeId", 1 },
	{ "depth", 1 }, { "direction", 1 }, { "throughHidden", 1 }, { NULL, 0 } };

struct drawn {
	node_id *ids; /* in the order that the graph's nodes were given in */
	struct mq_graph graph;
	enum lineage_cut cut;
	enum lineage_time time;
};

static int read_walk(struct params *p, struct reply *reply, struct mq_walk *walk)
{
	static const char *const directions[] = { "BOTH", "UPSTREAM", "DOWNSTREAM",
		NULL };
	unsigned direction;
	uint64_t depth;
	int r = mq_int(p, "depth", DEPTH_USUAL, reply, &depth);

	if (!r)
		r = mq_word(p, "direction", directions, 0, reply, &direction);
	if (!r)
		r = mq_walk_time(p, reply, &walk->when);
	if (r)
		return r;
	walk->depth = (uint32_t)depth;
	walk->upstream = direction != 2;
	walk->downstream = direction != 1;
	walk->around_hidden = !mq_bool(p, "throughHidden", true);
	return 0;
}

/* Returns 0, or 1 when the reply says that there is no such node. */
static int read_root(
	struct mq *mq, const struct params *p, struct reply *reply, node_id *out)
{
	struct mq_node node;
	struct slice name;
	bool hidden = false;
	int r = mq_node_read(mq->call, p, 0, reply, &node, &name);

	*out = node.id;
	if (r == 0)
		r = mq_node_hidden(mq, node.id, &hidden);
	if (r == 2 || hidden)
		return mq_refuse_missing(
			reply, node.kind == NODE_JOB ? "Job" : "Dataset", name);
	return r;
}

static int job_id_text(struct mq *mq, node_id id, struct slice *out)
{
	struct mq_job_name name;
	int r = mq_job_name(mq->call, id, &name);

	if (r)
		return r;
	return mq_graph_id(mq->call->arena,
		(struct slice[]){ SLICE("job"), name.namespace, name.name }, 3, out);
}

static int id_text(struct mq *mq, node_id id, struct slice *out)
{
	struct entity entity;
	int r = node_get(mq->call, id, &entity);

	if (r)
		return r;
	if (entity.key.kind == NODE_JOB)
		return job_id_text(mq, id, out);
	return mq_graph_id(mq->call->arena,
		(struct slice[]){
			SLICE("dataset"), entity.key.namespace, entity.key.name },
		3, out);
}

/* Hidden nodes have no place. */
static int place_nodes(struct mq *mq, const struct mq_around *around,
	struct idset *places, struct drawn *out)
{
	int r = 0;

	for (size_t i = 0; i < around->count && !r; i++) {
		struct mq_graph_node *node = &out->graph.nodes[out->graph.node_count];
		bool hidden;

		r = mq_node_hidden(mq, around->nodes[i], &hidden);
		if (r || hidden)
			continue;
		r = id_text(mq, around->nodes[i], &node->id);
		if (!r)
			r = idset_put(places, around->nodes[i], out->graph.node_count);
		out->ids[out->graph.node_count++] = around->nodes[i];
	}
	return r;
}

static void place_edges(const struct mq_around *around, const struct idset *places,
	struct mq_graph *graph)
{
	for (size_t i = 0; i < around->edge_count; i++) {
		uint64_t from;
		uint64_t to;

		if (idset_get(places, around->edges[i].from, &from) ||
			idset_get(places, around->edges[i].to, &to))
			continue;
		graph->out[graph->edge_count++] =
			(struct mq_graph_edge){ (uint32_t)from, (uint32_t)to, 0 };
	}
}

static int draw(struct mq *mq, const struct mq_around *around, struct drawn *out)
{
	AUTO(idset) struct idset *places = idset_new(around->count + 1);
	struct arena *arena = mq->call->arena;
	int r;

	*out = (struct drawn){ .cut = around->cut };
	out->ids = arena_array(arena, around->count + 1, sizeof(*out->ids));
	out->graph.nodes =
		arena_array(arena, around->count + 1, sizeof(*out->graph.nodes));
	out->graph.out =
		arena_array(arena, around->edge_count + 1, sizeof(*out->graph.out));
	if (!places || !out->ids || !out->graph.nodes || !out->graph.out)
		return ERR_NOMEM;
	r = place_nodes(mq, around, places, out);
	if (r)
		return r;
	place_edges(around, places, &out->graph);
	return mq_graph_order(&out->graph, arena);
}

/* What a job read and wrote then, as far as the answer has it. */
static int io_in_graph(
	struct mq *mq, const struct drawn *drawn, uint32_t place, struct mq_io *out)
{
	const struct mq_graph_node *nodes = drawn->graph.nodes;
	const struct mq_graph_edge *in =
		mq_graph_into(&drawn->graph, place, &out->input_count);
	const struct mq_graph_edge *from =
		mq_graph_out_of(&drawn->graph, place, &out->output_count);
	node_id *ids = arena_array(
		mq->call->arena, out->input_count + out->output_count + 1, sizeof(*ids));

	if (!ids)
		return ERR_NOMEM;
	out->inputs = ids;
	out->outputs = ids + out->input_count;
	for (size_t i = 0; i < out->input_count; i++)
		*ids++ = drawn->ids[nodes[in[i].from].given];
	for (size_t i = 0; i < out->output_count; i++)
		*ids++ = drawn->ids[nodes[from[i].to].given];
	return 0;
}

static int write_job(
	struct jsonw *w, struct mq *mq, const struct drawn *drawn, uint32_t place)
{
	node_id id = drawn->ids[drawn->graph.nodes[place].given];
	struct mq_io io;
	int r;

	if (drawn->time == LINEAGE_CURRENT)
		return mq_job_data(w, mq, id, NULL);
	r = io_in_graph(mq, drawn, place, &io);
	return r ? r : mq_job_data(w, mq, id, &io);
}

static int write_node(
	struct jsonw *w, struct mq *mq, const struct drawn *drawn, uint32_t place)
{
	const struct mq_graph_node *node = &drawn->graph.nodes[place];
	bool job = slice_starts(node->id, SLICE("job:"));
	int r;

	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, node->id);
	jsonw_key(w, "type");
	jsonw_text(w, job ? "JOB" : "DATASET");
	jsonw_key(w, "data");
	r = job ? write_job(w, mq, drawn, place)
		: mq_dataset_data(w, mq, drawn->ids[node->given]);
	mq_graph_edges(w, &drawn->graph, place, false);
	jsonw_object_end(w);
	return r;
}

static int write_graph(struct mq *mq, struct reply *reply, const struct drawn *drawn)
{
	struct jsonw w;
	int r = 0;

	answer_json(&w, reply);
	jsonw_key(&w, "graph");
	jsonw_array(&w);
	for (size_t i = 0; i < drawn->graph.node_count && !r; i++)
		r = write_node(&w, mq, drawn, (uint32_t)i);
	jsonw_array_end(&w);
	mq_truncated(&w, cut_text(drawn->cut));
	jsonw_object_end(&w);
	return r;
}

static int answer(struct mq *mq, struct params *p, struct reply *reply)
{
	struct mq_walk walk = { .root = 0 };
	struct mq_around around;
	struct drawn drawn;
	int r = read_walk(p, reply, &walk);

	if (!r)
		r = read_root(mq, p, reply, &walk.root);
	if (!r)
		r = mq_walk_run(mq, &walk, &around);
	if (!r)
		r = draw(mq, &around, &drawn);
	drawn.time = walk.when.time;
	return r ? r : write_graph(mq, reply, &drawn);
}

int api_mq_lineage(struct call *call, struct reply *reply)
{
	struct params p;
	struct mq mq;
	int r = mq_params(call, lineage_rules, &p, reply);

	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r < 0 ? r : 0;
	r = answer(&mq, &p, reply);
	mq_close(&mq);
	return r < 0 ? r : 0;
}
