/* SPDX-License-Identifier: Apache-2.0 */

/*
 * samples.c - a fair choice of a stream of events, within bounds
 */
#include "graph/log/samples.h"

#include <stdlib.h>
#include <string.h>

void samples_clear(struct samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		free(samples->items[i].bytes);
	samples->count = 0;
	samples->total = 0;
	samples->offered = 0;
}

/* splitmix64: which events are kept is no secret, it need only be fair. */
static uint64_t next_random(struct samples *samples)
{
	uint64_t z = samples->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void put(struct samples *samples, size_t at, struct slice event)
{
	char *bytes = malloc(event.len);

	if (!bytes)
		return;
	memcpy(bytes, event.ptr, event.len);
	if (at == samples->count) {
		samples->count++;
	} else {
		free(samples->items[at].bytes);
		samples->total -= samples->items[at].len;
	}
	samples->items[at].bytes = bytes;
	samples->items[at].len = event.len;
	samples->total += event.len;
}

void samples_offer(struct samples *samples, struct slice event)
{
	uint64_t at;

	if (event.len == 0)
		return;
	if (event.len > SAMPLE_BYTES_MAX)
		event.len = SAMPLE_BYTES_MAX;
	samples->offered++;
	if (samples->count < SAMPLES_MAX &&
		samples->total + event.len <= SAMPLES_BYTES_MAX) {
		put(samples, samples->count, event);
		return;
	}
	at = next_random(samples) % samples->offered;
	if (at < samples->count &&
		samples->total - samples->items[at].len + event.len <= SAMPLES_BYTES_MAX)
		put(samples, (size_t)at, event);
}

void samples_move(struct samples *from, struct samples *to)
{
	uint64_t random = from->random;

	memcpy(to, from, sizeof(*to));
	memset(from, 0, sizeof(*from));
	from->random = random;
}
