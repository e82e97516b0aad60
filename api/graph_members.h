/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_members.h - nodes and edges as members, for formats that are JSON
 */
#pragma once

#include "api/graph_format.h"

/* A member whose value is the node "n7" or the edge "e7". */
void jsonw_place(struct jsonw *w, const char *key, char letter, uint32_t place);

/* The members of a node: what it is, how deep, and label: a short text for people. */
void jsonw_view_node(struct jsonw *w, const struct graph_picture *picture,
	const struct view_node *node);

/* The members of an edge: why, by whom, when. */
void jsonw_view_line(struct jsonw *w, const struct graph_picture *picture,
	const struct graph_line *line);
