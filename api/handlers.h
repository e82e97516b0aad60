/* SPDX-License-Identifier: Apache-2.0 */

/*
 * handlers.h - the native handlers, one file a resource, and what they share
 *
 * What each answers is in docs/API.md.
 */
#pragma once

#include "api/call.h"
#include "api/jsonw.h"

call_handler api_lineage;    /* lineage.c */
call_handler api_paths;	     /* paths.c */
call_handler api_diff;	     /* diff.c */
call_handler api_explain;    /* explain.c */
call_handler api_schema;     /* schema.c */
call_handler api_columns;    /* columns.c */
call_handler api_selection;  /* selection.c */
call_handler api_impact;     /* impact.c */
call_handler api_exposure;   /* exposure.c */
call_handler api_changes;    /* changes.c */
call_handler api_change;     /* changes.c */
call_handler api_change_put; /* change_put.c */
call_handler api_change_end; /* change_put.c */
call_handler api_nodes;	     /* nodes.c */
call_handler api_namespaces; /* nodes.c */
call_handler api_node;	     /* node.c */
call_handler api_search;     /* search.c */
call_handler api_runs;	     /* runs.c */
call_handler api_run;	     /* run_detail.c */
call_handler api_events;     /* events.c */
call_handler api_event;	     /* events.c */
call_handler api_livez;	     /* health.c */
call_handler api_readyz;     /* health.c */
call_handler api_version;    /* health.c */
call_handler api_metrics;    /* metrics.c */
call_handler api_index;	     /* routes.c */



/* Begins a JSON answer: its media type and '{'. */
void answer_json(struct jsonw *w, struct reply *reply);

/* The same, with the member "graphVersion". */
void answer_open(struct jsonw *w, const struct call *call, struct reply *reply);

/* Cuts the first media type, without parameters, off an Accept field; false at its end.
 */
bool accept_next(struct slice *accept, struct slice *type_out);

/* The deadline of the call has passed. */
bool call_is_late(const struct call *call);

/*
 * A list ends its page when this is true: what comes behind its last item then
 * still has room.
 */
bool page_is_long(const struct buf *body);

/*
 * The same or, looked at now and then, the deadline has passed.  A page has at
 * least one item, so that every page gets on.
 */
bool page_must_end(const struct call *call, const struct buf *body, size_t written);
