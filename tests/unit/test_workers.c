/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_workers.c - jobs run, the queue is bounded, stopping runs what is queued
 */
#include "collector/workers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static atomic_int ran;

/* Holds whoever comes until it is opened. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int inside;
	int open;
};

static void count(void *arg, unsigned worker)
{
	(void)arg;
	(void)worker;
	atomic_fetch_add(&ran, 1);
}

static void wait_at_gate(void *arg, unsigned worker)
{
	struct gate *gate = arg;

	(void)worker;
	pthread_mutex_lock(&gate->lock);
	gate->inside++;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
	atomic_fetch_add(&ran, 1);
}

static void gate_wait_inside(struct gate *gate, int number)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->inside < number)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = 1;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

static void every_job_runs_before_the_stop_ends(void **state)
{
	struct workers *workers;

	(void)state;
	atomic_store(&ran, 0);
	assert_int_equal(workers_start(3, 1000, &workers), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(workers_submit(workers, count, NULL), 0);
	workers_stop(workers);
	assert_int_equal(atomic_load(&ran), 1000);
}

static void a_full_queue_refuses_and_nothing_is_lost(void **state)
{
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0 };
	struct workers *workers;

	(void)state;
	atomic_store(&ran, 0);
	assert_int_equal(workers_start(1, 2, &workers), 0);
	assert_int_equal(workers_submit(workers, wait_at_gate, &gate), 0);
	gate_wait_inside(&gate, 1);
	assert_int_equal(workers_submit(workers, count, NULL), 0);
	assert_int_equal(workers_submit(workers, count, NULL), 0);
	assert_int_equal(workers_submit(workers, count, NULL), ERR_BUSY);
	gate_open(&gate);
	workers_stop(workers);
	assert_int_equal(atomic_load(&ran), 3);
}

static void a_slow_job_does_not_hold_up_another_worker(void **state)
{
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0 };
	struct workers *workers;

	(void)state;
	assert_int_equal(workers_start(2, 8, &workers), 0);
	assert_int_equal(workers_submit(workers, wait_at_gate, &gate), 0);
	assert_int_equal(workers_submit(workers, wait_at_gate, &gate), 0);
	gate_wait_inside(&gate, 2);
	gate_open(&gate);
	workers_stop(workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_before_the_stop_ends),
		cmocka_unit_test(a_full_queue_refuses_and_nothing_is_lost),
		cmocka_unit_test(a_slow_job_does_not_hold_up_another_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
