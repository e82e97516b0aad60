/* SPDX-License-Identifier: Apache-2.0 */

/*
 * selectorin.c - parameters that are selectors
 */
#include "api/selectorin.h"

#include "base/clock.h"

/* A selector's walks stop at the time and the evidence of the question. */
static struct select_options options_for(const struct lineage_query *walk)
{
	return (struct select_options){ .walk = walk,
		.budget = walk->budget_edges,
		.now_us = walk->time == LINEAGE_AS_OF	 ? walk->as_of_us
			  : walk->time == LINEAGE_WINDOW ? walk->to_us
							 : clock_now_us() };
}

int selector_read(struct call *call, struct params *p, const char *name,
	const struct lineage_query *walk, struct selected *out)
{
	const struct select_options options = options_for(walk);
	const struct selector *selector = NULL;
	struct idlist ids = { .arena = call->arena };
	struct fault fault = { 0 };
	int r;

	*out = (struct selected){ .cut = CUT_NONE };
	if (params_error(p))
		return 0;
	r = selector_parse(param_get(p, name), call->arena, &selector, &fault);
	if (r == ERR_INVALID) {
		params_fault_at(p, name, &fault);
		return 0;
	}
	if (!r)
		r = selector_evaluate(
			call->snapshot, selector, &options, call->arena, &ids, &out->cut);
	if (r)
		return r;
	out->ids = ids.ids;
	out->count = ids.count;
	return 0;
}
