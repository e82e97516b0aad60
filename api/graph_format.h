/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_format.h - a graph answer in the formats of other tools
 *
 * A format is a row: how it is called, its media type, and what it writes at
 * the beginning, for each node, for each edge and at the end.  graph_draw()
 * walks a view through it.  Our own JSON is no such row (graphout.h): it has
 * pages, and more to say.
 */
#pragma once

#include "api/call.h"
#include "api/graph_edge.h"
#include "api/params.h"
#include "graph/view.h"

enum graph_format {
	DRAW_JSON,
	DRAW_NDJSON,
	DRAW_CSV,
	DRAW_DOT,
	DRAW_MERMAID,
	DRAW_GRAPHML,
	DRAW_CYTOSCAPE,
	DRAW_NODE_LINK,
};

/* An answer to be drawn. */
struct graph_picture {
	const struct view *view;
	const struct lineage_query *query; /* level, time and evidence */
	bool complete;			   /* nothing was cut */
	bool edge_times;		   /* say when edges were seen */
	bool changes;			   /* it is a diff */
};

/* What a row's calls are given. */
struct graph_out {
	struct call *call;
	const struct graph_picture *picture;
	struct buf *buf;
	struct jsonw json; /* of the formats that are JSON */
	void *state;	   /* of the format, in the arena */
};

/* One edge, looked up. */
struct graph_line {
	uint32_t place; /* in the view */
	const struct view_edge *edge;
	const struct view_node *from;
	const struct view_node *to;
	struct edge_facts facts;
	bool seen; /* the times are known */
	int64_t first_us;
	int64_t last_us;
};

struct graph_format_row {
	const char *name;
	const char *media_type;
	bool can_say_cut; /* it has a place for "not complete" */
	bool shows_times; /* of edges */
	/* Any of these but begin may be NULL: it writes nothing then. */
	int (*begin)(struct graph_out *out);
	int (*node)(struct graph_out *out, uint32_t place);
	void (*edges)(struct graph_out *out); /* between nodes and edges */
	int (*edge)(struct graph_out *out, const struct graph_line *line);
	int (*end)(struct graph_out *out);
};

extern const struct graph_format_row format_ndjson;
extern const struct graph_format_row format_csv;
extern const struct graph_format_row format_dot;
extern const struct graph_format_row format_mermaid;
extern const struct graph_format_row format_graphml;
extern const struct graph_format_row format_cytoscape;
extern const struct graph_format_row format_node_link;

/*
 * Which format a question wants: by the parameter `format`, else by what stands
 * behind a dot of the path, else by the first media type of Accept that is one.
 */
enum graph_format graph_format_read(const struct call *call, struct params *p);

/* The path without ".FORMAT" behind it; the path itself when there is none. */
struct slice graph_path(struct slice path);

/*
 * Writes the whole reply; DRAW_JSON is not for this call.  A picture that is
 * not complete is refused (413) by formats that have no place to say so.
 */
NODISCARD int graph_draw(struct call *call, enum graph_format format,
	const struct graph_picture *picture, struct reply *reply);

/* The times of an edge, as far as they are known: fills in seen and both times. */
NODISCARD int graph_line_seen(struct call *call, struct graph_line *line);
