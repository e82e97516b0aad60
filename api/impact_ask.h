/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_ask.h - a question about impact, as it was asked
 *
 * GET names one change by parameters; POST has a JSON body with `changes`, or a
 * `proposed` schema from which they are worked out.  Either becomes one of
 * these.  All of it is in the call's arena.
 */
#pragma once

#include "api/call.h"
#include "api/cursor.h"
#include "api/params.h"
#include "graph/idlist.h"
#include "graph/impact.h"

#define IMPACT_CHANGES_MAX 1000
#define IMPACT_WAIVERS_MAX 1000
#define IMPACT_LIMIT_MAX   100000

enum impact_format {
	IMPACT_JSON,
	IMPACT_CSV,
	IMPACT_MARKDOWN,
	IMPACT_MERMAID,
	IMPACT_SARIF,
	IMPACT_JUNIT,
};

/* A change with the words it was told in. */
struct asked_change {
	struct impact_change change; /* what the engine is given */
	struct slice to;	     /* renames: the new name; else empty */
	struct slice to_namespace;   /* OP_RENAME_DATASET; empty: the same */
	struct slice type_before;    /* OP_ALTER_TYPE; ptr NULL: not told */
	struct slice type_after;     /* also of columns that are added */
	bool proposed;		     /* worked out of a proposed schema */
};

/* A column that goes and one that comes, so alike that one may be the other. */
struct rename_hint {
	node_id dataset;
	struct slice from;
	struct slice to;
	struct slice why; /* a sentence */
};

/* Something about the question that changes no lineage: a sentence. */
struct asked_note {
	node_id dataset;     /* 0: none */
	struct slice column; /* empty: none */
	struct slice text;
};

/* An effect that somebody has agreed to. */
struct waiver {
	struct slice node;   /* as told, KIND:NAMESPACE:NAME[.COLUMN] */
	node_id id;	     /* 0: there is no such node */
	uint32_t effects;    /* enum impact_effect it is about; 0: all */
	int64_t until_us;    /* INT64_MAX: for good */
	struct slice reason; /* never empty */
	bool expired;
};

enum impact_group { IMPACT_GROUP_NONE, IMPACT_GROUP_OWNER, IMPACT_GROUP_NAMESPACE };

struct impact_question {
	struct asked_change *changes;
	size_t change_count;
	struct rename_hint *hints;
	size_t hint_count;
	struct asked_note *notes;
	size_t note_count;
	struct waiver *waivers;
	size_t waiver_count;

	struct lineage_query graph; /* time, evidence, budget and deadline */
	int64_t seen_from_us;	    /* runs are counted between these two */
	int64_t seen_to_us;
	bool upstream;
	bool downstream;
	bool horizons[2];	      /* by enum impact_horizon */
	const struct idlist *exclude; /* these are not told; NULL: none */
	enum impact_group group_by;
	uint32_t fail_on; /* effects that block; EFFECT_BREAKS unless told */
	size_t limit;	  /* impacts in the answer */
	enum impact_format format;
	struct slice artifact; /* the file that is changed, for SARIF; or empty */

	uint64_t hash; /* of all that bears on what is found: not limit, cursor, format */
	bool has_cursor;
	struct cursor cursor; /* graph version, and how many impacts were told */
	struct params params; /* for jsonw_next() */
};

/*
 * Reads a call of either method.  Returns 0, 1 when the reply says what is wrong,
 * or a failure.
 */
NODISCARD int impact_question_read(
	struct call *call, struct reply *reply, struct impact_question *out);
