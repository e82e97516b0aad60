/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_text.c - nodes and edges of an answer as lines for people
 */

#include "collector/graph_text.h"

#include <string.h>

#include "base/err.h"
#include "base/idset.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static const char *mark_of(const json_t *item)
{
	const char *change = member_text(item, "change");

	if (strcmp(change, "added") == 0)
		return "+ ";
	if (strcmp(change, "changed") == 0)
		return "~ ";
	return strcmp(change, "removed") == 0 ? "- " : "  ";
}

/* In groups the ends of edges are places; the index is by place + 1 then. */
static uint64_t key_of(const json_t *answer, const json_t *node, size_t place)
{
	return member_true(answer, "grouped") ? place + 1 : member_id(node, "id");
}

static uint64_t end_of(const json_t *answer, const json_t *edge, const char *name)
{
	return member_true(answer, "grouped") ? member_number(edge, name) + 1
					      : member_id(edge, name);
}

static int index_nodes(const json_t *answer, struct idset *places)
{
	const json_t *nodes = json_object_get(answer, "nodes");
	const json_t *node;
	size_t i;

	json_array_foreach(nodes, i, node)
	{
		uint64_t key = key_of(answer, node, i);

		if (key && idset_put(places, key, i) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

static const json_t *node_at(
	const json_t *answer, const struct idset *places, uint64_t key)
{
	uint64_t place = 0;

	if (idset_get(places, key, &place))
		return NULL;
	return json_array_get(json_object_get(answer, "nodes"), place);
}

static void print_nodes(const json_t *answer, FILE *out)
{
	const json_t *nodes = json_object_get(answer, "nodes");
	const json_t *node;
	size_t i;

	json_array_foreach(nodes, i, node)
	{
		fprintf(out, "%s%-7s  ", mark_of(node), member_text(node, "kind"));
		print_name(node, out);
		fputc('\n', out);
	}
}

/* Classes of an edge, as "AGGREGATION MASKED"; evidence when there are none. */
static void print_telling(const json_t *telling, FILE *out)
{
	const json_t *classes = json_object_get(telling, "classes");
	const json_t *words = classes ? classes : json_object_get(telling, "evidence");
	const json_t *word;
	size_t i;

	fputs(member_text(telling, "basis"), out);
	json_array_foreach(words, i, word) fprintf(out, " %s", json_string_value(word));
	if (member_true(telling, "masked"))
		fputs(" MASKED", out);
}

/* What was told otherwise before. */
static void print_before(const json_t *edge, FILE *out)
{
	const json_t *before = json_object_get(edge, "before");

	if (!before)
		return;
	fputs("  (", out);
	print_telling(edge, out);
	fputs("; before: ", out);
	print_telling(before, out);
	fputc(')', out);
}

static void print_edges(const json_t *answer, const struct idset *places, FILE *out)
{
	const json_t *edges = json_object_get(answer, "edges");
	const json_t *edge;
	size_t i;

	json_array_foreach(edges, i, edge)
	{
		fputs(mark_of(edge), out);
		print_name(node_at(answer, places, end_of(answer, edge, "from")), out);
		fputs(" -> ", out);
		print_name(node_at(answer, places, end_of(answer, edge, "to")), out);
		fprintf(out, "  %s", member_text(edge, "basis"));
		print_before(edge, out);
		fputc('\n', out);
	}
}

int graph_text_print(const json_t *answer, FILE *out)
{
	const json_t *nodes = json_object_get(answer, "nodes");
	const json_t *cut = json_object_get(answer, "truncated");
	AUTO(idset) struct idset *places = NULL;
	int r;

	if (!json_is_array(nodes) || !json_is_array(json_object_get(answer, "edges")))
		return ERR_INVALID;
	places = idset_new(json_array_size(nodes) + 1);
	if (!places)
		return ERR_NOMEM;
	r = index_nodes(answer, places);
	if (r)
		return r;
	print_nodes(answer, out);
	print_edges(answer, places, out);
	if (json_is_object(cut))
		fprintf(out, "NOT COMPLETE: the walk was cut (%s)\n",
			member_text(cut, "reason"));
	return 0;
}
