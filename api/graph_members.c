/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_members.c - nodes and edges as members, for formats that are JSON
 */
#include "api/graph_members.h"

#include "api/nodeout.h"

#include <stdio.h>

void jsonw_place(struct jsonw *w, const char *key, char letter, uint32_t place)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%c%u", letter, place);
	jsonw_key(w, key);
	jsonw_text(w, text);
}

void jsonw_view_node(struct jsonw *w, const struct graph_picture *picture,
	const struct view_node *node)
{
	bool field = node->key.kind == NODE_FIELD;

	jsonw_key(w, "label");
	jsonw_string(w, field ? node->key.field : node->key.name);
	jsonw_key(w, "kind");
	jsonw_text(w, node->key.kind ? node_shown_kind(node->key.kind) : "group");
	jsonw_key(w, "namespace");
	jsonw_string(w, node->key.namespace);
	jsonw_key(w, "name");
	jsonw_string(w, node->key.name);
	if (field) {
		jsonw_key(w, "field");
		jsonw_string(w, node->key.field);
	}
	jsonw_key(w, "depth");
	jsonw_uint(w, node->depth);
	jsonw_key(w, "root");
	jsonw_bool(w, node->root);
	if (!node->key.kind) {
		jsonw_key(w, "members");
		jsonw_uint(w, node->members);
	}
	if (picture->changes) {
		jsonw_key(w, "change");
		jsonw_text(w, view_change_text(node->change));
	}
}

void jsonw_view_line(struct jsonw *w, const struct graph_picture *picture,
	const struct graph_line *line)
{
	jsonw_edge_facts(w, &line->facts);
	if (line->seen) {
		jsonw_key(w, "firstSeen");
		jsonw_time(w, line->first_us);
		jsonw_key(w, "lastSeen");
		jsonw_time(w, line->last_us);
	}
	if (picture->changes)
		jsonw_edge_change(w, picture->query->level, line->edge);
}
