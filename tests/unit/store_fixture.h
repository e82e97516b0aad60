/* SPDX-License-Identifier: Apache-2.0 */

/*
 * store_fixture.h - a store in a folder of its own, for one test
 *
 *	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
 *
 * The folder is made and removed by the fixture; its store is open, and a write
 * transaction is begun in it.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	char folder[64];
	char path[96]; /* of the store */
	struct store_options options;
	struct store *store;
	struct store_txn *txn;
};

static inline void fixture_open(struct fixture *f)
{
	assert_int_equal(store_open(&f->options, &f->store, NULL), 0);
}

static inline void fixture_write(struct fixture *f)
{
	assert_int_equal(store_write(f->store, &f->txn), 0);
}

static inline void fixture_commit(struct fixture *f)
{
	assert_int_equal(store_commit(TAKE(f->txn)), 0);
}

static inline void fixture_close(struct fixture *f)
{
	store_end(TAKE(f->txn));
	store_close(TAKE(f->store));
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/headwater-store-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/graph", f->folder);
	f->options = (struct store_options){ .path = f->path, .no_sync = true };
	fixture_open(f);
	fixture_write(f);
	*state = f;
	return 0;
}

/* A file in the store's folder, as a path in a static place of the fixture's. */
static inline void fixture_file(const struct fixture *f, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", f->path, name);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char path[128];

	fixture_close(f);
	fixture_file(f, "data.mdb", path);
	unlink(path);
	fixture_file(f, "lock.mdb", path);
	unlink(path);
	rmdir(f->path);
	rmdir(f->folder);
	free(f);
	return 0;
}

#define STORE_TEST(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
