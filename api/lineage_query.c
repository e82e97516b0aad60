/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_query.c - the parameters of questions that walk the graph
 */
#include "api/lineage_query.h"

#include "api/interval.h"
#include "base/clock.h"
#include "graph/entity.h"

#define LINEAGE_BUDGET_EDGES 20000000

static const struct param_range page_limit = { 1, LINEAGE_LIMIT_MAX, 1000 };
static const struct param_range whole_limit = { 1, LINEAGE_LIMIT_MAX, LINEAGE_LIMIT_MAX };

/* In the order of enum lineage_level. */
static const char *const levels[] = { "mixed", "dataset", "job", "field", NULL };

const char *lineage_level_text(enum lineage_level level)
{
	return levels[level];
}

int64_t lineage_time_us(const struct lineage_query *query)
{
	switch (query->time) {
	case LINEAGE_CURRENT:
		break;
	case LINEAGE_AS_OF:
		return query->as_of_us;
	case LINEAGE_WINDOW:
		return query->to_us;
	}
	return TIME_NEVER;
}

void walk_read(const struct call *call, struct params *p, struct lineage_query *out)
{
	static const char *const evidences[] = { "observed", "declared", "inferred",
		"all", NULL };
	unsigned evidence = param_words(p, "evidence", evidences, 8);

	out->observed = evidence & (8 | 1);
	out->declared = evidence & (8 | 2);
	out->inferred = evidence & (8 | 4);
	out->level = (enum lineage_level)param_choice(p, "level", levels, LEVEL_MIXED);
	out->precise = param_bool(p, "precise", true);
	out->budget_edges = LINEAGE_BUDGET_EDGES;
	out->deadline_us = call->deadline_us;
}

void walk_read_time(struct params *p, struct lineage_query *out)
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

static void read_reach(struct params *p, struct lineage_query *out)
{
	static const char *const directions[] = { "both", "upstream", "downstream",
		NULL };
	static const char *const kinds[] = { "any", "dataset", "job", "field", NULL };
	unsigned direction = param_choice(p, "direction", directions, 0);
	struct slice depth_text = param_get(p, "depth");
	uint64_t depth;

	out->upstream = direction != 2;
	out->downstream = direction != 1;
	out->filter.kind = (enum node_kind)param_choice(p, "onlyKind", kinds, 0);
	out->depth = DEPTH_ALL;
	if (!param_given(p, "depth") || slice_equal_nocase(depth_text, "all"))
		return;
	if (uint_from_text(depth_text, &depth) || depth >= DEPTH_ALL)
		params_fault(p, "depth", "must be a number of hops, or all");
	else
		out->depth = (uint32_t)depth;
}

static void read_shape(struct params *p, struct lineage_request *out)
{
	static const char *const throughs[] = { "temporary", NULL };
	/* In the order of enum view_group. */
	static const char *const groups[] = { "none", "namespace", "prefix", "owner",
		"tag", "parent", "root", NULL };

	out->shape.through_temporary =
		param_given(p, "through") && param_choice(p, "through", throughs, 0) == 0;
	out->shape.group =
		(enum view_group)param_choice(p, "groupBy", groups, GROUP_NONE);
	out->shape.budget = LINEAGE_BUDGET_EDGES;
}

/* A question about a field is one about fields. */
static void settle_level(struct params *p, struct lineage_query *query)
{
	if (!param_given(p, "field"))
		return;
	if (!param_given(p, "level"))
		query->level = LEVEL_FIELD;
	else if (query->level != LEVEL_FIELD)
		params_fault(p, "level", "must be field for a field");
}

int lineage_request_read(struct call *call, struct params *p, struct reply *reply,
	struct lineage_request *out)
{
	struct lineage_query *query = &out->query;
	bool paged;

	walk_read(call, p, query);
	settle_level(p, query);
	read_reach(p, query);
	read_shape(p, out);
	facet_choice_read(p, &out->facets);
	out->format = graph_format_read(call, p);
	out->edge_times = param_bool(p, "edgeTimes", true);
	paged = out->format == DRAW_JSON && !lineage_is_reshaped(out);
	query->limit = param_uint(p, "limit", paged ? &page_limit : &whole_limit);
	if (out->format == DRAW_NDJSON && out->shape.group != GROUP_NONE)
		params_fault(p, "groupBy", "has no events: ask for another format");
	return lineage_roots_read(call, p, reply, out);
}
