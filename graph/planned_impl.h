/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned_impl.h - who reads what is planned to go, in the making
 *
 * First what tells a reading is gathered (planned_gather.c), then it is seen when
 * that was so, and united by reader (planned_weigh.c).
 */
#pragma once

#include "graph/idlist.h"
#include "graph/meter.h"
#include "graph/planned.h"
#include "graph/timeline.h"

/* One owner's lane that tells a reading, or told it. */
struct sighting {
	struct timeline_item item;
	struct planned_reader reader; /* its times are not yet known */
};

struct sightings {
	struct sighting *list;
	size_t count;
	size_t room;
};

struct watching {
	struct snapshot *snapshot;
	struct arena *arena;
	struct meter meter;
	struct idlist datasets; /* the dataset and its aliases */
	struct idlist wholes;	/* theirs */
	int64_t registered_us;
	struct sightings sightings; /* of one operation */
};

/*
 * What reads a column: its fields are its own, those in it and those it is in,
 * sorted; none: no lineage names it.
 */
NODISCARD int planned_gather_column(
	struct watching *watching, const struct idlist *fields);

/* What reads the dataset, or any of its columns: jobs, where one tells it. */
NODISCARD int planned_gather_dataset(struct watching *watching);

/* Fills in the readers of an operation, their counts, and the last reading. */
NODISCARD int planned_weigh(struct watching *watching, struct planned_op *op);
