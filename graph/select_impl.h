/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_impl.h - a parsed selector
 *
 * A tree in one array, children before their parents, so that one loop over the
 * array evaluates it.
 */
#pragma once

#include "graph/select.h"
#include "graph/select_glob.h"

#define SELECT_NONE UINT32_MAX

enum select_op { SELECT_ATOM, SELECT_WALK, SELECT_NOT, SELECT_AND, SELECT_OR };

enum select_method {
	METHOD_NAME,
	METHOD_NS,
	METHOD_FIELD,
	METHOD_OWNER,
	METHOD_TAG,
	METHOD_KIND,
	METHOD_EDGE,
	METHOD_SEEN,
};

/* When a node was seen last: within a time until now, or between two instants. */
struct select_seen {
	bool ago;     /* between now - within_us and now */
	bool outside; /* not so */
	int64_t within_us;
	int64_t from_us;
	int64_t to_us;
};

struct select_atom {
	enum select_method method;
	struct glob glob; /* ns, name, field, owner, tag */
	enum node_kind kind;
	uint32_t edges; /* of EDGE_NOW; 0: none of them */
	struct select_seen seen;
};

struct select_node {
	enum select_op op;
	uint32_t parent; /* places in the array, or SELECT_NONE */
	uint32_t child;	 /* the first */
	uint32_t next;	 /* the next child of the parent */
	const struct select_atom *atom;
	/* SELECT_WALK: hops; 0: not that way. */
	uint32_t up;
	uint32_t down;
	bool around; /* all down, and up from there */
};

struct selector {
	struct select_node *nodes; /* the last is the root */
	uint32_t count;
};

/* Reads what stands behind a method's ':'; ERR_INVALID with a fault, without place. */
NODISCARD int select_read_word(
	struct select_atom *atom, struct slice word, struct fault *fault);
