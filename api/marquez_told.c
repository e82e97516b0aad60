/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_told.c - what producers wrote beside the columns of a dataset
 */
#include "api/marquez_told.h"

#include "api/facetin.h"
#include "api/jsonscan.h"

#include <stdlib.h>

static size_t count_members(struct slice object)
{
	struct jsonscan scan;
	struct slice name;
	struct slice value;
	size_t count = 0;

	jsonscan_init(&scan, object);
	while (jsonscan_next(&scan, &name, &value))
		count++;
	return count;
}

static int by_name(const void *a, const void *b)
{
	const struct mq_told_column *x = a;
	const struct mq_told_column *y = b;

	return slice_compare(x->name, y->name);
}

/* By name, since each is looked for. */
static int read_columns(struct call *call, struct slice fields, struct mq_told *out)
{
	struct jsonscan scan;
	struct slice name;
	struct slice value;
	int r = 0;

	out->list =
		arena_array(call->arena, count_members(fields) + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	jsonscan_init(&scan, fields);
	while (!r && scan.open == '{' && jsonscan_next(&scan, &name, &value)) {
		struct mq_told_column *column = &out->list[out->count++];

		column->json = value;
		/* With its quotes it is a string. */
		r = jsonscan_text(
			slice_of(name.ptr - 1, name.len + 2), call->arena, &column->name);
	}
	if (r >= 0 && out->count)
		qsort(out->list, out->count, sizeof(*out->list), by_name);
	return r < 0 ? r : 0;
}

int mq_told_read(struct call *call, node_id dataset, struct mq_told *out)
{
	struct slice fields = { 0 };
	struct slice facet;
	int r = facet_newest(call, dataset, SLICE("columnLineage"), &facet);

	*out = (struct mq_told){ .count = 0 };
	if (r)
		return r < 0 ? r : 0;
	if (!jsonscan_member(facet, SLICE("fields"), &fields))
		return 0;
	return read_columns(call, fields, out);
}

static int read_text(
	struct call *call, struct slice object, struct slice name, struct slice *out)
{
	struct slice value;
	int r;

	*out = (struct slice){ 0 };
	if (!jsonscan_member(object, name, &value))
		return 0;
	r = jsonscan_text(value, call->arena, out);
	return r < 0 ? r : 0;
}

int mq_told_of(struct call *call, const struct mq_told *told, struct slice column,
	struct slice *description, struct slice *type)
{
	const struct mq_told_column wanted = { .name = column };
	const struct mq_told_column *found = NULL;
	struct slice json = { 0 };
	int r;

	if (told->count)
		found = bsearch(
			&wanted, told->list, told->count, sizeof(*found), by_name);
	if (found)
		json = found->json;
	r = read_text(call, json, SLICE("transformationDescription"), description);
	return r ? r : read_text(call, json, SLICE("transformationType"), type);
}
