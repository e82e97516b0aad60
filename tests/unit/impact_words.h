/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_words.h - the impact of a change on a drawn graph, in words
 *
 * Field a of dataset 1 is what is changed.  Effects are written as "d BREAKS/1":
 * the node as it was drawn, its worst effect, and the depth of that.
 */
#pragma once

#include "graph/impact.h"
#include "tests/unit/lineage_draw.h"

#define A 31 /* the field a */

/* A flow that tells its classes, and masks; after draw(). */
static inline void mask(struct world *w, const char *edge, uint32_t classes)
{
	node_id from = drawn_id(edge[0]);
	node_id to = drawn_id(edge[2]);
	static uint64_t version = 1;

	put(w, from < 10 ? drawn_whole(from) : from,
		to < 10 && !drawn_job(from) ? drawn_whole(to) : to,
		TOLD_NOW | classes << EDGE_CLASS_SHIFT);
	assert_int_equal(image_publish(w->image, ++version), 0);
	image_unpin(w->snapshot.image);
	w->snapshot.image = image_pin(w->image);
}

/* The same, and comes as it is. */
static inline void classify(struct world *w, const char *edge, uint32_t classes)
{
	mask(w, edge, classes ? classes | CLASS_UNMASKED : 0);
}

static inline struct impact_change change_a(enum impact_op op)
{
	return (struct impact_change){ .op = op, .dataset = 1, .field = A };
}

static inline struct impact_change retype_a(enum type_change how)
{
	struct impact_change change = change_a(OP_ALTER_TYPE);

	change.types.change = how;
	return change;
}

static inline int never_typed(void *ctx, node_id field)
{
	(void)ctx;
	(void)field;
	return 0;
}

static inline int never_mirrors(void *ctx, const struct impact_pairs *pairs)
{
	(void)ctx;
	(void)pairs;
	return MIRROR_NONE;
}

static inline struct impact_query ask(const struct impact_change *changes, size_t count)
{
	return (struct impact_query){
		.changes = changes,
		.change_count = count,
		.graph = { .observed = true, .declared = true, .inferred = true },
		.opaque_max = 10,
	};
}

static inline struct impact_answer find(struct world *w, const struct impact_query *query)
{
	struct impact_answer out;

	assert_int_equal(impact_find(&w->snapshot, query, w->arena, &out), 0);
	return out;
}

static inline char drawn_name(node_id id)
{
	if (id > 30)
		return (char)('a' + id - 31);
	return (char)(id > 10 ? 'A' + id - 11 : '0' + id);
}

/* One horizon of an answer in words; until the next call. */
static inline const char *words(
	const struct impact_answer *answer, enum impact_horizon horizon)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < answer->count; i++) {
		const struct impact *impact = &answer->list[i];

		if (impact->horizon == horizon)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
				"%s%c %s/%u", used ? ", " : "", drawn_name(impact->node),
				impact_effect_text(impact->effect), impact->depth);
	}
	return text;
}

static inline const char *forward(struct world *w, struct impact_change change)
{
	const struct impact_query query = ask(&change, 1);
	struct impact_answer answer = find(w, &query);

	return words(&answer, HORIZON_FIX_FORWARD);
}

static inline const char *stopped(struct world *w, struct impact_change change)
{
	const struct impact_query query = ask(&change, 1);
	struct impact_answer answer = find(w, &query);

	return words(&answer, HORIZON_FAIL_STOP);
}

static inline struct impact first_of(struct world *w, struct impact_change change)
{
	const struct impact_query query = ask(&change, 1);
	struct impact_answer answer = find(w, &query);

	assert_true(answer.count > 0);
	return answer.list[0];
}

#define IMPACT_TEST(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
