/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select.h - sets of nodes, by a selector
 *
 * The language is that of dbt's node selection, extended; docs/API.md has it for
 * its users:
 *
 *	selection   = union of terms, divided by blanks
 *	term        = intersection of factors, divided by ','
 *	factor      = '!' factor | '@' atom | [[depth] '+'] atom ['+' [depth]]
 *	atom        = [method ':'] pattern | '(' selection ')'
 *	pattern     = characters, '*' any run of them, '?' any one, '\' takes the next
 *		      as it is, and so do double quotes all between them ("" there is
 *		      one of them)
 *
 * Methods: ns, name, field, owner, tag, kind, edge, seen; without one it is name.
 * A '+' within a pattern stands for itself, unless only a number is between it and
 * the end.  A ':' needs quoting when a word that is no method is before it, and no
 * "//" behind it.
 *
 *	ns, name      of a dataset or job; of a field, its dataset's
 *	field	      a field's own name
 *	owner	      of a dataset or job; of a field, its dataset's
 *	tag	      KEY or KEY=VALUE, of a dataset, a job or a field itself
 *	kind	      dataset, job or field
 *	edge	      observed, declared or inferred: has such an edge now; none: has
 *		      no edge now
 *	seen	      30d (s, m, h, d, w): within that time; >30d: not within; A/B:
 *		      last seen between two days or instants, both included; A: on
 *		      that day.  Of a field, its dataset.
 *
 * '+x' is x and all upstream of it, 'x+2' x and two hops downstream, '@x' x, all
 * downstream of it, and all upstream of these.  '!x' alone is every dataset and job
 * but x; in an intersection it takes x away.  In an intersection that names fields,
 * a factor that names none means the fields of its datasets too.
 *
 * A selector is parsed once and evaluated against a snapshot.
 */
#pragma once

#include "graph/idlist.h"
#include "graph/lineage.h"

struct selector;

#define SELECTOR_BYTES_MAX ((size_t)64 << 10)
#define SELECTOR_ATOMS_MAX 1000
#define SELECTOR_DEPTH_MAX 64 /* of brackets */

/* ERR_INVALID: fault->offset is the character (byte) that is wrong, and why.  The
 * selector is in the arena; text is not needed any more. */
NODISCARD int selector_parse(struct slice text, struct arena *arena,
	const struct selector **out, struct fault *fault);

struct select_options {
	const struct lineage_query *walk; /* time, evidence, level, precision of '+' */
	uint64_t budget;		  /* nodes and edges looked at; 0: no limit */
	int64_t now_us;			  /* for seen: */
};

/*
 * The nodes selected, sorted by id, canonical ones only; datasets and jobs, and
 * fields where the selector names them (field:, kind:field, tag: of a column).
 * Of a node with aliases, each factor holds when it does for one of its names.
 * '+' walks from fields at LEVEL_FIELD, else at the level of options->walk.
 * cut_out: not CUT_NONE when the budget or the deadline (of options->walk) ended
 * it.  A factor that matches nothing is an empty set, not an error.
 */
NODISCARD int selector_evaluate(struct snapshot *snapshot,
	const struct selector *selector, const struct select_options *options,
	struct arena *arena, struct idlist *out, enum lineage_cut *cut_out);
