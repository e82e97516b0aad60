/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_query.c - the parameters of a lineage question
 */
#include "api/lineage_query.h"

#include "api/cursor.h"
#include "api/interval.h"
#include "api/noderef.h"
#include "base/clock.h"

#define LINEAGE_BUDGET_EDGES 20000000
#define LINEAGE_LIMIT_MAX    100000

static const struct param_range lineage_limit = { 1, LINEAGE_LIMIT_MAX, 1000 };

static const struct param_rule lineage_rules[] = {
	NODEREF_RULES,
	{ "field", 1 },
	{ "direction", 1 },
	{ "depth", 1 },
	{ "level", 1 },
	{ "asOf", 1 },
	{ "window", 1 },
	{ "evidence", 1 },
	{ "onlyKind", 1 },
	{ "inNamespace", IN_NAMESPACES_MAX },
	{ "facets", 1 },
	{ "edgeTimes", 1 },
	{ "limit", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

/* In the order of enum lineage_level. */
static const char *const levels[] = { "mixed", "dataset", "job", "field", NULL };

const char *lineage_level_text(enum lineage_level level)
{
	return levels[level];
}

static void read_choices(struct params *p, struct lineage_query *out)
{
	static const char *const directions[] = { "both", "upstream", "downstream",
		NULL };
	static const char *const evidences[] = { "all", "observed", "declared", NULL };
	static const char *const kinds[] = { "any", "dataset", "job", NULL };
	unsigned direction = param_choice(p, "direction", directions, 0);
	unsigned evidence = param_choice(p, "evidence", evidences, 0);

	out->upstream = direction != 2;
	out->downstream = direction != 1;
	out->observed = evidence != 2;
	out->declared = evidence != 1;
	out->level = (enum lineage_level)param_choice(p, "level", levels, LEVEL_MIXED);
	out->filter.kind = (enum node_kind)param_choice(p, "onlyKind", kinds, 0);
}

static void read_depth(struct params *p, struct lineage_query *out)
{
	struct slice text = param_get(p, "depth");
	uint64_t depth;

	out->depth = DEPTH_ALL;
	if (!param_given(p, "depth") || slice_equal_nocase(text, "all"))
		return;
	if (uint_from_text(text, &depth) || depth >= DEPTH_ALL)
		params_fault(p, "depth", "must be a number of hops, or all");
	else
		out->depth = (uint32_t)depth;
}

static void read_time(struct params *p, struct lineage_query *out)
{
	bool as_of = param_given(p, "asOf");
	struct slice window = param_get(p, "window");
	struct interval interval = { 0 };

	out->as_of_us = param_time(p, "asOf", 0);
	out->time = as_of ? LINEAGE_AS_OF : LINEAGE_CURRENT;
	if (!param_given(p, "window"))
		return;
	if (as_of && window.len && memchr(window.ptr, '/', window.len))
		params_fault(
			p, "window", "must be a duration when asOf stands beside it");
	else if (interval_parse(
			 window, as_of ? out->as_of_us : clock_now_us(), &interval))
		params_fault(p, "window",
			"must be FROM/TO, a duration such as 30d or PT12H, or a "
			"combination of both");
	if (params_error(p))
		return;
	out->time = LINEAGE_WINDOW;
	out->from_us = interval.from_us;
	out->to_us = interval.to_us;
}

/* A namespace that is not there is kept as 0, which no node has. */
static int read_namespaces(
	struct call *call, struct params *p, struct lineage_request *out)
{
	struct slice name;
	size_t count = 0;

	for (size_t at = 0; param_next(p, "inNamespace", &at, &name); count++) {
		int r = namespace_find(
			call->snapshot->txn, name, &out->namespaces[count]);

		if (r < 0)
			return r;
		if (r == 1)
			out->namespaces[count] = 0;
	}
	out->query.filter.namespaces = out->namespaces;
	out->query.filter.namespace_count = count;
	return 0;
}

static void read_page(
	const struct call *call, struct params *p, struct lineage_query *out)
{
	struct cursor cursor;

	out->budget_edges = LINEAGE_BUDGET_EDGES;
	out->deadline_us = call->deadline_us;
	out->limit = param_uint(p, "limit", &lineage_limit);
	if (param_cursor(p, "lineage", &cursor)) {
		out->after_depth = (uint32_t)cursor.at[0];
		out->after_node = (node_id)cursor.at[1];
	}
}

/* Columns are not kept yet; the parameters that will ask for them are known. */
static bool asks_for_fields(const struct params *p, const struct lineage_query *query)
{
	return query->level == LEVEL_FIELD || param_given(p, "field") ||
	       slice_equal_nocase(param_get(p, "kind"), "field");
}

int lineage_request_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	static const char *const truths[] = { "false", "true", NULL };
	struct lineage_query *query = &out->query;
	int r;

	params_parse(p, call->query, lineage_rules, call->arena);
	*out = (struct lineage_request){ 0 };
	read_time(p, query);
	read_choices(p, query);
	read_depth(p, query);
	read_page(call, p, query);
	facet_choice_read(p, &out->facets);
	out->edge_times = param_choice(p, "edgeTimes", truths, 1);
	r = read_namespaces(call, p, out);
	if (r)
		return r;
	if (!params_error(p) && asks_for_fields(p, query)) {
		problem_reply(reply, 501, "lineage of columns is not answered yet");
		return 1;
	}
	r = noderef_find(call, p, 0, reply, &out->root);
	query->roots = &out->root;
	query->root_count = 1;
	return r;
}
