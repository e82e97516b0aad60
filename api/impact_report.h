/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_report.h - everything that an answer about impact says
 *
 * Made once from what the engine found; each format prints the same report.
 * Counts, owners and namespaces are those of the whole result after direction,
 * horizons and exclude; impacts are those of the page.  All of it is in the call's
 * arena, or kept until impact_report_end(); names are in the snapshot.
 */
#pragma once

#include "api/impact_ask.h"
#include "graph/entity.h"
#include "graph/facets.h"

/* The effects, worst first: BREAKS ... UNAFFECTED. */
#define IMPACT_EFFECTS 7
extern const enum impact_effect impact_effects[IMPACT_EFFECTS];

/* Where an effect (a single bit) is in impact_effects. */
unsigned impact_effect_place(enum impact_effect effect);

enum impact_verdict { VERDICT_PASS, VERDICT_REVIEW, VERDICT_BLOCK };

/* "pass", "review", "block". */
const char *impact_verdict_text(enum impact_verdict verdict);

/* Whether it is about one direction or horizon, or some evidence. */
bool impact_asks_for_part(const struct impact_question *question);

/* "fail_stop", "fix_forward"; "observed", "declared", "inferred". */
const char *impact_horizon_text(enum impact_horizon horizon);
const char *impact_certainty_text(enum impact_certainty certainty);

/* One step of an explaining path, from the change on. */
struct report_step {
	struct node_key key;
	uint32_t classes; /* of the edge into it; 0: none were told */
	const char *rule; /* "change" of the first */
};
#define REPORT_PATH_END ((size_t)50)
#define REPORT_PATH_MAX (2 * REPORT_PATH_END)

struct report_impact {
	struct impact impact;
	struct node_key key;
	const struct ol_labels *owners; /* of its dataset, or of the job; never NULL */
	size_t owners_more;		/* that are not told */
	int64_t last_seen_us;		/* of the dataset or job; TIME_NEVER: never */
	/* Of the job, or of the jobs that write the dataset, in the window. */
	uint64_t runs;
	bool runs_more;		     /* at least so many */
	const struct waiver *waived; /* its worst effect is; or NULL */
	uint32_t left;		     /* effects that are not waived; of assets 0 */
	const char *action;	     /* what to do: a sentence */
	/* Of a longer one than REPORT_PATH_MAX both ends, REPORT_PATH_END each. */
	const struct report_step *const *path;
	size_t path_count;
	size_t path_omitted; /* steps between them */
};

/* Counts of impacts by effect (place in impact_effects). */
struct report_counts {
	uint64_t effects[IMPACT_EFFECTS];
	uint64_t total;
	enum impact_effect worst; /* EFFECT_NONE: none */
};

/* An owner, a namespace, or a depth with what hits it. */
struct report_group {
	struct slice name; /* of an owner; empty: without an owner */
	struct slice type; /* of an owner */
	struct report_counts counts;
	uint64_t datasets; /* different ones */
	uint64_t jobs;
	/*
	 * Some of the assets, worst first, with the worst impact on each: at most
	 * REPORT_ASSETS of them.  Of owners and namespaces; without runs and path.
	 */
	const struct report_impact *assets;
	size_t asset_count;
};
#define REPORT_ASSETS 5

struct report_change {
	const struct asked_change *asked;
	struct node_key dataset;
	uint64_t readers; /* jobs that read it, at the time asked about */
	uint64_t writers; /* jobs that write the dataset */
	bool use_more;	  /* they are at least so many: not all was looked at */
	int64_t last_read_us;
	node_id last_reader; /* a job; 0: not known */
	struct node_key last_reader_key;
	struct report_counts counts; /* of the impacts that are of this change */
};

struct report_opaque {
	struct node_key job; /* kind 0: a flow between datasets */
	struct node_key source;
	struct node_key target;
};

struct impact_report {
	const struct impact_question *question;
	uint64_t version; /* of the graph that was looked at */
	int64_t as_of_us; /* the time asked about; TIME_NEVER: now */
	enum impact_verdict verdict;
	const char *why;      /* of the verdict: a sentence */
	enum lineage_cut cut; /* CUT_NONE: complete */
	struct impact_coverage coverage;
	/* Datasets resolved of those reachable, 0 to 1; 1 of none.  It has three digits,
	   rounded down: 1 is all of them. */
	double resolved;
	struct report_opaque *opaque; /* the first of them */
	size_t opaque_count;
	struct report_counts horizons[2]; /* by enum impact_horizon */
	struct report_counts counts;	  /* both */
	uint64_t waived;
	uint64_t excluded;
	struct report_group *depths; /* name is empty: by place, 1 and up */
	size_t depth_count;
	struct report_group *owners; /* by worst effect, then how many, then name */
	size_t owner_count;
	struct report_group *namespaces;
	size_t namespace_count;
	struct report_change *changes;
	size_t change_count;
	struct asked_note *notes; /* the question's, and of who writes what goes */
	size_t note_count;
	const struct waiver *waivers;
	const uint64_t *waiver_uses; /* beside them: impacts that each waives */
	size_t waiver_count;
	/* The page, in the engine's order; for comments and pictures the worst of both
	   horizons come first. */
	struct report_impact *impacts;
	size_t impact_count;
	uint64_t total;			  /* of all pages */
	uint64_t offset;		  /* of the first one here */
	const struct impact_found *found; /* what most of this is borrowed from ... */
	struct arena *own;	/* ... in this, which is not kept yet; or NULL */
	struct kept_hold *hold; /* ... or in this, which is kept; or NULL */
};

/* Whether there may be more than was asked for, or some of it was excluded. */
bool impact_is_narrowed(const struct impact_report *report);

/*
 * Returns 0, 1 when the reply says why there is no report, or a failure.  After 0
 * comes impact_report_end(): what was found is kept for later pages then.
 */
NODISCARD int impact_report_make(struct call *call,
	const struct impact_question *question, struct reply *reply,
	struct impact_report *out);
void impact_report_end(struct call *call, struct impact_report *report);

/* The cursor behind so many impacts of the page; false: there are no more. */
bool impact_report_next(
	const struct impact_report *report, size_t written, struct cursor *out);

/* A format: writes the whole body and sets the media type. */
typedef int impact_render(
	struct call *call, const struct impact_report *report, struct reply *reply);
impact_render impact_render_json, impact_render_csv, impact_render_markdown,
	impact_render_mermaid, impact_render_sarif, impact_render_junit;
