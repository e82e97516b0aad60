/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_datasets.c - GET /api/v1/namespaces/{namespace}/datasets, and one of them
 */
#include "api/handlers.h"
#include "api/marquez_list.h"

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

static int write_page(struct jsonw *w, struct mq *mq, const struct mq_ids *list,
	const struct mq_page *page)
{
	size_t i;
	size_t end = mq_page_end(page, list->count, &i);
	size_t begin = i;
	int r = 0;

	jsonw_key(w, "datasets");
	jsonw_array(w);
	for (; i < end && !r; i++) {
		if (page_must_end(mq->call, w->buf, i - begin))
			break;
		r = mq_dataset(w, mq, list->ids[i]);
	}
	jsonw_array_end(w);
	jsonw_key(w, "totalCount");
	jsonw_uint(w, list->count);
	return r;
}

static int answer_list(struct mq *mq, struct reply *reply, uint32_t namespace_id,
	const struct mq_page *page)
{
	struct mq_ids list = { .count = 0 };
	struct jsonw w;
	int r = 0;

	if (namespace_id)
		r = mq_list(mq, NODE_DATASET, namespace_id, &list);
	if (r)
		return r;
	answer_json(&w, reply);
	r = write_page(&w, mq, &list, page);
	jsonw_object_end(&w);
	return r;
}

int api_mq_datasets(struct call *call, struct reply *reply)
{
	uint32_t namespace_id;
	struct mq_page page;
	struct params p;
	struct mq mq;
	int r = mq_params(call, page_rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (!r)
		r = mq_arg_namespace(call, reply, &namespace_id);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_list(&mq, reply, namespace_id, &page);
	mq_close(&mq);
	return r;
}

int api_mq_dataset(struct call *call, struct reply *reply)
{
	node_id dataset;
	struct jsonw w;
	struct mq mq;
	int r = mq_arg_dataset(call, reply, &dataset);

	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	r = mq_dataset(&w, &mq, dataset);
	mq_close(&mq);
	return r;
}
