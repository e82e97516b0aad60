/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_json.c - an answer about impact as JSON
 */
#include "api/columnout.h"
#include "api/graphout.h"
#include "api/handlers.h"
#include "api/impact_jsonw.h"
#include "api/nodelife.h"

#include <stdio.h>

static void write_share(struct jsonw *w, const char *name, double share)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%.3f", share);
	jsonw_key(w, name);
	jsonw_stored(w, slice_from(text));
}

static void write_node(struct jsonw *w, node_id id, const struct node_key *key)
{
	jsonw_key(w, "node");
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_uint(w, id);
	jsonw_node_key(w, key);
	jsonw_object_end(w);
}

static void write_coverage(struct jsonw *w, const struct impact_report *report)
{
	const struct impact_coverage *coverage = &report->coverage;

	jsonw_key(w, "coverage");
	jsonw_object(w);
	jsonw_key(w, "datasets");
	jsonw_uint(w, coverage->datasets);
	jsonw_key(w, "datasetsResolved");
	jsonw_uint(w, coverage->datasets_resolved);
	write_share(w, "resolved", report->resolved);
	jsonw_key(w, "opaqueHops");
	jsonw_uint(w, coverage->opaque_hops);
	jsonw_key(w, "lowerBound");
	jsonw_bool(w, coverage->lower_bound);
	jsonw_key(w, "opaque");
	jsonw_array(w);
	for (size_t i = 0; i < report->opaque_count; i++) {
		jsonw_object(w);
		jsonw_key_or_null(w, "job", &report->opaque[i].job);
		jsonw_key_or_null(w, "source", &report->opaque[i].source);
		jsonw_key_or_null(w, "target", &report->opaque[i].target);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void write_by_depth(struct jsonw *w, const struct impact_report *report)
{
	jsonw_key(w, "byDepth");
	jsonw_array(w);
	for (size_t i = 0; i < report->depth_count; i++) {
		jsonw_object(w);
		jsonw_key(w, "depth");
		jsonw_uint(w, i + 1);
		jsonw_key(w, "total");
		jsonw_uint(w, report->depths[i].counts.total);
		jsonw_impact_counts(w, "byEffect", &report->depths[i].counts);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* The members that say which group it is, and how bad it is. */
static void write_group_head(
	struct jsonw *w, const struct report_group *group, bool typed)
{
	jsonw_key(w, "name");
	jsonw_string(w, group->name);
	if (typed)
		jsonw_text_or_null(w, "type", group->type);
	jsonw_impact_effect(w, "worst", group->counts.worst);
	jsonw_key(w, "total");
	jsonw_uint(w, group->counts.total);
}

static void write_by_name(struct jsonw *w, const char *name,
	const struct report_group *groups, size_t count, bool typed)
{
	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(w);
		write_group_head(w, &groups[i], typed);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* null: it was not asked for, which is not the same as nothing. */
static void write_horizon(
	struct jsonw *w, const struct impact_report *report, enum impact_horizon horizon)
{
	const char *name = impact_horizon_text(horizon);

	if (report->question->horizons[horizon]) {
		jsonw_impact_counts(w, name, &report->horizons[horizon]);
		return;
	}
	jsonw_key(w, name);
	jsonw_null(w);
}

static void write_summary(struct jsonw *w, const struct impact_report *report)
{
	jsonw_key(w, "summary");
	jsonw_object(w);
	jsonw_key(w, "total");
	jsonw_uint(w, report->counts.total);
	jsonw_key(w, "waived");
	jsonw_uint(w, report->waived);
	jsonw_key(w, "excluded");
	jsonw_uint(w, report->excluded);
	jsonw_key(w, "byHorizon");
	jsonw_object(w);
	for (int i = 0; i <= HORIZON_FIX_FORWARD; i++)
		write_horizon(w, report, (enum impact_horizon)i);
	jsonw_object_end(w);
	jsonw_impact_counts(w, "byEffect", &report->counts);
	write_by_depth(w, report);
	write_by_name(w, "byOwner", report->owners, report->owner_count, true);
	write_by_name(
		w, "byNamespace", report->namespaces, report->namespace_count, false);
	jsonw_object_end(w);
}

static void write_waived(struct jsonw *w, const struct waiver *waiver)
{
	jsonw_key(w, "waived");
	if (!waiver) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_string(w, waiver->reason);
	jsonw_waiver_until(w, waiver);
	jsonw_object_end(w);
}

static void write_classes(struct jsonw *w, uint32_t classes)
{
	jsonw_key(w, "classes");
	jsonw_array(w);
	for (unsigned bit = 0; flow_class_text(bit); bit++) {
		if (classes >> bit & 1)
			jsonw_text(w, flow_class_text(bit));
	}
	jsonw_array_end(w);
	jsonw_key(w, "masked");
	jsonw_bool(w, flow_masked(classes));
}

static void write_because(struct jsonw *w, const struct report_impact *row)
{
	jsonw_key(w, "because");
	jsonw_object(w);
	jsonw_key(w, "rule");
	if (row->path_count)
		jsonw_text(w, row->path[row->path_count - 1]->rule);
	else
		jsonw_null(w);
	jsonw_key(w, "path");
	jsonw_array(w);
	for (size_t i = 0; i < row->path_count; i++) {
		jsonw_object(w);
		jsonw_node_key(w, &row->path[i]->key);
		write_classes(w, row->path[i]->classes);
		jsonw_key(w, "rule");
		jsonw_text(w, row->path[i]->rule);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_key(w, "omitted");
	jsonw_uint(w, row->path_omitted);
	jsonw_object_end(w);
}

static void write_runs(struct jsonw *w, const struct report_impact *row)
{
	jsonw_key(w, "runs");
	jsonw_object(w);
	jsonw_key(w, "count");
	jsonw_uint(w, row->runs);
	jsonw_key(w, "more");
	jsonw_bool(w, row->runs_more);
	jsonw_object_end(w);
}

static void write_impact(struct jsonw *w, const struct report_impact *row)
{
	const struct impact *impact = &row->impact;

	jsonw_object(w);
	write_node(w, impact->node, &row->key);
	jsonw_impact_effect(w, "effect", impact->effect);
	jsonw_impact_effects(w, impact->effects);
	jsonw_key(w, "horizon");
	jsonw_text(w, impact_horizon_text(impact->horizon));
	jsonw_key(w, "certainty");
	jsonw_text(w, impact_certainty_text(impact->certainty));
	jsonw_key(w, "depth");
	jsonw_uint(w, impact->depth);
	jsonw_key(w, "direction");
	jsonw_text(w, impact->upstream ? "upstream" : "downstream");
	jsonw_key(w, "masked");
	jsonw_bool(w, impact->masked);
	jsonw_key(w, "change");
	jsonw_uint(w, impact->change);
	write_because(w, row);
	jsonw_owners(w, row->owners);
	jsonw_key(w, "ownersMore");
	jsonw_uint(w, row->owners_more);
	jsonw_seen(w, "lastSeen", row->last_seen_us);
	write_runs(w, row);
	jsonw_key(w, "action");
	jsonw_text(w, row->action);
	write_waived(w, row->waived);
	jsonw_object_end(w);
}

/* Returns how many; fewer than there are when the page gets long. */
static size_t write_impacts(struct jsonw *w, const struct impact_report *report)
{
	size_t written = 0;

	jsonw_key(w, "impacts");
	jsonw_array(w);
	if (report->question->group_by == IMPACT_GROUP_NONE) {
		while (written < report->impact_count &&
			(written == 0 || !page_is_long(w->buf)))
			write_impact(w, &report->impacts[written++]);
	}
	jsonw_array_end(w);
	return written;
}

static void write_asset(struct jsonw *w, const struct report_impact *row)
{
	jsonw_object(w);
	write_node(w, row->impact.node, &row->key);
	jsonw_impact_effect(w, "effect", row->impact.effect);
	jsonw_key(w, "horizon");
	jsonw_text(w, impact_horizon_text(row->impact.horizon));
	jsonw_key(w, "action");
	jsonw_text(w, row->action);
	write_waived(w, row->waived);
	jsonw_object_end(w);
}

static void write_group(struct jsonw *w, const struct report_group *group, bool typed)
{
	jsonw_object(w);
	write_group_head(w, group, typed);
	jsonw_key(w, "datasets");
	jsonw_uint(w, group->datasets);
	jsonw_key(w, "jobs");
	jsonw_uint(w, group->jobs);
	jsonw_impact_counts(w, "byEffect", &group->counts);
	jsonw_key(w, "assets");
	jsonw_array(w);
	for (size_t i = 0; i < group->asset_count; i++)
		write_asset(w, &group->assets[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void write_group_list(struct jsonw *w, const char *name,
	const struct report_group *groups, size_t count, bool typed)
{
	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		write_group(w, &groups[i], typed);
	jsonw_array_end(w);
}

/* By what was asked for; null: by nothing. */
static void write_groups(struct jsonw *w, const struct impact_report *report)
{
	switch (report->question->group_by) {
	case IMPACT_GROUP_NONE:
		jsonw_key(w, "groups");
		jsonw_null(w);
		return;
	case IMPACT_GROUP_OWNER:
		write_group_list(w, "groups", report->owners, report->owner_count, true);
		return;
	case IMPACT_GROUP_NAMESPACE:
		write_group_list(
			w, "groups", report->namespaces, report->namespace_count, false);
		return;
	}
}

/* What was cut cannot be gone on with: there is no cursor behind it. */
static void write_cut(struct jsonw *w, const char *reason)
{
	jsonw_key(w, "complete");
	jsonw_bool(w, !reason);
	jsonw_key(w, "truncated");
	if (!reason) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "reason");
	jsonw_text(w, reason);
	jsonw_key(w, "cursor");
	jsonw_null(w);
	jsonw_object_end(w);
}

static void put_word(struct jsonw *w, bool asked, const char *word)
{
	if (asked)
		jsonw_text(w, word);
}

static void write_evidence(struct jsonw *w, const struct lineage_query *graph)
{
	jsonw_key(w, "evidence");
	jsonw_array(w);
	put_word(w, graph->observed, "observed");
	put_word(w, graph->declared, "declared");
	put_word(w, graph->inferred, "inferred");
	jsonw_array_end(w);
}

/* What the answer is about, so that half of it cannot be taken for all. */
static void write_asked(struct jsonw *w, const struct impact_question *question)
{
	jsonw_key(w, "asked");
	jsonw_object(w);
	jsonw_key(w, "direction");
	jsonw_text(w, !question->upstream     ? "downstream"
		      : !question->downstream ? "upstream"
					      : "both");
	jsonw_key(w, "horizons");
	jsonw_array(w);
	for (int i = 0; i <= HORIZON_FIX_FORWARD; i++)
		put_word(w, question->horizons[i],
			impact_horizon_text((enum impact_horizon)i));
	jsonw_array_end(w);
	write_evidence(w, &question->graph);
	jsonw_text_or_null(w, "exclude",
		question->exclude ? param_get(&question->params, "exclude")
				  : (struct slice){ 0 });
	jsonw_object_end(w);
}

static void write_head(struct jsonw *w, const struct impact_report *report)
{
	jsonw_key(w, "graphVersion");
	jsonw_uint(w, report->version);
	jsonw_query_time(w, &report->question->graph);
	write_asked(w, report->question);
	jsonw_key(w, "verdict");
	jsonw_text(w, impact_verdict_text(report->verdict));
	jsonw_key(w, "why");
	jsonw_text(w, report->why);
	write_cut(w, cut_text(report->cut));
	write_coverage(w, report);
	write_summary(w, report);
	jsonw_impact_changes(w, report);
}

static void write_next(
	struct jsonw *w, const struct impact_report *report, size_t written)
{
	struct cursor next;
	bool more = report->question->group_by == IMPACT_GROUP_NONE &&
		    impact_report_next(report, written, &next);

	jsonw_next(w, &report->question->params, "impact", more ? &next : NULL);
}

int impact_render_json(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	struct jsonw w;
	size_t written;
	int r;

	answer_json(&w, reply);
	write_head(&w, report);
	r = jsonw_impact_hints(&w, call, report->question);
	if (!r)
		r = jsonw_impact_notes(&w, call, report);
	if (r)
		return r;
	jsonw_impact_waivers(&w, report);
	written = write_impacts(&w, report);
	write_group_list(&w, "owners", report->owners, report->owner_count, true);
	write_groups(&w, report);
	write_next(&w, report, written);
	jsonw_object_end(&w);
	return 0;
}
