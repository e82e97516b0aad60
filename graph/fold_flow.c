/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_flow.c - what the facets `lineage` and `columnLineage` tell, and what
 * `dataQualityAssertions` do
 *
 * A flow that a facet names by fields, or by a field and a dataset, is told
 * twice: among fields and wholes, and among the datasets they belong to.  Jobs
 * are both themselves.
 */
#include "graph/fold_flow.h"

#include "base/arena.h"
#include "graph/entity.h"
#include "graph/facets.h"
#include "graph/flow.h"
#include "graph/fold.h"
#include "graph/fold_node.h"

#include <string.h>

/* An end of a flow in ids. */
struct end {
	struct node_key key;
	node_id id;    /* the field, dataset or job; 0: nothing that can be meant */
	node_id outer; /* a field's dataset, else the same */
	node_id whole; /* of a dataset, once it is asked for */
};

typedef int read_flows(struct slice bytes, struct arena *arena, struct ol_flows *out,
	struct fault *fault);

/* The last of a name counts; NULL when there is none, or none is understood. */
static const struct ol_facet *find_facet(
	const struct fold *fold, const struct ol_facets *facets, struct slice name)
{
	if (!fold->facets)
		return NULL;
	for (size_t i = facets->count; i-- > 0;)
		if (slice_equal(facets->list[i].name, name))
			return &facets->list[i];
	return NULL;
}

/* Returns 0, or 1 when the facet is malformed: whoever weighs it counts that. */
static int read(struct telling *t, const struct ol_facet *facet, read_flows *reader,
	struct ol_flows *out)
{
	int r = reader(facet->bytes, t->fold->scratch, out, NULL);

	if (r)
		return r == ERR_INVALID ? 1 : r;
	t->fold->odd += out->skipped;
	return 0;
}

static bool same_outer(const struct ol_end *a, const struct ol_end *b)
{
	return a->kind != NODE_JOB && b->kind != NODE_JOB && a->own == b->own &&
	       slice_equal(a->name, b->name) && slice_equal(a->namespace, b->namespace);
}

static int find_outer(struct telling *t, struct end *end)
{
	struct node_key key = end->key;
	int r;

	if (key.kind == NODE_FIELD) {
		key.kind = NODE_DATASET;
		key.field = (struct slice){ 0 };
	}
	r = fold_node(t->fold, &key, t->event->time_us, &end->outer);
	return r ? r : idlist_add(&t->nodes, end->outer);
}

static int find_end(struct telling *t, const struct carrier *carrier,
	const struct ol_end *told, struct end *end)
{
	int r = 0;

	end->key =
		(struct node_key){ told->kind, told->namespace, told->name, told->field };
	if (told->own && told->kind == NODE_JOB) {
		end->outer = t->job;
	} else if (told->own && carrier) {
		end->key.namespace = carrier->dataset->namespace;
		end->key.name = carrier->dataset->name;
		end->outer = carrier->id;
	} else if (!told->own && !end->outer) {
		r = find_outer(t, end);
	}
	end->id = end->outer;
	if (r || told->kind != NODE_FIELD || !end->outer)
		return r;
	return fold_node(t->fold, &end->key, t->event->time_us, &end->id);
}

/* Columns of one dataset mostly stand together: its name is looked up once. */
static int find_ends(struct telling *t, const struct carrier *carrier,
	const struct ol_flows *told, struct end **out)
{
	struct end *ends =
		arena_array(t->fold->scratch, told->end_count + 1, sizeof(*ends));

	if (!ends)
		return ERR_NOMEM;
	for (size_t i = 0; i < told->end_count; i++) {
		int r;

		if (i > 0 && same_outer(&told->ends[i - 1], &told->ends[i]))
			ends[i].outer = ends[i - 1].outer;
		r = find_end(t, carrier, &told->ends[i], &ends[i]);
		if (r)
			return r;
	}
	*out = ends;
	return 0;
}

/* Room for what so many flows may become. */
static int reserve(struct telling *t, size_t flows)
{
	size_t need;
	struct flow *list;

	if (__builtin_mul_overflow(flows, 2, &need) ||
		__builtin_add_overflow(t->set.flow_count, need, &need))
		return ERR_NOMEM;
	if (need <= t->flow_cap)
		return 0;
	/* Each output has its own facet: not all are moved for each of them. */
	if (__builtin_add_overflow(need, t->flow_cap, &need))
		return ERR_NOMEM;
	list = arena_array(t->fold->scratch, need, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (t->set.flow_count)
		memcpy(list, t->set.flows, t->set.flow_count * sizeof(*list));
	t->set.flows = list;
	t->flow_cap = need;
	return 0;
}

static void put(struct telling *t, node_id source, node_id target, uint32_t classes)
{
	t->set.flows[t->set.flow_count++] = (struct flow){
		.target = target,
		.source = source,
		.classes = classes,
	};
}

/* The end among fields: a dataset is meant with all its columns. */
static int find_inner(struct telling *t, struct end *end, node_id *out)
{
	struct node_key key = end->key;
	int r;

	*out = end->id;
	if (key.kind != NODE_DATASET)
		return 0;
	if (!end->whole) {
		key.kind = NODE_WHOLE;
		r = fold_node(t->fold, &key, t->event->time_us, &end->whole);
		if (r)
			return r;
	}
	*out = end->whole;
	return 0;
}

static bool holds(const node_id *ids, size_t count, node_id id)
{
	return idlist_place(ids, count, id) < count;
}

/* Whether the inputs and outputs say it already, or there is nothing to say. */
static bool is_told(
	const struct telling *t, const struct end *source, const struct end *target)
{
	const struct ioset *set = &t->set;

	if (source->key.kind == NODE_JOB && target->key.kind == NODE_JOB)
		return source->outer == target->outer;
	if (source->outer == t->job)
		return holds(set->outputs, set->output_count, target->outer);
	if (target->outer == t->job)
		return holds(set->inputs, set->input_count, source->outer);
	return false;
}

static int add_flow(
	struct telling *t, struct end *source, struct end *target, uint32_t classes)
{
	node_id from;
	node_id to;
	int r;

	if (!source->id || !target->id) {
		t->fold->odd++;
		return 0;
	}
	if (source->key.kind == NODE_FIELD || target->key.kind == NODE_FIELD) {
		r = find_inner(t, source, &from);
		if (!r)
			r = find_inner(t, target, &to);
		if (r)
			return r;
		put(t, from, to, classes);
	}
	/* A check of what the job itself writes makes it no reader of that. */
	if (!flow_is_check(classes) && !is_told(t, source, target))
		put(t, source->outer, target->outer, classes);
	return 0;
}

/* Puts what a facet tells into the set. */
static int add_flows(struct telling *t, const struct carrier *carrier,
	const struct ol_flows *told, uint32_t form)
{
	struct end *ends = NULL;
	int r;

	r = find_ends(t, carrier, told, &ends);
	if (!r)
		r = reserve(t, told->count);
	if (r)
		return r;
	for (size_t i = 0; i < told->count; i++) {
		const struct ol_flow *flow = &told->list[i];

		r = add_flow(t, &ends[flow->source], &ends[flow->target],
			flow->classes | form);
		if (r)
			return r;
	}
	return 0;
}

int fold_flow_job(struct telling *telling)
{
	struct fold *fold = telling->fold;
	const struct ol_event *event = telling->event;
	const struct ol_facet *facet;
	struct ol_flows told;
	int r;

	facet = find_facet(fold, &event->job.facets, SLICE("lineage"));
	if (!facet)
		return 1;
	if (!facet->deleted) {
		r = read(telling, facet, fold->facets->job_lineage, &told);
		if (!r)
			r = add_flows(telling, NULL, &told, CLASS_FORM_EXPLICIT);
		if (r)
			return r;
		memset(telling->set.covers, COVER_EXPLICIT, telling->set.output_count);
	}
	/* A run says what it did, a job event all there is. */
	telling->set.stated = event->kind == EVENT_JOB;
	return facet->deleted;
}

/* Returns 0 and the flows told, or 1 when no column lineage is told. */
static int add_columns(
	struct telling *t, const struct carrier *carrier, size_t *count_out)
{
	const struct ol_facet *facet;
	struct ol_flows told;
	int r;

	facet = find_facet(t->fold, &carrier->dataset->facets, SLICE("columnLineage"));
	if (!facet || facet->deleted)
		return 1;
	r = read(t, facet, t->fold->facets->columns, &told);
	if (!r)
		r = add_flows(t, carrier, &told, CLASS_FORM_COLUMNS);
	if (r)
		return r;
	*count_out = told.count;
	return 0;
}

int fold_flow_output(struct telling *telling, const struct carrier *output)
{
	struct ioset *set = &telling->set;
	size_t count;
	size_t at;
	int r = add_columns(telling, output, &count);

	if (r)
		return r < 0 ? r : 0;
	at = idlist_place(set->outputs, set->output_count, output->id);
	if (at < set->output_count && count)
		set->covers[at] |= COVER_COLUMNS;
	return 0;
}

/* Returns 0, or 1 when the facet is malformed. */
static int add_checks(
	struct telling *t, const struct carrier *carrier, const struct ol_facets *facets)
{
	const struct ol_facet *facet;
	struct ol_flows told;
	int r;

	facet = find_facet(t->fold, facets, SLICE("dataQualityAssertions"));
	if (!facet || facet->deleted)
		return 0;
	r = read(t, facet, t->fold->facets->checks, &told);
	return r ? r : add_flows(t, carrier, &told, 0);
}

int fold_flow_checks(struct telling *telling, const struct carrier *dataset)
{
	int r = add_checks(telling, dataset, &dataset->dataset->facets);

	if (r < 0)
		return r;
	r = add_checks(telling, dataset, &dataset->dataset->io_facets);
	/* Nobody weighs these. */
	telling->fold->odd += r > 0;
	return r < 0 ? r : 0;
}

int fold_flow_dataset(struct telling *telling, const struct carrier *dataset)
{
	struct fold *fold = telling->fold;
	const struct ol_facet *facet;
	struct ol_flows told;
	size_t count;
	int r = 1;

	facet = find_facet(fold, &dataset->dataset->facets, SLICE("lineage"));
	if (facet && !facet->deleted) {
		r = read(telling, facet, fold->facets->dataset_lineage, &told);
		if (!r)
			r = add_flows(telling, dataset, &told, CLASS_FORM_EXPLICIT);
	}
	if (r == 1) {
		telling->set.stated = facet && facet->deleted;
		r = add_columns(telling, dataset, &count);
	}
	if (r)
		return r < 0 ? r : 0;
	telling->set.stated = true;
	return 0;
}

int fold_flow_snapshot(struct fold *fold, const struct ol_event *event, bool *out)
{
	const struct ol_facet *facet;
	struct ol_job_type type;
	int r;

	*out = false;
	if (event->kind != EVENT_RUN)
		return 0;
	facet = find_facet(fold, &event->job.facets, SLICE("jobType"));
	if (!facet || facet->deleted)
		return 0;
	r = fold->facets->job_type(facet->bytes, fold->scratch, &type, NULL);
	if (r)
		return r == ERR_INVALID ? 0 : r;
	*out = type.snapshot;
	return 0;
}
