/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_index.c - flows by who tells them, owners and tags in the canonical text
 */
#include "base/arena.h"
#include "graph/dump_impl.h"
#include "graph/flow.h"
#include "graph/label.h"

#include <inttypes.h>

struct gathering {
	struct dump *dump;
	struct dump_list list;
	enum label_kind kind;
};

/* Ids of the row become ranks. */
static int gather_flow(void *ctx, const struct flow_row *row)
{
	struct gathering *g = ctx;
	struct flow_row *line;

	if (!dump_find(g->dump, row->target) || !dump_find(g->dump, row->source) ||
		!dump_find(g->dump, row->owner))
		return ERR_CORRUPT;
	line = dump_list_add(&g->list);
	if (!line)
		return ERR_NOMEM;
	*line = *row;
	line->target = g->dump->rank[row->target];
	line->source = g->dump->rank[row->source];
	line->owner = g->dump->rank[row->owner];
	return 0;
}

static int compare_flows(const void *a, const void *b)
{
	const struct flow_row *x = a;
	const struct flow_row *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return (x->lane > y->lane) - (x->lane < y->lane);
}

static int put_flow(struct dump *dump, const struct flow_row *row)
{
	struct buf *out = &dump->text;

	buf_str(out, "flow ");
	dump_ranked(dump, row->source);
	buf_str(out, " to ");
	dump_ranked(dump, row->target);
	buf_str(out, " by ");
	dump_ranked(dump, row->owner);
	buf_printf(out, " lane %d segments %" PRIu32 " now %" PRIx32 "%s\n",
		(int)row->lane, row->segments, row->now, row->implied ? " implied" : "");
	return dump_flush(dump, DUMP_FLUSH);
}

int dump_flows(struct dump *dump)
{
	struct gathering g = { .dump = dump,
		.list = { .item_bytes = sizeof(struct flow_row) } };
	const struct flow_row *rows;
	int r = flow_all(dump->txn, gather_flow, &g);

	dump_list_sort(&g.list, compare_flows);
	rows = (const void *)g.list.items;
	for (size_t i = 0; !r && i < g.list.count; i++)
		r = put_flow(dump, &rows[i]);
	dump_list_fini(&g.list);
	return r;
}

struct label_line {
	enum label_kind kind;
	struct slice text;
	uint32_t rank;
};

static int gather_label(void *ctx, struct slice text, node_id node)
{
	struct gathering *g = ctx;
	struct label_line *line;

	if (!dump_find(g->dump, node))
		return ERR_CORRUPT;
	line = dump_list_add(&g->list);
	if (!line)
		return ERR_NOMEM;
	line->kind = g->kind;
	line->text = arena_dup(g->dump->names, text);
	line->rank = g->dump->rank[node];
	return !line->text.ptr && text.len ? ERR_NOMEM : 0;
}

static int compare_labels(const void *a, const void *b)
{
	const struct label_line *x = a;
	const struct label_line *y = b;
	int r;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	r = slice_compare(x->text, y->text);
	return r ? r : (x->rank > y->rank) - (x->rank < y->rank);
}

static const char *const label_words[] = {
	[LABEL_OWNER] = "owner ",
	[LABEL_TAG] = "tag ",
	[LABEL_PLANNED] = "planned ",
};

static int put_label(struct dump *dump, const struct label_line *line)
{
	buf_str(&dump->text, label_words[line->kind]);
	dump_quoted(&dump->text, line->text);
	buf_byte(&dump->text, ' ');
	dump_ranked(dump, line->rank);
	buf_byte(&dump->text, '\n');
	return dump_flush(dump, DUMP_FLUSH);
}

int dump_labels(struct dump *dump)
{
	struct gathering g = { .dump = dump,
		.list = { .item_bytes = sizeof(struct label_line) } };
	const struct label_line *lines;
	int r = 0;

	for (int kind = LABEL_OWNER; !r && kind <= LABEL_PLANNED; kind++) {
		g.kind = (enum label_kind)kind;
		r = label_each(dump->txn, g.kind, SLICE(""), gather_label, &g);
	}
	dump_list_sort(&g.list, compare_labels);
	lines = (const void *)g.list.items;
	for (size_t i = 0; !r && i < g.list.count; i++)
		r = put_label(dump, &lines[i]);
	dump_list_fini(&g.list);
	return r;
}
