/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_flows.h - the flows of a facet while it is read
 *
 * A facet lists the sources of one target after the other.  Its old form
 * repeats a source in the list of each of a thousand columns, so names are
 * looked up as they come, and kept once; what is kept of each source of each
 * target is its place among the names and its classes.
 *
 *	flows_end(flows, &name, &target);
 *	flows_begin(flows, target);
 *	for each source:
 *		flows_end(flows, &name, &source);
 *		flows_add(flows, source, classes);
 *	flows_settle(flows, CLASS_UNKNOWN);
 *	...
 *	flows_finish(flows, out);
 */
#pragma once

#include "base/arena.h"
#include "graph/facets.h"

/* Beside the classes, until flows_finish(). */
#define FLOW_BARE	    (1U << 31) /* it came without transformations */
#define FLOW_UNMASKED_SHIFT 16 /* an INDIRECT class so far up: that one is not masked */

struct flows_ref {
	uint32_t source;
	uint32_t classes;
};

/* A target, and its sources: the refs from the first on, up to the next group's. */
struct flows_group {
	uint32_t target;
	uint32_t first;
	bool dead;
};

struct flows_end {
	struct ol_end end;
	uint32_t group; /* the last one that has it as source, from 1 on */
	uint32_t ref;	/* there */
	uint32_t told;	/* the last one that has it as target, from 1 on */
};

struct flows_slot {
	uint32_t end; /* from 1 on; 0: free */
	uint32_t hash;
};

struct flows {
	struct arena *arena;
	struct slice text; /* names outside of it are copied */
	struct flows_end *ends;
	size_t end_count;
	struct flows_slot *slots;
	size_t slot_count; /* a power of two, or 0 */
	struct flows_ref **chunks;
	size_t ref_count;
	struct flows_group *groups;
	size_t group_count;
	uint32_t skipped;
};

/* The place of an end, which is added when it is new. */
NODISCARD int flows_end(struct flows *flows, const struct ol_end *end, uint32_t *out);

/* From now on sources of this target are added. */
NODISCARD int flows_begin(struct flows *flows, uint32_t target);

/* Adds to the classes of a source of the target. */
NODISCARD int flows_add(struct flows *flows, uint32_t source, uint32_t classes);

/* What the sources of the target have that came without transformations. */
void flows_settle(struct flows *flows, uint32_t classes);

/* Forgets what was said of a target since there were so many groups. */
void flows_forget(struct flows *flows, uint32_t target, size_t since);

/* Forgets all, or all that flows into fields. */
void flows_forget_all(struct flows *flows, bool only_fields);

/*
 * INDIRECT once: classes of a source that all fields list flow into the whole,
 * and are taken from the fields.
 */
NODISCARD int flows_lift(struct flows *flows, uint32_t whole);

/* What was gathered, with the ends that a flow has, and all columns. */
NODISCARD int flows_finish(const struct flows *flows, struct ol_flows *out);
