/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns.c - GET /api/v2/columns: the columns of a dataset, and who reads them
 */
#include "graph/columns.h"

#include "api/columnout.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/noderef.h"

#define OPAQUE_SHOWN 100

static const struct param_rule columns_rules[] = { NODEREF_RULES, { "unused", 1 },
	{ NULL, 0 } };

struct columns_answer {
	struct columns columns;
	struct ol_labels owners;
	struct ol_labels tags;
	bool unused_only;
	node_id node;
};

static void write_column(
	struct jsonw *w, const struct columns_answer *answer, const struct column *column)
{
	jsonw_object(w);
	jsonw_key(w, "path");
	jsonw_string(w, column->path);
	jsonw_text_or_null(w, "type", column->type);
	jsonw_text_or_null(w, "description", column->description);
	jsonw_nullable(w, column->nullable);
	jsonw_key(w, "inSchema");
	jsonw_bool(w, column->in_schema);
	jsonw_key(w, "id");
	if (column->node)
		jsonw_uint(w, column->node);
	else
		jsonw_null(w);
	jsonw_key(w, "readers");
	jsonw_uint(w, column->readers);
	jsonw_seen(w, "lastRead", column->last_read_us);
	jsonw_column_tags(w, &answer->tags, column->path);
	jsonw_object_end(w);
}

static int write_some(struct jsonw *w, struct call *call, const char *name,
	const node_id *ids, size_t count)
{
	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count && i < OPAQUE_SHOWN; i++) {
		struct entity entity;
		int r = node_get(call, ids[i], &entity);

		if (r)
			return r;
		jsonw_node_short(w, &entity);
	}
	jsonw_array_end(w);
	return 0;
}

static int write_opaque(struct jsonw *w, struct call *call, const struct columns *columns)
{
	int r;

	jsonw_key(w, "opaqueReaders");
	jsonw_object(w);
	jsonw_key(w, "count");
	jsonw_uint(w, columns->opaque_count + columns->opaque_dataset_count);
	r = write_some(w, call, "jobs", columns->opaque_readers, columns->opaque_count);
	if (!r)
		r = write_some(w, call, "datasets", columns->opaque_datasets,
			columns->opaque_dataset_count);
	jsonw_object_end(w);
	return r;
}

/* Whether columns without readers have none for sure. */
static bool is_certain(const struct columns *columns)
{
	return columns->complete && columns->opaque_count == 0 &&
	       columns->opaque_dataset_count == 0;
}

static int write_answer(
	struct call *call, struct reply *reply, const struct columns_answer *answer)
{
	const struct columns *columns = &answer->columns;
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "node");
	r = jsonw_node_brief(&w, call, answer->node);
	if (r)
		return r;
	jsonw_key(&w, "complete");
	jsonw_bool(&w, columns->complete);
	jsonw_key(&w, "hasSchema");
	jsonw_bool(&w, columns->has_schema);
	jsonw_owners(&w, &answer->owners);
	jsonw_key(&w, "columns");
	jsonw_array(&w);
	for (size_t i = 0; i < columns->count; i++) {
		if (!answer->unused_only || columns->list[i].readers == 0)
			write_column(&w, answer, &columns->list[i]);
	}
	jsonw_array_end(&w);
	r = write_opaque(&w, call, columns);
	jsonw_key(&w, "certain");
	jsonw_bool(&w, is_certain(columns));
	jsonw_object_end(&w);
	return r;
}

int api_columns(struct call *call, struct reply *reply)
{
	struct columns_answer answer = { .node = 0 };
	struct params p;
	int r;

	params_parse(&p, call->query, columns_rules, call->arena);
	answer.unused_only = param_bool(&p, "unused", false);
	r = noderef_find(call, &p, NODE_DATASET, reply, &answer.node);
	if (r)
		return r < 0 ? r : 0;
	r = columns_read(call->snapshot, answer.node, call->deadline_us, call->arena,
		&answer.columns);
	if (!r)
		r = facet_owners(call, answer.node, &answer.owners);
	if (!r)
		r = facet_tags(call, answer.node, &answer.tags);
	return r ? r : write_answer(call, reply, &answer);
}
