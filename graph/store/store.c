/* SPDX-License-Identifier: Apache-2.0 */

/* store.c - the environment, its transactions, and what LMDB's answers mean */

#include "datafile.h"
#include "store_impl.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Address space costs nothing; sanitizers have less of it to give. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAP_BYTES (UINT64_C(64) << 30)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MAP_BYTES (UINT64_C(64) << 30)
#endif
#endif
#ifndef MAP_BYTES
#define MAP_BYTES (UINT64_C(16) << 40)
#endif

#define READERS_MAX	512
#define FILE_MODE	0600
#define FOLDER_MODE	0700
#define META_VERSION	1
#define SCRATCH_MAX	(UINT64_C(1) << 31)
#define SCRATCH_KEEP	(UINT64_C(1) << 20)
#define DISK_FULL_BYTES (UINT64_C(1) << 20)

static const char advice[] =
	"move this folder away, and the graph is made again from the log";

/* A full disk comes out of LMDB as a short write: EIO. */
static int disk_error(const struct store *store, int number)
{
	struct statvfs disk;

	if (number != EIO || statvfs(store->path, &disk) != 0)
		return err_from_errno(number);
	if ((uint64_t)disk.f_bavail * disk.f_frsize < DISK_FULL_BYTES)
		return ERR_DISK_FULL;
	return ERR_IO;
}

int store_error(const struct store *store, int code)
{
	switch (code) {
	case MDB_PAGE_NOTFOUND:
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_INCOMPATIBLE:
	case MDB_NOTFOUND:
	case MDB_KEYEXIST:
		return ERR_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return ERR_VERSION;
	case MDB_MAP_FULL:
		return ERR_DISK_FULL;
	case MDB_READERS_FULL:
	case MDB_TLS_FULL:
		return ERR_BUSY;
	case MDB_TXN_FULL:
		return ERR_TOO_LARGE;
	default:
		/* The rest of LMDB's codes mean that it gave up. */
		return code > 0 ? disk_error(store, code) : ERR_IO;
	}
}

static int txn_begin(struct store *store, bool write, struct store_txn **out)
{
	struct store_txn *txn = calloc(1, sizeof(*txn));
	int code;

	if (!txn)
		return ERR_NOMEM;
	code = mdb_txn_begin(store->env, NULL, write ? 0 : MDB_RDONLY, &txn->txn);
	if (code) {
		free(txn);
		return store_error(store, code);
	}
	txn->store = store;
	txn->write = write;
	*out = txn;
	return 0;
}

int store_read(struct store *store, struct store_txn **out)
{
	return txn_begin(store, false, out);
}

int store_write(struct store *store, struct store_txn **out)
{
	return txn_begin(store, true, out);
}

static void close_cursors(struct store_txn *txn)
{
	for (size_t i = 0; i < DB_COUNT; i++) {
		if (txn->cursors[i])
			mdb_cursor_close(txn->cursors[i]);
	}
}

static void txn_free(struct store_txn *txn)
{
	/* One large record is no reason to hold its memory for good. */
	if (txn->write && txn->store->scratch.cap > SCRATCH_KEEP)
		buf_fini(&txn->store->scratch);
	free(txn);
}

void store_end(struct store_txn *txn)
{
	if (!txn)
		return;
	close_cursors(txn);
	mdb_txn_abort(txn->txn);
	txn_free(txn);
}

/* Pages of all rows as this transaction sees them. */
static int txn_pages(struct store_txn *txn, uint64_t *out)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < DB_COUNT; i++) {
		MDB_stat stat;
		int code = mdb_stat(txn->txn, txn->store->dbis[i], &stat);

		if (code)
			return store_error(txn->store, code);
		pages += stat.ms_branch_pages + stat.ms_leaf_pages +
			 stat.ms_overflow_pages;
	}
	*out = pages;
	return 0;
}

static int check_quota(struct store_txn *txn)
{
	uint64_t quota = txn->store->quota_bytes;
	uint64_t pages = 0;
	int r;

	if (!quota)
		return 0;
	r = txn_pages(txn, &pages);
	if (r)
		return r;
	return pages > quota / txn->store->page_bytes ? ERR_DISK_FULL : 0;
}

int store_commit(struct store_txn *txn)
{
	struct store *store = txn->store;
	int r = txn->err;

	assert(txn->write);
	if (!r)
		r = check_quota(txn);
	if (r) {
		store_end(txn);
		return r;
	}
	close_cursors(txn);
	r = mdb_txn_commit(txn->txn);
	txn_free(txn);
	return r ? store_error(store, r) : 0;
}

/* Meta: one number under each name. */

static int meta_get(struct store_txn *txn, const char *name, uint64_t *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	key_start(&key);
	key_put_bytes(&key, slice_from(name));
	r = db_get_record(txn, DB_META, &key, META_VERSION, &reader);
	if (r)
		return r;
	*out = record_get_varint(&reader);
	return txn_check(txn, record_close(&reader));
}

static int meta_put(struct store_txn *txn, const char *name, uint64_t number)
{
	struct record_writer writer;
	struct store_key key;
	int r;

	r = txn_record(txn, &writer, META_VERSION, VARINT_MAX);
	if (r)
		return r;
	record_put_varint(&writer, number);
	key_start(&key);
	key_put_bytes(&key, slice_from(name));
	r = db_put_record(txn, DB_META, &key, &writer);
	return r < 0 ? r : 0;
}

int store_position(struct store_txn *txn, uint64_t *out)
{
	int r = meta_get(txn, "position", out);

	if (r > 0)
		*out = 0;
	return r < 0 ? r : 0;
}

int store_set_position(struct store_txn *txn, uint64_t sequence)
{
	return meta_put(txn, "position", sequence);
}

uint64_t store_bytes(struct store *store)
{
	MDB_envinfo info;

	if (mdb_env_info(store->env, &info) != 0)
		return 0;
	return ((uint64_t)info.me_last_pgno + 1) * store->page_bytes;
}

/* Opening. */

static int check_format(struct store_txn *txn, bool readonly, struct fault *fault)
{
	const char *path = txn->store->path;
	uint64_t format;
	int r = meta_get(txn, "format", &format);

	if (r > 0 && !readonly)
		return meta_put(txn, "format", STORE_FORMAT);
	if (r > 0) {
		fault_set(fault, path, "holds no graph yet");
		return ERR_NOT_FOUND;
	}
	if (r == 0 && format > STORE_FORMAT) {
		fault_set(fault, path,
			"written in format %llu by a newer headwater; this one knows %u: "
			"use the newer one, or %s",
			(unsigned long long)format, (unsigned)STORE_FORMAT, advice);
		return ERR_VERSION;
	}
	if (r == 0 && format < STORE_FORMAT) {
		fault_set(fault, path,
			"written in format %llu by an older headwater; "
			"this one knows %u: %s",
			(unsigned long long)format, (unsigned)STORE_FORMAT, advice);
		return ERR_VERSION;
	}
	if (r == ERR_CORRUPT)
		fault_set(fault, path, "the format record is damaged: %s", advice);
	return r;
}

static int open_db(struct store_txn *txn, enum store_db db, bool readonly)
{
	static const char *const names[DB_COUNT] = {
#define STORE_DB_NAME(id, name) [DB_##id] = name,
		STORE_DBS(STORE_DB_NAME)
#undef STORE_DB_NAME
	};
	struct store *store = txn->store;
	int code = mdb_dbi_open(
		txn->txn, names[db], readonly ? 0 : MDB_CREATE, &store->dbis[db]);

	/* Only a store that was never written lacks one. */
	if (code == MDB_NOTFOUND)
		return ERR_NOT_FOUND;
	return code ? store_error(store, code) : 0;
}

/* DB_META is the first: nothing of another format is touched before it is known. */
static int open_dbs(struct store_txn *txn, bool readonly, struct fault *fault)
{
	for (size_t i = 0; i < DB_COUNT; i++) {
		int r = open_db(txn, (enum store_db)i, readonly);

		if (r == 0 && i == DB_META)
			r = check_format(txn, readonly, fault);
		if (r)
			return r;
	}
	return 0;
}

static int open_tables(struct store *store, bool readonly, struct fault *fault)
{
	AUTO(txn) struct store_txn *txn = NULL;
	int r = txn_begin(store, !readonly, &txn);

	if (r)
		return r;
	r = open_dbs(txn, readonly, fault);
	if (r)
		return r;
	if (!readonly)
		return store_commit(TAKE(txn));
	/* The handles are kept only by a transaction that commits, reads too. */
	close_cursors(txn);
	r = mdb_txn_commit(txn->txn);
	txn_free(TAKE(txn));
	return r ? store_error(store, r) : 0;
}

static unsigned env_flags(const struct store_options *options)
{
	/*
	 * NOTLS: a snapshot may end in another thread than it began in.
	 * NOMETASYNC: what a power cut takes is folded again from the log.
	 * Read-ahead stays on: opening reads the whole adjacency in order.
	 */
	unsigned flags = MDB_NOTLS | MDB_NOMETASYNC;

	if (options->readonly)
		flags |= MDB_RDONLY;
	if (options->no_sync)
		flags |= MDB_NOSYNC;
	return flags;
}

static int env_open(struct store *store, const struct store_options *options)
{
	MDB_stat stat;
	int dead;
	int code = mdb_env_create(&store->env);

	if (code == 0)
		code = mdb_env_set_mapsize(store->env, MAP_BYTES);
	if (code == 0)
		code = mdb_env_set_maxdbs(store->env, DB_COUNT);
	if (code == 0)
		code = mdb_env_set_maxreaders(store->env, READERS_MAX);
	if (code == 0)
		code = mdb_env_open(
			store->env, store->path, env_flags(options), FILE_MODE);
	if (code == 0)
		code = mdb_reader_check(store->env, &dead);
	if (code == 0)
		code = mdb_env_stat(store->env, &stat);
	if (code)
		return store_error(store, code);
	store->page_bytes = stat.ms_psize;
	return 0;
}

static int sync_folder(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return err_from_errno(errno);
	if (fsync(fd) != 0)
		r = err_from_errno(errno);
	close(fd);
	return r;
}

/* LMDB syncs its file, and never the folders that name it. */
static int sync_names(const struct store *store)
{
	int fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_from_errno(errno);
	r = sync_folder(fd, ".");
	if (r == 0)
		r = sync_folder(fd, "..");
	close(fd);
	return r;
}

static int check_file(const struct store *store, struct fault *fault)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/data.mdb", store->path);

	if (n < 0 || (size_t)n >= sizeof(path))
		return ERR_INVALID;
	return datafile_check(path, fault);
}

static int make_folder(const struct store_options *options)
{
	if (options->readonly || mkdir(options->path, FOLDER_MODE) == 0)
		return 0;
	return errno == EEXIST ? 0 : err_from_errno(errno);
}

static int open_all(
	struct store *store, const struct store_options *options, struct fault *fault)
{
	int r = make_folder(options);

	if (r)
		return r;
	r = check_file(store, fault);
	if (r)
		return r;
	r = env_open(store, options);
	if (r)
		return r;
	if (!options->readonly) {
		r = sync_names(store);
		if (r)
			return r;
	}
	return open_tables(store, options->readonly, fault);
}

static int store_new(const struct store_options *options, struct store **out)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return ERR_NOMEM;
	buf_init(&store->scratch, SCRATCH_MAX);
	store->quota_bytes = options->quota_bytes;
	store->path = strdup(options->path);
	if (!store->path) {
		store_close(store);
		return ERR_NOMEM;
	}
	*out = store;
	return 0;
}

/* Whoever knew better what is wrong has said so already. */
static void explain(const struct store_options *options, int err, struct fault *fault)
{
	const char *path = options->path;

	if (!fault || fault->why[0])
		return;
	if (err == ERR_CORRUPT)
		fault_set(fault, "", "%s is damaged: %s", path, advice);
	else if (err == ERR_DISK_FULL && options->quota_bytes)
		fault_set(fault, path, "the quota or the disk is full: raise or free it");
	else
		fault_set(fault, "", "cannot open %s: %s", path, err_text(err));
}

int store_open(
	const struct store_options *options, struct store **out, struct fault *fault)
{
	AUTO(store) struct store *store = NULL;
	int r;

	if (fault)
		*fault = (struct fault){ 0 };
	r = store_new(options, &store);
	if (r == 0)
		r = open_all(store, options, fault);
	if (r) {
		explain(options, r, fault);
		return r;
	}
	*out = TAKE(store);
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->env)
		mdb_env_close(store->env);
	buf_fini(&store->scratch);
	free(store->path);
	free(store);
}
