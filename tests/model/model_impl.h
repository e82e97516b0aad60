/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_impl.h - what the parts of the model call of each other
 */
#pragma once

#include "tests/model/model.h"

enum { COVERED_COLUMNS = 1, COVERED_EXPLICIT = 2 };

/* Finds or makes a node; a field's and a whole's dataset with it. */
int model_dataset(struct model *model, const char *namespace, const char *name);
int model_job(struct model *model, const char *namespace, const char *name);
int model_field(struct model *model, int dataset, const char *field);
int model_whole(struct model *model, int dataset);

/* The node that {"namespace", "name"} names, or -1. */
int model_named(struct model *model, enum node_kind kind, const json_t *value);

/* Order of (namespace, name). */
int model_compare(const struct model *model, int a, int b);

/* A facet of a job or dataset as it counts: NULL when absent, deleted or malformed. */
json_t *model_facet_valid(const json_t *holder, bool of_job, const char *name);
/* The facet may be deleted as well. */
bool model_facet_counts(const json_t *facet, bool of_job, const char *name);

static inline bool model_deleted(const json_t *facet)
{
	return json_is_true(json_object_get(facet, "_deleted"));
}

/* Sets. */
void model_put_input(struct model_set *set, int dataset);
void model_put_output(struct model_set *set, int dataset, unsigned cover);
void model_put_flow(struct model_set *set, int source, int target, unsigned classes);
void model_unite(struct model_set *into, const struct model_set *from);
void model_normalise(const struct model *model, struct model_set *set);

/* What an event's facets say, put into its set. */
void model_read_columns(
	struct model *model, const json_t *facet, int dataset, struct model_set *set);
void model_read_job_lineage(
	struct model *model, const json_t *facet, struct model_event *event);
void model_read_checks(struct model *model, const json_t *item, const char *io_facets,
	struct model_event *event);
void model_read_dataset_lineage(
	struct model *model, const json_t *facet, struct model_event *event);

/* The run of that id; made when it is not there. */
struct model_run *model_run_of(struct model *model, const struct runid *id);

/* The parts of model_build(). */
void model_build_sets(struct model *model);
void model_build_runs(struct model *model);
void model_build_places(struct model *model);
void model_build_facets(struct model *model);
void model_build_lives(struct model *model);
void model_build_aliases(struct model *model);
void model_build_parents(struct model *model); /* completes runs as well */
void model_build_labels(struct model *model);
void model_build_notes(struct model *model);

/* Whether an event has a note, and nothing that lineage has. */
bool model_is_note(const json_t *json);

/* The word of lifecycleStateChange, "" when it says nothing. */
const char *model_lifecycle(const json_t *dataset);
bool model_lifecycle_applies(const struct model_event *event);

/* Whether an event names a dataset there: "inputs", "outputs" (each at i), "dataset" (at
 * 0). */
const json_t *model_dataset_at(
	const struct model_event *event, const char *role, size_t i);
