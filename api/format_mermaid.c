/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_mermaid.c - a graph as a Mermaid flowchart
 */
#include "api/graph_format.h"
#include "api/mermaid.h"

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

	buf_printf(out->buf, "\tn%u", place);
	mermaid_label(out->buf, &node->key, SIZE_MAX);
	buf_printf(out->buf, "%s\n", class_of(node->change));
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
