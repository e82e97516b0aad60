/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_view.h - what facets did to the graph, as words for tests
 *
 *	tell(w, "dataset 5 p[symlinks=t]");
 *	assert_string_equal(group(w, "t"), "p t");
 *
 * Texts are valid until the next call.  Names are of the namespace "n".
 */
#pragma once

#include "graph/alias.h"
#include "graph/history.h"
#include "graph/label.h"
#include "graph/parent.h"
#include "tests/unit/graph_fixture.h"

/* name: "a", or "a.x" for a field; 0: there is none. */
static inline node_id find_node(struct world *w, enum node_kind kind, const char *name)
{
	struct node_key key = { .kind = kind, .namespace = SLICE("n") };
	struct slice text = slice_from(name);
	node_id id;
	int r;

	key.name = text_cut(&text, '.');
	key.field = text;
	r = entity_find(see(w)->txn, &key, &id);
	assert_in_range(r, 0, 1);
	return r ? 0 : id;
}

static inline node_id dataset(struct world *w, const char *name)
{
	return find_node(w, NODE_DATASET, name);
}

static inline node_id job(struct world *w, const char *name)
{
	return find_node(w, NODE_JOB, name);
}

static inline node_id field(struct world *w, const char *name)
{
	return find_node(w, NODE_FIELD, name);
}

static inline void get_node(struct world *w, node_id id, struct entity *out)
{
	assert_int_equal(entity_get(see(w)->txn, id, out), 0);
}

static inline void print_node(struct world *w, node_id id)
{
	struct entity entity;

	assert_int_equal(entity_get(w->snapshot.txn, id, &entity), 0);
	buf_slice(&w->text, entity.key.name);
	buf_str(&w->text, entity.key.field.len ? "." : "");
	buf_slice(&w->text, entity.key.field);
}

static inline const char *printed(struct world *w)
{
	buf_byte(&w->text, '\0');
	assert_int_equal(buf_error(&w->text), 0);
	return w->text.data;
}

/* The nodes that are one with this one, the one that stands for them first. */
static inline const char *ring(struct world *w, node_id id)
{
	const struct image_version *image = see(w)->image;
	node_id first = image_canonical(image, id);
	node_id at = first;

	buf_clear(&w->text);
	do {
		const struct image_node *node = image_node(image, at);

		assert_int_equal(node->alias, at != first);
		buf_str(&w->text, at == first ? "" : " ");
		print_node(w, at);
		at = node->ring ? node->ring : first;
	} while (at != first);
	return printed(w);
}

static inline const char *group(struct world *w, const char *name)
{
	return ring(w, dataset(w, name));
}

/* The contents of a facet as "BYTES FIRST-LAST", in their order; deleted: "!". */
static inline const char *history(struct world *w, const char *name, const char *facet)
{
	uint64_t name_hash = hash64(slice_from(facet));
	node_id id = dataset(w, name);
	struct past_facets past;

	arena_reset(w->arena);
	assert_int_equal(
		history_list(w->snapshot.txn, id, name_hash, w->arena, &past), 0);
	buf_clear(&w->text);
	for (size_t i = 0; i < past.count; i++) {
		buf_str(&w->text, i ? " " : "");
		buf_slice(&w->text, past.list[i].hash ? past.list[i].bytes : SLICE("!"));
		buf_printf(&w->text, " %lld-%lld", (long long)past.list[i].first_us,
			(long long)past.list[i].last_us);
	}
	return printed(w);
}

static inline int print_label(void *ctx, struct slice text, node_id node)
{
	struct world *w = ctx;

	buf_str(&w->text, w->text.len ? " " : "");
	buf_slice(&w->text, text);
	buf_byte(&w->text, '@');
	print_node(w, node);
	return 0;
}

/* All labels of a kind, as "me@a pii@a.x". */
static inline const char *labels(struct world *w, enum label_kind kind)
{
	(void)see(w);
	buf_clear(&w->text);
	assert_int_equal(label_each(w->snapshot.txn, kind, SLICE(""), print_label, w), 0);
	return printed(w);
}

/* The bytes of a facet that stands; "" when there is none. */
static inline const char *facet_of(struct world *w, node_id id, const char *name)
{
	struct facet facet = { 0 };

	(void)see(w);
	buf_clear(&w->text);
	if (facet_get(w->snapshot.txn, id, hash64(slice_from(name)), &facet) == 0)
		buf_slice(&w->text, facet.bytes);
	return printed(w);
}
