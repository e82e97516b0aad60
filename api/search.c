/* SPDX-License-Identifier: Apache-2.0 */

/*
 * search.c - GET /api/v2/search: datasets and jobs as you type
 */
#include "api/handlers.h"
#include "api/nodeout.h"
#include "base/idset.h"

#define SEARCH_BUDGET	 100000 /* index rows */
#define SEARCH_TEXT_MAX	 512
#define SEARCH_LIMIT_MAX 1000
#define HITS_BEYOND	 1000 /* the limit: names of one node, and what is not shown */

static const struct param_range search_limit = { 1, SEARCH_LIMIT_MAX, 20 };

static const struct param_rule search_rules[] = {
	{ "q", 1 },
	{ "kind", 1 },
	{ "facets", 1 },
	{ "limit", 1 },
	{ NULL, 0 },
};

static const char *const searched_kinds[] = { "any", "dataset", "job", NULL };

struct hits {
	node_id *ids;
	size_t count;
	bool complete;
};

struct search {
	struct slice text;
	enum node_kind kind;
	struct facet_choice facets;
	size_t limit;
};

static void read_search(struct call *call, struct params *p, struct search *out)
{
	params_parse(p, call->query, search_rules, call->arena);
	out->text = param_get(p, "q");
	out->kind = (enum node_kind)param_choice(p, "kind", searched_kinds, 0);
	out->limit = param_uint(p, "limit", &search_limit);
	facet_choice_read(p, &out->facets);
	if (out->text.len == 0 || out->text.len > SEARCH_TEXT_MAX)
		params_fault(p, "q", "must have 1 to %d bytes", SEARCH_TEXT_MAX);
}

/* A hit on another name of a node: that name, beside the node that stands for it. */
static int write_result(struct jsonw *w, struct call *call, const struct search *search,
	node_id hit, node_id id)
{
	struct entity entity;
	int r;

	if (hit == id)
		return jsonw_listed(w, call, &search->facets, id, NULL);
	r = node_get(call, hit, &entity);
	return r ? r : jsonw_listed(w, call, &search->facets, id, &entity.key);
}

/* Each node once, however many of its names were hit; *more: not all were written. */
static int write_results(struct jsonw *w, struct call *call, const struct search *search,
	const struct hits *hits, bool *more)
{
	AUTO(idset) struct idset *seen = idset_new(hits->count + 1);
	size_t written = 0;

	*more = false;
	if (!seen)
		return ERR_NOMEM;
	for (size_t i = 0; i < hits->count; i++) {
		node_id id = image_canonical(call->snapshot->image, hits->ids[i]);
		int r = snapshot_lists(call->snapshot, id);

		if (r == 0)
			continue;
		if (r > 0)
			r = idset_put(seen, id, 0);
		if (r < 0)
			return r;
		if (r == 1)
			continue;
		*more = written == search->limit || page_must_end(call, w->buf, written);
		if (*more)
			return 0;
		r = write_result(w, call, search, hits->ids[i], id);
		if (r)
			return r;
		written++;
	}
	return 0;
}

static int write_answer(struct call *call, struct reply *reply,
	const struct search *search, const struct hits *hits)
{
	struct jsonw w;
	bool more;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "complete");
	jsonw_bool(&w, hits->complete);
	jsonw_key(&w, "results");
	jsonw_array(&w);
	r = write_results(&w, call, search, hits, &more);
	if (r)
		return r;
	jsonw_array_end(&w);
	jsonw_key(&w, "more");
	jsonw_bool(&w, more);
	jsonw_object_end(&w);
	return 0;
}

int api_search(struct call *call, struct reply *reply)
{
	struct search search;
	struct hits hits = { .complete = false };
	struct params p;
	size_t max;
	int r;

	read_search(call, &p, &search);
	if (params_error(&p))
		return params_refuse(&p, reply);
	max = search.limit + 1 + HITS_BEYOND;
	hits.ids = arena_array(call->arena, max, sizeof(*hits.ids));
	if (!hits.ids)
		return ERR_NOMEM;
	r = entity_search(call->snapshot->txn, search.text, search.kind, SEARCH_BUDGET,
		hits.ids, max, &hits.count, &hits.complete);
	return r ? r : write_answer(call, reply, &search, &hits);
}
