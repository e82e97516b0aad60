/* SPDX-License-Identifier: Apache-2.0 */

/*
 * change_params.c - an operation that parameters tell
 *
 * It is made into the JSON that a body would have, so that both are read alike.
 */
#include "api/changein_impl.h"

#include "api/noderef.h"

static json_t *text_json(struct slice text)
{
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

/* "true" and "false" are truths; any other text is one that is refused later. */
static json_t *truth_json(struct slice text)
{
	if (slice_equal_nocase(text, "true"))
		return json_true();
	return slice_equal_nocase(text, "false") ? json_false() : text_json(text);
}

/* The parameter `to`, with the namespace beside it when that is given. */
static json_t *to_json(const struct params *p)
{
	json_t *to;

	if (!param_given(p, "toNamespace"))
		return text_json(param_get(p, "to"));
	to = json_object();
	if (json_object_set_new(
		    to, "namespace", text_json(param_get(p, "toNamespace"))) ||
		(param_given(p, "to") &&
			json_object_set_new(to, "name", text_json(param_get(p, "to"))))) {
		json_decref(to);
		return NULL;
	}
	return to;
}

/* The operation that parameters tell, as a body would; NULL without memory. */
static json_t *operation_json(const struct params *p)
{
	static const char *const texts[][2] = { { "op", "op" }, { "field", "column" },
		{ "type", "type" }, { "from", "from" } };
	static const char *const truths[] = { "aliased", "nullable", "default" };
	json_t *json = json_object();
	bool failed = !json;

	for (size_t i = 0; i < ARRAY_LEN(texts) && !failed; i++) {
		if (param_given(p, texts[i][0]))
			failed = json_object_set_new(
				json, texts[i][1], text_json(param_get(p, texts[i][0])));
	}
	for (size_t i = 0; i < ARRAY_LEN(truths) && !failed; i++) {
		if (param_given(p, truths[i]))
			failed = json_object_set_new(
				json, truths[i], truth_json(param_get(p, truths[i])));
	}
	if (!failed && (param_given(p, "to") || param_given(p, "toNamespace")))
		failed = json_object_set_new(json, "to", to_json(p));
	if (failed)
		json_decref(json);
	return failed ? NULL : json;
}

/* The dataset that is named; a column is named beside it, whatever the kind. */
static int find_by_params(struct changes_in *in, struct params *p, node_id *out)
{
	static const char *const kinds[] = { "dataset", "field", NULL };
	struct params named = { .count = 0 };

	(void)param_choice(p, "kind", kinds, 0);
	named.err = p->err;
	named.fault = p->fault;
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].name, "kind") != 0 &&
			strcmp(p->list[i].name, "field") != 0)
			named.list[named.count++] = p->list[i];
	}
	return noderef_find(in->call, &named, NODE_DATASET, in->reply, out);
}

int changes_read_params(struct changes_in *in, struct params *p)
{
	AUTO(json) json_t *json = operation_json(p);
	struct body body = { .arena = in->call->arena };
	struct body_at at = body_top("", json);
	size_t begin = in->count;
	struct told_op told;
	int r;

	if (!json)
		return ERR_NOMEM;
	in->of_params = true;
	r = find_by_params(in, p, &in->dataset);
	if (!r)
		r = change_read(in, &body, &at, &told);
	if (!r)
		r = change_find(in, &told, &at);
	return r ? r : changes_spread(in, begin);
}
