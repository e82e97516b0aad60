/* SPDX-License-Identifier: Apache-2.0 */

/*
 * search.c - nodes by the words in their names
 *
 * The index has a row (token, 0, id) for each token of a name.  A question
 * walks the rows of its rarest word, looks at each node's name for the others,
 * and keeps the best.
 */

#include "entity_impl.h"

#include <stdlib.h>

#define TOKEN_BYTES_MAX 64
#define TOKENS_PER_NAME 128
#define PROBE_ROWS_MAX	1000 /* counted to find the rarest word */
#define WORDS_MAX	16   /* of a question; more are passed over */

struct token {
	size_t len;
	uint8_t bytes[TOKEN_BYTES_MAX];
};

static bool is_upper(unsigned char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(unsigned char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_word(unsigned char c)
{
	return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') || c >= 0x80;
}

static uint8_t fold(unsigned char c)
{
	return (uint8_t)(is_upper(c) ? c - 'A' + 'a' : c);
}

/* Takes the next token from the front of text: 0, or 1 when there is none. */
static int token_next(struct slice *text, struct token *out)
{
	size_t i = 0;

	out->len = 0;
	while (i < text->len && !is_word((unsigned char)text->ptr[i]))
		i++;
	while (i < text->len && is_word((unsigned char)text->ptr[i])) {
		unsigned char c = (unsigned char)text->ptr[i];

		if (out->len && is_upper(c) && is_lower((unsigned char)text->ptr[i - 1]))
			break;
		if (out->len < TOKEN_BYTES_MAX)
			out->bytes[out->len++] = fold(c);
		i++;
	}
	*text = slice_of(text->ptr + i, text->len - i);
	return out->len ? 0 : 1;
}

static struct slice token_slice(const struct token *token)
{
	return slice_of(token->bytes, token->len);
}

int search_add(struct store_txn *txn, node_id id, struct slice name)
{
	struct store_key key;
	struct token token;
	int r = 0;

	for (int i = 0; i < TOKENS_PER_NAME && r == 0; i++) {
		if (token_next(&name, &token))
			return 0;
		key_start(&key);
		key_put_bytes(&key, token_slice(&token));
		key_put_u8(&key, 0);
		key_put_u32(&key, id);
		r = db_index(txn, DB_SEARCH, &key, false);
	}
	return r;
}

static bool name_has(struct slice name, struct slice word)
{
	struct token token;

	for (int i = 0; i < TOKENS_PER_NAME; i++) {
		if (token_next(&name, &token))
			return false;
		if (slice_starts(token_slice(&token), word))
			return true;
	}
	return false;
}

static bool name_has_all(struct slice name, struct slice text)
{
	struct token word;

	for (int i = 0; i < WORDS_MAX; i++) {
		if (token_next(&text, &word))
			return true;
		if (!name_has(name, token_slice(&word)))
			return false;
	}
	return true;
}

static bool starts_folded(struct slice name, struct slice text)
{
	if (name.len < text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (fold((unsigned char)name.ptr[i]) != fold((unsigned char)text.ptr[i]))
			return false;
	}
	return true;
}

/* A place in the order of answers: what kind of match, then the id. */
static uint64_t rank(struct slice name, struct slice text, node_id id)
{
	uint64_t class = 2;

	if (starts_folded(name, text))
		class = name.len == text.len ? 0 : 1;
	return class << 32 | id;
}

struct question {
	struct slice text;
	enum node_kind kind;
	size_t budget;
	uint64_t *best; /* sorted; max of them have room */
	size_t max;
	size_t count;
};

/* Keeps a rank if it is among the best; one that is kept already (a name may have
 * two tokens with the same start) is not kept twice. */
static void keep(struct question *question, uint64_t value)
{
	uint64_t *best = question->best;
	size_t low = 0, high = question->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (best[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == question->max || (low < question->count && best[low] == value))
		return;
	if (question->count < question->max)
		question->count++;
	memmove(best + low + 1, best + low, (question->count - low - 1) * sizeof(*best));
	best[low] = value;
}

/* Stops the walk with 1 when the budget is used up. */
static int search_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	struct question *question = ctx;
	struct entity entity;
	node_id id;
	int r = entity_row_id(row, &id);

	if (r)
		return r;
	if (question->budget == 0)
		return 1;
	question->budget--;
	r = entity_get(txn, id, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	if (question->kind && entity.key.kind != question->kind)
		return 0;
	if (name_has_all(entity.key.name, question->text))
		keep(question, rank(entity.key.name, question->text, id));
	return 0;
}

static void token_key(struct store_key *key, const struct token *token)
{
	key_start(key);
	key_put_bytes(key, token_slice(token));
}

static int count_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	size_t *left = ctx;

	(void)txn;
	(void)row;
	return --*left == 0 ? 1 : 0;
}

/* How many rows start with a word, counted up to max. */
static int count_rows(
	struct store_txn *txn, const struct token *word, size_t max, size_t *out)
{
	struct store_key from;
	size_t left = max;
	int r;

	token_key(&from, word);
	r = db_each(txn, DB_SEARCH, &from, from.len, count_row, &left);
	if (r < 0)
		return r;
	*out = max - left;
	return 0;
}

/*
 * The word with the fewest rows; among those that have many, the first.
 * Returns 1 when text has no word.
 */
static int rarest_word(struct store_txn *txn, struct slice text, struct token *out)
{
	size_t fewest = PROBE_ROWS_MAX;
	struct token word;

	out->len = 0;
	for (int i = 0; i < WORDS_MAX && fewest; i++) {
		size_t count;
		int r;

		if (token_next(&text, &word))
			break;
		r = count_rows(txn, &word, fewest, &count);
		if (r)
			return r;
		if (!out->len || count < fewest)
			*out = word;
		fewest = count;
	}
	return out->len ? 0 : 1;
}

/* Returns 0 when all rows were looked at, 1 when the budget ended before. */
static int search_rows(struct store_txn *txn, struct question *question)
{
	struct store_key from;
	struct token word;
	int r;

	if (question->max == 0)
		return 0;
	r = rarest_word(txn, question->text, &word);
	if (r)
		return r < 0 ? r : 0;
	token_key(&from, &word);
	return db_each(txn, DB_SEARCH, &from, from.len, search_row, question);
}

/* The contract's eight values are one question and its answer. */
/* NOLINTNEXTLINE(readability-function-size) */
int entity_search(struct store_txn *txn, struct slice text, enum node_kind kind,
	size_t budget, node_id *ids, size_t max, size_t *count_out, bool *complete_out)
{
	struct question question = {
		.text = text, .kind = kind, .budget = budget, .max = max
	};
	int r;

	question.best = calloc(max ? max : 1, sizeof(*question.best));
	if (!question.best)
		return ERR_NOMEM;
	r = search_rows(txn, &question);
	if (r >= 0) {
		for (size_t i = 0; i < question.count; i++)
			ids[i] = (node_id)question.best[i];
		*count_out = question.count;
		*complete_out = r == 0;
	}
	free(question.best);
	return r < 0 ? r : 0;
}
