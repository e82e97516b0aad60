/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_facet.c - single members of what is stored as JSON
 *
 * What the graph itself has to understand has a reader of its own (graph/facets.h);
 * these are texts that answers repeat.
 */
#include "api/marquez.h"

#include "api/call.h"
#include "api/facetin.h"
#include "api/jsonscan.h"

int mq_json_texts(struct call *call, struct slice json, struct mq_texts *texts)
{
	int r = 0;

	for (size_t i = 0; i < MQ_TEXTS_MAX && r >= 0; i++) {
		struct slice value;

		texts->texts[i] = (struct slice){ 0 };
		if (!texts->members[i] ||
			!jsonscan_member(json, slice_from(texts->members[i]), &value))
			continue;
		r = jsonscan_text(value, call->arena, &texts->texts[i]);
	}
	return r < 0 ? r : 0;
}

int mq_facet_texts(
	struct call *call, node_id node, struct slice facet, struct mq_texts *texts)
{
	struct slice bytes = { 0 };
	int r = facet_newest(call, node, facet, &bytes);

	return r < 0 ? r : mq_json_texts(call, bytes, texts);
}
