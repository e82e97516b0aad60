/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_words.h - a view as words, for tests
 *
 * Nodes in their order; a group's name is in [], and with *N when it has N members.
 * Edges "a>b", in order of bytes.  Of a diff, what was added has a + before it, and
 * what was removed a -; an edge that
 * changed has a ~.
 */
#pragma once

#include "tests/unit/answer_words.h"

#include "graph/view.h"

static inline const char *change_word(enum view_change change)
{
	switch (change) {
	case VIEW_ADDED:
		return "+";
	case VIEW_REMOVED:
		return "-";
	case VIEW_CHANGED:
		return "~";
	case VIEW_SAME:
		break;
	}
	return "";
}

static inline const char *view_node_word(
	const struct view_node *node, char word[2 * WORD_MAX])
{
	char name[WORD_MAX];
	char members[16] = "";
	bool group = node->key.kind == 0;

	if (node->members != 1)
		(void)snprintf(members, sizeof(members), "*%llu",
			(unsigned long long)node->members);
	(void)snprintf(word, 2 * WORD_MAX, "%s%s%s%s", group ? "[" : "",
		key_word(&node->key, name), group ? "]" : "", members);
	return word;
}

static inline const char *view_nodes(struct world *w, const struct view *view)
{
	char word[2 * WORD_MAX];

	buf_clear(&w->text);
	for (size_t i = 0; i < view->node_count; i++) {
		buf_str(&w->text, i ? " " : "");
		buf_str(&w->text, change_word(view->nodes[i].change));
		buf_str(&w->text, view_node_word(&view->nodes[i], word));
	}
	return words_text(w);
}

static inline int compare_view_words(const void *a, const void *b)
{
	return strcmp(a, b);
}

static inline const char *view_edges(struct world *w, const struct view *view)
{
	static char words[64][5 * WORD_MAX];
	char from[2 * WORD_MAX];
	char to[2 * WORD_MAX];

	assert_true(view->edge_count <= ARRAY_LEN(words));
	for (size_t i = 0; i < view->edge_count; i++) {
		const struct view_edge *edge = &view->edges[i];

		(void)snprintf(words[i], sizeof(words[i]), "%s>%s%s",
			view_node_word(&view->nodes[edge->from], from),
			view_node_word(&view->nodes[edge->to], to),
			change_word(edge->change));
	}
	qsort(words, view->edge_count, sizeof(words[0]), compare_view_words);
	buf_clear(&w->text);
	for (size_t i = 0; i < view->edge_count; i++) {
		buf_str(&w->text, i ? " " : "");
		buf_str(&w->text, words[i]);
	}
	return words_text(w);
}
