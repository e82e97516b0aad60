/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez.h - what the handlers of Marquez's API share
 *
 * /api/v1 answers as Marquez 0.51 does, so that its web UI and its clients work
 * unchanged; docs/MARQUEZ.md says what is the same, and what is better.  All
 * calls return 0, a positive value where they name one, or a failure.
 */
#pragma once

#include "api/columnout.h"
#include "api/jsonw.h"
#include "api/params.h"
#include "base/idset.h"
#include "graph/entity.h"
#include "graph/facets.h"
#include "graph/run.h"

struct call;

/* One answer: what is read once for all of it.  Opened and closed by the handler. */
struct mq_hidden {
	struct idset *nodes; /* id -> time_us; both NULL: nothing is hidden */
	struct idset *namespaces;
};
struct mq_dataset_versions;
struct mq_versions_known {
	struct idset *places; /* dataset -> place in list */
	struct mq_dataset_versions *list;
	size_t count;
	size_t room;
};
struct mq {
	struct call *call;
	struct mq_hidden hidden;
	struct mq_versions_known versions;
};
NODISCARD int mq_open(struct call *call, struct mq *out);
void mq_close(struct mq *mq);

/* marquez_ask.c: questions */

/*
 * Reads the parameters that the rules name, and passes over all others, and all
 * but the first of each.  Returns 0, or 1 when the reply says what is wrong.
 */
NODISCARD int mq_params(struct call *call, const struct param_rule *rules,
	struct params *out, struct reply *reply);

/* A number of Java's type int.  0, or 1 when the reply says what is wrong. */
NODISCARD int mq_int(const struct params *p, const char *name, uint64_t fallback,
	struct reply *reply, uint64_t *out);

/* "true" in any letter case; anything else is false. */
bool mq_bool(const struct params *p, const char *name, bool fallback);

/*
 * One of the words (NULL-ended): any letter case, '-' and '.' are as '_'.  0, or 1
 * when the reply says what is wrong.
 */
NODISCARD int mq_word(const struct params *p, const char *name, const char *const *words,
	unsigned fallback, struct reply *reply, unsigned *out);

/* The same of one value, where a parameter has several. */
NODISCARD int mq_word_of(struct slice value, const char *name, const char *const *words,
	struct reply *reply, unsigned *out);

struct mq_page {
	uint64_t limit;
	uint64_t offset;
};
#define MQ_PAGE_RULES       \
	{ "limit", 1 },     \
	{                   \
		"offset", 1 \
	}
NODISCARD int mq_page(const struct params *p, struct reply *reply, struct mq_page *out);

/* marquez_error.c: refusals.  All return 1, for "the reply says what is wrong". */

/* {"code":status,"message":"..."} */
PRINTF(3, 4) int mq_refuse(struct reply *reply, int status, const char *fmt, ...);

/* 400 {"errors":["..."]} */
PRINTF(2, 3) int mq_refuse_param(struct reply *reply, const char *fmt, ...);

/* 422 {"errors":["..."]}: what a body lacks */
PRINTF(2, 3) int mq_refuse_body(struct reply *reply, const char *fmt, ...);

/* 404 "HTTP 404 Not Found": what cannot be read where it stands. */
int mq_refuse_path(struct reply *reply);

/* 404 "NOUN 'name' not found." */
int mq_refuse_missing(struct reply *reply, const char *noun, struct slice name);

/* marquez_find.c: names */

/* A namespace that events or people told of.  0, or 1. */
NODISCARD int mq_find_namespace(struct call *call, struct slice name);

/* 0, or 1 when there is none.  Whatever name of it is given, the one that stands. */
NODISCARD int mq_find_dataset(
	struct call *call, struct slice namespace, struct slice name, node_id *out);

/* By the name that is shown, else by the exact one. */
NODISCARD int mq_find_job(
	struct call *call, struct slice namespace, struct slice name, node_id *out);

/*
 * A job as it is shown: PARENT.SIMPLE, where the parent's name is as that is
 * shown, and stands once.  In the arena, or the snapshot.
 */
struct mq_job_name {
	struct slice namespace;
	struct slice name;   /* shown */
	struct slice simple; /* without the parent's */
	node_id parent;	     /* 0: it has none */
	struct slice parent_name;
};
NODISCARD int mq_job_name(struct call *call, node_id job, struct mq_job_name *out);

/* "dataset:NAMESPACE:NAME" or "job:NAMESPACE:SHOWN", as a JSON text. */
NODISCARD int mq_node_id(struct jsonw *w, struct call *call, node_id node);

/* The members namespace and name, as an object; a job's name is as shown. */
NODISCARD int mq_name(struct jsonw *w, struct call *call, node_id node);

/*
 * A job that only its children named is as old as the runs that they named, and was
 * heard of when the newest of them began.  times: what the node's events tell, which
 * stands if there are any.
 */
NODISCARD int mq_fill_times(struct call *call, node_id node, struct entity_times *times);

/*
 * Hidden is what a note says so of that is not older than the newest event that
 * mentions it, or whose namespace is.  times: over all of its names.
 */
bool mq_is_hidden(const struct mq *mq, const struct entity *entity,
	const struct entity_times *times);

/*
 * What the first two args of the route name, which must be there.  0, or 1 when the
 * reply says what is wrong.
 */
NODISCARD int mq_arg_dataset(struct call *call, struct reply *reply, node_id *out);
NODISCARD int mq_arg_job(struct call *call, struct reply *reply, node_id *out);

/* A UUID in any form; 404 for anything else. */
NODISCARD int mq_arg_uuid(
	struct call *call, struct reply *reply, size_t arg, struct runid *out);

/* marquez_write.c: small things */

/* As Java's ISO_INSTANT has it: a fraction of 0, 3 or 6 digits. */
void mq_time(struct jsonw *w, const char *name, int64_t us);

/* null for TIME_NEVER and TIME_OPEN. */
void mq_time_or_null(struct jsonw *w, const char *name, int64_t us);

void mq_uuid(struct jsonw *w, const char *name, const struct runid *id);

/* marquez_facet.c: single members of what is stored as JSON */

/*
 * The texts that are at paths of one standing facet of a node; ptr NULL: there is no
 * such text.  In the arena.
 */
#define MQ_TEXTS_MAX 4
struct mq_texts {
	const char *members[MQ_TEXTS_MAX];
	struct slice texts[MQ_TEXTS_MAX];
};
NODISCARD int mq_facet_texts(
	struct call *call, node_id node, struct slice facet, struct mq_texts *texts);

/* The same of a JSON object. */
NODISCARD int mq_json_texts(struct call *call, struct slice json, struct mq_texts *texts);

/* marquez_version.c: one UUID for each version, of version 8 */

/* Of a dataset: its schema and its lifecycle together. */
struct mq_dataset_version {
	struct runid id;
	struct runid schema_id;
	int64_t created_us;	/* when it first held */
	int64_t told_us;	/* when its schema, else its state, was told last */
	struct slice schema;	/* the facet's bytes; empty: none */
	struct slice lifecycle; /* the same */
	struct slice state;	/* what that says, such as "DROP"; may be empty */
};

/* In the arena, newest first; the one that stands is among them. */
struct mq_dataset_versions {
	const struct mq_dataset_version *list;
	size_t count; /* at least one */
	size_t current;
};

/* Found once for each dataset of an answer. */
NODISCARD int mq_dataset_versions(
	struct mq *mq, node_id dataset, struct mq_dataset_versions *out);

/* What the bytes of a facet schema say; of none, or a malformed one, nothing. */
NODISCARD int mq_schema_read(
	struct call *call, struct slice bytes, struct ol_schema *out);

/*
 * The version that held at a time: the newest of those that were there and are told
 * later as well, else of those that were there, else the oldest.
 */
const struct mq_dataset_version *mq_version_at(
	const struct mq_dataset_versions *versions, int64_t us);

/* What a job reads and writes: ids in order of namespace and name. */
struct mq_io {
	const node_id *inputs;
	size_t input_count;
	const node_id *outputs;
	size_t output_count;
};

/* What it reads and writes now, as /api/v2 has it. */
NODISCARD int mq_job_io(struct call *call, node_id job, struct mq_io *out);

/* The same of one set that it told. */
NODISCARD int mq_set_io(struct call *call, ioset_id set, struct mq_io *out);

NODISCARD int mq_job_version_id(
	struct call *call, node_id job, const struct mq_io *io, struct runid *out);

/* A UUID of version 8, of what these texts say. */
struct runid mq_uuid_of(const struct slice *texts, size_t count);

/* marquez_dataset.c, marquez_job.c, marquez_run.c: whole objects */

/*
 * How much of a run: MQ_SHORT has no facets, and does not say which versions of
 * datasets it read and wrote, for which the log would be read.
 */
enum mq_detail { MQ_SHORT, MQ_FULL };

NODISCARD int mq_dataset(struct jsonw *w, struct mq *mq, node_id dataset);
NODISCARD int mq_job(struct jsonw *w, struct mq *mq, node_id job, enum mq_detail runs);
NODISCARD int mq_run(
	struct jsonw *w, struct mq *mq, const struct run *run, enum mq_detail detail);

/*
 * The member "data" of a node of the lineage graph, without its name.  io: what the
 * job reads and writes; NULL: what it does now.
 */
NODISCARD int mq_dataset_data(struct jsonw *w, struct mq *mq, node_id dataset);
NODISCARD int mq_job_data(
	struct jsonw *w, struct mq *mq, node_id job, const struct mq_io *io);

/* A job's newest run; 0, or 1 when it has none. */
NODISCARD int mq_latest_run(struct call *call, node_id job, struct run *out);

/* "RUNNING", "COMPLETED", "FAILED", "ABORTED" or "NEW". */
const char *mq_run_state(const struct run *run);

/* "IDENTITY", "MASKED", "AGGREGATION" and so on of a flow; NULL: not told. */
const char *mq_transformation(uint32_t classes);
