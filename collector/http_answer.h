/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_answer.h - bytes in, one answer out: the reader behind the client
 */
#pragma once

#include "collector/http_client.h"
#include "collector/http_read.h"

#define ANSWER_HEAD_MAX 65536

struct answer_reader {
	struct buf head;  /* until it is whole */
	struct buf *body; /* the caller's; appended to */
	struct http_chunk_reader chunks;
	struct http_client_answer answer;
	uint64_t left;	/* of a counted body */
	bool head_only; /* the question was HEAD */
	bool in_body;
	bool chunked;
	bool counted;
	bool keep; /* the connection can be used again */
};

void answer_init(struct answer_reader *reader, bool head_only, struct buf *body);
void answer_fini(struct answer_reader *reader);

/*
 * Takes the next bytes: 0 when the answer is whole, HTTP_READ_MORE,
 * ERR_INVALID, ERR_TOO_LARGE or ERR_NOMEM.
 */
NODISCARD int answer_feed(struct answer_reader *reader, struct slice bytes);

/* The stream ended: 0 when that ends the answer, else ERR_CLOSED. */
NODISCARD int answer_end(struct answer_reader *reader);

/* True when any byte of an answer came. */
bool answer_began(const struct answer_reader *reader);
