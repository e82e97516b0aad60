/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_parts.h - what the writers of whole objects share
 */
#pragma once

#include "api/marquez_tag.h"
#include "graph/facets.h"

/* The source of a dataset: "default" and "" when no facet tells it. */
NODISCARD int mq_source_of(
	struct call *call, node_id dataset, struct slice *name, struct slice *uri);

/* What people say of a dataset or job, else its producer; ptr NULL: nobody. */
NODISCARD int mq_description(
	struct call *call, const struct entity *entity, struct slice *out);

/* Where a job's code is, when that is a URL; ptr NULL: it is not. */
NODISCARD int mq_location(struct call *call, node_id job, struct slice *out);

/* The member "fields". */
void mq_fields(
	struct jsonw *w, const struct ol_schema *schema, const struct mq_tags *tags);

/*
 * Facets of our own: what Marquez's clients tell of a dataset {type, physicalName,
 * schemaLocation}, and of a run {args}, that no facet of OpenLineage has.
 */
#define MQ_TABLE_FACET "headwater_table"
#define MQ_ARGS_FACET  "headwater_args"

NODISCARD int mq_table_read(struct call *call, node_id dataset, struct mq_texts *out);

/* The members id, type, name and physicalName; of a stream schemaLocation as well. */
void mq_dataset_head(
	struct jsonw *w, const struct node_key *key, const struct mq_texts *table);

/* The members createdAt and updatedAt; of what no event had itself, 1970. */
void mq_seen(struct jsonw *w, const struct entity_times *times);

/* The members inputs and outputs: names. */
NODISCARD int mq_io_write(struct jsonw *w, struct call *call, const struct mq_io *io);
