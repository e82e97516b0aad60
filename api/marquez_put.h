/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_put.h - what the handlers that write for Marquez's clients share
 *
 * Whatever is written is events: of lineage where there are such, else notes, in an
 * array in reply->event.  A handler checks all that it was told, writes them, and
 * leaves the answer to the handler that reads, when the graph has seen them.
 *
 *	struct jsonw w;
 *
 *	mq_put_open(&w, reply);
 *	mq_note_open(&w, &key, time_us);
 *	jsonw_bool(&w, true);
 *	mq_note_close(&w);
 *	return mq_put_close(&w, reply, api_mq_dataset);
 */
#pragma once

#include "api/bodyin.h"
#include "api/marquez_parts.h"
#include "graph/note.h"

/* Where the events and facets of OpenLineage are defined. */
#define MQ_SPEC	  "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
#define MQ_FACETS "https://openlineage.io/spec/facets/"

/* The names in the path: 0, or 1 when the reply says that one can be no name. */
NODISCARD int mq_put_names(struct call *call, struct reply *reply);

/*
 * Reads the call's body, which is an object; an empty one is {}.  Returns 0, or 1
 * when the reply says what is wrong.  The caller drops the reference.
 */
NODISCARD int mq_body(
	struct call *call, struct reply *reply, struct body *body, json_t **out);

/* What body_error() says, in the words of Marquez: 0, or 1. */
NODISCARD int mq_body_error(const struct body *body, struct reply *reply);

/* A member; null is as if it were not there. */
struct body_at mq_member(const struct body_at *in, const char *name);
struct slice mq_member_text(
	struct body *body, const struct body_at *in, const char *name);

/*
 * How many elements an array has; of what is none, or of too many, it is a fault.
 */
size_t mq_member_list(struct body *body, const struct body_at *at);

/* Times: *us becomes later than what stands, so that what is told now replaces it. */
NODISCARD int mq_after_note(struct call *call, const struct note_key *key, int64_t *us);
NODISCARD int mq_after_node(struct call *call, const struct node_key *key, int64_t *us);

/* What a namespace's nodes were heard of last, and people told of it; TIME_NEVER. */
NODISCARD int mq_namespace_seen(struct call *call, struct slice name, int64_t *us_out);

/* When it was told first: what its member createdAt says, else its own time. */
int64_t mq_note_first(const struct note *note, struct slice created);

void mq_put_open(struct jsonw *w, struct reply *reply);

/* 0, or 1 when the reply says that it is too large. */
NODISCARD int mq_put_close(struct jsonw *w, struct reply *reply, call_handler *then);

/* An event up to its own members, left open. */
void mq_event_open(struct jsonw *w, const char *schema, int64_t us);

/* A note, up to its content, and behind it. */
void mq_note_open(struct jsonw *w, const struct note_key *key, int64_t us);
void mq_note_close(struct jsonw *w);

/* A member that is an object with the members namespace and name, left open. */
void mq_named_open(struct jsonw *w, const char *member, const struct node_key *key);

/* A facet with its _producer and _schemaURL, left open. */
void mq_facet_open(struct jsonw *w, const char *name, const char *schema);

/* The facet documentation, unless nothing is told. */
void mq_documentation(struct jsonw *w, const char *schema, struct slice description);

/*
 * What people told of a dataset or job before: where the body says nothing, it stands.
 * Its note is taken back, since what is told now is in an event.
 */
struct mq_said {
	struct slice description;
	struct slice location;
	bool noted;
};
NODISCARD int mq_said_read(
	struct call *call, const struct node_key *key, struct mq_said *said, int64_t *us);
void mq_said_end(struct jsonw *w, const struct node_key *key, const struct mq_said *said,
	int64_t us);

/* The run of this id: 0, or 1 when the reply says that there is none. */
NODISCARD int mq_told_run(
	struct call *call, struct reply *reply, struct slice id, struct run *out);

/* A run event of a type, of this run: run and job, left open behind them. */
NODISCARD int mq_run_event_open(struct jsonw *w, struct call *call, const struct run *run,
	const char *type, int64_t us);
