/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_cytoscape.c - a graph as Cytoscape's elements JSON
 */
#include "api/graph_format.h"
#include "api/graph_members.h"

static int cytoscape_begin(struct graph_out *out)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_key(w, "data");
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_text(w, "lineage");
	jsonw_key(w, "complete");
	jsonw_bool(w, out->picture->complete);
	jsonw_object_end(w);
	jsonw_key(w, "elements");
	jsonw_object(w);
	jsonw_key(w, "nodes");
	jsonw_array(w);
	return 0;
}

static int cytoscape_node(struct graph_out *out, uint32_t place)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_key(w, "data");
	jsonw_object(w);
	jsonw_place(w, "id", 'n', place);
	jsonw_view_node(w, out->picture, &out->picture->view->nodes[place]);
	jsonw_object_end(w);
	jsonw_object_end(w);
	return 0;
}

static void cytoscape_edges(struct graph_out *out)
{
	jsonw_array_end(&out->json);
	jsonw_key(&out->json, "edges");
	jsonw_array(&out->json);
}

static int cytoscape_edge(struct graph_out *out, const struct graph_line *line)
{
	struct jsonw *w = &out->json;

	jsonw_object(w);
	jsonw_key(w, "data");
	jsonw_object(w);
	jsonw_place(w, "id", 'e', line->place);
	jsonw_place(w, "source", 'n', line->edge->from);
	jsonw_place(w, "target", 'n', line->edge->to);
	jsonw_view_line(w, out->picture, line);
	jsonw_object_end(w);
	jsonw_object_end(w);
	return 0;
}

static int cytoscape_end(struct graph_out *out)
{
	jsonw_array_end(&out->json);
	jsonw_object_end(&out->json);
	jsonw_object_end(&out->json);
	return 0;
}

const struct graph_format_row format_cytoscape = {
	.name = "cytoscape",
	.media_type = "application/vnd.cytoscape+json",
	.can_say_cut = true,
	.shows_times = true,
	.begin = cytoscape_begin,
	.node = cytoscape_node,
	.edges = cytoscape_edges,
	.edge = cytoscape_edge,
	.end = cytoscape_end,
};
