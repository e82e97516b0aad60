/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answers.h - answers as texts that can be compared
 *
 * Two graphs of the same events may number nodes differently, and so list them
 * in another order.  In these texts a node's id is its name, lists are sorted,
 * and what counts events (graphVersion, sequence, cursors) is left out.
 */
#pragma once

#include "tests/api/fixture.h"

/* The answer to one question; the caller frees it. */
char *answer_text(struct fixture *fixture, const char *path, const char *query);

/* The same of a body that was parsed already; the caller drops the reference. */
json_t *answer_without_ids(struct fixture *fixture, json_t *body);

/* Appends the canonical text of the graph. */
void dump_text(struct fixture *fixture, struct buf *out);
