/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_use.c - who reads and writes what is changed
 */
#include "api/impact_use.h"

#include "api/impact_found.h"
#include "base/idset.h"
#include "graph/readership.h"

/* What is looked at to tell who reads what is changed: by one change, and by all. */
#define READERS_OF_ONE UINT64_C(20000)
#define READERS_OF_ALL UINT64_C(200000)

struct looking {
	const struct impact_question *question;
	struct call *call;
	struct impact_found *found;
	struct idset *waivers; /* of a node: the place, and 1, of one that has BREAKS */
	uint64_t budget;
};

bool impact_takes_away(const struct impact_change *change)
{
	switch (change->op) {
	case OP_DROP_COLUMN:
	case OP_DROP_DATASET:
		return true;
	case OP_RENAME_COLUMN:
	case OP_RENAME_DATASET:
		return !change->aliased;
	case OP_ALTER_TYPE:
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		break;
	}
	return false;
}

static bool is_of_dataset(enum impact_op op)
{
	switch (op) {
	case OP_DROP_DATASET:
	case OP_RENAME_DATASET:
	/* Nothing reads a column that is not there yet, but for who reads all. */
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
		return true;
	case OP_DROP_COLUMN:
	case OP_RENAME_COLUMN:
	case OP_ALTER_TYPE:
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		break;
	}
	return false;
}

static int index_waivers(struct looking *looking)
{
	const struct impact_found *found = looking->found;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < found->waiver_count; i++) {
		const struct waiver *waiver = &found->waivers[i];

		if (waiver->id && !waiver->expired &&
			(!waiver->effects || waiver->effects & EFFECT_BREAKS))
			r = idset_put(looking->waivers, waiver->id, i + 1);
	}
	return r < 0 ? r : 0;
}

static void add_writer(struct looking *looking, node_id job, struct impact_use *out)
{
	const struct idlist *exclude = looking->question->exclude;
	uint64_t waiver;

	if (exclude && idlist_place(exclude->ids, exclude->count, job) < exclude->count) {
		looking->found->excluded++;
		return;
	}
	if (idset_get(looking->waivers, job, &waiver) == 0) {
		looking->found->waiver_uses[waiver - 1]++;
		return;
	}
	if (out->at_risk < WRITERS_SHOWN)
		out->shown[out->at_risk] = job;
	out->at_risk++;
}

static int find_use(struct looking *looking, const struct impact_change *change,
	struct impact_use *out)
{
	bool asked = looking->question->upstream && impact_takes_away(change);
	struct idlist writers = { .arena = looking->call->arena };
	uint64_t budget = looking->budget;
	const struct readership_question question = { .graph = &looking->question->graph,
		.dataset = change->dataset,
		.field = change->field,
		.by_table = is_of_dataset(change->op),
		.budget = budget < READERS_OF_ONE ? budget : READERS_OF_ONE,
		.writers = asked ? &writers : NULL };
	struct readership found;
	int r;

	*out = (struct impact_use){
		.last_us = TIME_NEVER, .more = true, .unsure = asked
	};
	if (!question.budget)
		return 0;
	r = readership_find(looking->call->snapshot, &question, &found);
	if (r)
		return r;
	looking->budget -= found.looked;
	out->readers = found.readers;
	out->writers = found.writers;
	out->more = !found.complete;
	out->unsure = asked && out->more;
	out->last_us = found.last_us;
	out->last_job = found.last_job;
	for (size_t i = 0; i < writers.count; i++)
		add_writer(looking, writers.ids[i], out);
	return 0;
}

int impact_use_find(const struct impact_question *question, struct call *call,
	struct arena *arena, struct impact_found *found)
{
	AUTO(idset) struct idset *waivers = idset_new(IMPACT_WAIVERS_MAX);
	struct looking looking = { .question = question,
		.call = call,
		.found = found,
		.waivers = waivers,
		.budget = READERS_OF_ALL };
	int r = waivers ? index_waivers(&looking) : ERR_NOMEM;

	found->uses = arena_array(arena, found->change_count + 1, sizeof(*found->uses));
	if (!found->uses)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < found->change_count; i++)
		r = find_use(&looking, &found->changes[i].change, &found->uses[i]);
	return r;
}

bool impact_use_at_risk(const struct impact_found *found)
{
	for (size_t i = 0; i < found->change_count; i++) {
		if (found->uses[i].at_risk || found->uses[i].unsure)
			return true;
	}
	return false;
}
