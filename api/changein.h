/* SPDX-License-Identifier: Apache-2.0 */

/*
 * changein.h - operations on datasets and columns, as people tell them
 *
 *	{"op": "drop_column", "dataset": {"namespace": "n", "name": "d"}, "column": "c"}
 *
 * An operation is looked up: its dataset and column have to be there, a type is
 * compared with the one that stands, and what happens to a column happens to the
 * fields in it.  docs/API.md lists operations and members.
 */
#pragma once

#include "api/bodyin.h"
#include "api/impact_ask.h"

/* The changes and notes of a question in the making, in the call's arena. */
struct changes_in {
	struct call *call;
	struct reply *reply;
	/* Of operations that name no dataset, and may then name none; 0: each does. */
	node_id dataset;
	struct asked_change *list;
	size_t count;
	struct asked_note *notes;
	size_t note_count;
	struct rename_hint *hints; /* of proposals */
	size_t hint_count;

	/* For these calls alone: */
	size_t room;
	size_t note_room;
	size_t hint_room;
	struct dataset_known *known; /* what was looked up, newest first */
	bool of_params;		     /* faults name parameters */
};

/*
 * Adds the operations of a JSON array; `at` is its place.  Texts are copied: the
 * JSON may go.  Returns 0, 1 when the reply says what is wrong and where (400, 404,
 * 409), or a failure.  Operations that change nothing (a type that is the same)
 * become notes.
 */
NODISCARD int changes_read(struct changes_in *in, const struct body_at *at);

/* The same for the one operation that parameters tell; p has no fault. */
NODISCARD int changes_read_params(struct changes_in *in, struct params *p);

/*
 * What leads from the schemas that stand to those proposed: one object, or an
 * array of them, with a dataset, a schema and renames.  The same returns.
 */
NODISCARD int proposals_read(struct changes_in *in, const struct body_at *at);

/*
 * The dataset that an object of a body names: by "dataset", an object, or by
 * "node", a text.  The same returns.
 */
NODISCARD int body_dataset(struct call *call, struct reply *reply, struct body *body,
	const struct body_at *in, node_id *out);

/* The rules of these parameters, beside NODEREF_RULES. */
#define CHANGE_RULES                                                                  \
	{ "op", 1 }, { "to", 1 }, { "toNamespace", 1 }, { "type", 1 }, { "from", 1 }, \
		{ "aliased", 1 }, { "nullable", 1 },                                  \
	{                                                                             \
		"default", 1                                                          \
	}
