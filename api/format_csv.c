/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_csv.c - the edges of a graph as a table (RFC 4180)
 *
 * It is for tables, not for reading names back: ndjson is for that.
 */
#include "api/csv.h"
#include "api/graph_format.h"
#include "api/nodeout.h"

static const char head[] = "from_kind,from_namespace,from_name,from_field,"
			   "to_kind,to_namespace,to_name,to_field,"
			   "basis,evidence,classes,masked,first,last,change\r\n";

/* A cell with text from outside, and the comma behind it. */
static void put_text(struct buf *buf, struct slice text)
{
	csv_cell(buf, text);
	buf_byte(buf, ',');
}

static void put_node(struct buf *buf, const struct view_node *node)
{
	buf_str(buf, node->key.kind ? node_shown_kind(node->key.kind) : "group");
	buf_byte(buf, ',');
	put_text(buf, node->key.namespace);
	put_text(buf, node->key.name);
	put_text(buf, node->key.field);
}

static void put_time(struct buf *buf, const struct graph_line *line, int64_t us)
{
	char text[TIME_TEXT_MAX];

	if (line->seen)
		buf_str(buf, time_format(us, text));
	buf_byte(buf, ',');
}

static int csv_begin(struct graph_out *out)
{
	buf_str(out->buf, head);
	return 0;
}

static int csv_edge(struct graph_out *out, const struct graph_line *line)
{
	put_node(out->buf, line->from);
	put_node(out->buf, line->to);
	buf_printf(out->buf, "%s,", line->facts.basis);
	edge_evidence_words(out->buf, &line->facts);
	buf_byte(out->buf, ',');
	edge_class_words(out->buf, &line->facts);
	buf_str(out->buf, line->facts.masked ? ",true," : ",,");
	put_time(out->buf, line, line->first_us);
	put_time(out->buf, line, line->last_us);
	if (out->picture->changes)
		buf_str(out->buf, view_change_text(line->edge->change));
	buf_str(out->buf, "\r\n");
	return 0;
}

const struct graph_format_row format_csv = {
	.name = "csv",
	.media_type = "text/csv; charset=utf-8",
	.shows_times = true,
	.begin = csv_begin,
	.edge = csv_edge,
};
