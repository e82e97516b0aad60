/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry.h - planned changes by their id, and as answers print them
 *
 * A planned change is a facet of its dataset (graph/planned.h).  An id is meant
 * to be that of one change; events can give it to several datasets all the same.
 */
#pragma once

#include "api/jsonw.h"
#include "api/params.h"
#include "graph/planned.h"

/*
 * The name of the facet of the change that the route's {id} names.  Returns 0, or
 * 1 when the reply says that it is no id.
 */
NODISCARD int registry_facet(struct call *call, struct reply *reply, struct slice *out);

/*
 * The change of this id; dataset: 0, or that it has to be of.  Returns 0; 1 when
 * there is none; 2 when there is none of the dataset, or, if that is 0, when there
 * are several.
 */
NODISCARD int registry_find(
	struct call *call, struct slice id, node_id dataset, struct planned *out);

/*
 * The change that the route and, if they are given, the parameters of a node
 * mean.  Returns 0, or 1 when the reply says what is wrong.
 */
NODISCARD int registry_find_asked(
	struct call *call, struct params *p, struct reply *reply, struct planned *out);

/*
 * Members of a change: id, dataset, registered, due, overdue, note, contact and
 * owners.
 */
NODISCARD int jsonw_planned(
	struct jsonw *w, struct call *call, const struct planned *change);

/* The member "changes"; answer: who reads them, or NULL. */
NODISCARD int jsonw_planned_ops(struct jsonw *w, struct call *call,
	const struct planned *change, const struct planned_answer *answer);

/* "yes", "no" or "unknown". */
const char *planned_safe_text(enum planned_safe safe);

/* The member "readers", of one operation or added up. */
struct reader_counts {
	size_t was;
	size_t now;
	size_t stopped;
	size_t began;
};
void jsonw_reader_counts(struct jsonw *w, const struct reader_counts *counts);

/* The member "lastRead". */
NODISCARD int jsonw_last_read(
	struct jsonw *w, struct call *call, int64_t time_us, node_id job);

/* An object of a job, with id, namespace and name; null without one. */
NODISCARD int jsonw_job_or_null(struct jsonw *w, struct call *call, node_id job);
