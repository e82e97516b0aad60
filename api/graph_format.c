/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_format.c - a graph answer in the formats of other tools
 */
#include "api/graph_format.h"

#include "api/handlers.h"

#define ITEMS_A_LOOK 64 /* between looks at the clock */

/* In the order of enum graph_format. */
static const char *const names[] = { "json", "ndjson", "csv", "dot", "mermaid", "graphml",
	"cytoscape", "node-link", NULL };

static const struct graph_format_row *const rows[] = {
	[DRAW_JSON] = NULL,
	[DRAW_NDJSON] = &format_ndjson,
	[DRAW_CSV] = &format_csv,
	[DRAW_DOT] = &format_dot,
	[DRAW_MERMAID] = &format_mermaid,
	[DRAW_GRAPHML] = &format_graphml,
	[DRAW_CYTOSCAPE] = &format_cytoscape,
	[DRAW_NODE_LINK] = &format_node_link,
};

static bool format_by_name(struct slice name, enum graph_format *out)
{
	for (unsigned i = 0; names[i]; i++) {
		if (slice_equal_nocase(name, names[i])) {
			*out = (enum graph_format)i;
			return true;
		}
	}
	return false;
}

static bool format_by_type(struct slice type, enum graph_format *out)
{
	if (slice_equal_nocase(type, "application/json")) {
		*out = DRAW_JSON;
		return true;
	}
	for (unsigned i = DRAW_NDJSON; names[i]; i++) {
		const char *known = rows[i]->media_type;

		/* A charset may stand behind ours. */
		if (type.len != strcspn(known, ";") ||
			strncasecmp(type.ptr, known, type.len) != 0)
			continue;
		*out = (enum graph_format)i;
		return true;
	}
	return false;
}

/* Where the dot of ".FORMAT" is in the last segment; the length when there is none. */
static size_t dot_of(struct slice path)
{
	size_t i = path.len;

	while (i > 0 && path.ptr[i - 1] != '/') {
		i--;
		if (path.ptr[i] == '.')
			return i;
	}
	return path.len;
}

static bool format_behind(struct slice path, size_t dot, enum graph_format *out)
{
	return dot < path.len &&
	       format_by_name(slice_of(path.ptr + dot + 1, path.len - dot - 1), out);
}

struct slice graph_path(struct slice path)
{
	size_t dot = dot_of(path);
	enum graph_format format;

	if (format_behind(path, dot, &format))
		path.len = dot;
	return path;
}

enum graph_format graph_format_read(const struct call *call, struct params *p)
{
	struct slice accept = call->accept;
	struct slice path = call->path;
	struct slice type;
	enum graph_format format;
	size_t dot;

	if (param_given(p, "format"))
		return (enum graph_format)param_choice(p, "format", names, 0);
	if (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	dot = dot_of(path);
	if (format_behind(path, dot, &format))
		return format;
	while (accept_next(&accept, &type)) {
		if (format_by_type(type, &format))
			return format;
	}
	return DRAW_JSON;
}

int graph_line_seen(struct call *call, struct graph_line *line)
{
	const struct lineage_edge edge = { .from = line->from->id,
		.to = line->to->id,
		.via = line->edge->via,
		.flags = line->edge->flags };
	int r;

	line->seen = false;
	if (line->edge->members != 1 || !edge.from || !edge.to)
		return 0;
	r = lineage_edge_seen(call->snapshot, &edge, &line->first_us, &line->last_us);
	line->seen = r == 0;
	return r < 0 ? r : 0;
}

static int write_nodes(struct graph_out *out, const struct graph_format_row *row)
{
	int r = 0;

	if (!row->node)
		return 0;
	for (uint32_t i = 0; i < out->picture->view->node_count && !r; i++) {
		/* Half an answer would look like a whole one. */
		if (!row->can_say_cut && i % ITEMS_A_LOOK == 0 && call_is_late(out->call))
			return ERR_BUSY;
		r = row->node(out, i);
		if (!r)
			r = buf_error(out->buf);
	}
	return r;
}

static int write_edges(struct graph_out *out, const struct graph_format_row *row)
{
	const struct view *view = out->picture->view;
	bool times = row->shows_times && out->picture->edge_times;
	int r = 0;

	if (row->edges)
		row->edges(out);
	if (!row->edge)
		return 0;
	for (uint32_t i = 0; i < view->edge_count && !r; i++) {
		const struct view_edge *edge = &view->edges[i];
		struct graph_line line = { .place = i,
			.edge = edge,
			.from = &view->nodes[edge->from],
			.to = &view->nodes[edge->to] };

		edge_facts_of(
			out->picture->query->level, edge->via, edge->flags, &line.facts);
		if (i % ITEMS_A_LOOK == 0 && times)
			times = !call_is_late(out->call);
		if (times)
			r = graph_line_seen(out->call, &line);
		if (!r)
			r = row->edge(out, &line);
		if (!r)
			r = buf_error(out->buf);
	}
	return r;
}

int graph_draw(struct call *call, enum graph_format format,
	const struct graph_picture *picture, struct reply *reply)
{
	const struct graph_format_row *row = rows[format];
	struct graph_out out = { .call = call, .picture = picture, .buf = &reply->body };
	int r;

	if (!picture->complete && !row->can_say_cut) {
		problem_reply(reply, 413,
			"the answer is not complete, and %s has no place to say so: ask "
			"for less (depth, filters, limit), or as json",
			row->name);
		return 0;
	}
	reply->media_type = row->media_type;
	jsonw_init(&out.json, out.buf);
	r = row->begin(&out);
	if (!r)
		r = write_nodes(&out, row);
	if (!r)
		r = write_edges(&out, row);
	if (!r && row->end)
		r = row->end(&out);
	return r;
}
