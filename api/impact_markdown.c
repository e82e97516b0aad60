/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_markdown.c - impact as a comment on a pull request
 *
 * Its first line is one that nobody sees and CI finds its comment by.  Hosts refuse
 * a comment of 65 536 characters or more: each section has so much room, takes whole
 * items until it is full, and says how many more there are.
 *
 * Names stand in code spans, where nothing means anything: no link, no tag, nobody
 * is mentioned.
 */
#include "api/impact_words.h"
#include "api/nodeout.h"

#include <inttypes.h>

/* In bytes, before escapes. */
#define NAME_MAX_BYTES 160
#define TEXT_MAX_BYTES 400

#define HORIZONS       2
#define OWNERS_SHOWN   3
#define PATH_MAX_NODES 6
#define IMPACTS_SHOWN  20

/* Bytes of each section; together with what is fixed less than 65 536. */
#define ROOM_OPAQUE  4000
#define ROOM_CHANGES 10000
#define ROOM_IMPACTS 22000
#define ROOM_OWNERS  12000
#define ROOM_HINTS   4000
#define ROOM_WAIVERS 4000
#define ROOM_NOTES   4000

struct comment {
	struct buf *buf;
	struct buf text; /* of the next code span */
	const struct impact_report *report;
	size_t end; /* of this section */
};

static const char *escape_code(uint8_t c)
{
	if (c == '\n' || c == '\r' || c == '\t')
		return " ";
	return c < 0x20 || c == 0x7f ? ESCAPE_BAD : NULL;
}

static struct words words_of(struct comment *comment)
{
	return (struct words){ &comment->text, escape_code, NAME_MAX_BYTES };
}

static size_t longest_ticks(struct slice text)
{
	size_t longest = 0;
	size_t run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.ptr[i] == '`' ? run + 1 : 0;
		if (longest < run)
			longest = run;
	}
	return longest;
}

static bool needs_blanks(struct slice text)
{
	char first = text.ptr[0];
	char last = text.ptr[text.len - 1];

	return first == '`' || first == ' ' || last == '`' || last == ' ';
}

/* A code span of what has been gathered: its ticks are more than any run within. */
static void put_code(struct comment *comment)
{
	struct slice text = buf_get(&comment->text);
	const char *blank;
	size_t ticks;

	if (buf_error(&comment->text))
		return;
	if (text.len == 0)
		text = SLICE("(empty)");
	ticks = longest_ticks(text) + 1;
	blank = needs_blanks(text) ? " " : "";
	for (size_t i = 0; i < ticks; i++)
		buf_byte(comment->buf, '`');
	buf_str(comment->buf, blank);
	buf_slice(comment->buf, text);
	buf_str(comment->buf, blank);
	for (size_t i = 0; i < ticks; i++)
		buf_byte(comment->buf, '`');
	buf_clear(&comment->text);
}

static void put_name(struct comment *comment, struct slice name)
{
	struct words words = words_of(comment);

	words_name(&words, name);
	put_code(comment);
}

/* Sentences that may have names in them are not ours either. */
static void put_text(struct comment *comment, struct slice text)
{
	struct words words = { &comment->text, escape_code, TEXT_MAX_BYTES };

	words_name(&words, text);
	put_code(comment);
}

static void put_node(struct comment *comment, const struct node_key *key)
{
	struct words words = words_of(comment);

	buf_printf(comment->buf, "%s ", node_shown_kind(key->kind));
	words_node(&words, key);
	put_code(comment);
}

/* A section: its items are written until one does not fit. */
typedef void item_put(struct comment *comment, size_t at);

static void put_items(struct comment *comment, item_put *put, size_t count, size_t total)
{
	size_t at = 0;

	for (; at < count; at++) {
		size_t mark = comment->buf->len;

		put(comment, at);
		if (comment->buf->len > comment->end) {
			comment->buf->len = mark;
			break;
		}
	}
	if (at < total)
		buf_printf(comment->buf, "\n... and %zu more\n", total - at);
}

static void put_section(struct comment *comment, const char *title, size_t room,
	item_put *put, size_t count)
{
	if (count == 0)
		return;
	comment->end = comment->buf->len + room;
	buf_printf(comment->buf, "\n### %s\n\n", title);
	put_items(comment, put, count, count);
}

/* A line of the table; only horizons that were asked for have a column. */
static void put_cells(
	struct comment *comment, const char *first, const char *const *cells)
{
	buf_printf(comment->buf, "| %s |", first);
	for (size_t i = 0; i < HORIZONS; i++) {
		if (comment->report->question->horizons[i])
			buf_printf(comment->buf, " %s |", cells[i]);
	}
	buf_byte(comment->buf, '\n');
}

static void put_counts_of(struct comment *comment, size_t place)
{
	const struct report_counts *horizons = comment->report->horizons;

	buf_printf(comment->buf, "| %s |", impact_effect_text(impact_effects[place]));
	for (size_t i = 0; i < HORIZONS; i++) {
		if (comment->report->question->horizons[i])
			buf_printf(comment->buf, " %" PRIu64 " |",
				horizons[i].effects[place]);
	}
	buf_byte(comment->buf, '\n');
}

static void put_counts(struct comment *comment)
{
	static const char *const lines[HORIZONS] = { "---:", "---:" };
	const char *const names[HORIZONS] = { impact_horizon_text(HORIZON_FAIL_STOP),
		impact_horizon_text(HORIZON_FIX_FORWARD) };
	const struct impact_report *report = comment->report;

	if (report->total == 0) {
		buf_str(comment->buf, "No impacts were found.\n");
		return;
	}
	put_cells(comment, "effect", names);
	put_cells(comment, "---", lines);
	for (size_t i = 0; i < IMPACT_EFFECTS; i++) {
		if (report->counts.effects[i])
			put_counts_of(comment, i);
	}
}

static void put_head(struct comment *comment)
{
	const struct impact_report *report = comment->report;

	buf_printf(comment->buf, "<!-- headwater-impact -->\n## Impact: %s\n\n",
		impact_verdict_text(report->verdict));
	buf_printf(comment->buf, "%s\n\n", report->why);
	put_counts(comment);
}

static void put_opaque(struct comment *comment, size_t at)
{
	const struct report_opaque *opaque = &comment->report->opaque[at];

	buf_str(comment->buf, "- ");
	if (opaque->job.kind) {
		put_node(comment, &opaque->job);
		buf_str(comment->buf, ", ");
	}
	buf_str(comment->buf, "from ");
	put_node(comment, &opaque->source);
	buf_str(comment->buf, " to ");
	put_node(comment, &opaque->target);
	buf_byte(comment->buf, '\n');
}

static void put_coverage(struct comment *comment)
{
	const struct impact_report *report = comment->report;

	buf_str(comment->buf, "\n### Coverage\n\n");
	words_coverage(comment->buf, report);
	buf_byte(comment->buf, '\n');
	if (impact_cut_text(report))
		buf_printf(comment->buf, "\n**%s**\n", impact_cut_text(report));
	if (report->opaque_count == 0)
		return;
	buf_str(comment->buf, "\nThese tell no columns:\n\n");
	comment->end = comment->buf->len + ROOM_OPAQUE;
	put_items(
		comment, put_opaque, report->opaque_count, report->coverage.opaque_hops);
}

static void put_last_read(struct comment *comment, const struct report_change *change)
{
	char text[TIME_TEXT_MAX];

	if (change->last_read_us == TIME_NEVER) {
		buf_str(comment->buf, "never read");
		return;
	}
	buf_printf(comment->buf, "last read %s", time_format(change->last_read_us, text));
	if (change->last_reader) {
		buf_str(comment->buf, " by ");
		put_node(comment, &change->last_reader_key);
	}
}

static void put_change(struct comment *comment, size_t at)
{
	const struct report_change *change = &comment->report->changes[at];
	struct words words = words_of(comment);

	buf_str(comment->buf, "- ");
	words_change(&words, change);
	put_code(comment);
	buf_printf(comment->buf, ": %sreaders %" PRIu64 ", writers %" PRIu64 ", ",
		change->use_more ? "at least " : "", change->readers, change->writers);
	put_last_read(comment, change);
	buf_printf(comment->buf, "; impacts %" PRIu64, impact_affected(&change->counts));
	if (change->counts.worst != EFFECT_NONE)
		buf_printf(comment->buf, ", worst %s",
			impact_effect_text(change->counts.worst));
	buf_byte(comment->buf, '\n');
}

static void put_asset(struct comment *comment, const struct report_impact *impact)
{
	buf_printf(comment->buf, "- **%s** (%s) ",
		impact_effect_text(impact->impact.effect),
		impact_horizon_text(impact->impact.horizon));
	put_node(comment, &impact->key);
	buf_byte(comment->buf, '\n');
}

/* One of the top, in lines that the item holds together. */
static void put_impact(struct comment *comment, const struct report_impact *impact)
{
	struct words words = words_of(comment);

	put_asset(comment, impact);
	buf_printf(comment->buf, "  %s", impact->action);
	if (impact->waived)
		buf_str(comment->buf, impact_fails(comment->report, impact)
					      ? " Agreed to, but for another "
						"effect that blocks."
					      : " Agreed to.");
	if (impact->owners->count) {
		buf_str(comment->buf, "\n  Owners: ");
		words_owners(&words, impact, OWNERS_SHOWN);
		put_code(comment);
	}
	buf_printf(comment->buf, "\n  %s, depth %" PRIu32 ", rule `%s`: ",
		impact_certainty_text(impact->impact.certainty), impact->impact.depth,
		impact_rule_text(impact->impact.because->rule));
	words_path(&words, impact, PATH_MAX_NODES);
	put_code(comment);
	buf_byte(comment->buf, '\n');
}

static int put_impacts(struct comment *comment, struct arena *arena)
{
	uint64_t total = impact_affected(&comment->report->counts);
	const struct report_impact **list;
	size_t count;
	size_t at = 0;
	int r = impact_worst_first(comment->report, arena, &list, &count);

	if (r || total == 0)
		return r;
	comment->end = comment->buf->len + ROOM_IMPACTS;
	buf_str(comment->buf, "\n### Impacts, worst first\n\n");
	for (; at < count && at < IMPACTS_SHOWN; at++) {
		size_t mark = comment->buf->len;

		put_impact(comment, list[at]);
		if (comment->buf->len > comment->end) {
			comment->buf->len = mark;
			break;
		}
	}
	if (at < total)
		buf_printf(comment->buf, "\n... and %" PRIu64 " more\n", total - at);
	return 0;
}

static void put_owner(struct comment *comment, size_t at)
{
	const struct report_group *owner = &comment->report->owners[at];
	uint64_t assets = owner->datasets + owner->jobs;

	buf_str(comment->buf, at ? "\n#### " : "#### ");
	if (owner->name.len)
		put_name(comment, owner->name);
	else
		buf_str(comment->buf, "Without an owner");
	buf_printf(comment->buf,
		"\n\nWorst %s; impacts %" PRIu64 ", datasets %" PRIu64 ", jobs %" PRIu64
		".\n\n",
		impact_effect_text(owner->counts.worst), owner->counts.total,
		owner->datasets, owner->jobs);
	for (size_t i = 0; i < owner->asset_count; i++)
		put_asset(comment, &owner->assets[i]);
	if (owner->asset_count < assets)
		buf_printf(comment->buf, "- ... and %" PRIu64 " more\n",
			assets - owner->asset_count);
}

static void put_hint(struct comment *comment, size_t at)
{
	const struct rename_hint *hint = &comment->report->question->hints[at];

	buf_str(comment->buf, "- ");
	put_name(comment, hint->from);
	buf_str(comment->buf, " to ");
	put_name(comment, hint->to);
	buf_str(comment->buf, "? ");
	put_text(comment, hint->why);
	buf_byte(comment->buf, '\n');
}

static void put_waiver(struct comment *comment, size_t at)
{
	const struct waiver *waiver = &comment->report->waivers[at];
	uint64_t uses = comment->report->waiver_uses[at];
	struct words words = words_of(comment);

	buf_str(comment->buf, "- ");
	put_name(comment, waiver->node);
	if (waiver->expired)
		buf_str(comment->buf, ", **expired**, ");
	else if (waiver->id == 0)
		buf_str(comment->buf, ", **there is no such node**, ");
	else if (uses)
		buf_printf(comment->buf, ", used for %" PRIu64 " impacts, ", uses);
	else
		buf_str(comment->buf, ", not used, ");
	words_waiver(&words, waiver);
	put_code(comment);
	buf_byte(comment->buf, '\n');
}

static void put_note(struct comment *comment, size_t at)
{
	const struct asked_note *note = &comment->report->notes[at];

	buf_str(comment->buf, "- ");
	if (note->column.len) {
		put_name(comment, note->column);
		buf_str(comment->buf, ": ");
	}
	put_text(comment, note->text);
	buf_byte(comment->buf, '\n');
}

static void put_foot(struct comment *comment)
{
	const struct lineage_query *graph = &comment->report->question->graph;
	char text[TIME_TEXT_MAX];

	buf_printf(comment->buf, "\nGraph version %" PRIu64, comment->report->version);
	if (comment->report->as_of_us != TIME_NEVER)
		buf_printf(comment->buf, ", as of %s",
			time_format(comment->report->as_of_us, text));
	if (graph->time == LINEAGE_WINDOW) {
		buf_printf(comment->buf, ", from %s", time_format(graph->from_us, text));
		buf_printf(comment->buf, " to %s", time_format(graph->to_us, text));
	}
	buf_str(comment->buf, ".\n");
}

static int put_comment(struct comment *comment, struct arena *arena)
{
	const struct impact_report *report = comment->report;
	const struct impact_question *question = report->question;
	int r;

	put_head(comment);
	put_coverage(comment);
	put_section(comment, "Changes", ROOM_CHANGES, put_change, report->change_count);
	r = put_impacts(comment, arena);
	if (r)
		return r;
	put_section(comment, "Owners", ROOM_OWNERS, put_owner, report->owner_count);
	put_section(comment, "Renames?", ROOM_HINTS, put_hint, question->hint_count);
	put_section(comment, "Waivers", ROOM_WAIVERS, put_waiver, report->waiver_count);
	put_section(comment, "Notes", ROOM_NOTES, put_note, report->note_count);
	put_foot(comment);
	r = buf_error(&comment->text);
	return r ? r : buf_error(comment->buf);
}

int impact_render_markdown(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	struct comment comment = { .buf = &reply->body, .report = report };
	int r;

	buf_init(&comment.text, REPLY_MAX);
	reply->media_type = "text/markdown; charset=utf-8";
	r = put_comment(&comment, call->arena);
	buf_fini(&comment.text);
	return r;
}
