/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_search_beta.c - GET /api/v2beta/search/...: phrases in what is known
 *
 * Marquez asks OpenSearch, which has a copy of the newest event of each job and
 * dataset.  Here what stands is looked at itself, so nothing has to be kept in step:
 * names first, and then what the facets say.
 */
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/marquez_run.h"
#include "api/marquez_scan.h"
#include "api/marquez_walk.h"
#include "api/marquez_words.h"
#include "api/nodeout.h"

#define HITS_MAX 10
#define TEXT_MAX 1000

static const struct param_rule beta_rules[] = { { "q", 1 }, { NULL, 0 } };

/* How good a hit is: the lower the better. */
enum found_in { IN_WHOLE_NAME, IN_NAME, IN_NAMESPACE, IN_FACETS, IN_NOTHING };

struct hit {
	node_id id;
	enum found_in in;
	int64_t seen_us;
};

struct beta {
	struct mq *mq;
	struct slice phrase;
	enum node_kind kind;
	struct hit hits[HITS_MAX]; /* the best */
	size_t count;
	bool late;

	/* While the texts of a node are gone through. */
	struct jsonw *w; /* NULL: only *in is wanted */
	enum found_in in;
};

/* One text of a node; writes the member of highlights where that is wanted. */
static int look_at_text(
	struct beta *beta, enum found_in in, const char *name, struct slice text)
{
	struct mq_match match;
	struct slice fragment;
	int r;

	if (!text.len || !mq_phrase_in(text, beta->phrase, &match))
		return 0;
	if (in < beta->in)
		beta->in = in;
	if (!beta->w)
		return 0;
	r = mq_fragment(text, &match, beta->mq->call->arena, &fragment);
	if (r)
		return r;
	jsonw_key(beta->w, name);
	jsonw_array(beta->w);
	jsonw_string(beta->w, fragment);
	jsonw_array_end(beta->w);
	return 0;
}

static int look_at_member(struct beta *beta, node_id node, const char *facet,
	const char *member, const char *shown)
{
	struct mq_texts texts = { { member }, { { 0 } } };
	int r = mq_facet_texts(beta->mq->call, node, slice_from(facet), &texts);

	return r ? r : look_at_text(beta, IN_FACETS, shown, texts.texts[0]);
}

static int look_at_job(struct beta *beta, node_id node)
{
	int r = look_at_member(beta, node, "sql", "query", "facets.sql.query");

	if (!r)
		r = look_at_member(beta, node, "sourceCode", "sourceCode",
			"facets.sourceCode.sourceCode");
	if (!r)
		r = look_at_member(beta, node, "sourceCode", "language",
			"facets.sourceCode.language");
	return r ? r
		 : look_at_member(beta, node, "documentation", "description",
			   "facets.documentation.description");
}

/* The first column whose name, and the first whose type, has the phrase. */
static int look_at_schema(struct beta *beta, node_id node)
{
	struct mq_match match;
	struct ol_schema schema;
	struct slice name = { 0 };
	struct slice type = { 0 };
	int r = facet_schema(beta->mq->call, node, &schema);

	for (size_t i = 0; i < schema.count && !r; i++) {
		const struct ol_column *column = &schema.list[i];

		if (!name.len && mq_phrase_in(column->path, beta->phrase, &match))
			name = column->path;
		if (!type.len && mq_phrase_in(column->type, beta->phrase, &match))
			type = column->type;
	}
	if (!r)
		r = look_at_text(beta, IN_FACETS, "facets.schema.fields.name", name);
	return r ? r : look_at_text(beta, IN_FACETS, "facets.schema.fields.type", type);
}

static int look_at_dataset(struct beta *beta, node_id node)
{
	int r = look_at_schema(beta, node);

	return r ? r
		 : look_at_member(beta, node, "documentation", "description",
			   "facets.documentation.description");
}

/* The names as they are shown. */
static int read_names(
	struct beta *beta, node_id node, struct slice *namespace, struct slice *name)
{
	struct mq_job_name job;
	struct entity entity;
	int r = node_get(beta->mq->call, node, &entity);

	*namespace = entity.key.namespace;
	*name = entity.key.name;
	if (r || beta->kind != NODE_JOB)
		return r;
	r = mq_job_name(beta->mq->call, node, &job);
	*name = job.name;
	return r;
}

static int look_at_node(struct beta *beta, node_id node)
{
	struct slice namespace;
	struct slice name;
	int r = read_names(beta, node, &namespace, &name);

	beta->in = IN_NOTHING;
	if (!r)
		r = look_at_text(beta,
			slice_equal(name, beta->phrase) ? IN_WHOLE_NAME : IN_NAME, "name",
			name);
	if (!r)
		r = look_at_text(beta, IN_NAMESPACE, "namespace", namespace);
	/* What the facets say can make no hit better. */
	if (r || (!beta->w && beta->in != IN_NOTHING))
		return r;
	return beta->kind == NODE_JOB ? look_at_job(beta, node)
				      : look_at_dataset(beta, node);
}

static bool is_better(const struct hit *a, const struct hit *b)
{
	if (a->in != b->in)
		return a->in < b->in;
	if (a->seen_us != b->seen_us)
		return a->seen_us > b->seen_us;
	return a->id < b->id;
}

/* Puts a hit where it belongs, unless there are enough better ones. */
static void keep(struct beta *beta, const struct hit *hit)
{
	size_t at = beta->count;

	if (beta->count < HITS_MAX)
		beta->count++;
	else if (is_better(hit, &beta->hits[HITS_MAX - 1]))
		at = HITS_MAX - 1;
	else
		return;
	for (; at > 0 && is_better(hit, &beta->hits[at - 1]); at--)
		beta->hits[at] = beta->hits[at - 1];
	beta->hits[at] = *hit;
}

/* Nodes are looked at under the name that stands for them. */
static int visit(void *ctx, const struct mq_scanned *scanned)
{
	struct beta *beta = ctx;
	bool hidden;
	int r;

	if (scanned->entity->id != scanned->id)
		return 0;
	r = look_at_node(beta, scanned->id);
	if (r || beta->in == IN_NOTHING)
		return r;
	r = mq_node_hidden(beta->mq, scanned->id, &hidden);
	if (!r && !hidden)
		keep(beta, &(struct hit){ scanned->id, beta->in,
				   scanned->entity->times.last_seen_us });
	return r;
}

/* The newest run of a job, or of one that writes a dataset; 1 when there is none. */
static int newest_run(struct beta *beta, node_id node, struct run *out)
{
	struct call *call = beta->mq->call;
	const struct image_node *image = image_node(call->snapshot->image, node);
	const struct image_edges *edges = image ? &image->edges[UPSTREAM] : NULL;

	if (beta->kind == NODE_JOB)
		return mq_latest_run(call, node, out);
	for (uint32_t i = 0; edges && i < edges->now; i++) {
		if (edges->flags[i] & EDGE_OBSERVED_NOW)
			return mq_latest_run(call, edges->peers[i], out);
	}
	return 1;
}

/* The members run_id and eventType, and the facets that the run has. */
static int write_run(struct jsonw *w, struct beta *beta, const struct entity *entity)
{
	struct run_facets facets = { .count = 0 };
	const struct run_facet *list;
	struct run run;
	size_t count;
	int r = newest_run(beta, entity->id, &run);

	if (r < 0)
		return r;
	if (r == 1) {
		jsonw_key(w, "run_id");
		jsonw_null(w);
		jsonw_key(w, "eventType");
		jsonw_null(w);
	} else {
		mq_uuid(w, "run_id", &run.id);
		jsonw_key(w, "eventType");
		jsonw_text(w, event_type_text(run.state));
		r = run_facets_read(beta->mq->call, &run, &facets);
		if (r)
			return r;
	}
	if (beta->kind == NODE_JOB) {
		list = run_facets_of(&facets, PART_RUN, NULL, &count);
		mq_run_facet_list(w, "runFacets", list, count);
		return 0;
	}
	mq_run_facet_list(w, "inputFacets", NULL, 0);
	list = run_facets_of(&facets, PART_OUTPUT, &entity->key, &count);
	mq_run_facet_list(w, "outputFacets", list, count);
	return 0;
}

static int write_type(struct jsonw *w, struct beta *beta, node_id node)
{
	struct mq_texts texts = { { "processingType" }, { { 0 } } };
	int r;

	if (beta->kind != NODE_JOB)
		return 0;
	r = mq_facet_texts(beta->mq->call, node, SLICE("jobType"), &texts);
	jsonw_key(w, "type");
	jsonw_text(
		w, slice_equal_nocase(texts.texts[0], "STREAMING") ? "STREAM" : "BATCH");
	return r;
}

static int write_hit(struct jsonw *w, struct beta *beta, node_id node)
{
	const struct facet_choice all = { .all = true };
	struct slice namespace;
	struct slice name;
	struct entity entity;
	int r = node_get(beta->mq->call, node, &entity);

	if (!r)
		r = read_names(beta, node, &namespace, &name);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, namespace);
	jsonw_key(w, "name");
	jsonw_string(w, name);
	r = write_type(w, beta, node);
	if (!r)
		r = write_run(w, beta, &entity);
	if (!r)
		r = jsonw_facets(w, beta->mq->call, &entity, &all);
	jsonw_object_end(w);
	return r;
}

static int write_highlights(struct jsonw *w, struct beta *beta, node_id node)
{
	int r;

	beta->w = w;
	jsonw_object(w);
	r = look_at_node(beta, node);
	jsonw_object_end(w);
	return r;
}

static int write_answer(struct reply *reply, struct beta *beta)
{
	struct jsonw w;
	int r = 0;

	answer_json(&w, reply);
	jsonw_key(&w, "hits");
	jsonw_array(&w);
	for (size_t i = 0; i < beta->count && !r; i++)
		r = write_hit(&w, beta, beta->hits[i].id);
	jsonw_array_end(&w);
	jsonw_key(&w, "highlights");
	jsonw_array(&w);
	for (size_t i = 0; i < beta->count && !r; i++)
		r = write_highlights(&w, beta, beta->hits[i].id);
	jsonw_array_end(&w);
	mq_truncated(&w, beta->late ? "deadline" : NULL);
	jsonw_object_end(&w);
	return r;
}

static int answer(struct mq *mq, struct reply *reply, struct beta *beta)
{
	const struct mq_scan scan = { .kind = beta->kind, .visit = visit, .ctx = beta };
	int r;

	beta->mq = mq;
	r = mq_scan(mq, &scan, &beta->late);
	return r ? r : write_answer(reply, beta);
}

static int read_phrase(struct call *call, struct reply *reply, struct slice *out)
{
	struct mq_match match;
	struct params p;
	int r = mq_params(call, beta_rules, &p, reply);

	if (r)
		return r;
	*out = param_get(&p, "q");
	if (out->len > TEXT_MAX)
		return mq_refuse_param(
			reply, "query param q must have at most %d bytes", TEXT_MAX);
	/* A phrase without words is in no text, not even in itself. */
	if (!mq_phrase_in(*out, *out, &match))
		return mq_refuse_param(reply, "query param q must not be blank");
	return 0;
}

static int search(struct call *call, struct reply *reply, enum node_kind kind)
{
	struct beta beta = { .kind = kind };
	struct mq mq;
	int r = read_phrase(call, reply, &beta.phrase);

	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r < 0 ? r : 0;
	r = answer(&mq, reply, &beta);
	mq_close(&mq);
	return r;
}

int api_mq_search_jobs(struct call *call, struct reply *reply)
{
	return search(call, reply, NODE_JOB);
}

int api_mq_search_datasets(struct call *call, struct reply *reply)
{
	return search(call, reply, NODE_DATASET);
}
