/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exposure.c - GET /api/v2/exposure: where the values of tagged columns can be read
 *
 * What is exposed comes first, then what may be, then where a mask ended it: one
 * list, cut into pages, in three members of the answer.
 */
#include "graph/exposure.h"

#include "api/columnout.h"
#include "api/cursor.h"
#include "api/facetin.h"
#include "api/graph_edge.h"
#include "api/graphout.h"
#include "api/handlers.h"
#include "api/impact_report.h"
#include "api/nodelife.h"

#define SHOWN_MAX 100 /* sources, and hops that tell no columns */

static const struct param_range exposure_limit = { 1, 10000, 100 };

static const struct param_rule exposure_rules[] = { TIME_RULES, { "evidence", 1 },
	{ "tag", 1 }, { "indirect", 1 }, { "limit", 1 }, { "cursor", 1 }, { NULL, 0 } };

struct asked {
	struct exposure_query query;
	struct cursor after;
	bool paged; /* go on behind the cursor */
	size_t limit;
};

/* What is written, and where it ends. */
struct page {
	const struct exposures *found;
	size_t at;
	size_t end; /* what the limit allows */
	size_t written;
};

static void read_asked(const struct call *call, struct params *p, struct asked *out)
{
	*out = (struct asked){ .query.opaque_max = SHOWN_MAX };
	params_parse(p, call->query, exposure_rules, call->arena);
	walk_read(call, p, &out->query.graph);
	walk_read_time(p, &out->query.graph);
	out->query.tag = param_get(p, "tag");
	out->query.indirect = param_bool(p, "indirect", false);
	out->limit = param_uint(p, "limit", &exposure_limit);
	out->paged = param_cursor(p, "exposure", &out->after);
	if (!out->query.tag.len)
		params_fault(p, "tag", "is missing: KEY, or KEY=VALUE");
}

static bool is_behind(const struct exposure *exposure, const struct cursor *after)
{
	if (exposure->kind != after->at[0])
		return exposure->kind > after->at[0];
	if (exposure->depth != after->at[1])
		return exposure->depth > after->at[1];
	return exposure->node > after->at[2];
}

static struct page page_of(const struct asked *asked, const struct exposures *found)
{
	struct page page = { .found = found };

	while (asked->paged && page.at < found->count &&
		!is_behind(&found->list[page.at], &asked->after))
		page.at++;
	page.end = found->count - page.at > asked->limit ? page.at + asked->limit
							 : found->count;
	return page;
}

/* ---- one node ---- */

static int write_owners(struct jsonw *w, struct call *call, node_id node)
{
	struct ol_labels owners;
	int r = facet_owners(call, node_dataset(call, node), &owners);

	if (!r)
		jsonw_owners(w, &owners);
	return r;
}

static int write_step(struct jsonw *w, struct call *call, const struct impact_step *step)
{
	struct entity entity;
	int r = node_get(call, step->node, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	if (step->classes)
		jsonw_classes(w, step->classes);
	jsonw_object_end(w);
	return 0;
}

/* From the tagged column on: steps are told from their end. */
static int write_path(struct jsonw *w, struct call *call, const struct impact_step *last)
{
	const struct impact_step **steps;
	size_t count = 0;
	int r = 0;

	for (const struct impact_step *step = last; step; step = step->from)
		count++;
	steps = arena_array(call->arena, count, sizeof(const struct impact_step *));
	if (!steps)
		return ERR_NOMEM;
	for (size_t i = count; i > 0; i--, last = last->from)
		steps[i - 1] = last;
	jsonw_key(w, "path");
	jsonw_array(w);
	for (size_t i = 0; !r && i < count; i++)
		r = write_step(w, call, steps[i]);
	jsonw_array_end(w);
	return r;
}

static int write_exposure(
	struct jsonw *w, struct call *call, const struct exposure *exposure)
{
	struct entity entity;
	int r = node_get(call, exposure->node, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_key(w, "depth");
	jsonw_uint(w, exposure->depth);
	jsonw_key(w, "certainty");
	jsonw_text(w, impact_certainty_text(exposure->certainty));
	jsonw_key(w, "tagged");
	jsonw_bool(w, exposure->tagged);
	r = write_owners(w, call, exposure->node);
	if (!r)
		r = write_path(w, call, exposure->because);
	jsonw_object_end(w);
	return r;
}

/* ---- the answer ---- */

/* The part of the page that is of one kind. */
static int write_kind(
	struct jsonw *w, struct call *call, struct page *page, enum exposure_kind kind)
{
	int r = 0;

	jsonw_key(w, exposure_text(kind));
	jsonw_array(w);
	while (!r && page->at < page->end) {
		const struct exposure *exposure = &page->found->list[page->at];

		if (exposure->kind != kind)
			break;
		if (page_must_end(call, w->buf, page->written)) {
			page->end = page->at;
			break;
		}
		r = write_exposure(w, call, exposure);
		page->at++;
		page->written++;
	}
	jsonw_array_end(w);
	return r;
}

static int write_sources(
	struct jsonw *w, struct call *call, const struct exposures *found)
{
	int r = 0;

	jsonw_key(w, "sources");
	jsonw_array(w);
	for (size_t i = 0; !r && i < found->source_count && i < SHOWN_MAX; i++)
		r = jsonw_node_brief(w, call, found->sources[i]);
	jsonw_array_end(w);
	return r;
}

static bool was_job_before(const struct exposures *found, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (found->opaque[i].job == found->opaque[at].job)
			return true;
	}
	return false;
}

/* The jobs to ask, each once. */
static int write_opaque(struct jsonw *w, struct call *call, const struct exposures *found)
{
	int r = 0;

	jsonw_key(w, "opaque");
	jsonw_object(w);
	jsonw_key(w, "count");
	jsonw_uint(w, found->opaque_hops);
	jsonw_key(w, "jobs");
	jsonw_array(w);
	for (size_t i = 0; !r && i < found->opaque_count; i++) {
		if (found->opaque[i].job && !was_job_before(found, i))
			r = jsonw_node_brief(w, call, found->opaque[i].job);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
	return r;
}

static void write_counts(struct jsonw *w, const struct exposures *found)
{
	jsonw_key(w, "counts");
	jsonw_object(w);
	jsonw_key(w, "sources");
	jsonw_uint(w, found->source_count);
	for (int kind = 0; kind < EXPOSURE_KINDS; kind++) {
		jsonw_key(w, exposure_text((enum exposure_kind)kind));
		jsonw_uint(w, found->counts[kind]);
	}
	jsonw_object_end(w);
}

static void write_head(
	struct jsonw *w, const struct asked *asked, const struct exposures *found)
{
	jsonw_query_time(w, &asked->query.graph);
	jsonw_key(w, "tag");
	jsonw_string(w, asked->query.tag);
	jsonw_key(w, "indirect");
	jsonw_bool(w, asked->query.indirect);
	jsonw_cut(w, cut_text(found->cut));
	jsonw_key(w, "lowerBound");
	jsonw_bool(w, found->lower_bound);
	write_counts(w, found);
}

static void write_next(struct jsonw *w, const struct params *p, const struct page *page)
{
	const struct exposure *last =
		page->written ? &page->found->list[page->at - 1] : NULL;
	struct cursor next = { { 0 } };

	if (last)
		next = (struct cursor){ { last->kind, last->depth, last->node } };
	jsonw_next(
		w, p, "exposure", last && page->at < page->found->count ? &next : NULL);
}

static int write_answer(struct call *call, struct reply *reply, const struct params *p,
	const struct asked *asked, const struct exposures *found)
{
	struct page page = page_of(asked, found);
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	write_head(&w, asked, found);
	r = write_sources(&w, call, found);
	for (int kind = 0; !r && kind < EXPOSURE_KINDS; kind++)
		r = write_kind(&w, call, &page, (enum exposure_kind)kind);
	if (!r)
		r = write_opaque(&w, call, found);
	if (r)
		return r;
	write_next(&w, p, &page);
	jsonw_object_end(&w);
	return 0;
}

int api_exposure(struct call *call, struct reply *reply)
{
	struct exposures found;
	struct asked asked;
	struct params p;
	int r;

	read_asked(call, &p, &asked);
	if (params_error(&p))
		return params_refuse(&p, reply);
	r = exposure_find(call->snapshot, &asked.query, call->arena, &found);
	return r ? r : write_answer(call, reply, &p, &asked, &found);
}
