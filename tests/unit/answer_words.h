/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answer_words.h - nodes of answers as words, for tests
 *
 * A node is its name; a field NAME.FIELD; one of another namespace than "n"
 * NAMESPACE@NAME.
 */
#pragma once

#include "tests/unit/graph_fixture.h"

#include "graph/lineage.h"

#define WORD_MAX 96

static inline const char *key_word(const struct node_key *key, char word[WORD_MAX])
{
	bool other = key->namespace.len && !slice_equal(key->namespace, SLICE("n"));

	(void)snprintf(word, WORD_MAX, "%.*s%s%.*s%s%.*s",
		other ? (int)key->namespace.len : 0, key->namespace.ptr, other ? "@" : "",
		(int)key->name.len, key->name.ptr, key->field.len ? "." : "",
		(int)key->field.len, key->field.ptr);
	return word;
}

static inline const char *node_word(struct world *w, node_id id, char word[WORD_MAX])
{
	struct entity entity;

	assert_int_equal(entity_get(w->snapshot.txn, id, &entity), 0);
	return key_word(&entity.key, word);
}

/* The node of a word; kind NODE_JOB for a name that begins with a capital. */
static inline node_id word_node(struct world *w, const char *word)
{
	struct node_key key = { .namespace = SLICE("n"), .name = slice_from(word) };
	const char *at = strchr(word, '@');
	const char *dot = strchr(word, '.');
	node_id id;

	if (at) {
		key.namespace = slice_of(word, (size_t)(at - word));
		key.name = slice_from(at + 1);
	}
	key.kind = key.name.ptr[0] >= 'A' && key.name.ptr[0] <= 'Z' ? NODE_JOB
								    : NODE_DATASET;
	if (dot) {
		key.kind = NODE_FIELD;
		key.name = slice_of(key.name.ptr, (size_t)(dot - key.name.ptr));
		key.field = slice_from(dot + 1);
	}
	if (entity_find(w->snapshot.txn, &key, &id))
		fail_msg("there is no %s", word);
	return id;
}

/* What w->text has, as a text. */
static inline const char *words_text(struct world *w)
{
	buf_byte(&w->text, '\0');
	assert_int_equal(buf_error(&w->text), 0);
	return w->text.data;
}

/* A question downstream of a node, now. */
static inline struct lineage_query ask_down(const node_id *root)
{
	return (struct lineage_query){
		.roots = root,
		.root_count = 1,
		.downstream = true,
		.depth = DEPTH_ALL,
		.precise = true,
		.observed = true,
		.declared = true,
		.inferred = true,
	};
}
