/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_source.h - where datasets are, as their facets and people say
 */
#pragma once

#include "api/marquez.h"

struct mq_source {
	struct slice name;
	struct slice type; /* ptr NULL: nobody told it */
	struct slice uri;
	struct slice description; /* ptr NULL: nobody told it */
	int64_t first_us;
	int64_t last_us;
	bool noted; /* people said so */
};

struct mq_sources {
	struct mq_source *list; /* by name */
	size_t count;
	size_t room;
};

/* All there are; looks at every dataset. */
NODISCARD int mq_sources_read(struct mq *mq, struct mq_sources *out);
