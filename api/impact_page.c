/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_page.c - what was found, with the names and facts that answers show
 */
#include "api/impact_page.h"

#include "api/impact_action.h"
#include "api/impact_path.h"
#include "api/impact_words.h"

#include <inttypes.h>

#define WRITER_BYTES 160 /* of a name in a note */

/* All but runs and path. */
static int fill_impact(struct impact_assets *assets, const struct impact_found *found,
	const struct impact *impact, struct report_impact *out, size_t *place_out)
{
	bool fresh;
	int r = impact_asset_of(assets, impact->node, place_out, &fresh);

	*out = (struct report_impact){ .impact = *impact };
	if (!r)
		r = impact_asset_seen(assets, *place_out);
	if (!r)
		r = impact_node_key(assets, impact->node, &out->key);
	if (r)
		return r;
	out->owners = assets->list[*place_out].owners;
	out->owners_more = assets->list[*place_out].owners_more;
	out->last_seen_us = assets->list[*place_out].last_seen_us;
	out->action = impact_action(
		impact, out->key.kind, &found->changes[impact->change].change);
	return 0;
}

static int fill_row(struct impact_paths *paths, const struct impact_found *found,
	size_t at, struct report_impact *out)
{
	struct impact_assets *assets = paths->assets;
	size_t place;
	int r = fill_impact(assets, found, &found->list[at], out, &place);

	if (!r)
		r = impact_asset_runs(assets, place);
	if (r)
		return r;
	out->runs = assets->list[place].runs;
	out->runs_more = assets->list[place].runs_more;
	out->waived = found->waived ? found->waived[at] : NULL;
	out->left = found->left ? found->left[at] : out->impact.effects;
	return impact_path_fill(paths, out);
}

/* What is found of each horizon, worst first, and how far it was taken. */
struct page_order {
	const struct impact *list;
	size_t at[2]; /* by enum impact_horizon */
	size_t end[2];
	bool merged;
};

/* Comments and pictures have no next page: they show the worst of both horizons. */
static struct page_order order_of(
	const struct impact_found *found, enum impact_format format, size_t offset)
{
	struct page_order order = { .list = found->list };
	size_t split = 0;

	while (split < found->count && found->list[split].horizon == HORIZON_FAIL_STOP)
		split++;
	order.merged = format == IMPACT_MARKDOWN || format == IMPACT_MERMAID;
	order.at[HORIZON_FAIL_STOP] = offset < split ? offset : split;
	order.end[HORIZON_FAIL_STOP] = split;
	order.at[HORIZON_FIX_FORWARD] = offset < split ? split : offset;
	order.end[HORIZON_FIX_FORWARD] = found->count;
	return order;
}

static size_t next_place(struct page_order *order)
{
	bool now = order->at[HORIZON_FAIL_STOP] < order->end[HORIZON_FAIL_STOP];
	bool later = order->at[HORIZON_FIX_FORWARD] < order->end[HORIZON_FIX_FORWARD];

	if (now && later && order->merged)
		now = order->list[order->at[HORIZON_FAIL_STOP]].effect >=
		      order->list[order->at[HORIZON_FIX_FORWARD]].effect;
	return order->at[now ? HORIZON_FAIL_STOP : HORIZON_FIX_FORWARD]++;
}

int impact_page_impacts(struct impact_assets *assets,
	const struct impact_question *question, const struct impact_found *found,
	struct impact_report *out)
{
	size_t offset = out->offset < found->count ? (size_t)out->offset : found->count;
	size_t count = found->count - offset < question->limit ? found->count - offset
							       : question->limit;
	struct page_order order = order_of(found, question->format, offset);
	struct impact_paths paths;
	int r;

	out->total = found->count;
	out->impacts = arena_array(assets->call->arena, count + 1, sizeof(*out->impacts));
	if (!out->impacts)
		return ERR_NOMEM;
	r = impact_paths_init(&paths, assets);
	for (size_t i = 0; !r && i < count; i++)
		r = fill_row(&paths, found, next_place(&order), &out->impacts[i]);
	impact_paths_fini(&paths);
	out->impact_count = count;
	return r;
}

static int fill_assets(struct impact_assets *assets, const struct impact_found *found,
	const struct impact_group_found *group, struct report_group *out)
{
	struct report_impact *list =
		arena_array(assets->call->arena, group->asset_count + 1, sizeof(*list));
	int r = list ? 0 : ERR_NOMEM;

	for (size_t i = 0; !r && i < group->asset_count; i++) {
		size_t place;

		r = fill_impact(
			assets, found, &group->assets[i].impact, &list[i], &place);
		list[i].waived = group->assets[i].waived;
	}
	out->assets = list;
	out->asset_count = group->asset_count;
	return r;
}

static int fill_groups(struct impact_assets *assets, const struct impact_found *found,
	const struct impact_group_found *groups, size_t count, struct report_group **out)
{
	struct report_group *list =
		arena_array(assets->call->arena, count + 1, sizeof(*list));
	int r = list ? 0 : ERR_NOMEM;

	for (size_t i = 0; !r && i < count; i++) {
		list[i].name = groups[i].name;
		list[i].type = groups[i].type;
		list[i].counts = groups[i].counts;
		list[i].datasets = groups[i].datasets;
		list[i].jobs = groups[i].jobs;
		r = fill_assets(assets, found, &groups[i], &list[i]);
	}
	*out = list;
	return r;
}

int impact_page_groups(struct impact_assets *assets, const struct impact_found *found,
	struct impact_report *out)
{
	int r = fill_groups(
		assets, found, found->owners, found->owner_count, &out->owners);

	if (!r)
		r = fill_groups(assets, found, found->namespaces, found->namespace_count,
			&out->namespaces);
	if (r)
		return r;
	out->depths = arena_array(
		assets->call->arena, found->depth_count + 1, sizeof(*out->depths));
	if (!out->depths)
		return ERR_NOMEM;
	for (size_t i = 0; i < found->depth_count; i++)
		out->depths[i].counts = found->depths[i];
	out->owner_count = found->owner_count;
	out->namespace_count = found->namespace_count;
	out->depth_count = found->depth_count;
	return 0;
}

static int key_if_any(struct impact_assets *assets, node_id node, struct node_key *out)
{
	return node ? impact_node_key(assets, node, out) : 0;
}

static int fill_use(struct impact_assets *assets, const struct impact_use *use,
	struct report_change *out)
{
	out->readers = use->readers;
	out->writers = use->writers;
	out->use_more = use->more;
	out->last_read_us = use->last_us;
	out->last_reader = use->last_job;
	return key_if_any(assets, use->last_job, &out->last_reader_key);
}

int impact_page_changes(struct impact_assets *assets, const struct impact_found *found,
	struct impact_report *out)
{
	int r = 0;

	out->changes = arena_array(
		assets->call->arena, found->change_count + 1, sizeof(*out->changes));
	if (!out->changes)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < found->change_count; i++) {
		struct report_change *change = &out->changes[i];

		change->asked = &found->changes[i];
		change->counts = found->change_counts[i];
		r = impact_node_key(
			assets, change->asked->change.dataset, &change->dataset);
		if (!r)
			r = fill_use(assets, &found->uses[i], change);
	}
	out->change_count = found->change_count;
	return r;
}

int impact_page_opaque(struct impact_assets *assets, const struct impact_found *found,
	struct impact_report *out)
{
	int r = 0;

	out->opaque = arena_array(
		assets->call->arena, found->opaque_count + 1, sizeof(*out->opaque));
	if (!out->opaque)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < found->opaque_count; i++) {
		const struct lineage_opaque *hop = &found->opaque[i];

		r = key_if_any(assets, hop->job, &out->opaque[i].job);
		if (!r)
			r = key_if_any(assets, hop->source, &out->opaque[i].source);
		if (!r)
			r = key_if_any(assets, hop->target, &out->opaque[i].target);
	}
	out->opaque_count = found->opaque_count;
	return r;
}

static int write_writers(
	struct impact_assets *assets, const struct impact_use *use, struct buf *text)
{
	const struct words words = { text, escape_none, WRITER_BYTES };
	int r = 0;

	for (size_t i = 0; !r && i < use->at_risk && i < WRITERS_SHOWN; i++) {
		struct node_key key;

		r = impact_node_key(assets, use->shown[i], &key);
		if (r)
			return r;
		buf_str(text, i ? ", " : " ");
		words_node(&words, &key);
	}
	if (use->at_risk > WRITERS_SHOWN)
		buf_printf(text, " and %" PRIu64 " more", use->at_risk - WRITERS_SHOWN);
	buf_byte(text, '.');
	return r;
}

/* Names are as they are: each format escapes the whole sentence. */
static int write_at_risk(struct impact_assets *assets, const struct impact_use *use,
	bool of_column, struct buf *text)
{
	bool one = use->at_risk == 1;
	int r = 0;

	if (use->at_risk) {
		buf_printf(text,
			"%" PRIu64 " job%s this dataset and may %s:", use->at_risk,
			one ? " writes" : "s write",
			of_column ? "name the column" : "fail, or make it again");
		r = write_writers(assets, use, text);
		buf_str(text, one ? " Ask its owner." : " Ask their owners.");
	}
	if (use->unsure)
		buf_printf(text, "%sNot all jobs that write this dataset were looked at.",
			use->at_risk ? " " : "");
	return r ? r : buf_error(text);
}

static int add_note(struct impact_assets *assets, const struct impact_found *found,
	size_t place, struct impact_report *out)
{
	const struct impact_change *change = &found->changes[place].change;
	bool of_column = change->op == OP_DROP_COLUMN || change->op == OP_RENAME_COLUMN;
	struct asked_note *note = &out->notes[out->note_count];
	struct buf text;
	int r;

	buf_init(&text, SIZE_MAX);
	r = write_at_risk(assets, &found->uses[place], of_column, &text);
	*note = (struct asked_note){ .dataset = change->dataset };
	if (of_column)
		note->column = change->column;
	if (!r)
		note->text = arena_dup(assets->call->arena, buf_get(&text));
	if (!r && !note->text.ptr)
		r = ERR_NOMEM;
	buf_fini(&text);
	out->note_count++;
	return r;
}

int impact_page_notes(struct impact_assets *assets,
	const struct impact_question *question, const struct impact_found *found,
	struct impact_report *out)
{
	int r = 0;

	out->notes = arena_array(assets->call->arena,
		question->note_count + found->change_count + 1, sizeof(*out->notes));
	if (!out->notes)
		return ERR_NOMEM;
	if (question->note_count)
		memcpy(out->notes, question->notes,
			question->note_count * sizeof(*out->notes));
	out->note_count = question->note_count;
	for (size_t i = 0; !r && i < found->change_count; i++) {
		if (found->uses[i].at_risk || found->uses[i].unsure)
			r = add_note(assets, found, i, out);
	}
	return r;
}
