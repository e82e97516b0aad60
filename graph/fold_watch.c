/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_watch.c - uses that begin although their end is planned
 *
 * Two sets are kept: of datasets, with what is planned of them, and of columns.
 * A dataset's aliases are looked up when a use begins, since they come and go.
 */
#include "graph/fold_watch.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/idset.h"
#include "graph/alias.h"
#include "graph/entity.h"
#include "graph/flow.h"
#include "graph/fold.h"
#include "graph/fold_lane.h"
#include "graph/label.h"
#include "graph/planned.h"

#include <stdlib.h>

#define WATCH_ARENA_CHUNK ((size_t)64 * 1024)
#define WATCH_ARENA_MAX	  ((size_t)4 * 1024 * 1024 * 1024)

/* Columns in columns: further up nobody looks for one that goes. */
#define LEVELS_MAX 64

/* What is planned of a column. */
enum column_bit {
	COLUMN_GOES = 1,
	COLUMN_LOSES = 2, /* one in it goes */
};

/* What is planned of a dataset. */
enum planned_bit {
	PLANNED_COLUMN = 1, /* one of its columns goes */
	PLANNED_WHOLE = 2,  /* it goes itself */
};

struct watch {
	bool counting;
	bool loaded; /* the sets are what the transaction has */
	struct idset *datasets;
	struct idset *columns; /* by column_key() */
	struct arena *arena;
	int64_t began;
};

int watch_new(struct watch **out)
{
	AUTO(watch) struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return ERR_NOMEM;
	watch->datasets = idset_new(UINT32_MAX);
	watch->columns = idset_new(UINT32_MAX);
	watch->arena = arena_new(WATCH_ARENA_CHUNK, WATCH_ARENA_MAX);
	if (!watch->datasets || !watch->columns || !watch->arena)
		return ERR_NOMEM;
	*out = TAKE(watch);
	return 0;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	arena_free(watch->arena);
	idset_free(watch->columns);
	idset_free(watch->datasets);
	free(watch);
}

void watch_begin(struct watch *watch)
{
	watch->counting = true;
}

void watch_clear(struct watch *watch)
{
	watch->loaded = false;
	watch->began = 0;
}

int64_t watch_take(struct watch *watch)
{
	int64_t began = watch->began;

	watch->began = 0;
	return began;
}

int fold_watch_renew(struct fold *fold)
{
	int r = fold->watch->counting ? lanes_flush(fold) : 0;

	fold->watch->loaded = false;
	return r;
}

/* Never 0.  Two columns that share one are told apart by nobody, and seldom are. */
static uint64_t column_key(node_id dataset, struct slice column)
{
	return (hash64(column) ^ dataset * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static int add_dataset(struct watch *watch, node_id dataset, enum planned_bit bit)
{
	uint64_t bits = 0;
	int r;

	(void)idset_get(watch->datasets, dataset, &bits);
	r = idset_put(watch->datasets, dataset, bits | bit);
	return r < 0 ? r : 0;
}

static int note_column(struct watch *watch, uint64_t key, enum column_bit bit)
{
	uint64_t bits = 0;
	int r;

	(void)idset_get(watch->columns, key, &bits);
	r = idset_put(watch->columns, key, bits | bit);
	return r < 0 ? r : 0;
}

/* Cuts the last name off a path; false when it has one alone. */
static bool leave_column(struct slice *path)
{
	while (path->len && path->ptr[path->len - 1] != '.')
		path->len--;
	if (!path->len)
		return false;
	path->len--;
	return true;
}

static int add_column(struct watch *watch, node_id dataset, struct slice column)
{
	int r = note_column(watch, column_key(dataset, column), COLUMN_GOES);

	for (int level = 0; !r && level < LEVELS_MAX && leave_column(&column); level++)
		r = note_column(watch, column_key(dataset, column), COLUMN_LOSES);
	return r ? r : add_dataset(watch, dataset, PLANNED_COLUMN);
}

static int add_operation(
	struct watch *watch, node_id dataset, const struct ol_operation *told)
{
	enum impact_op op;

	if (planned_op_of(told, &op))
		return 0;
	switch (op) {
	case OP_DROP_COLUMN:
	case OP_RENAME_COLUMN:
	case OP_ALTER_TYPE:
		return add_column(watch, dataset, told->column);
	case OP_DROP_DATASET:
	case OP_RENAME_DATASET:
		return add_dataset(watch, dataset, PLANNED_WHOLE);
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		return 0;
	}
	return 0;
}

/* One planned change (label_visit). */
static int add_planned(void *ctx, struct slice id, node_id dataset)
{
	struct fold *fold = ctx;
	struct watch *watch = fold->watch;
	char name[PLANNED_NAME_MAX];
	struct ol_planned planned;
	struct facet facet;
	int r;

	r = facet_get(fold->txn, dataset, hash64(planned_facet_name(id, name)), &facet);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = fold->facets->planned(facet.bytes, watch->arena, &planned, NULL);
	if (r)
		return r == ERR_INVALID ? 0 : r;
	for (size_t i = 0; !r && i < planned.count; i++)
		r = add_operation(watch, dataset, &planned.list[i]);
	return r;
}

/* Returns 1 when nothing is planned, or nothing is counted. */
static int load(struct fold *fold)
{
	struct watch *watch = fold->watch;
	int r;

	if (!watch->counting || !fold->facets)
		return 1;
	if (!watch->loaded) {
		idset_clear(watch->datasets);
		idset_clear(watch->columns);
		arena_reset(watch->arena);
		r = label_each(fold->txn, LABEL_PLANNED, SLICE(""), add_planned, fold);
		if (r)
			return r;
		watch->loaded = true;
	}
	return idset_count(watch->datasets) == 0;
}

static uint64_t bits_of(const struct watch *watch, node_id dataset)
{
	uint64_t bits = 0;

	(void)idset_get(watch->datasets, dataset, &bits);
	return bits;
}

/* What a dataset is asked for: a column of it, or any. */
struct use {
	node_id dataset;
	enum planned_bit bit;
	struct slice column; /* ptr NULL: any */
};

static bool has_bit(const struct watch *watch, uint64_t key, enum column_bit bit)
{
	uint64_t bits = 0;

	(void)idset_get(watch->columns, key, &bits);
	return bits & bit;
}

/* Whether a column goes, one that it is in, or one in it. */
static bool is_going(const struct watch *watch, node_id dataset, struct slice column)
{
	if (has_bit(watch, column_key(dataset, column), COLUMN_LOSES))
		return true;
	for (int level = 0; level <= LEVELS_MAX; level++) {
		if (has_bit(watch, column_key(dataset, column), COLUMN_GOES))
			return true;
		if (!leave_column(&column))
			break;
	}
	return false;
}

static bool is_planned(const struct watch *watch, node_id dataset, const struct use *use)
{
	if (!(bits_of(watch, dataset) & use->bit))
		return false;
	return !use->column.ptr || is_going(watch, dataset, use->column);
}

/* Counts a use when an end of it is planned, by any of the dataset's names. */
static int count(struct fold *fold, const struct use *use)
{
	struct watch *watch = fold->watch;
	struct alias_ids group;
	int r;

	arena_reset(watch->arena);
	r = alias_group(fold->txn, use->dataset, watch->arena, &group);
	for (size_t i = 0; !r && i < group.count; i++) {
		if (!is_planned(watch, group.ids[i], use))
			continue;
		watch->began++;
		break;
	}
	return r;
}

/* The column that a flow takes; 0, or 1 when it takes none. */
static int find_use(struct fold *fold, node_id source, struct use *out)
{
	struct entity entity;
	int r = entity_get(fold->txn, source, &entity);

	*out = (struct use){ .bit = PLANNED_COLUMN };
	if (!r && entity.key.kind == NODE_FIELD) {
		out->column = entity.key.field;
		r = entity_get(fold->txn, entity.parent, &entity);
	}
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	out->dataset = entity.parent;
	return entity.key.kind == NODE_WHOLE ? 0 : 1;
}

/* Whether the owner tells the flow in another lane: then it only goes on. */
static int goes_on(struct fold *fold, const struct flow_row *row)
{
	for (int lane = 0; lane < EVIDENCE_COUNT; lane++) {
		struct flow_row other = *row;
		int r;

		other.lane = (enum evidence)lane;
		if (other.lane == row->lane)
			continue;
		r = flow_get(fold->txn, &other);
		if (r < 0 || (r == 0 && other.now))
			return r < 0 ? r : 1;
	}
	return 0;
}

int fold_watch_flow(struct fold *fold, const struct flow_row *row)
{
	struct use use;
	int r;

	if (row->source == row->target)
		return 0;
	r = load(fold);
	if (!r)
		r = find_use(fold, row->source, &use);
	if (!r)
		r = goes_on(fold, row);
	if (!r)
		r = count(fold, &use);
	return r < 0 ? r : 0;
}

int fold_watch_read(struct fold *fold, node_id dataset)
{
	const struct use use = { .dataset = dataset, .bit = PLANNED_WHOLE };
	int r = load(fold);

	if (!r)
		r = count(fold, &use);
	return r < 0 ? r : 0;
}
