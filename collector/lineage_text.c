/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_text.c - a lineage answer as two trees for people
 *
 * The answer's edges are sorted by the end that a tree branches at, so that
 * the branches of a node are a range of them; the walk keeps its own stack.
 */

#include "collector/lineage_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/idset.h"

struct branch {
	uint64_t from;
	uint64_t to;
};

/* A node on the way from the root to where the tree is being printed. */
struct level {
	size_t next; /* branch to print next */
	size_t end;
};

struct tree {
	const json_t *nodes;
	struct idset *index;   /* id -> place in nodes */
	struct idset *printed; /* ids that were followed */
	struct branch *branches;
	size_t branch_count;
	struct level *stack;
	size_t depth;
	FILE *out;
};

static uint64_t number(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static int by_from(const void *a, const void *b)
{
	const struct branch *x = a;
	const struct branch *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Upstream a tree branches at an edge's target, downstream at its source. */
static void read_branches(struct tree *tree, const json_t *edges, bool upstream)
{
	for (size_t i = 0; i < tree->branch_count; i++) {
		const json_t *edge = json_array_get(edges, i);
		uint64_t source = number(edge, "from");
		uint64_t target = number(edge, "to");

		tree->branches[i] = upstream ? (struct branch){ target, source }
					     : (struct branch){ source, target };
	}
	qsort(tree->branches, tree->branch_count, sizeof(*tree->branches), by_from);
}

static struct level branches_of(const struct tree *tree, uint64_t id)
{
	size_t low = 0;
	size_t high = tree->branch_count;
	struct level level;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tree->branches[middle].from < id)
			low = middle + 1;
		else
			high = middle;
	}
	level.next = level.end = low;
	while (level.end < tree->branch_count && tree->branches[level.end].from == id)
		level.end++;
	return level;
}

static void print_node(const struct tree *tree, uint64_t id, bool again)
{
	const json_t *node;
	uint64_t place;

	if (idset_get(tree->index, id, &place))
		return;
	node = json_array_get(tree->nodes, place);
	fprintf(tree->out, "%-7s  %s  (%s)%s\n", text(node, "kind"), text(node, "name"),
		text(node, "namespace"), again ? "  *" : "");
}

/* What stands left of a node: a line for each level that has more to come. */
static void print_margin(const struct tree *tree)
{
	for (size_t i = 0; i + 1 < tree->depth; i++)
		fputs(tree->stack[i].next < tree->stack[i].end ? "|  " : "   ",
			tree->out);
	fputs(tree->stack[tree->depth - 1].next < tree->stack[tree->depth - 1].end
			? "|- "
			: "`- ",
		tree->out);
}

static bool in_answer(const struct tree *tree, uint64_t id)
{
	return idset_get(tree->index, id, NULL) == 0;
}

static int print_branches(struct tree *tree, uint64_t root)
{
	tree->stack[0] = branches_of(tree, root);
	tree->depth = 1;
	if (idset_put(tree->printed, root, 0) < 0)
		return ERR_NOMEM;
	while (tree->depth > 0) {
		struct level *level = &tree->stack[tree->depth - 1];
		uint64_t id;
		int again;

		if (level->next == level->end) {
			tree->depth--;
			continue;
		}
		id = tree->branches[level->next++].to;
		if (!in_answer(tree, id))
			continue;
		print_margin(tree);
		again = idset_put(tree->printed, id, 0);
		if (again < 0)
			return ERR_NOMEM;
		print_node(tree, id, again == 1);
		if (again == 0)
			tree->stack[tree->depth++] = branches_of(tree, id);
	}
	return 0;
}

static int print_tree(struct tree *tree, const json_t *answer, bool upstream)
{
	const json_t *roots = json_object_get(answer, "roots");

	read_branches(tree, json_object_get(answer, "edges"), upstream);
	fputs(upstream ? "upstream\n" : "downstream\n", tree->out);
	for (size_t i = 0; i < json_array_size(roots); i++) {
		uint64_t id = (uint64_t)json_integer_value(json_array_get(roots, i));
		int r;

		idset_clear(tree->printed);
		print_node(tree, id, false);
		r = print_branches(tree, id);
		if (r)
			return r;
	}
	return 0;
}

static int tree_init(struct tree *tree, const json_t *answer, FILE *out)
{
	size_t count;

	memset(tree, 0, sizeof(*tree));
	tree->out = out;
	tree->nodes = json_object_get(answer, "nodes");
	tree->branch_count = json_array_size(json_object_get(answer, "edges"));
	if (!json_is_array(tree->nodes))
		return ERR_INVALID;
	count = json_array_size(tree->nodes);
	tree->index = idset_new(count + 1);
	tree->printed = idset_new(count + 1);
	tree->branches = calloc(tree->branch_count + 1, sizeof(*tree->branches));
	tree->stack = calloc(count + 2, sizeof(*tree->stack));
	if (!tree->index || !tree->printed || !tree->branches || !tree->stack)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		if (idset_put(tree->index, number(json_array_get(tree->nodes, i), "id"),
			    i) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

static void tree_fini(struct tree *tree)
{
	idset_free(tree->index);
	idset_free(tree->printed);
	free(tree->branches);
	free(tree->stack);
}

static void print_notes(const json_t *answer, FILE *out)
{
	const json_t *cut = json_object_get(answer, "truncated");

	fputc('\n', out);
	if (json_is_object(cut))
		fprintf(out, "NOT COMPLETE: the walk was cut (%s)\n",
			text(cut, "reason"));
	if (json_is_string(json_object_get(answer, "next")))
		fprintf(out, "there are more nodes; raise --limit to see them\n");
	fprintf(out, "%zu nodes, %zu edges, graph version %llu\n",
		json_array_size(json_object_get(answer, "nodes")),
		json_array_size(json_object_get(answer, "edges")),
		(unsigned long long)number(answer, "graphVersion"));
}

int lineage_text_print(const json_t *answer, FILE *out)
{
	const json_t *coverage = json_object_get(answer, "coverage");
	const char *direction = text(coverage, "direction");
	struct tree tree;
	int r = tree_init(&tree, answer, out);

	if (!r && strcmp(direction, "downstream") != 0)
		r = print_tree(&tree, answer, true);
	if (!r && strcmp(direction, "upstream") != 0)
		r = print_tree(&tree, answer, false);
	if (!r)
		print_notes(answer, out);
	tree_fini(&tree);
	return r;
}
