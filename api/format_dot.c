/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_dot.c - a graph in the language of Graphviz
 *
 * Nodes are n0, n1, ...; names stand in labels only.
 */
#include "api/escape.h"
#include "api/graph_format.h"

/* In a label a backslash begins an escape, and '&' an entity. */
static const char *escape(uint8_t c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '&':
		return "&amp;";
	case '\n':
	case '\r':
	case '\t':
		return " ";
	default:
		return c < 0x20 || c == 0x7f ? ESCAPE_BAD : NULL;
	}
}

static const char *shape_of(enum node_kind kind)
{
	switch (kind) {
	case NODE_DATASET:
	case NODE_WHOLE:
		return "cylinder";
	case NODE_JOB:
		return "box";
	case NODE_FIELD:
		return "oval";
	}
	return "folder"; /* a group */
}

static const char *color_of(enum view_change change)
{
	switch (change) {
	case VIEW_SAME:
		return "";
	case VIEW_ADDED:
		return " color=\"darkgreen\"";
	case VIEW_REMOVED:
		return " color=\"red\" style=\"dashed\"";
	case VIEW_CHANGED:
		return " color=\"orange\"";
	}
	return "";
}

static int dot_begin(struct graph_out *out)
{
	buf_str(out->buf, "digraph lineage {\n"
			  "\trankdir=\"LR\";\n"
			  "\tnode [fontname=\"sans-serif\"];\n");
	if (!out->picture->complete)
		buf_str(out->buf, "\tlabel=\"not complete\";\n");
	return 0;
}

static int dot_node(struct graph_out *out, uint32_t place)
{
	const struct view_node *node = &out->picture->view->nodes[place];

	buf_printf(out->buf, "\tn%u [shape=\"%s\" label=\"", place,
		shape_of(node->key.kind));
	escape_write(out->buf, node->key.name, escape);
	if (node->key.kind == NODE_FIELD) {
		buf_str(out->buf, "\\n");
		escape_write(out->buf, node->key.field, escape);
	}
	if (node->key.namespace.len) {
		buf_str(out->buf, "\\n(");
		escape_write(out->buf, node->key.namespace, escape);
		buf_byte(out->buf, ')');
	}
	buf_printf(out->buf, "\"%s%s];\n", node->root ? " penwidth=\"2\"" : "",
		color_of(node->change));
	return 0;
}

static int dot_edge(struct graph_out *out, const struct graph_line *line)
{
	buf_printf(out->buf, "\tn%u -> n%u", line->edge->from, line->edge->to);
	buf_printf(out->buf, " [tooltip=\"%s\"%s];\n", line->facts.basis,
		color_of(line->edge->change));
	return 0;
}

static int dot_end(struct graph_out *out)
{
	buf_str(out->buf, "}\n");
	return 0;
}

const struct graph_format_row format_dot = {
	.name = "dot",
	.media_type = "text/vnd.graphviz; charset=utf-8",
	.can_say_cut = true,
	.begin = dot_begin,
	.node = dot_node,
	.edge = dot_edge,
	.end = dot_end,
};
