/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_rules.c - the table of docs/IMPACT.md
 */
#include "graph/impact_rules.h"

#include "base/attr.h"

static const struct {
	enum impact_effect effect;
	enum taint taint;
} states[STATES] = {
	[STATE_NONE] = { EFFECT_UNAFFECTED, TAINT_NONE },
	[STATE_GONE] = { EFFECT_BREAKS, TAINT_DROP },
	[STATE_WIDER] = { EFFECT_CHANGES_SCHEMA, TAINT_WIDEN },
	[STATE_REGRAINED] = { EFFECT_CHANGES_SCHEMA, TAINT_GRAIN },
	[STATE_NARROWER] = { EFFECT_CHANGES_VALUES, TAINT_NARROW },
	[STATE_RETYPED] = { EFFECT_CHANGES_SCHEMA, TAINT_RETYPE },
	[STATE_NULLABLE] = { EFFECT_CHANGES_SCHEMA, TAINT_NULLABLE },
	[STATE_VALUES] = { EFFECT_CHANGES_VALUES, TAINT_VALUES },
	[STATE_MASKED] = { EFFECT_CHANGES_VALUES, TAINT_MASK },
	[STATE_UNTOLD] = { EFFECT_UNKNOWN, TAINT_UNTOLD },
	[STATE_ROWS] = { EFFECT_CHANGES_ROWS, TAINT_ROWS },
	[STATE_FAILS_VALUES] = { EFFECT_BREAKS, TAINT_VALUES },
	[STATE_FAILS_ROWS] = { EFFECT_BREAKS, TAINT_ROWS },
	[STATE_OPAQUE] = { EFFECT_UNKNOWN, TAINT_OPAQUE },
	[STATE_READER_FAILS] = { EFFECT_BREAKS, TAINT_STALE },
	[STATE_WRITER_FAILS] = { EFFECT_BREAKS, TAINT_STALE },
	[STATE_WRITER] = { EFFECT_BREAKS, TAINT_NONE },
	[STATE_STALE] = { EFFECT_STALE, TAINT_STALE },
	[STATE_DOUBT] = { EFFECT_UNKNOWN, TAINT_DOUBT },
	[STATE_TABLE] = { EFFECT_UNAFFECTED, TAINT_TABLE },
	[STATE_GROWN] = { EFFECT_CHANGES_SCHEMA, TAINT_ADD },
	[STATE_MAY_GROW] = { EFFECT_UNKNOWN, TAINT_MAY_ADD },
	[STATE_EXPOSED] = { EFFECT_NONE, TAINT_EXPOSE },
	[STATE_SHIELDED] = { EFFECT_NONE, TAINT_NONE },
};

/* One row of the table, in the order of enum rule_place. */
struct rule_row {
	const char *text[RULE_PLACES];
	uint8_t state[RULE_PLACES];
};

/* clang-format off */
#define ROW(name, i, t, a, f, j, g, w, c, s)                                          \
	{ { name "/IDENTITY", name "/TRANSFORMATION", name "/AGGREGATION",            \
	    name "/FILTER", name "/JOIN", name "/GROUP_BY", name "/WINDOW",           \
	    name "/CONDITIONAL", name "/SORT" },                                      \
	  { STATE_##i, STATE_##t, STATE_##a, STATE_##f, STATE_##j, STATE_##g,         \
	    STATE_##w, STATE_##c, STATE_##s } }

/*
 * Of a drop, what is not the sole source; of a new type, what is not typed.
 *
 *	IDENTITY, TRANSFORMATION, AGGREGATION
 *	FILTER, JOIN, GROUP_BY
 *	WINDOW, CONDITIONAL, SORT
 */
static const struct rule_row rows[TAINT_TABLE_ROWS] = {
	[TAINT_DROP] = ROW("drop",
		VALUES, VALUES, VALUES,
		ROWS, ROWS, ROWS,
		VALUES, VALUES, NONE),
	[TAINT_WIDEN] = ROW("widen",
		WIDER, WIDER, WIDER,
		NONE, VALUES, NONE,
		NONE, NONE, NONE),
	[TAINT_GRAIN] = ROW("grain",
		REGRAINED, REGRAINED, REGRAINED,
		NONE, ROWS, ROWS,
		NONE, NONE, NONE),
	[TAINT_NARROW] = ROW("narrow",
		NARROWER, VALUES, VALUES,
		ROWS, ROWS, ROWS,
		VALUES, VALUES, VALUES),
	[TAINT_RETYPE] = ROW("retype",
		RETYPED, FAILS_VALUES, FAILS_VALUES,
		FAILS_ROWS, FAILS_ROWS, ROWS,
		VALUES, FAILS_VALUES, VALUES),
	[TAINT_NULLABLE] = ROW("nullable",
		NULLABLE, VALUES, VALUES,
		ROWS, ROWS, ROWS,
		VALUES, VALUES, NONE),
	[TAINT_VALUES] = ROW("values",
		VALUES, VALUES, VALUES,
		ROWS, ROWS, ROWS,
		VALUES, VALUES, NONE),
	[TAINT_MASK] = ROW("mask",
		MASKED, VALUES, VALUES,
		ROWS, ROWS, ROWS,
		VALUES, VALUES, NONE),
	[TAINT_UNTOLD] = ROW("untold",
		UNTOLD, UNTOLD, UNTOLD,
		OPAQUE, OPAQUE, OPAQUE,
		OPAQUE, OPAQUE, OPAQUE),
	[TAINT_ROWS] = ROW("rows",
		ROWS, ROWS, ROWS,
		ROWS, ROWS, ROWS,
		ROWS, ROWS, ROWS),
	[TAINT_OPAQUE] = ROW("opaque",
		OPAQUE, OPAQUE, OPAQUE,
		OPAQUE, OPAQUE, OPAQUE,
		OPAQUE, OPAQUE, OPAQUE),
};
/* clang-format on */

static const char *const others[RULES_END - RULE_SOLE] = {
	"drop/IDENTITY/sole",
	"drop/TRANSFORMATION/sole",
	"drop/AGGREGATION/sole",
	[RULE_TYPED - RULE_SOLE] = "retype/IDENTITY/typed",
	[RULE_READER - RULE_SOLE] = "fail/reader",
	[RULE_DATASET_READER - RULE_SOLE] = "fail/dataset",
	[RULE_WRITER - RULE_SOLE] = "fail/writer",
	[RULE_OPAQUE_READER - RULE_SOLE] = "opaque/reader",
	[RULE_OPAQUE_HOP - RULE_SOLE] = "opaque/job",
	[RULE_OPAQUE_FLOW - RULE_SOLE] = "opaque/flow",
	[RULE_STALE - RULE_SOLE] = "stale/below",
	[RULE_DOUBT - RULE_SOLE] = "opaque/below",
	[RULE_PROVED - RULE_SOLE] = "proved",
	[RULE_MIRROR - RULE_SOLE] = "add/mirror",
	[RULE_COPY - RULE_SOLE] = "add/copy",
	[RULE_NESTED_IN - RULE_SOLE] = "nested/in",
	[RULE_NESTED_AROUND - RULE_SOLE] = "nested/around",
};

enum impact_effect state_effect(enum state state)
{
	return states[state].effect;
}

enum taint state_taint(enum state state)
{
	return states[state].taint;
}

enum rule_place rule_place(uint32_t class)
{
	switch ((enum flow_class) class) {
	case CLASS_IDENTITY:
		return PLACE_IDENTITY;
	case CLASS_AGGREGATION:
	case CLASS_OTHER_DIRECT:
		return PLACE_AGGREGATION;
	case CLASS_FILTER:
		return PLACE_FILTER;
	case CLASS_JOIN:
	case CLASS_OTHER_INDIRECT:
		return PLACE_JOIN;
	case CLASS_GROUP_BY:
		return PLACE_GROUP_BY;
	case CLASS_WINDOW:
		return PLACE_WINDOW;
	case CLASS_CONDITIONAL:
		return PLACE_CONDITIONAL;
	case CLASS_SORT:
		return PLACE_SORT;
	case CLASS_TRANSFORMATION:
	case CLASS_UNKNOWN:
	case CLASS_UNMASKED:
	case CLASS_FORM_COLUMNS:
	case CLASS_FORM_EXPLICIT:
	case CLASS_FORM_RENAME:
		break;
	}
	return PLACE_TRANSFORMATION;
}

enum state rule_state(enum taint taint, enum rule_place place)
{
	return (enum state)rows[taint].state[place];
}

uint16_t rule_number(enum taint taint, enum rule_place place)
{
	return (uint16_t)(((unsigned)taint - 1) * RULE_PLACES + (unsigned)place + 1);
}

const char *impact_rule_text(uint16_t rule)
{
	if (rule == RULE_CHANGE)
		return "change";
	if (rule < RULE_SOLE)
		return rows[(rule - 1) / RULE_PLACES + 1].text[(rule - 1) % RULE_PLACES];
	return rule < RULES_END ? others[rule - RULE_SOLE] : NULL;
}

static enum state seed_of_types(const struct type_verdict *types)
{
	switch (types->change) {
	case TYPES_SAME:
		break;
	case TYPES_WIDENED:
		return types->grain ? STATE_REGRAINED : STATE_WIDER;
	case TYPES_LOSSY:
	case TYPES_NARROWED:
		return STATE_NARROWER;
	case TYPES_INCOMPATIBLE:
		return STATE_RETYPED;
	case TYPES_UNKNOWN:
		return STATE_UNTOLD;
	}
	return STATE_NONE;
}

enum state impact_seed(const struct impact_change *change)
{
	switch (change->op) {
	case OP_DROP_COLUMN:
		return STATE_GONE;
	case OP_RENAME_COLUMN:
		return change->aliased ? STATE_NONE : STATE_GONE;
	case OP_ALTER_TYPE:
		return seed_of_types(&change->types);
	case OP_SET_NULLABLE:
		return STATE_NULLABLE;
	case OP_MASK_COLUMN:
		return STATE_MASKED;
	case OP_CHANGE_MEANING:
		return STATE_VALUES;
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
		return STATE_GROWN;
	case OP_SET_NOT_NULL:
	case OP_DROP_DATASET:
	case OP_RENAME_DATASET:
		break;
	}
	return STATE_NONE;
}

const char *impact_op_text(enum impact_op op)
{
	static const char *const texts[IMPACT_OPS] = {
		[OP_DROP_COLUMN] = "drop_column",
		[OP_RENAME_COLUMN] = "rename_column",
		[OP_ALTER_TYPE] = "alter_type",
		[OP_SET_NULLABLE] = "set_nullable",
		[OP_SET_NOT_NULL] = "set_not_null",
		[OP_ADD_COLUMN] = "add_column",
		[OP_ADD_REQUIRED] = "add_required_column",
		[OP_MASK_COLUMN] = "mask_column",
		[OP_CHANGE_MEANING] = "declare_semantic_change",
		[OP_DROP_DATASET] = "drop_dataset",
		[OP_RENAME_DATASET] = "rename_dataset",
	};

	return texts[op];
}

const char *impact_effect_text(enum impact_effect effect)
{
	switch (effect) {
	case EFFECT_NONE:
		break;
	case EFFECT_UNAFFECTED:
		return "UNAFFECTED";
	case EFFECT_UNKNOWN:
		return "UNKNOWN";
	case EFFECT_STALE:
		return "STALE";
	case EFFECT_CHANGES_SCHEMA:
		return "CHANGES_SCHEMA";
	case EFFECT_CHANGES_VALUES:
		return "CHANGES_VALUES";
	case EFFECT_CHANGES_ROWS:
		return "CHANGES_ROWS";
	case EFFECT_BREAKS:
		return "BREAKS";
	}
	return "NONE";
}
