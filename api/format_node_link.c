/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_node_link.c - a graph as node-link JSON, as D3 and networkx read it
 */
#include "api/graph_format.h"
#include "api/graph_members.h"

static int node_link_begin(struct graph_out *out)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_key(w, "directed");
	jsonw_bool(w, true);
	jsonw_key(w, "multigraph");
	jsonw_bool(w, true);
	jsonw_key(w, "graph");
	jsonw_object(w);
	jsonw_key(w, "complete");
	jsonw_bool(w, out->picture->complete);
	jsonw_object_end(w);
	jsonw_key(w, "nodes");
	jsonw_array(w);
	return 0;
}

static int node_link_node(struct graph_out *out, uint32_t place)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_place(w, "id", 'n', place);
	jsonw_view_node(w, out->picture, &out->picture->view->nodes[place]);
	jsonw_object_end(w);
	return 0;
}

static void node_link_edges(struct graph_out *out)
{
	jsonw_array_end(&out->json);
	jsonw_key(&out->json, "links");
	jsonw_array(&out->json);
}

static int node_link_edge(struct graph_out *out, const struct graph_line *line)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_place(w, "source", 'n', line->edge->from);
	jsonw_place(w, "target", 'n', line->edge->to);
	jsonw_place(w, "key", 'e', line->place);
	jsonw_view_line(w, out->picture, line);
	jsonw_object_end(w);
	return 0;
}

static int node_link_end(struct graph_out *out)
{
	jsonw_array_end(&out->json);
	jsonw_object_end(&out->json);
	return 0;
}

const struct graph_format_row format_node_link = {
	.name = "node-link",
	.media_type = "application/vnd.node-link+json",
	.can_say_cut = true,
	.shows_times = true,
	.begin = node_link_begin,
	.node = node_link_node,
	.edges = node_link_edges,
	.edge = node_link_edge,
	.end = node_link_end,
};
