/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_graphml.c - a graph as GraphML (XML 1.0)
 */
#include "api/escape.h"
#include "api/graph_format.h"
#include "api/nodeout.h"

struct attribute {
	const char *id;
	const char *on;
	const char *type;
};

static const struct attribute attributes[] = {
	{ "complete", "graph", "boolean" },
	{ "kind", "node", "string" },
	{ "namespace", "node", "string" },
	{ "name", "node", "string" },
	{ "field", "node", "string" },
	{ "depth", "node", "int" },
	{ "root", "node", "boolean" },
	{ "members", "node", "long" },
	{ "basis", "edge", "string" },
	{ "evidence", "edge", "string" },
	{ "classes", "edge", "string" },
	{ "masked", "edge", "boolean" },
	{ "first", "edge", "string" },
	{ "last", "edge", "string" },
	{ "change", "all", "string" },
};

static int graphml_begin(struct graph_out *out)
{
	buf_str(out->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			  "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		buf_printf(out->buf,
			"<key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
			attributes[i].id, attributes[i].on, attributes[i].id,
			attributes[i].type);
	buf_printf(out->buf,
		"<graph id=\"lineage\" edgedefault=\"directed\">\n"
		"<data key=\"complete\">%s</data>\n",
		out->picture->complete ? "true" : "false");
	return 0;
}

static void put_data(struct buf *buf, const char *key, struct slice text)
{
	buf_printf(buf, "<data key=\"%s\">", key);
	escape_write(buf, text, escape_xml);
	buf_str(buf, "</data>");
}

static void put_text(struct buf *buf, const char *key, const char *text)
{
	put_data(buf, key, slice_from(text));
}

static int graphml_node(struct graph_out *out, uint32_t place)
{
	const struct view_node *node = &out->picture->view->nodes[place];

	buf_printf(out->buf, "<node id=\"n%u\">", place);
	put_text(out->buf, "kind",
		node->key.kind ? node_shown_kind(node->key.kind) : "group");
	put_data(out->buf, "namespace", node->key.namespace);
	put_data(out->buf, "name", node->key.name);
	if (node->key.kind == NODE_FIELD)
		put_data(out->buf, "field", node->key.field);
	buf_printf(out->buf, "<data key=\"depth\">%u</data>", node->depth);
	if (node->root)
		put_text(out->buf, "root", "true");
	if (!node->key.kind)
		buf_printf(out->buf, "<data key=\"members\">%llu</data>",
			(unsigned long long)node->members);
	if (out->picture->changes)
		put_text(out->buf, "change", view_change_text(node->change));
	buf_str(out->buf, "</node>\n");
	return 0;
}

static int graphml_edge(struct graph_out *out, const struct graph_line *line)
{
	char text[TIME_TEXT_MAX];

	buf_printf(out->buf, "<edge id=\"e%u\" source=\"n%u\" target=\"n%u\">",
		line->place, line->edge->from, line->edge->to);
	put_text(out->buf, "basis", line->facts.basis);
	buf_str(out->buf, "<data key=\"evidence\">");
	edge_evidence_words(out->buf, &line->facts);
	buf_str(out->buf, "</data><data key=\"classes\">");
	edge_class_words(out->buf, &line->facts);
	buf_str(out->buf, "</data>");
	if (line->facts.masked)
		put_text(out->buf, "masked", "true");
	if (line->seen) {
		put_text(out->buf, "first", time_format(line->first_us, text));
		put_text(out->buf, "last", time_format(line->last_us, text));
	}
	if (out->picture->changes)
		put_text(out->buf, "change", view_change_text(line->edge->change));
	buf_str(out->buf, "</edge>\n");
	return 0;
}

static int graphml_end(struct graph_out *out)
{
	buf_str(out->buf, "</graph>\n</graphml>\n");
	return 0;
}

const struct graph_format_row format_graphml = {
	.name = "graphml",
	.media_type = "application/graphml+xml; charset=utf-8",
	.can_say_cut = true,
	.shows_times = true,
	.begin = graphml_begin,
	.node = graphml_node,
	.edge = graphml_edge,
	.end = graphml_end,
};
