/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_watch.h - uses that begin although their end is planned
 *
 * While a planned change (facets.h) takes a column or a dataset away, each use of
 * it that begins is counted: a flow out of the column, or out of the whole of its
 * dataset, or a job that reads a dataset which goes.  Only what happens now counts,
 * and not what is folded again from the log at opening.
 *
 * What is planned is read from the transaction when the first use begins after it
 * changed.
 */
#pragma once

#include "base/attr.h"
#include "graph/model.h"

#include <stdint.h>

struct flow_row;
struct fold;
struct watch;

NODISCARD int watch_new(struct watch **out);
void watch_free(struct watch *watch);
DEFINE_AUTO(watch, struct watch *, watch_free);

/* From now on uses are counted. */
void watch_begin(struct watch *watch);

/* The transaction was given up: forgets what was counted, and what is planned. */
void watch_clear(struct watch *watch);

/* How many uses began since the last call. */
int64_t watch_take(struct watch *watch);

/*
 * What is planned is about to change: settles the edges of all events until now,
 * whose uses began before.
 */
NODISCARD int fold_watch_renew(struct fold *fold);

/* A flow stands now that its owner did not tell in this lane. */
NODISCARD int fold_watch_flow(struct fold *fold, const struct flow_row *row);

/* A job reads a dataset now that it did not read. */
NODISCARD int fold_watch_read(struct fold *fold, node_id dataset);
