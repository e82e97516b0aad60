/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_nested.c - fields that are one in the other
 *
 * Their names tell: address.zip is in address.  What happens to a field happens to
 * the fields in it, and to those that it is in as the change of a member.  That
 * is where the field is: no hop leads there, and it goes no further within the
 * dataset.
 *
 * The image has no names.  Those of a dataset are read when the first field of it
 * is found in some state, and only where some name has a dot.
 */
#include "graph/impact_spread.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/idset.h"
#include "graph/image_ring.h"

/* For the names of one dataset. */
#define NAMES_CHUNK ((size_t)64 << 10)
#define NAMES_MAX   ((size_t)1 << 30)

void nests_fini(struct nests *nests)
{
	idset_free(nests->places);
	free(nests->list);
}

bool spread_may_nest(const struct spread *spread, node_id field)
{
	struct ring ring =
		ring_from(spread->standing.image, spread_node(spread, field)->parent);

	for (; ring.at; ring_step(&ring)) {
		if (spread_node(spread, ring.at)->nested)
			return true;
	}
	return false;
}

/* ---- reading names ---- */

static int rank_of(char c)
{
	return c == '.' ? 0 : (unsigned char)c + 1;
}

/* The dot comes before all else, so that a column is followed by the fields in it. */
static int compare_paths(const void *a, const void *b)
{
	struct slice x = ((const struct column_field *)a)->name;
	struct slice y = ((const struct column_field *)b)->name;

	for (size_t i = 0; i < x.len && i < y.len; i++) {
		if (x.ptr[i] != y.ptr[i])
			return rank_of(x.ptr[i]) - rank_of(y.ptr[i]);
	}
	return (x.len > y.len) - (x.len < y.len);
}

static int reserve(struct nests *nests, size_t more)
{
	size_t wanted = nests->count + more;
	struct nest *list;

	if (wanted > UINT32_MAX)
		return ERR_NOMEM;
	if (wanted <= nests->capacity)
		return 0;
	wanted += wanted / 2;
	list = reallocarray(nests->list, wanted, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	nests->list = list;
	nests->capacity = wanted;
	return 0;
}

/* Adds a field, which the ones that it is in were added before; room was reserved. */
static int add_nest(
	struct nests *nests, const struct column_field *fields, size_t i, size_t first)
{
	size_t around = i ? nests->count : 0;
	int r;

	while (around &&
		!column_has_within(fields[around - 1 - first].name, fields[i].name))
		around = nests->list[around - 1].around;
	r = idset_put(nests->places, fields[i].node, nests->count);
	if (r < 0)
		return r;
	nests->list[nests->count++] =
		(struct nest){ .node = fields[i].node, .around = (uint32_t)around };
	return 0;
}

static int add_nests(struct nests *nests, struct column_names *names)
{
	size_t first = nests->count;
	int r = reserve(nests, names->count);

	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare_paths);
	for (size_t i = 0; !r && i < names->count; i++)
		r = add_nest(nests, names->list, i, first);
	for (size_t i = nests->count; !r && i-- > first;) {
		const struct nest *nest = &nests->list[i];

		if (nest->around)
			nests->list[nest->around - 1].within += nest->within + 1;
	}
	return r;
}

/* What reading the names of a dataset costs. */
static size_t count_fields(const struct spread *spread, node_id dataset)
{
	struct ring ring = ring_from(spread->standing.image, dataset);
	size_t count = 0;

	for (; ring.at; ring_step(&ring)) {
		node_id whole = spread_node(spread, ring.at)->parent;

		if (whole)
			count += spread_node(spread, whole)->edges[DOWNSTREAM].total;
	}
	return count;
}

/* Reads the names of a dataset, unless that was done. */
static int know_fields(struct spread *spread, node_id dataset)
{
	AUTO(arena) struct arena *arena = NULL;
	struct nests *nests = &spread->nests;
	struct column_names names;
	int r;

	if (!nests->places)
		nests->places = idset_new(image_last(spread->standing.image));
	if (!nests->places)
		return ERR_NOMEM;
	if (idset_get(nests->places, dataset, NULL) == 0 ||
		!meter_allows(&spread->standing.meter, count_fields(spread, dataset)))
		return 0;
	arena = arena_new(NAMES_CHUNK, NAMES_MAX);
	if (!arena)
		return ERR_NOMEM;
	r = columns_named(spread->snapshot, dataset, arena, &names);
	if (!r)
		r = add_nests(nests, &names);
	if (r)
		return r;
	r = idset_put(nests->places, dataset, 0);
	return r < 0 ? r : 0;
}

/* ---- marks ---- */

/* What the state of a field makes of a column that it is in. */
static enum state state_around(enum state state)
{
	return state == STATE_GONE ? STATE_RETYPED : state;
}

static int mark_nested(struct spread *spread, uint32_t place, node_id node, bool in)
{
	struct mark mark = spread->marks[place - 1];

	mark.node = node;
	mark.from = place;
	mark.classes = 0;
	mark.rule = in ? RULE_NESTED_IN : RULE_NESTED_AROUND;
	if (!in)
		mark.state = (uint8_t)state_around((enum state)mark.state);
	return spread_beside(spread, &mark);
}

static int mark_within(struct spread *spread, uint32_t place, size_t at)
{
	size_t count = meter_take(&spread->standing.meter, spread->nests.list[at].within);
	int r = 0;

	for (size_t i = 1; !r && i <= count; i++)
		r = mark_nested(spread, place, spread->nests.list[at + i].node, true);
	return r;
}

static int mark_around(struct spread *spread, uint32_t place, size_t at)
{
	size_t around = spread->nests.list[at].around;
	int r = 0;

	for (; !r && around && meter_allows(&spread->standing.meter, 1);
		around = spread->nests.list[around - 1].around)
		r = mark_nested(
			spread, place, spread->nests.list[around - 1].node, false);
	return r;
}

int spread_nested(struct spread *spread, uint32_t place)
{
	node_id field = spread->marks[place - 1].node;
	uint64_t at;
	int r = know_fields(spread, spread_dataset(spread, field));

	if (r || idset_get(spread->nests.places, field, &at))
		return r;
	r = mark_within(spread, place, at);
	return r ? r : mark_around(spread, place, at);
}
