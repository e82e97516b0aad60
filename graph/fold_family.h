/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_family.h - parents and roots that events name again and again
 *
 * All events of a run name the same parent, and all runs of a job parents of the
 * same job; mostly only a time moves by that.  Here are the ones that came last:
 * what they are called, and the times that have moved since they were written.
 */
#pragma once

#include "graph/parent.h"
#include "graph/run.h"

struct families;
struct fold;

NODISCARD int families_new(struct families **out);
void families_free(struct families *families);
DEFINE_AUTO(families, struct families *, families_free);

/* Finds or makes a job that is told of. */
NODISCARD int family_job(
	struct fold *fold, struct slice namespace, struct slice name, node_id *out);

/*
 * A child names a run and its job.  True: nothing comes of it but a time, which
 * is kept here.  Else it is to be done in the store, between the two calls below:
 * what was kept of the run is written by the first; the second gives it as it is.
 */
bool family_knows_run(
	struct families *families, const struct run_link *link, int64_t time_us);
NODISCARD int family_leave_run(struct fold *fold, const struct runid *id);
void family_keep_run(struct families *families, const struct run *run);

/* The same for a job and what a run of it tells of its parents. */
bool family_knows_job(
	struct families *families, node_id job, const struct job_parent *told);
NODISCARD int family_leave_job(struct fold *fold, node_id job);
void family_keep_job(
	struct families *families, node_id job, const struct job_parent *parent);

/* Writes the times that have moved. */
NODISCARD int families_flush(struct fold *fold);

/* Forgets everything, also what was not written. */
void families_clear(struct families *families);
