/* SPDX-License-Identifier: Apache-2.0 */

/*
 * packer.c - compresses events before they are appended
 */
#include "graph/log/eventlog_state.h"
#include "graph/log/frame.h"

#include <stdlib.h>
#include <string.h>

/* Longer events have enough of their own to repeat. */
#define DICTIONARY_RAW_MAX ((size_t)256 * 1024)

struct log_packer {
	struct eventlog *log;
	ZSTD_CCtx *cctx;
	const struct dictionary *dictionary; /* that cctx is set to */
};

/* The frame header says what zstd's would say again. */
static int set_up(ZSTD_CCtx *cctx)
{
	if (ZSTD_isError(ZSTD_CCtx_setParameter(
		    cctx, ZSTD_c_compressionLevel, EVENTLOG_LEVEL)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, 1)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 0)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_dictIDFlag, 0)))
		return ERR_NOMEM;
	return 0;
}

int log_packer_new(struct eventlog *log, struct log_packer **out)
{
	AUTO(log_packer) struct log_packer *made = NULL;
	int r;

	if (log->options.readonly)
		return ERR_UNSUPPORTED;
	made = calloc(1, sizeof(*made));
	if (!made)
		return ERR_NOMEM;
	made->log = log;
	made->cctx = ZSTD_createCCtx();
	if (!made->cctx)
		return ERR_NOMEM;
	r = set_up(made->cctx);
	if (r)
		return r;
	*out = TAKE(made);
	return 0;
}

void log_packer_free(struct log_packer *packer)
{
	if (!packer)
		return;
	ZSTD_freeCCtx(packer->cctx);
	free(packer);
}

size_t log_pack_bound(size_t raw_bytes)
{
	size_t bound = ZSTD_compressBound(raw_bytes);

	return ZSTD_isError(bound) ? raw_bytes : bound;
}

static int choose_dictionary(struct log_packer *packer, size_t raw_bytes)
{
	struct dictionary *best = NULL;
	size_t z;

	if (raw_bytes <= DICTIONARY_RAW_MAX)
		best = dictset_newest(&packer->log->dictionaries);
	if (best == packer->dictionary)
		return 0;
	z = ZSTD_CCtx_refCDict(packer->cctx, best ? best->pack : NULL);
	if (ZSTD_isError(z))
		return ERR_NOMEM;
	packer->dictionary = best;
	return 0;
}

int eventlog_pack(struct log_packer *packer, struct slice raw, void *out,
	struct log_record *record_out)
{
	struct log_record record = { .raw_bytes = (uint32_t)raw.len };
	size_t n;
	int r;

	if (raw.len > FRAME_RAW_MAX)
		return ERR_TOO_LARGE;
	r = choose_dictionary(packer, raw.len);
	if (r)
		return r;
	n = ZSTD_compress2(packer->cctx, out, log_pack_bound(raw.len), raw.ptr, raw.len);
	if (ZSTD_isError(n) || n >= raw.len) {
		if (raw.len)
			memcpy(out, raw.ptr, raw.len);
		record.packed = slice_of(out, raw.len);
	} else {
		record.packed = slice_of(out, n);
		record.dictionary = packer->dictionary ? packer->dictionary->number : 0;
	}
	trainer_offer(packer->log->trainer, raw);
	*record_out = record;
	return 0;
}
