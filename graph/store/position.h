/* SPDX-License-Identifier: Apache-2.0 */

/* position.h - positions of runs inside of keys: (job, lane, start, run id) */
#pragma once

#include "graph/run.h"
#include "store_impl.h"

#define LANE_KEY_BYTES 5 /* job and lane */

static inline void position_put(
	struct store_key *key, const struct run_position *position)
{
	key_put_time(key, position->start_us);
	key_put_runid(key, &position->run);
}

static inline void position_get(struct key_reader *reader, struct run_position *out)
{
	out->start_us = key_get_time(reader);
	out->run = key_get_runid(reader);
}

static inline void lane_key(struct store_key *key, node_id job, enum evidence lane,
	const struct run_position *position)
{
	key_start(key);
	key_put_u32(key, job);
	key_put_u8(key, (uint8_t)lane);
	position_put(key, position);
}

/* Reads the position out of a key that lane_key() made. */
NODISCARD static inline int lane_key_position(struct slice key, struct run_position *out)
{
	struct key_reader reader;

	key_open(&reader, key);
	key_get_u32(&reader);
	key_get_u8(&reader);
	position_get(&reader, out);
	return key_close(&reader);
}
