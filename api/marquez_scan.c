/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_scan.c - all datasets and jobs, looked at one after the other
 */
#include "api/marquez_scan.h"

#include "api/handlers.h"
#include "api/nodeout.h"

#define IDS_A_BATCH 512

static int visit_id(struct mq *mq, const struct mq_scan *scan, node_id id)
{
	struct call *call = mq->call;
	struct mq_scanned scanned = { .id = image_canonical(call->snapshot->image, id) };
	struct mq_job_name job;
	struct entity entity;
	int r = snapshot_lists(call->snapshot, scanned.id);

	if (r != 1)
		return r;
	r = node_get(call, id, &entity);
	if (!r && scan->kind == NODE_JOB)
		r = mq_job_name(call, id, &job);
	if (r)
		return r;
	scanned.entity = &entity;
	scanned.name = scan->kind == NODE_JOB ? job.name : entity.key.name;
	return scan->visit(scan->ctx, &scanned);
}

int mq_scan(struct mq *mq, const struct mq_scan *scan, bool *late)
{
	struct entity_range range = { .kind = scan->kind,
		.namespace_id = scan->namespace_id };
	size_t count = IDS_A_BATCH;

	*late = false;
	while (count == IDS_A_BATCH) {
		node_id ids[IDS_A_BATCH];
		int r = entity_list(
			mq->call->snapshot->txn, &range, ids, IDS_A_BATCH, &count);

		for (size_t i = 0; i < count && !r; i++)
			r = visit_id(mq, scan, ids[i]);
		if (r)
			return r;
		*late = call_is_late(mq->call);
		if (*late || !count)
			break;
		range.after = ids[count - 1];
	}
	return 0;
}
