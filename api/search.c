/* SPDX-License-Identifier: Apache-2.0 */

/*
 * search.c - GET /api/v2/search: datasets and jobs as you type
 */
#include "api/handlers.h"
#include "api/nodeout.h"

#define SEARCH_BUDGET	 100000 /* index rows */
#define SEARCH_TEXT_MAX	 512
#define SEARCH_LIMIT_MAX 1000

static const struct param_range search_limit = { 1, SEARCH_LIMIT_MAX, 20 };

static const struct param_rule search_rules[] = {
	{ "q", 1 },
	{ "kind", 1 },
	{ "facets", 1 },
	{ "limit", 1 },
	{ NULL, 0 },
};

static const char *const searched_kinds[] = { "any", "dataset", "job", NULL };

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

static int write_results(struct call *call, struct reply *reply,
	const struct search *search, const node_id *ids, size_t count, bool complete)
{
	struct jsonw w;
	size_t page = count < search->limit ? count : search->limit;
	size_t written;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "complete");
	jsonw_bool(&w, complete);
	jsonw_key(&w, "results");
	jsonw_array(&w);
	r = jsonw_node_list(&w, call, &search->facets, ids, page, &written);
	jsonw_array_end(&w);
	jsonw_key(&w, "more");
	jsonw_bool(&w, written < count);
	jsonw_object_end(&w);
	return r;
}

int api_search(struct call *call, struct reply *reply)
{
	struct search search;
	struct params p;
	node_id *ids;
	size_t count;
	bool complete;
	int r;

	read_search(call, &p, &search);
	if (params_error(&p))
		return params_refuse(&p, reply);
	ids = arena_array(call->arena, search.limit + 1, sizeof(*ids));
	if (!ids)
		return ERR_NOMEM;
	r = entity_search(call->snapshot->txn, search.text, search.kind, SEARCH_BUDGET,
		ids, search.limit + 1, &count, &complete);
	if (r)
		return r;
	return write_results(call, reply, &search, ids, count, complete);
}
