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

call_handler api_mq_namespaces; /* marquez_namespaces.c */
call_handler api_mq_namespace;
call_handler api_mq_sources; /* marquez_sources.c */
call_handler api_mq_source;
call_handler api_mq_datasets; /* marquez_datasets.c */
call_handler api_mq_dataset;
call_handler api_mq_dataset_versions; /* marquez_dataset_versions.c */
call_handler api_mq_dataset_version;
call_handler api_mq_jobs; /* marquez_jobs.c */
call_handler api_mq_job;
call_handler api_mq_job_versions; /* marquez_job_versions.c */
call_handler api_mq_job_version;
call_handler api_mq_job_runs; /* marquez_runs.c */
call_handler api_mq_run;
call_handler api_mq_run_facets;
call_handler api_mq_tags;	  /* marquez_tag.c */
call_handler api_mq_lineage;	  /* marquez_lineage.c */
call_handler api_mq_columns;	  /* marquez_columns.c */
call_handler api_mq_upstream;	  /* marquez_upstream.c */
call_handler api_mq_events;	  /* marquez_events.c */
call_handler api_mq_search;	  /* marquez_search.c */
call_handler api_mq_stats_events; /* marquez_stats.c */
call_handler api_mq_stats_jobs;
call_handler api_mq_stats_datasets;
call_handler api_mq_stats_sources;
call_handler api_mq_search_jobs; /* marquez_search_beta.c */
call_handler api_mq_search_datasets;

call_handler api_mq_namespace_put; /* marquez_said.c */
call_handler api_mq_namespace_hide;
call_handler api_mq_source_put;
call_handler api_mq_tag_put;
call_handler api_mq_dataset_hide;
call_handler api_mq_job_hide;
call_handler api_mq_dataset_tag; /* marquez_tagging.c */
call_handler api_mq_dataset_untag;
call_handler api_mq_field_tag;
call_handler api_mq_field_untag;
call_handler api_mq_job_tag;
call_handler api_mq_job_untag;
call_handler api_mq_dataset_put; /* marquez_put_dataset.c */
call_handler api_mq_job_put;	 /* marquez_put_job.c */
call_handler api_mq_run_post;	 /* marquez_put_run.c */
call_handler api_mq_run_start;
call_handler api_mq_run_complete;
call_handler api_mq_run_fail;
call_handler api_mq_run_abort;

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
