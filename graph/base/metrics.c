/* SPDX-License-Identifier: Apache-2.0 */

/*
 * metrics.c - relaxed atomics behind the table
 */
#include "base/metrics.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>

#define CACHE_LINE 64

#define METRIC_ROW(id, kind, name, help) [M_##id] = { name, help, METRIC_##kind },
const struct metric_row metric_rows[METRIC_COUNT] = { METRICS(METRIC_ROW) };
#undef METRIC_ROW

const int64_t metric_bounds_us[METRIC_BUCKETS] = {
	100,
	250,
	500,
	1000,
	2500,
	5000,
	10000,
	25000,
	50000,
	100000,
	250000,
	500000,
	1000000,
	2500000,
	5000000,
	10000000,
};

/* A counter is its value; a histogram its buckets, and value is their sum. */
struct cell {
	alignas(CACHE_LINE) _Atomic int64_t value;
	_Atomic uint64_t buckets[METRIC_BUCKETS + 1];
};

static struct cell cells[METRIC_COUNT];

void metric_add(enum metric metric, int64_t n)
{
	assert(metric_rows[metric].kind != METRIC_HISTOGRAM);
	atomic_fetch_add_explicit(&cells[metric].value, n, memory_order_relaxed);
}

void metric_set(enum metric metric, int64_t value)
{
	assert(metric_rows[metric].kind == METRIC_GAUGE);
	atomic_store_explicit(&cells[metric].value, value, memory_order_relaxed);
}

void metric_observe_us(enum metric metric, int64_t us)
{
	struct cell *cell = &cells[metric];
	size_t i = 0;

	assert(metric_rows[metric].kind == METRIC_HISTOGRAM);
	while (i < METRIC_BUCKETS && us > metric_bounds_us[i])
		i++;
	atomic_fetch_add_explicit(&cell->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&cell->value, us, memory_order_relaxed);
}

int64_t metric_get(enum metric metric)
{
	return atomic_load_explicit(&cells[metric].value, memory_order_relaxed);
}

void metric_histogram(enum metric metric, uint64_t *counts, int64_t *sum_us_out)
{
	struct cell *cell = &cells[metric];

	for (size_t i = 0; i <= METRIC_BUCKETS; i++)
		counts[i] = atomic_load_explicit(&cell->buckets[i], memory_order_relaxed);
	*sum_us_out = atomic_load_explicit(&cell->value, memory_order_relaxed);
}
