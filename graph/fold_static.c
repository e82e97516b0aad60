/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_static.c - what jobs and datasets declare, and what we conclude
 */
#include "graph/fold_static.h"

#include "graph/fold.h"
#include "graph/fold_lane.h"

#include <endian.h>
#include <string.h>

struct run_position fold_static_position(const struct ol_event *event)
{
	struct run_position position = { .start_us = event->time_us };
	uint64_t hash = htobe64(event->raw_hash);

	memcpy(position.run.bytes, &hash, sizeof(hash));
	return position;
}

int fold_declare(struct fold *fold, node_id owner, enum evidence lane,
	const struct run_position *position, ioset_id io)
{
	const struct lane_key key = { owner, lane };
	struct timeline_entry now = { *position, io, position->start_us };
	struct timeline_entry old = now;
	struct declaration declaration;
	int fresh;
	int r;

	fresh = declaration_get(fold->txn, owner, lane, position, &declaration);
	if (fresh < 0)
		return fresh;
	if (!fresh) {
		old.io = declaration.io;
		r = fold_unite(fold, old.io, io, &now.io);
		if (r || old.io == now.io)
			return r;
	}
	declaration = (struct declaration){ owner, lane, *position, now.io };
	r = declaration_put(fold->txn, &declaration);
	if (!r && fresh)
		r = run_index_add(fold->txn, owner, lane, position);
	return r ? r : lane_update(fold, key, fresh ? NULL : &old, &now);
}

int fold_static(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said)
{
	const struct run_position position = fold_static_position(event);
	uint64_t known;
	int r;

	if (said->io) {
		r = fold_declare(
			fold, said->owner, EVIDENCE_DECLARED, &position, said->io);
		if (r)
			return r;
	}
	r = static_event_find(fold->txn, event->raw_hash, &known);
	if (r <= 0)
		return r;
	return static_event_add(fold->txn, event->raw_hash, sequence);
}
