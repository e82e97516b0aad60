/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_tag.h - tags of datasets, columns and jobs, from facets and from people
 */
#pragma once

#include "api/marquez.h"

/* In order of field and text, without doubles; of the whole node first. */
struct mq_tag {
	struct slice field; /* ptr NULL: on the node itself */
	struct slice text;  /* KEY, or KEY=VALUE */
	int64_t said_us;    /* when people said so; TIME_NEVER: a facet did */
	bool denied;	    /* they said that it is none; not in what is read */
};

struct mq_tags {
	struct mq_tag *list;
	size_t count;
	size_t room;
};

/* Those of a dataset with its columns, or of a job. */
NODISCARD int mq_tags_read(
	struct call *call, const struct entity *entity, struct mq_tags *out);

/* The member "tags" of one field, or of the node itself (ptr NULL). */
void mq_tags_write(struct jsonw *w, const struct mq_tags *tags, struct slice field);
