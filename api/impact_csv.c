/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_csv.c - the impacts of a change as a table (RFC 4180)
 *
 * A file goes its own way, without the header fields that came with it.  So each
 * row says whether the search was complete, and a table that lacks rows is refused.
 */
#include "api/csv.h"
#include "api/impact_words.h"
#include "api/nodeout.h"
#include "api/problem.h"

#include <inttypes.h>

static const char head[] = "effect,horizon,certainty,depth,direction,"
			   "kind,namespace,name,field,rule,change,path,owners,"
			   "last_seen,runs,masked,waived,action,complete\r\n";

struct table {
	struct buf *buf;
	struct buf cell; /* of several names, before it is escaped as one */
	const struct impact_report *report;
};

static void put_text(struct table *table, struct slice text)
{
	csv_cell(table->buf, text);
	buf_byte(table->buf, ',');
}

/* What has been gathered in the cell.  A failure stays there. */
static void put_cell(struct table *table)
{
	if (buf_error(&table->cell))
		return;
	put_text(table, buf_get(&table->cell));
	buf_clear(&table->cell);
}

static void put_node(struct table *table, const struct node_key *key)
{
	buf_printf(table->buf, "%s,", node_shown_kind(key->kind));
	put_text(table, key->namespace);
	put_text(table, key->name);
	put_text(table, key->field);
}

static void put_names(struct table *table, const struct report_impact *impact)
{
	const struct words words = { &table->cell, escape_none, SIZE_MAX };

	words_change(&words, impact_change_of(table->report, impact));
	put_cell(table);
	words_path(&words, impact, SIZE_MAX);
	put_cell(table);
	words_owners(&words, impact, SIZE_MAX);
	put_cell(table);
}

static void put_seen(struct table *table, const struct report_impact *impact)
{
	char text[TIME_TEXT_MAX];

	if (impact->last_seen_us != TIME_NEVER)
		buf_str(table->buf, time_format(impact->last_seen_us, text));
	buf_printf(table->buf, ",%s%" PRIu64 ",", impact->runs_more ? ">=" : "",
		impact->runs);
}

static void put_row(struct table *table, const struct report_impact *impact)
{
	const struct impact *found = &impact->impact;
	const struct words words = { &table->cell, escape_none, SIZE_MAX };

	buf_printf(table->buf, "%s,%s,%s,%" PRIu32 ",%s,",
		impact_effect_text(found->effect), impact_horizon_text(found->horizon),
		impact_certainty_text(found->certainty), found->depth,
		found->upstream ? "upstream" : "downstream");
	put_node(table, &impact->key);
	put_text(table, slice_from(impact_rule_text(found->because->rule)));
	put_names(table, impact);
	put_seen(table, impact);
	buf_str(table->buf, found->masked ? "true," : "false,");
	if (impact->waived)
		words_waiver(&words, impact->waived);
	put_cell(table);
	put_text(table, slice_from(impact->action));
	buf_str(table->buf, table->report->cut == CUT_NONE ? "true\r\n" : "false\r\n");
}

static bool says_all(const struct impact_report *report)
{
	return impact_left_out(report) == 0 &&
	       (report->cut == CUT_NONE || report->impact_count > 0);
}

int impact_render_csv(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	struct table table = { .buf = &reply->body, .report = report };
	int r;

	(void)call;
	if (!says_all(report)) {
		problem_reply(reply, 413,
			"the answer is not complete, and csv has no place to say so: ask "
			"for less (exclude, horizons, a larger limit), or as json");
		return 0;
	}
	buf_init(&table.cell, REPLY_MAX);
	reply->media_type = "text/csv; charset=utf-8";
	buf_str(table.buf, head);
	/* What is too large already gets no better: its rows may be long. */
	for (size_t i = 0; i < report->impact_count && !buf_error(table.buf); i++)
		put_row(&table, &report->impacts[i]);
	r = buf_error(&table.cell);
	if (!r)
		r = buf_error(table.buf);
	buf_fini(&table.cell);
	return r;
}
