/* SPDX-License-Identifier: Apache-2.0 */

/*
 * samples.h - a fair choice of a stream of events, within bounds
 *
 * Every event offered has the same chance to be among those kept (reservoir
 * sampling), up to SAMPLES_MAX of them and SAMPLES_BYTES_MAX in all.  Of a long
 * event the first SAMPLE_BYTES_MAX are kept.  One thread at a time.
 */
#pragma once

#include "base/slice.h"

#include <stdint.h>

#define SAMPLES_MAX	  4096
#define SAMPLES_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define SAMPLE_BYTES_MAX  ((size_t)64 * 1024)

struct samples {
	struct {
		char *bytes;
		size_t len;
	} items[SAMPLES_MAX];
	size_t count;
	size_t total; /* bytes kept */
	uint64_t offered;
	uint64_t random;
};

/* All zeros is an empty choice; clear makes it so again. */
void samples_clear(struct samples *samples);

/* Without memory the event is not kept. */
void samples_offer(struct samples *samples, struct slice event);

/* Gives everything kept to an empty choice. */
void samples_move(struct samples *from, struct samples *to);
