/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ends.c - the two ends of a way
 */
#include "api/ends.h"

#include "api/nodelife.h"

/* A column of a dataset that no lineage is about, as a whole or by its columns. */
static bool is_untold(const struct call *call, node_id id, const struct node_key *lone)
{
	return lone->kind && node_dataset(call, id) == id;
}

bool ends_from_is_untold(const struct call *call, const struct ends *ends)
{
	return is_untold(call, ends->from, &ends->lone_from);
}

bool ends_to_is_untold(const struct call *call, const struct ends *ends)
{
	return is_untold(call, ends->to, &ends->lone_to);
}

bool ends_no_way(const struct call *call, const struct ends *ends)
{
	/* The same column twice is a way by itself. */
	if (ends->from == ends->to && ends->lone_from.kind && ends->lone_to.kind)
		return false;
	return ends_from_is_untold(call, ends) || ends_to_is_untold(call, ends);
}

/* Two columns that have the flows of one whole, and none of their own. */
static bool are_one(const struct ends *ends)
{
	return ends->from == ends->to && ends->lone_from.kind && ends->lone_to.kind &&
	       !slice_equal(ends->lone_from.field, ends->lone_to.field);
}

/* Returns 0, or 1 when the reply says why there is no way between these columns. */
static int check_columns(struct params *p, struct reply *reply, const struct ends *ends)
{
	int r;

	if (!are_one(ends))
		return 0;
	params_fault(p, noderef_to.field,
		"is told apart from the other column by no lineage: it names neither");
	r = params_refuse(p, reply);
	return r ? r : 1;
}

int ends_read(struct call *call, struct params *p, struct reply *reply, struct ends *out)
{
	const struct noderef from = { .names = &noderef_from, .lone = &out->lone_from };
	const struct noderef to = { .names = &noderef_to, .lone = &out->lone_to };
	int r = noderef_find_as(call, p, &from, reply, &out->from);

	if (!r)
		r = noderef_find_as(call, p, &to, reply, &out->to);
	return r ? r : check_columns(p, reply, out);
}

static void write_lone(struct jsonw *w, const struct node_key *key)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_null(w);
	jsonw_node_key(w, key);
	jsonw_object_end(w);
}

int jsonw_ends_node(
	struct jsonw *w, struct call *call, const struct ends *ends, node_id id)
{
	if (ends->lone_from.kind && id == ends->from)
		write_lone(w, &ends->lone_from);
	else if (ends->lone_to.kind && id == ends->to)
		write_lone(w, &ends->lone_to);
	else
		return jsonw_node_brief(w, call, id);
	return 0;
}

static int write_end(struct jsonw *w, struct call *call, const char *name, node_id id,
	const struct node_key *lone)
{
	jsonw_key(w, name);
	if (!lone->kind)
		return jsonw_node_brief(w, call, id);
	write_lone(w, lone);
	return 0;
}

int jsonw_ends(struct jsonw *w, struct call *call, const struct ends *ends)
{
	int r = write_end(w, call, "from", ends->from, &ends->lone_from);

	return r ? r : write_end(w, call, "to", ends->to, &ends->lone_to);
}

static bool is_kind(const struct call *call, node_id id, const struct node_key *lone,
	enum node_kind kind)
{
	const struct image_node *node = image_node(call->snapshot->image, id);

	return (lone->kind ? lone->kind : node ? node->kind : 0) == kind;
}

bool ends_have(const struct call *call, const struct ends *ends, enum node_kind kind)
{
	return is_kind(call, ends->from, &ends->lone_from, kind) ||
	       is_kind(call, ends->to, &ends->lone_to, kind);
}
