/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model.h - the words of OpenLineage as plain values
 *
 * An ol_event is what the event reader makes of one event and what the fold
 * puts into the graph.  Its slices point into the received bytes, or into the
 * arena that it was read with, and live as long as both.
 *
 * Identity of a node is (kind, namespace, name[, field]) as exact bytes: never
 * case-folded, never normalised (OpenLineage naming, spec 2-0-2).
 */
#pragma once

#include "base/err.h"
#include "base/hash.h"
#include "base/runid.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Dense, from 1 on, never used again; 0 is no node. */
typedef uint32_t node_id;

/*
 * NODE_WHOLE is a dataset as one of its own columns: the end of column lineage
 * that is about all of its rows, or about a column that nobody named.  It has
 * the dataset's key, and answers show it as the dataset.
 */
enum node_kind { NODE_DATASET = 1, NODE_JOB = 2, NODE_FIELD = 3, NODE_WHOLE = 4 };

/* "dataset", "job", "field", "whole". */
const char *node_kind_text(enum node_kind kind);

/* Returns 0, or 1 when text is no kind that can be asked for: "whole" is none. */
NODISCARD int node_kind_from_text(struct slice text, enum node_kind *out);

struct node_key {
	enum node_kind kind;
	struct slice namespace;
	struct slice name;
	struct slice field; /* empty unless kind is NODE_FIELD */
};

/*
 * What asserts an edge: a run that was seen, a job's or dataset's own word, or
 * what we conclude (renames).  Each is a lane of its owner's timeline.
 */
enum evidence {
	EVIDENCE_OBSERVED = 0,
	EVIDENCE_DECLARED = 1,
	EVIDENCE_INFERRED = 2,
};
#define EVIDENCE_COUNT 3

/* "observed", "declared", "inferred". */
const char *evidence_text(enum evidence evidence);

/* An event may be dated so much later than it is received. */
#define EVENT_AHEAD_US (INT64_C(24) * 3600 * 1000000)

enum event_kind { EVENT_RUN = 1, EVENT_JOB = 2, EVENT_DATASET = 3, EVENT_NOTE = 4 };

/*
 * eventType of a run event, ranked: a run's state is the highest rank seen,
 * and among terminal ones the first by event time.  None given is OTHER.
 */
enum event_type {
	TYPE_OTHER = 0,
	TYPE_START = 1,
	TYPE_RUNNING = 2,
	TYPE_COMPLETE = 3,
	TYPE_FAIL = 4,
	TYPE_ABORT = 5,
};

/* "START" and so on. */
const char *event_type_text(enum event_type type);

static inline bool event_type_ends(enum event_type type)
{
	return type >= TYPE_COMPLETE;
}

struct ol_facet {
	struct slice name;  /* decoded */
	struct slice bytes; /* the JSON object as received */
	bool deleted;	    /* it says "_deleted": true */
};

struct ol_facets {
	struct ol_facet *list; /* in the order received; the last of a name counts */
	size_t count;
};

struct ol_dataset {
	struct slice namespace;
	struct slice name;
	struct ol_facets facets;
	struct ol_facets io_facets; /* inputFacets or outputFacets */
};

struct ol_datasets {
	struct ol_dataset *list;
	size_t count;
};

struct ol_job {
	struct slice namespace;
	struct slice name;
	struct ol_facets facets;
};

/* Who started a run: the facet `parent`, also under its old name `parentRun`. */
struct ol_ancestor {
	struct runid run;
	struct slice run_text; /* runId as received, decoded; empty: not told */
	bool run_derived;
	struct slice namespace;
	struct slice name; /* of the job; ptr NULL: not told */
};

/*
 * What somebody says beside the events, about whatever the names name.  Not of
 * OpenLineage: ours.
 */
#define NOTE_KIND_MAX	 32 /* bytes, of a to z and _ */
#define NOTE_NAMES_MAX	 4  /* at least one */
#define NOTE_NAMES_BYTES 4096

struct ol_note {
	struct slice kind;
	struct slice names[NOTE_NAMES_MAX]; /* decoded */
	size_t name_count;
	struct slice content; /* as received; ptr NULL: it is taken back */
};

struct ol_event {
	enum event_kind kind;
	enum event_type type;
	/*
	 * eventTime; or when it was received, when that cannot be read or lies
	 * more than EVENT_AHEAD_US behind it.
	 */
	int64_t time_us;
	bool time_guessed; /* the latter */

	struct runid run;      /* EVENT_RUN */
	struct slice run_text; /* runId as received, decoded */
	bool run_derived;      /* it is no UUID, and run was made of its bytes */
	struct ol_facets run_facets;
	struct ol_ancestor parent; /* job and run are told, or neither */
	struct ol_ancestor root;   /* only beside a parent; the same */

	struct ol_job job; /* EVENT_RUN and EVENT_JOB */
	struct ol_datasets inputs;
	struct ol_datasets outputs;

	struct ol_dataset dataset; /* EVENT_DATASET */

	const struct ol_note *note; /* EVENT_NOTE, else NULL; in the arena */

	struct slice producer;
	struct slice schema_url;

	uint32_t warnings;     /* odd values that were passed over */
	struct fault *warning; /* the first of them, or NULL; in the arena */

	struct slice raw;	     /* the whole event as received */
	uint64_t raw_hash;	     /* hash64(raw) */
	struct hash128 lineage_hash; /* see ol_event_lineage_hash() */
};

/*
 * A hash of all that bears on the graph but the run and the time: the kind,
 * the job and its facets, inputs and outputs and their facets (of their
 * inputFacets and outputFacets only dataQualityAssertions).  Two events with the
 * same one say the same about the graph.  Reads every field above but itself.
 */
struct hash128 ol_event_lineage_hash(const struct ol_event *event);
