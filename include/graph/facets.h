/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facets.h - what facets say, as plain values
 *
 * The graph keeps facets as bytes.  Some of them bear on it, and those it has
 * read for it: this floor knows no JSON, so whoever opens the graph hands in a
 * facet_reader.  It is asked for events that say something else than those the
 * memo knows, which is seldom; of others only jobDependencies is read, which runs
 * tell.
 *
 * Every call reads the bytes of one facet, a checked JSON object, into the
 * arena.  It returns 0, ERR_INVALID with a fault when the facet is malformed
 * as a whole (docs/SEMANTICS.md, Facets), or ERR_NOMEM.  Malformed entries are
 * left out and counted in `skipped`.  What it returns depends on the bytes
 * alone.  Names are decoded.  Any thread.
 */
#pragma once

#include "graph/flow.h"
#include "graph/model.h"

struct arena;

/*
 * One end of a flow.  own: the event's own job (kind NODE_JOB), or the dataset
 * that carries the facet (the other kinds); its name is empty here then.  Never
 * NODE_WHOLE: a flow from a dataset to a field comes from its whole, and so on.
 */
struct ol_end {
	enum node_kind kind;
	bool own;
	struct slice namespace;
	struct slice name;
	struct slice field; /* NODE_FIELD */
};

struct ol_flow {
	uint32_t source; /* places in ends */
	uint32_t target;
	uint32_t classes; /* enum flow_class, without forms; never 0 */
};

/*
 * columnLineage or lineage.  Flows of one pair may come more than once: they
 * add up.  Classes that every output column has from one source are one flow
 * into the dataset already (INDIRECT once).  A column that is named as a target is
 * an end, also when it has no flow: then nothing flows into it alone.
 */
struct ol_flows {
	struct ol_end *ends;
	size_t end_count;
	struct ol_flow *list;
	size_t count;
	uint32_t skipped;
};

struct ol_name {
	struct slice namespace;
	struct slice name;
};

struct ol_symlinks {
	struct ol_name *list;
	size_t count;
	uint32_t skipped;
};

enum lifecycle {
	LIFECYCLE_OTHER = 0, /* a word we do not know */
	LIFECYCLE_ALTER,
	LIFECYCLE_CREATE,
	LIFECYCLE_DROP,
	LIFECYCLE_OVERWRITE,
	LIFECYCLE_RENAME,
	LIFECYCLE_TRUNCATE,
};

struct ol_lifecycle {
	enum lifecycle state;
	bool has_previous; /* previousIdentifier, with RENAME */
	struct ol_name previous;
};

/* An owner, or a tag. */
struct ol_label {
	struct slice name;  /* the owner's name, or the tag's key */
	struct slice value; /* the owner's type, or the tag's value; ptr NULL: none */
	struct slice field; /* of a tag on a column; ptr NULL: none */
};

struct ol_labels {
	struct ol_label *list;
	size_t count;
	uint32_t skipped;
};

/* Whether a column may be NULL.  OpenLineage has no word for it, producers may. */
enum nullability { NULLABLE_UNTOLD, NULLABLE_YES, NULLABLE_NO };

struct ol_column {
	struct slice path; /* names joined by dots; as lineage refers to it */
	struct slice type; /* ptr NULL: not told */
	struct slice description;
	enum nullability nullable;
	uint32_t depth; /* 0: a column; 1 and more: a field within */
};

/* schema: nested fields behind the one they are in. */
struct ol_schema {
	struct ol_column *list;
	size_t count;
	uint32_t skipped;
};

/*
 * headwater_change_ID, told of a dataset: what its owner means to do to it.  The
 * name of the facet begins so, and the rest is the change's id.
 */
#define PLANNED_FACET_PREFIX "headwater_change_"
#define PLANNED_ID_MAX	     64

/*
 * An id is 1 to 64 of letters, digits, '.', '_' and '-' (ASCII).  The id of a facet
 * of this name; ptr NULL: it is none.
 */
struct slice planned_id_of(struct slice facet_name);

/* The other way round, written to name; ptr NULL: that is no id. */
#define PLANNED_NAME_MAX (sizeof(PLANNED_FACET_PREFIX) + PLANNED_ID_MAX)
struct slice planned_facet_name(struct slice id, char name[PLANNED_NAME_MAX]);

/* One operation of it, with all that it needs (graph/impact.h has the words). */
struct ol_operation {
	struct slice op;     /* "drop_column" and so on */
	struct slice column; /* ptr NULL: of the dataset itself */
	struct slice to;     /* renames: the new name; else ptr NULL when not told */
	struct slice to_namespace; /* rename_dataset: of that; ptr NULL: its own */
	bool aliased;		   /* renames: the old name goes on working */
	struct slice type; /* alter_type: the new one; else ptr NULL when not told */
};

struct ol_planned {
	struct ol_operation *list;
	size_t count;
	uint32_t skipped;      /* operations that mean nothing here, or are too many */
	int64_t registered_us; /* INT64_MIN: not told, or no time */
	int64_t due_us;	       /* the same; a date is its first moment, in UTC */
	struct slice note;     /* ptr NULL: not told */
	struct slice contact;
};

struct ol_job_type {
	bool snapshot; /* emissionPattern.eventContentMode is COMPLETE_SNAPSHOT */
	struct slice processing; /* BATCH, STREAMING, SERVICE, or what stands there */
};

struct ol_dependency {
	struct slice namespace;
	struct slice name;
	bool upstream;
};

struct ol_dependencies {
	struct ol_dependency *list;
	size_t count;
	uint32_t skipped;
};

struct facet_reader {
	int (*columns)(struct slice bytes, struct arena *arena, struct ol_flows *out,
		struct fault *fault);
	int (*job_lineage)(struct slice bytes, struct arena *arena, struct ol_flows *out,
		struct fault *fault);
	int (*dataset_lineage)(struct slice bytes, struct arena *arena,
		struct ol_flows *out, struct fault *fault);
	int (*symlinks)(struct slice bytes, struct arena *arena, struct ol_symlinks *out,
		struct fault *fault);
	int (*lifecycle)(struct slice bytes, struct arena *arena,
		struct ol_lifecycle *out, struct fault *fault);
	int (*owners)(struct slice bytes, struct arena *arena, struct ol_labels *out,
		struct fault *fault);
	int (*tags)(struct slice bytes, struct arena *arena, struct ol_labels *out,
		struct fault *fault);
	int (*schema)(struct slice bytes, struct arena *arena, struct ol_schema *out,
		struct fault *fault);
	int (*planned)(struct slice bytes, struct arena *arena, struct ol_planned *out,
		struct fault *fault);
	int (*job_type)(struct slice bytes, struct arena *arena, struct ol_job_type *out,
		struct fault *fault);
	/* out: whether its subType is TEMPORARY. */
	int (*temporary)(
		struct slice bytes, struct arena *arena, bool *out, struct fault *fault);
	int (*dependencies)(struct slice bytes, struct arena *arena,
		struct ol_dependencies *out, struct fault *fault);
	/* dataQualityAssertions: flows from its dataset's columns to the event's job. */
	int (*checks)(struct slice bytes, struct arena *arena, struct ol_flows *out,
		struct fault *fault);
};
