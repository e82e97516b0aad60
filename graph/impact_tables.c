/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_tables.c - from table to table, over the jobs between them
 */
#include "graph/impact_spread.h"

#include "graph/image_ring.h"

static struct reach reach_below(enum taint taint)
{
	if (taint == TAINT_STALE)
		return (struct reach){ .state = STATE_STALE, .rule = RULE_STALE };
	if (taint == TAINT_DOUBT)
		return (struct reach){ .state = STATE_DOUBT, .rule = RULE_DOUBT };
	return (struct reach){ .state = STATE_TABLE, .rule = RULE_PROVED };
}

static int leave(struct spread *spread, uint32_t place, node_id node, node_id alias)
{
	enum state state = (enum state)spread->marks[place - 1].state;
	bool job = spread_node(spread, node)->kind == NODE_JOB;
	struct reach reach = reach_below(state_taint(state));
	struct span span;
	int r = spread_edges(spread, alias, DOWNSTREAM, &spread->near, &span);

	reach.from = place;
	for (size_t i = 0; !r && i < span.count; i++) {
		uint8_t kind = spread_node(spread, span.peers[i])->kind;

		reach.node = walk_shown(spread->standing.image, span.peers[i]);
		reach.flags = span.flags[i];
		/* Two jobs in a row are no way between tables (lineage.h). */
		if (reach.node == node || (kind == NODE_JOB ? job && state == STATE_TABLE
							    : kind != NODE_DATASET))
			continue;
		r = spread_reach(spread, &reach);
	}
	return r;
}

int spread_tables(struct spread *spread, uint32_t place)
{
	node_id node = spread->marks[place - 1].node;
	struct ring ring = ring_from(spread->standing.image, node);
	int r = 0;

	for (; !r && ring.at && spread_goes_on(spread); ring_step(&ring))
		r = leave(spread, place, node, ring.at);
	return r;
}
