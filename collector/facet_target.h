/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_target.h - targets and the lists of their sources
 *
 * Column lineage and explicit lineage write them alike: a source is an object
 * of names and transformations, and columns are the members of an object.
 * The reader's arena holds decoded names only as long as they are needed; it is
 * reset behind each source and each column.
 */
#pragma once

#include "collector/event_parts.h"
#include "collector/facet_flows.h"

/* A source as it was read; ptr NULL: not told. */
struct facet_source {
	struct slice type;
	struct slice namespace;
	struct slice name;
	struct slice field;
	uint32_t classes; /* 0: no transformation */
	uint32_t skipped;
};

/* What a source means; false when it is malformed. */
typedef bool facet_end_of(const struct facet_source *source, struct ol_end *out);

struct facet_target {
	struct flows *flows;
	facet_end_of *end_of;
	uint32_t end;
	size_t since;	  /* what so many groups of flows told of it stands */
	bool told;	  /* it has a list of sources */
	uint32_t classes; /* of sources without transformations */
};

/*
 * A member's reader: an array of sources into a struct facet_target, which is
 * not told by anything else.  The last of several such members counts.
 */
NODISCARD int facet_sources(struct reader *reader, void *target);

/* The same with nothing to come that says more of the sources. */
NODISCARD int facet_target_sources(struct reader *reader, void *target);

/*
 * An object of columns, each an object that members read into a struct
 * facet_target.  They are columns of the dataset, which is a target too.
 */
NODISCARD int facet_target_columns(struct reader *reader,
	const struct facet_target *dataset, const struct member *members);

/* Reads the whole facet, flows->text, into out, with an arena for decoded names. */
NODISCARD int facet_flows_read(struct flows *flows, const struct member *members,
	void *out, struct fault *fault);
