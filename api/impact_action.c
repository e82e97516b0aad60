/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_action.c - what to do about an impact, in a sentence
 *
 * The table is searched from the top, for a row whose columns all fit; the last
 * rows are those of each effect.  Each sentence says what is to be done, and why
 * that is enough.
 */
#include "api/impact_action.h"

#include "base/attr.h"

/* Kinds of nodes, as bits. */
#define JOB	(1U << NODE_JOB)
#define DATASET (1U << NODE_DATASET)
#define FIELD	(1U << NODE_FIELD)
#define ANY	(JOB | DATASET | FIELD)

/* Operations, as bits. */
#define OP(op)	 (1U << (op))
#define ALL_OPS	 ((1U << IMPACT_OPS) - 1)
#define RETYPES	 OP(OP_ALTER_TYPE)
#define RENAMES	 (OP(OP_RENAME_COLUMN) | OP(OP_RENAME_DATASET))
#define ADDITION (OP(OP_ADD_COLUMN) | OP(OP_ADD_REQUIRED))

/* What an edit of a job above it can spare. */
#define EFFECTS_EDITED (EFFECT_BREAKS | EFFECT_CHANGES_ROWS | EFFECT_CHANGES_VALUES)

/* What the step to it must be: anything, a check of data, a flow with classes. */
enum by { BY_ANY, BY_CHECK, BY_FLOW };

struct action_row {
	const char *rule; /* of the impact, or how it begins */
	uint32_t effects;
	uint32_t kinds;
	uint32_t ops;
	enum by by;
	const char *text;
};

/* clang-format off */
static const struct action_row actions[] = {
	{ "fail/reader", EFFECT_BREAKS, JOB, ALL_OPS, BY_CHECK,
		"Remove or change its checks of this column before the change." },
	{ "fail/reader", EFFECT_BREAKS, JOB, RETYPES, BY_ANY,
		"Edit this job before the change: it reads the column, and cannot "
		"take the new type for the old one." },
	{ "fail/reader", EFFECT_BREAKS, JOB, RENAMES, BY_ANY,
		"Edit this job before the change: it reads the column by its old "
		"name." },
	{ "fail/reader", EFFECT_BREAKS, JOB, ALL_OPS, BY_ANY,
		"Edit this job before the change: it reads the column." },
	{ "fail/dataset", EFFECT_BREAKS, JOB, RENAMES, BY_ANY,
		"Point this job to the new name, or keep the old one as an alias." },
	{ "fail/dataset", EFFECT_BREAKS, JOB, ALL_OPS, BY_ANY,
		"Take the dataset out of this job, or retire the job, before the "
		"change." },
	{ "fail/writer", EFFECT_BREAKS, JOB, OP(OP_SET_NOT_NULL), BY_ANY,
		"Make this job write a value of the column in every row, before "
		"the change." },
	{ "fail/writer", EFFECT_BREAKS, JOB, ADDITION, BY_ANY,
		"Make this job write the new column, or give the column a default." },
	{ "fail/writer", EFFECT_BREAKS, JOB, RETYPES, BY_ANY,
		"Make this job write values that the new type takes, before the "
		"change." },
	{ "fail/writer", EFFECT_BREAKS, JOB, ALL_OPS, BY_ANY,
		"Edit this job before the change: it writes the dataset." },
	{ "stale/below", EFFECT_STALE, ANY, OP(OP_DROP_DATASET), BY_ANY,
		"Give it another source, or retire it: a dataset above it goes." },
	{ "stale/below", EFFECT_STALE, JOB, ALL_OPS, BY_ANY,
		"Nothing to edit: it has new data again once the job above it is "
		"mended." },
	{ "stale/below", EFFECT_STALE, ANY, ALL_OPS, BY_ANY,
		"Nothing to edit: it is refreshed again once the job above it is "
		"mended." },
	{ "opaque/below", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Find out whether the job above it fails: only then is it not "
		"refreshed." },
	{ "opaque/reader", EFFECT_UNKNOWN, JOB, RETYPES, BY_FLOW,
		"Ask the owner whether this job can take the new type: one of the "
		"types is not understood." },
	{ "opaque/flow", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Ask the owner: nobody tells which of its columns come from there." },
	{ "opaque/", EFFECT_UNKNOWN, JOB, ADDITION, BY_ANY,
		"Ask the owner whether this job takes all columns there are: it "
		"tells no column lineage." },
	{ "opaque/", EFFECT_UNKNOWN, JOB, ALL_OPS, BY_ANY,
		"Ask the owner whether this job uses the column: it tells no "
		"column lineage." },
	{ "opaque/", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Ask the owner of the job that writes it: that tells no column "
		"lineage." },
	{ "untold/", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Have a look at it: a type of the change is not understood." },
	{ "add/", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Ask the owner whether it takes all columns there are: then it "
		"gets the new one too." },
	{ "add/", EFFECT_CHANGES_SCHEMA, ANY, ALL_OPS, BY_ANY,
		"Expect the new column here: it takes all columns there are." },
	/* A column that has another name is not lost, however far below. */
	{ "", EFFECTS_EDITED, ANY, OP(OP_RENAME_COLUMN), BY_ANY,
		"Take the column by its new name in the job that reads it: nothing "
		"changes here then." },
	{ "drop/", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Take this column out, or give it another source: nothing that fed "
		"it is left." },
	{ "retype/IDENTITY/typed", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Change the type of this column as well, or cast in the job that "
		"writes it." },
	{ "retype/", EFFECT_BREAKS, JOB, ALL_OPS, BY_ANY,
		"Cast in this job: it cannot take the new type for the old one." },
	{ "retype/", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Cast in the job that writes it: that cannot take the new type for "
		"the old one." },
	{ "nested/in", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Do here what is done with the column that it is in: it goes, or "
		"changes, with that." },
	{ "nested/around", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Cast in the job that writes it: that cannot take the new type of "
		"a field in it." },
	{ "nullable/", EFFECT_CHANGES_SCHEMA, ANY, ALL_OPS, BY_ANY,
		"Allow NULL in this column, or fill it in the job that writes it." },
	{ "mask/IDENTITY", EFFECT_CHANGES_VALUES, ANY, ALL_OPS, BY_ANY,
		"Ask the owner whether masked values will do." },
	/* By effect alone. */
	{ "", EFFECT_BREAKS, JOB, ALL_OPS, BY_ANY,
		"Edit this job before the change: it fails otherwise." },
	{ "", EFFECT_BREAKS, ANY, ALL_OPS, BY_ANY,
		"Edit the job that writes it before the change." },
	{ "", EFFECT_CHANGES_ROWS, JOB, ALL_OPS, BY_ANY,
		"Compare what this job does before and after the change: it may "
		"get other rows." },
	{ "", EFFECT_CHANGES_ROWS, ANY, ALL_OPS, BY_ANY,
		"Compare the rows before and after the change: other ones may come "
		"through." },
	{ "", EFFECT_CHANGES_VALUES, JOB, ALL_OPS, BY_ANY,
		"Compare what this job does before and after the change: it may "
		"get other values." },
	{ "", EFFECT_CHANGES_VALUES, ANY, ALL_OPS, BY_ANY,
		"Compare the values before and after the change." },
	{ "", EFFECT_CHANGES_SCHEMA, ANY, ALL_OPS, BY_ANY,
		"Change the type here as well, or cast in the job that writes it." },
	{ "", EFFECT_STALE, ANY, ALL_OPS, BY_ANY,
		"Nothing to edit: it is refreshed again once the job above it is "
		"mended." },
	{ "", EFFECT_UNKNOWN, ANY, ALL_OPS, BY_ANY,
		"Ask the owner: the lineage does not tell." },
	{ "", EFFECT_UNAFFECTED, ANY, ALL_OPS, BY_ANY,
		"Nothing to do: none of its columns takes from what is changed." },
};
/* clang-format on */

static bool is_by(enum by by, const struct impact_step *step)
{
	uint32_t classes = step ? step->classes & ~(uint32_t)CLASS_UNMASKED : 0;

	switch (by) {
	case BY_ANY:
		break;
	case BY_CHECK:
		/* No facet about lineage tells it: it has no form. */
		return classes == CLASS_CONDITIONAL;
	case BY_FLOW:
		return classes != 0;
	}
	return true;
}

static bool fits(const struct action_row *row, const struct impact *impact,
	enum node_kind kind, enum impact_op op)
{
	const char *rule = impact->because ? impact_rule_text(impact->because->rule) : "";

	if (!(row->effects & impact->effect) || !(row->kinds & 1U << kind) ||
		!(row->ops & OP(op)))
		return false;
	if (!is_by(row->by, impact->because))
		return false;
	return slice_starts(slice_from(rule), slice_from(row->rule));
}

const char *impact_action(const struct impact *impact, enum node_kind kind,
	const struct impact_change *change)
{
	/* A whole is shown as its dataset. */
	enum node_kind shown = kind == NODE_WHOLE ? NODE_DATASET : kind;

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (fits(&actions[i], impact, shown, change->op))
			return actions[i].text;
	}
	return "Have a look at it.";
}
