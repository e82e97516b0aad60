/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_mermaid.c - a graph as a Mermaid flowchart
 *
 * Labels stand in quotes, where '#...;' is an entity: whatever means something
 * to Mermaid, to Markdown or to HTML goes as one.
 */
#include "api/escape.h"
#include "api/graph_format.h"

static const char *escape(uint8_t c)
{
	switch (c) {
	case '"':
		return "#quot;";
	case '#':
		return "#35;";
	case '&':
		return "#amp;";
	case '<':
		return "#lt;";
	case '>':
		return "#gt;";
	case '`':
		return "#96;";
	case '\\':
		return "#92;";
	case '\n':
	case '\r':
	case '\t':
		return " ";
	default:
		return c < 0x20 || c == 0x7f ? ESCAPE_BAD : NULL;
	}
}

struct brackets {
	const char *open;
	const char *close;
};

static struct brackets brackets_of(enum node_kind kind)
{
	switch (kind) {
	case NODE_DATASET:
	case NODE_WHOLE:
		return (struct brackets){ "[(\"", "\")]" };
	case NODE_JOB:
		return (struct brackets){ "[\"", "\"]" };
	case NODE_FIELD:
		return (struct brackets){ "([\"", "\"])" };
	}
	return (struct brackets){ "[[\"", "\"]]" }; /* a group */
}

static int mermaid_begin(struct graph_out *out)
{
	if (!out->picture->complete)
		buf_str(out->buf, "%% not complete\n");
	buf_str(out->buf, "flowchart LR\n");
	return 0;
}

static const char *class_of(enum view_change change)
{
	switch (change) {
	case VIEW_SAME:
		return "";
	case VIEW_ADDED:
		return ":::added";
	case VIEW_REMOVED:
		return ":::removed";
	case VIEW_CHANGED: /* nodes do not */
		break;
	}
	return "";
}

static int mermaid_node(struct graph_out *out, uint32_t place)
{
	const struct view_node *node = &out->picture->view->nodes[place];
	struct brackets brackets = brackets_of(node->key.kind);

	buf_printf(out->buf, "\tn%u%s", place, brackets.open);
	escape_write(out->buf, node->key.name, escape);
	if (node->key.kind == NODE_FIELD) {
		buf_str(out->buf, "<br/>");
		escape_write(out->buf, node->key.field, escape);
	}
	/* An empty label is a mistake to Mermaid. */
	if (node->key.namespace.len || !node->key.name.len) {
		buf_str(out->buf, "<br/>(");
		escape_write(out->buf, node->key.namespace, escape);
		buf_byte(out->buf, ')');
	}
	buf_printf(out->buf, "%s%s\n", brackets.close, class_of(node->change));
	return 0;
}

static const char *arrow_of(enum view_change change)
{
	switch (change) {
	case VIEW_SAME:
		return "-->";
	case VIEW_ADDED:
		return "==>";
	case VIEW_REMOVED:
		return "-.->";
	case VIEW_CHANGED:
		return "-- changed -->";
	}
	return "-->";
}

static int mermaid_edge(struct graph_out *out, const struct graph_line *line)
{
	buf_printf(out->buf, "\tn%u %s n%u\n", line->edge->from,
		arrow_of(line->edge->change), line->edge->to);
	return 0;
}

static int mermaid_end(struct graph_out *out)
{
	if (out->picture->changes)
		buf_str(out->buf, "\tclassDef added stroke:green\n"
				  "\tclassDef removed stroke:red\n");
	return 0;
}

const struct graph_format_row format_mermaid = {
	.name = "mermaid",
	.media_type = "text/vnd.mermaid; charset=utf-8",
	.can_say_cut = true,
	.begin = mermaid_begin,
	.node = mermaid_node,
	.edge = mermaid_edge,
	.end = mermaid_end,
};
