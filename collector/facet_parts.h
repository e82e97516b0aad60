/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_parts.h - the readers of single facets, and what they have in common
 *
 * Each facet is read by a table of members (event_parts.h), and each reader
 * keeps the contract of struct facet_reader.
 */
#pragma once

#include "collector/event_parts.h"

#include "graph/facets.h"

/* Reads the whole text, one object, into out. */
NODISCARD int facet_read(struct reader *reader, const struct member *members, void *out);

/* A list of objects that are read alike. */
struct facet_entry {
	const struct member *members;
	size_t size;
	bool (*whole)(const void *entry); /* whether it has what it must have */
};

struct facet_list {
	void *list;
	size_t count;
	uint32_t skipped; /* entries that are not whole */
};

/* An array of them; anything else is refused. */
NODISCARD int facet_list_read(
	struct reader *reader, const struct facet_entry *kind, struct facet_list *out);

/* Refuses what is in front unless it begins with that bracket. */
NODISCARD int facet_expect(struct reader *reader, char bracket);

/* Refuses a facet that lacks a member. */
NODISCARD int facet_refuse_missing(struct fault *fault, const char *where);

/* facet_columns.c */
NODISCARD int facet_read_columns(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault);

/* facet_checks.c */
NODISCARD int facet_read_checks(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault);

/* facet_lineage.c */
NODISCARD int facet_read_job_lineage(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault);
NODISCARD int facet_read_dataset_lineage(struct slice bytes, struct arena *arena,
	struct ol_flows *out, struct fault *fault);

/* facet_names.c */
NODISCARD int facet_read_symlinks(struct slice bytes, struct arena *arena,
	struct ol_symlinks *out, struct fault *fault);
NODISCARD int facet_read_lifecycle(struct slice bytes, struct arena *arena,
	struct ol_lifecycle *out, struct fault *fault);

/* facet_labels.c */
NODISCARD int facet_read_owners(struct slice bytes, struct arena *arena,
	struct ol_labels *out, struct fault *fault);
NODISCARD int facet_read_tags(struct slice bytes, struct arena *arena,
	struct ol_labels *out, struct fault *fault);

/* facet_schema.c */
NODISCARD int facet_read_schema(struct slice bytes, struct arena *arena,
	struct ol_schema *out, struct fault *fault);

/* facet_planned.c */
NODISCARD int facet_read_planned(struct slice bytes, struct arena *arena,
	struct ol_planned *out, struct fault *fault);

/* facet_job.c */
NODISCARD int facet_read_job_type(struct slice bytes, struct arena *arena,
	struct ol_job_type *out, struct fault *fault);
NODISCARD int facet_read_temporary(
	struct slice bytes, struct arena *arena, bool *out, struct fault *fault);
NODISCARD int facet_read_dependencies(struct slice bytes, struct arena *arena,
	struct ol_dependencies *out, struct fault *fault);
