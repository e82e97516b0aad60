/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_report.c - everything that an answer about impact says
 *
 * A page is made of what was found for the whole question.  That is found anew, or
 * it is what was kept when the first page was asked for.
 */
#include "api/impact_report.h"

#include "api/impact_page.h"
#include "api/kept.h"

bool impact_asks_for_part(const struct impact_question *question)
{
	const struct lineage_query *graph = &question->graph;

	return !question->upstream || !question->downstream ||
	       !question->horizons[HORIZON_FAIL_STOP] ||
	       !question->horizons[HORIZON_FIX_FORWARD] || !graph->observed ||
	       !graph->declared || !graph->inferred;
}

bool impact_is_narrowed(const struct impact_report *report)
{
	return report->excluded || impact_asks_for_part(report->question);
}

static enum impact_verdict judge(const struct impact_question *question,
	const struct impact_found *found, const char **why_out)
{
	if (found->effects & question->fail_on) {
		*why_out = "There is an effect that blocks, and nobody waived it.";
		return VERDICT_BLOCK;
	}
	*why_out = "There is more than could be looked through.";
	if (found->cut != CUT_NONE)
		return VERDICT_REVIEW;
	*why_out = "There are effects to look at, though none that blocks.";
	if (found->effects & ~(uint32_t)(EFFECT_UNKNOWN | EFFECT_UNAFFECTED))
		return VERDICT_REVIEW;
	*why_out = "Some lineage is not known column by column: it may be affected.";
	if ((found->effects & EFFECT_UNKNOWN) || found->coverage.lower_bound)
		return VERDICT_REVIEW;
	*why_out = "A job that writes what goes may fail, and no lineage tells.";
	if (impact_use_at_risk(found))
		return VERDICT_REVIEW;
	*why_out = !found->change_count	 ? "Nothing changes."
		   : found->waived_count ? "All that is affected was waived."
		   : found->excluded || impact_asks_for_part(question)
			   ? "Nothing is affected of what was asked for."
			   : "Nothing is affected.";
	return VERDICT_PASS;
}

/* Counted in thousandths, so that all that is printed of it is rounded down. */
static double resolved_of(const struct impact_coverage *coverage)
{
	uint64_t thousandths;

	if (!coverage->datasets)
		return 1;
	thousandths = coverage->datasets_resolved * 1000 / coverage->datasets;
	return (double)thousandths / 1000;
}

static void tell_whole(const struct impact_question *question,
	const struct impact_found *found, struct impact_report *out)
{
	const struct impact_coverage *coverage = &found->coverage;

	out->question = question;
	out->version = found->version;
	out->as_of_us = question->graph.time == LINEAGE_AS_OF ? question->graph.as_of_us
							      : TIME_NEVER;
	out->verdict = judge(question, found, &out->why);
	out->cut = found->cut;
	out->coverage = *coverage;
	out->resolved = resolved_of(coverage);
	out->horizons[HORIZON_FAIL_STOP] = found->horizons[HORIZON_FAIL_STOP];
	out->horizons[HORIZON_FIX_FORWARD] = found->horizons[HORIZON_FIX_FORWARD];
	out->counts = found->counts;
	out->waived = found->waived_count;
	out->excluded = found->excluded;
	out->waivers = found->waivers;
	out->waiver_uses = found->waiver_uses;
	out->waiver_count = found->waiver_count;
}

static int refuse_cursor(
	const struct impact_question *question, struct call *call, struct reply *reply)
{
	const struct cursor *cursor = &question->cursor;

	if (cursor->at[2] != question->hash) {
		static const struct fault fault = { .where = "cursor",
			.why = "must be the `next` of an answer to the same question; "
			       "only `limit` may differ" };

		problem_from_fault(reply, 400, &fault);
		return 1;
	}
	if (cursor->at[0] == call->snapshot->version)
		return 0;
	problem_reply(reply, 410,
		"The graph has moved on, and what was found for the first page is not "
		"kept any more: ask again from the first page.");
	return 1;
}

static int find_anew(struct impact_assets *assets, const struct impact_question *question,
	struct impact_report *out)
{
	struct impact_found made;
	struct impact_found *found;
	int r = impact_found_make(question, assets, &made, &out->own);

	if (r)
		return r;
	found = arena_alloc(out->own ? out->own : assets->call->arena, sizeof(*found));
	if (!found)
		return ERR_NOMEM;
	*found = made;
	out->found = found;
	return 0;
}

/* The question as of the first page: a window that ends now ended then. */
static int ask_as_before(struct impact_assets *assets, const struct impact_found *found,
	const struct impact_question **question)
{
	struct impact_question *before =
		arena_alloc(assets->call->arena, sizeof(*before));

	if (!before)
		return ERR_NOMEM;
	*before = **question;
	before->graph.from_us = found->from_us;
	before->graph.to_us = found->to_us;
	before->seen_from_us = found->seen_from_us;
	before->seen_to_us = found->seen_to_us;
	assets->seen_from_us = found->seen_from_us;
	assets->seen_to_us = found->seen_to_us;
	*question = before;
	return 0;
}

/*
 * What was found for the first page, and the question as it was then; 1: the reply
 * says why there is no more of it.
 */
static int find_again(struct impact_assets *assets, const struct impact_question **asked,
	struct reply *reply, struct impact_report *out)
{
	const struct impact_question *question = *asked;
	struct call *call = assets->call;
	const struct kept_key key = { question->hash, question->cursor.at[0] };
	int r;

	out->offset = question->cursor.at[1];
	if (call->kept && question->cursor.at[2] == question->hash)
		out->found = kept_hold(call->kept, &key, &out->hold);
	if (out->found)
		return ask_as_before(assets, out->found, asked);
	r = refuse_cursor(question, call, reply);
	return r ? r : find_anew(assets, question, out);
}

static int make(struct impact_assets *assets, const struct impact_question *question,
	struct reply *reply, struct impact_report *out)
{
	int r = question->has_cursor ? find_again(assets, &question, reply, out)
				     : find_anew(assets, question, out);

	if (r)
		return r;
	tell_whole(question, out->found, out);
	r = impact_page_changes(assets, out->found, out);
	if (!r)
		r = impact_page_notes(assets, question, out->found, out);
	if (!r)
		r = impact_page_opaque(assets, out->found, out);
	if (!r)
		r = impact_page_groups(assets, out->found, out);
	if (!r)
		r = impact_page_impacts(assets, question, out->found, out);
	return r;
}

int impact_report_make(struct call *call, const struct impact_question *question,
	struct reply *reply, struct impact_report *out)
{
	struct impact_assets assets;
	int r;

	*out = (struct impact_report){ .offset = 0 };
	r = impact_assets_init(
		&assets, call, question->seen_from_us, question->seen_to_us);
	if (r)
		return r;
	r = make(&assets, question, reply, out);
	impact_assets_fini(&assets);
	if (r)
		impact_report_end(call, out);
	return r;
}

void impact_report_end(struct call *call, struct impact_report *report)
{
	if (report->hold)
		kept_drop(call->kept, report->hold);
	if (report->own && report->question) {
		const struct kept_key key = { report->question->hash, report->version };

		kept_give(call->kept, &key, report->own, report->found);
	} else {
		arena_free(report->own);
	}
	*report = (struct impact_report){ .offset = 0 };
}

bool impact_report_next(
	const struct impact_report *report, size_t written, struct cursor *out)
{
	uint64_t end = report->offset + written;

	if (end >= report->total)
		return false;
	*out = (struct cursor){ { report->version, end, report->question->hash } };
	return true;
}
