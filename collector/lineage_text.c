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
#include "collector/cmd_ask.h"
#include "collector/member.h"

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
	bool grouped;
	struct idset *index;   /* id -> place in nodes */
	struct idset *printed; /* ids that were followed, from this root */
	struct idset *shown;   /* ids in either tree, from any root */
	struct branch *branches;
	size_t branch_count;
	struct level *stack;
	size_t depth;
	FILE *out;
};

static int by_from(const void *a, const void *b)
{
	const struct branch *x = a;
	const struct branch *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* In groups, nodes are known by their places: by place + 1 here. */
static uint64_t end_of(const struct tree *tree, const json_t *edge, const char *name)
{
	return tree->grouped ? member_number(edge, name) + 1 : member_id(edge, name);
}

static uint64_t key_of(const struct tree *tree, size_t place)
{
	return tree->grouped ? place + 1
			     : member_id(json_array_get(tree->nodes, place), "id");
}

/* Upstream a tree branches at an edge's target, downstream at its source. */
static void read_branches(struct tree *tree, const json_t *edges, bool upstream)
{
	for (size_t i = 0; i < tree->branch_count; i++) {
		const json_t *edge = json_array_get(edges, i);
		uint64_t source = end_of(tree, edge, "from");
		uint64_t target = end_of(tree, edge, "to");

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

/* What people should know of a node at once. */
static void print_notes_of(const json_t *node, FILE *out)
{
	const json_t *lifecycle = json_object_get(node, "lifecycle");
	const json_t *to = json_object_get(lifecycle, "to");

	if (json_is_object(lifecycle))
		fprintf(out, "  [%s%s%s]", member_text(lifecycle, "state"),
			to ? " to " : "", member_text(to, "name"));
	if (strcmp(member_text(node, "kind"), "group") == 0)
		fprintf(out, "  [%llu]",
			(unsigned long long)member_number(node, "members"));
}

static void print_node(const struct tree *tree, uint64_t id, bool again)
{
	const json_t *node;
	uint64_t place;

	if (idset_get(tree->index, id, &place))
		return;
	node = json_array_get(tree->nodes, place);
	fprintf(tree->out, "%-7s  ", member_text(node, "kind"));
	print_name(node, tree->out);
	print_notes_of(node, tree->out);
	fprintf(tree->out, "%s\n", again ? "  *" : "");
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
	if (idset_put(tree->printed, root, 0) < 0 || idset_put(tree->shown, root, 0) < 0)
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
		if (again < 0 || idset_put(tree->shown, id, 0) < 0)
			return ERR_NOMEM;
		print_node(tree, id, again == 1);
		if (again == 0)
			tree->stack[tree->depth++] = branches_of(tree, id);
	}
	return 0;
}

static int print_tree(struct tree *tree, const json_t *answer, bool upstream)
{
	const json_t *node;
	size_t i;

	read_branches(tree, json_object_get(answer, "edges"), upstream);
	fputs(upstream ? "upstream\n" : "downstream\n", tree->out);
	json_array_foreach(tree->nodes, i, node)
	{
		uint64_t id = key_of(tree, i);
		int r;

		if (strcmp(member_text(node, "direction"), "root") != 0)
			continue;
		idset_clear(tree->printed);
		print_node(tree, id, false);
		r = print_branches(tree, id);
		if (r)
			return r;
	}
	return 0;
}

/* What is reached only over nodes that the filters left out. */
static void print_rest(struct tree *tree)
{
	bool any = false;

	for (size_t i = 0; i < json_array_size(tree->nodes); i++) {
		uint64_t id = key_of(tree, i);

		if (idset_get(tree->shown, id, NULL) == 0)
			continue;
		if (!any)
			fputs("over nodes that are left out\n", tree->out);
		any = true;
		print_node(tree, id, false);
	}
}

static int tree_init(struct tree *tree, const json_t *answer, FILE *out)
{
	size_t count;

	memset(tree, 0, sizeof(*tree));
	tree->out = out;
	tree->nodes = json_object_get(answer, "nodes");
	tree->grouped = member_true(answer, "grouped");
	tree->branch_count = json_array_size(json_object_get(answer, "edges"));
	if (!json_is_array(tree->nodes))
		return ERR_INVALID;
	count = json_array_size(tree->nodes);
	tree->index = idset_new(count + 1);
	tree->printed = idset_new(count + 1);
	tree->shown = idset_new(count + 1);
	tree->branches = calloc(tree->branch_count + 1, sizeof(*tree->branches));
	tree->stack = calloc(count + 2, sizeof(*tree->stack));
	if (!tree->index || !tree->printed || !tree->shown || !tree->branches ||
		!tree->stack)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		if (idset_put(tree->index, key_of(tree, i), i) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

static void tree_fini(struct tree *tree)
{
	idset_free(tree->index);
	idset_free(tree->printed);
	idset_free(tree->shown);
	free(tree->branches);
	free(tree->stack);
}

/* Where column lineage ends because a job does not tell it. */
static void print_opaque(const json_t *columns, FILE *out)
{
	const json_t *opaque;
	size_t i;

	json_array_foreach(json_object_get(columns, "jobs"), i, opaque)
	{
		fputs(i ? "  "
			: "without column lineage, so what they pass on is not "
			  "known:\n  ",
			out);
		print_name(json_object_get(opaque, "job"), out);
		fputs("  reads ", out);
		print_name(json_object_get(opaque, "source"), out);
		fputs("  writes ", out);
		print_name(json_object_get(opaque, "target"), out);
		fputc('\n', out);
	}
	if (member_number(columns, "opaque") > i)
		fputs("  and more\n", out);
}

static void print_notes(const json_t *answer, FILE *out)
{
	const json_t *cut = json_object_get(answer, "truncated");

	fputc('\n', out);
	print_opaque(
		json_object_get(json_object_get(answer, "coverage"), "columns"), out);
	if (json_is_object(cut))
		fprintf(out, "NOT COMPLETE: the walk was cut (%s)\n",
			member_text(cut, "reason"));
	if (json_is_string(json_object_get(answer, "next")))
		fprintf(out, "there are more nodes; raise --limit to see them\n");
	fprintf(out, "%zu nodes, %zu edges, graph version %llu\n",
		json_array_size(json_object_get(answer, "nodes")),
		json_array_size(json_object_get(answer, "edges")),
		(unsigned long long)member_number(answer, "graphVersion"));
}

int lineage_text_print(const json_t *answer, FILE *out)
{
	const json_t *coverage = json_object_get(answer, "coverage");
	const char *direction = member_text(coverage, "direction");
	struct tree tree;
	int r = tree_init(&tree, answer, out);

	if (!r && strcmp(direction, "downstream") != 0)
		r = print_tree(&tree, answer, true);
	if (!r && strcmp(direction, "upstream") != 0)
		r = print_tree(&tree, answer, false);
	if (!r) {
		print_rest(&tree);
		print_notes(answer, out);
	}
	tree_fini(&tree);
	return r;
}
