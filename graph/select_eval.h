/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_eval.h - a selector on its way through a snapshot
 */
#pragma once

#include "graph/select_impl.h"

/* Sorted ids of canonical nodes. */
struct select_set {
	struct idlist list;
	bool fields; /* some of them are fields */
};

struct select_eval {
	struct snapshot *snapshot;
	const struct image_version *image;
	const struct selector *selector;
	const struct select_options *options;
	struct arena *arena;
	struct meter meter;
	/*
	 * Beside the selector's nodes: what each selects.  Of an atom with owners or
	 * tags the nodes that have them; of one with namespaces their ids.
	 */
	struct select_set *sets;
};

static inline bool select_cut(const struct select_eval *eval)
{
	return eval->meter.cut != CUT_NONE;
}

/* Takes one from the meter; false when that cuts. */
static inline bool select_spend(struct select_eval *eval)
{
	return meter_take(&eval->meter, 1) == 1;
}

bool select_has_fields(const struct select_eval *eval, const struct idlist *list);

/* Whether a sorted list has an id. */
bool select_holds_id(const struct idlist *list, uint32_t id);

/* The dataset that a field is in, canonical; another node itself. */
node_id select_subject(const struct select_eval *eval, node_id id);

/* Whether a set has a node; of a field, when the set has none, its dataset. */
bool select_set_has(
	const struct select_eval *eval, const struct select_set *set, node_id id);

/* Adds the fields of the datasets in a list, and sorts it. */
NODISCARD int select_add_fields(struct select_eval *eval, struct idlist *list);

/* Reads what an atom compares nodes with: labels and namespaces. */
NODISCARD int select_prepare(struct select_eval *eval, uint32_t atom);

/* How costly it is to go through all that an atom may select; the least is best. */
unsigned int select_cost(const struct select_eval *eval, uint32_t atom);

/* Whether its own kind of answer may be a field. */
bool select_names_fields(const struct select_eval *eval, uint32_t node);

/* Whether an atom holds for a node, by any of that node's names. */
NODISCARD int select_atom_holds(
	struct select_eval *eval, uint32_t atom, node_id id, bool *out);

/* All that an atom selects; of fields those, too, that it does not name itself. */
NODISCARD int select_atom_all(
	struct select_eval *eval, uint32_t atom, bool fields, struct select_set *out);

/* All datasets and jobs; sorted. */
NODISCARD int select_everything(struct select_eval *eval, struct select_set *out);

/* What a walk reaches from a set, with the set. */
NODISCARD int select_walk(struct select_eval *eval, const struct select_node *walk,
	const struct select_set *from, struct select_set *out);
